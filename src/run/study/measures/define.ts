/**
 * What a measure of a study is: a number that one run comes to, taken while the run goes on.
 *
 * A measure watches observations and counters and gives its number at the end, or null where the run
 * never came to one (a threshold that was never reached). It acts on nothing.
 */
import type { ValueMap } from '../../../kernel/codec.ts';
import type { Observation } from '../../../kernel/properties.ts';
import type { Counters } from '../../../worlds/sim/recorder.ts';
import type { Execution } from '../../execute.ts';
import type { Registry } from '../../registry.ts';
import type { LooseSchema } from '../../scenario/words.ts';

/** One measure at work in one run. */
export interface MeasureWatch {
  observe?(observation: Observation, counters: Readonly<Counters>): void;
  /** The number that the run came to. */
  end(execution: Pick<Execution, 'outcome' | 'rejected' | 'virtualUs' | 'events' | 'messages'>, passed: boolean): number | null;
}

export interface StudyMeasure {
  readonly name: string;
  readonly about: string;
  readonly unit: string;
  /** Whether each run gives 0 or 1, so that the mean is a share of runs with an interval of its own kind. */
  readonly isShare: boolean;
  /** Decodes what the study says under `with`. */
  readonly parameters: LooseSchema;
  /** What is wrong with decoded parameters for the roles of a scenario, as a sentence; undefined when nothing is. */
  readonly refuse?: (parameters: ValueMap, registry: Registry) => { readonly message: string; readonly nearest?: string } | undefined;
  /** Begins to watch a run. */
  readonly start: (parameters: ValueMap, registry: Registry) => MeasureWatch;
}

/** A measure as a study uses it. */
export interface ChosenMeasure {
  /** What the table calls it. */
  readonly column: string;
  readonly measure: string;
  readonly unit: string;
  readonly isShare: boolean;
  /** Decoded parameters. */
  readonly parameters: ValueMap;
}

/** How a measure's figure is called in a ledger: two studies that ask the same share it. */
export function figureName({ measure, parameters }: Pick<ChosenMeasure, 'measure' | 'parameters'>): string {
  const entries = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? measure : `${measure}(${entries.map(([key, value]) => `${key}=${String(value)}`).join(',')})`;
}
