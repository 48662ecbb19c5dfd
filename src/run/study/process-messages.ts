/** What a study and the processes that make its runs say to each other. Types only. */
import type { LedgerEntry } from '../ledger/entry.ts';
import type { ResolvedScenario } from '../resolved.ts';
import type { ChosenMeasure } from './measures/define.ts';

/** Given to a process once, before its first run. */
export interface ProcessSetup {
  readonly kind: 'setup';
  /** Role files of the scenario, by absolute path. */
  readonly roleFiles: readonly string[];
  readonly dataFolder: string | null;
  readonly measures: readonly ChosenMeasure[];
}

export type ToProcess = ProcessSetup | { readonly kind: 'run'; readonly number: number; readonly scenario: ResolvedScenario };

/** What a run came to; its key and id are known to the study. */
export type RunFigures = Omit<LedgerEntry, 'code' | 'scenario' | 'seed' | 'id' | 'attempts'>;

export type FromProcess =
  /** The setup is done. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'ended'; readonly number: number; readonly figures: RunFigures };
