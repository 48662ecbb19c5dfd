/** Follows what a run comes to: rounds, measures, and the final model. */
import type { BlobStore } from '../kernel/blobs.ts';
import type { ValueMap } from '../kernel/codec.ts';
import type { Observation } from '../kernel/properties.ts';
import type { Measure, ProtocolDefinition } from '../protocols/define.ts';
import { vocabularyOf } from './registry.ts';
import type { Registry } from './registry.ts';
import type { ResolvedScenario } from './resolved.ts';
import type { RunProgress } from './result.ts';

export interface Outcome {
  /** Rounds that were finished; null where the scenario has none. */
  readonly rounds: number | null;
  /** The last value of each measure. */
  readonly measures: Readonly<Record<string, number>>;
  /** SHA-256 of the final model; null where there is none. */
  readonly modelHash: string | null;
  /** The final model as a file; null when its bytes are gone or nobody can write it. */
  readonly modelFile: Uint8Array | null;
}

export class OutcomeWatch {
  readonly #protocol: ProtocolDefinition | undefined;
  readonly #section: ValueMap;
  readonly #measures = new Map<string, Measure[]>();
  readonly #latest: Record<string, number> = {};
  readonly #roundsMax: number | null;
  #opened: number | null = null;
  #finished: number | null = null;
  #model: string | null = null;

  constructor(scenario: ResolvedScenario, registry: Registry, prepared: Readonly<Record<string, ValueMap>>) {
    const vocabulary = vocabularyOf(registry, Object.keys(scenario.nodes));
    this.#protocol = [...vocabulary.protocols.values()].find(({ outcome }) => outcome !== undefined);
    const key = this.#protocol?.section?.key;
    this.#section = key === undefined ? {} : (prepared[key] ?? {});
    for (const measure of vocabulary.measures.values()) {
      this.#measures.set(measure.kind, [...(this.#measures.get(measure.kind) ?? []), measure]);
    }
    this.#roundsMax = vocabulary.recordBounds.get('round-opened')?.(scenario.sections)?.max ?? null;
    if (this.#protocol !== undefined) this.#finished = 0;
  }

  observe({ kind, data, honest }: Observation): void {
    if (!honest) return;
    for (const { name, field } of this.#measures.get(kind) ?? []) {
      const value = data[field];
      if (typeof value === 'number') this.#latest[name] = value;
    }
    if (kind === 'round-opened' && typeof data['round'] === 'number') this.#opened = Math.max(this.#opened ?? 0, data['round']);
    const outcome = this.#protocol?.outcome;
    if (outcome?.kind !== kind) return;
    const round = data[outcome.roundField];
    const model = data[outcome.modelField];
    if (typeof round !== 'number' || typeof model !== 'string' || round < this.#finished!) return;
    this.#finished = round;
    this.#model = model;
  }

  progress(): Pick<RunProgress, 'round' | 'rounds' | 'measures'> {
    return { round: this.#opened, rounds: this.#roundsMax, measures: this.#latest };
  }

  end(blobs: BlobStore): Outcome {
    const bytes = this.#model === null ? undefined : blobs.named(this.#model);
    const write = this.#protocol?.outcome?.modelFile;
    return {
      rounds: this.#finished,
      measures: this.#latest,
      modelHash: this.#model,
      modelFile: bytes === undefined || write === undefined ? null : write(this.#section, bytes),
    };
  }
}
