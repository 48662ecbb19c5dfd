/**
 * Conducts a study: asks the ledger what was made already, makes the rest, and writes each run down.
 *
 * A run is in the ledger as soon as it has ended, so that an interrupted study goes on where it was.
 * One run may stand for several cells whose settings come to the same scenario. Order of making and
 * number of processes decide nothing about the outcome.
 */
import type { LedgerEntry, RunKey } from '../ledger/entry.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { figureName } from './measures/define.ts';
import type { ChosenMeasure } from './measures/define.ts';
import type { PlannedRun, StudyPlan } from './plan.ts';
import type { RunFigures } from './process-messages.ts';
import { makeRuns } from './run-processes.ts';
import type { LostRun } from './run-processes.ts';

/** How far a study is. */
export interface StudyProgress {
  readonly done: number;
  readonly all: number;
  /** Of those done, runs that the ledger knew before. */
  readonly known: number;
  readonly failed: number;
  readonly wallSeconds: number;
}

export interface ConductOptions {
  readonly ledger: Ledger;
  readonly jobs: number;
  readonly dataFolder: string | undefined;
  /** Makes runs that the ledger has as well, and compares their traces. */
  readonly again: boolean;
  readonly signal: AbortSignal;
  /** Called after each run, and once before the first. */
  readonly onProgress: (progress: StudyProgress) => void;
  /** Heap of a process where the study names none. */
  readonly memoryMebibytes: number;
}

export interface Conducted {
  /** What each planned run came to, in the order of the plan; null for runs that an interruption left out. */
  readonly entries: readonly (LedgerEntry | null)[];
  /** Runs that were made now. */
  readonly made: number;
  readonly interrupted: boolean;
}

/** Wall time after which a run counts as hung, where the study names none: 10 minutes. */
const timeUsDefault = 600_000_000;

/** Whether a run came to nothing that could be measured: it crashed, was refused, was lost, or did not repeat. */
export function isFailure({ verdict }: Pick<LedgerEntry, 'verdict'>): boolean {
  return verdict === 'crash' || verdict === 'invalid' || verdict === 'lost' || verdict === 'nondeterministic' || verdict === 'interrupted';
}

/** Conducts a planned study to its end or interruption. */
export async function conduct(plan: StudyPlan, options: ConductOptions): Promise<Conducted> {
  return new Conduct(plan, options).toTheEnd();
}

const keyText = ({ code, scenario, seed }: RunKey): string => `${code} ${scenario} ${seed}`;

class Conduct {
  readonly #plan: StudyPlan;
  readonly #options: ConductOptions;
  /** What is known by key: cells with one key share their runs. */
  readonly #entries = new Map<string, LedgerEntry>();
  readonly #runs: readonly PlannedRun[];
  readonly #from = performance.now();
  #known = 0;

  constructor(plan: StudyPlan, options: ConductOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#runs = [...new Map(plan.runs.map((run) => [keyText(run.key), run])).values()];
  }

  async toTheEnd(): Promise<Conducted> {
    if (!this.#options.again) this.#lookUp();
    const missing = this.#runs.filter(({ key }) => !this.#entries.has(keyText(key)));
    this.#progress();
    const { jobs, dataFolder, signal, memoryMebibytes } = this.#options;
    const { roleFiles, measures, limits } = this.#plan;
    await makeRuns(missing.map(({ scenario }, number) => ({ number, scenario })), {
      jobs,
      setup: { kind: 'setup', roleFiles, dataFolder: dataFolder ?? null, measures },
      timeMsMax: Math.ceil((limits.timeUs ?? timeUsDefault) / 1_000),
      memoryMebibytes: limits.memoryBytes === undefined ? memoryMebibytes : Math.max(64, Math.floor(limits.memoryBytes / 1_048_576)),
      signal,
      onEnd: (number, outcome) => this.#ended(missing[number]!, outcome),
    });
    return {
      entries: this.#plan.runs.map(({ key }) => this.#entries.get(keyText(key)) ?? null),
      made: this.#entries.size - this.#known,
      interrupted: signal.aborted && this.#entries.size < this.#runs.length,
    };
  }

  /** Takes over what was made before. What was lost is tried again, and so is what lacks a figure. */
  #lookUp(): void {
    for (const { key } of this.#runs) {
      const entry = this.#options.ledger.find(key);
      if (entry === undefined || entry.verdict === 'lost' || !hasFigures(entry, this.#plan.measures)) continue;
      this.#entries.set(keyText(key), entry);
    }
    this.#known = this.#entries.size;
  }

  #ended({ key, id }: PlannedRun, outcome: RunFigures | LostRun): void {
    const entry: LedgerEntry = { ...key, id, attempts: 1, ...('lost' in outcome ? lostFigures(outcome) : outcome) };
    const standing = this.#options.ledger.record(entry);
    // What is lost now is told now, although an earlier attempt may have been better.
    this.#entries.set(keyText(key), 'lost' in outcome ? entry : standing);
    this.#progress();
  }

  #progress(): void {
    const failed = [...this.#entries.values()].filter(isFailure).length;
    const wallSeconds = (performance.now() - this.#from) / 1_000;
    this.#options.onProgress({ done: this.#entries.size, all: this.#runs.length, known: this.#known, failed, wallSeconds });
  }
}

/** Whether an entry has every figure that is asked for; a failed run never has any. */
function hasFigures(entry: LedgerEntry, measures: readonly ChosenMeasure[]): boolean {
  return isFailure(entry) || measures.every((measure) => Object.hasOwn(entry.measures, figureName(measure)));
}

function lostFigures({ lost, wallSeconds }: LostRun): RunFigures {
  return {
    verdict: 'lost', trace: null, traceWithoutHeader: null, events: 0, virtualUs: 0, wallSeconds,
    findings: [{ class: 'crash', property: '', message: `its process ${lost}` }], measures: {},
  };
}
