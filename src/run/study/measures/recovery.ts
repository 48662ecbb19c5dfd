/**
 * Measures of recovery: how long after the first death of a node the others are back at work.
 *
 * Virtual time, from the moment of the first kill (or power cut) to the first honest node that tells
 * of the next leader, or of a closed round that nobody knew of before. A run in which nobody died, or
 * in which nothing came after, has no such number.
 */
import type { Observation } from '../../../kernel/properties.ts';
import { microsPerSecond } from '../../../kernel/time.ts';
import type { MeasureWatch, StudyMeasure } from './define.ts';
import { noParameters } from './rounds.ts';

/** Waits for the first observation of a kind after the first death that says something new. */
class AfterDeath implements MeasureWatch {
  readonly #kind: string;
  readonly #field: string;
  readonly #known = new Set<unknown>();
  #diedAt: number | undefined;
  #backAt: number | undefined;

  constructor(kind: string, field: string) {
    this.#kind = kind;
    this.#field = field;
  }

  observe({ kind, at, data, honest }: Observation): void {
    if (kind === 'world-killed') this.#diedAt ??= at;
    if (kind !== this.#kind || !honest) return;
    const value = data[this.#field];
    if (this.#diedAt === undefined) this.#known.add(value);
    else if (!this.#known.has(value)) this.#backAt ??= at;
  }

  end(): number | null {
    if (this.#diedAt === undefined || this.#backAt === undefined) return null;
    return (this.#backAt - this.#diedAt) / microsPerSecond;
  }
}

const afterDeath = (name: string, about: string, kind: string, field: string): StudyMeasure => ({
  name, about, unit: 's', isShare: false, parameters: noParameters, start: () => new AfterDeath(kind, field),
});

export const recoveryMeasures: readonly StudyMeasure[] = [
  afterDeath('seconds-to-leader', 'Virtual time from the first death of a node to the next elected leader.', 'leader-elected', 'term'),
  afterDeath('seconds-to-round', 'Virtual time from the first death of a node to the next closed round.', 'round-closed', 'round'),
];
