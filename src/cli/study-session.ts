/**
 * Plans and conducts studies for the command line: words on standard error, one ledger for all.
 *
 * It ends at the summary; writing results and the last line are the verb's.
 */
import { availableParallelism, totalmem } from 'node:os';
import type { RoleDefinition } from '../actors/define.ts';
import { dataFoldersOf } from '../run/data-folders.ts';
import type { Ledger } from '../run/ledger/ledger.ts';
import type { LedgerEntry } from '../run/ledger/entry.ts';
import { problemText } from '../run/scenario/problems.ts';
import { conduct } from '../run/study/conduct.ts';
import type { Conducted } from '../run/study/conduct.ts';
import { planStudy } from '../run/study/plan.ts';
import type { Planned, StudyPlan } from '../run/study/plan.ts';
import { readStudy } from '../run/study/study-file.ts';
import { failureText, summarize } from '../run/study/summary.ts';
import type { StudySummary } from '../run/study/summary.ts';
import { unreadText } from '../run/study/unread.ts';
import { CommandRefused } from './command-refused.ts';
import { StudyProgressWriter } from './study-progress.ts';
import type { StudyFlags } from './surroundings.ts';
import type { Terminal } from './terminal.ts';

/** How a study ended: with a summary, or without one. */
export type Ended =
  | { readonly kind: 'done'; readonly summary: StudySummary; readonly wallSeconds: number }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'interrupted'; readonly plan: StudyPlan; readonly done: number; readonly wallSeconds: number };

/** Failed runs that are told one by one; all of them stand in runs.csv. */
const toldFailuresMax = 10;

/** Notes on scenarios that are told: cells repeat them with other numbers. */
const toldNotesMax = 3;

/** Heap of one process unless the study says otherwise. */
const memoryMebibytes = { min: 512, max: 4_096 } as const;

export class StudySession {
  readonly #flags: StudyFlags;
  readonly #terminal: Terminal;
  readonly #ledger: Ledger;
  readonly #builtinRoles: readonly RoleDefinition[];

  constructor(flags: StudyFlags, terminal: Terminal, ledger: Ledger, builtinRoles: readonly RoleDefinition[]) {
    this.#flags = flags;
    this.#terminal = terminal;
    this.#ledger = ledger;
    this.#builtinRoles = builtinRoles;
  }

  /** Conducts one study. `check` sees its plan before anything runs, and may throw. */
  async conduct(file: string, grid: 'full' | 'small', check: (plan: StudyPlan) => void): Promise<Ended> {
    const fromMs = this.#terminal.nowMs();
    const planned = await this.#plan(file, grid);
    if (planned.kind === 'refused') {
      for (const message of planned.messages) this.#terminal.words(message);
      return { kind: 'invalid' };
    }
    const { plan, notes } = planned;
    check(plan);
    if (this.#flags.quiet !== true) this.#introduce(plan, notes);
    const conducted = await this.#make(plan);
    const wallSeconds = (this.#terminal.nowMs() - fromMs) / 1_000;
    const entries = conducted.entries.filter((entry) => entry !== null);
    if (conducted.interrupted || entries.length < plan.runs.length) {
      return { kind: 'interrupted', plan, done: entries.length, wallSeconds };
    }
    return { kind: 'done', summary: this.#summary(plan, entries), wallSeconds };
  }

  #introduce(plan: StudyPlan, notes: readonly string[]): void {
    this.#terminal.words(titleOf(plan));
    for (const note of notes.slice(0, toldNotesMax)) this.#terminal.words(note);
    const hidden = notes.length - toldNotesMax;
    if (hidden > 0) this.#terminal.words(`… and ${hidden} more notes on the scenarios of single cells.`);
  }

  async #plan(file: string, grid: 'full' | 'small'): Promise<Planned> {
    const { set, seeds } = this.#flags;
    const read = await readStudy({ file, overrides: set, grid, ...(seeds === undefined ? {} : { seeds: seedsWords(seeds) }) });
    if (read.kind === 'refused') return { kind: 'refused', messages: read.problems.map(problemText) };
    return planStudy(read.study, { file, grid, builtinRoles: this.#builtinRoles, dataFolder: this.#dataFolder });
  }

  get #dataFolder(): string | undefined {
    return dataFoldersOf(this.#terminal.environment);
  }

  #make(plan: StudyPlan): Promise<Conducted> {
    const { jobs = availableParallelism(), again = false, quiet = false } = this.#flags;
    const share = Math.floor((totalmem() * 0.75) / jobs / 1_048_576);
    return conduct(plan, {
      ledger: this.#ledger,
      jobs,
      dataFolder: this.#dataFolder,
      again,
      signal: this.#terminal.interrupted,
      onProgress: new StudyProgressWriter(this.#terminal, quiet).show,
      memoryMebibytes: Math.min(memoryMebibytes.max, Math.max(memoryMebibytes.min, share)),
    });
  }

  /** Sums up, and says what must be known before the figures are believed. */
  #summary(plan: StudyPlan, entries: readonly LedgerEntry[]): StudySummary {
    const summary = summarize(plan, entries);
    for (const unread of summary.unread) this.#terminal.words(unreadText(unread));
    for (const failure of summary.failures.slice(0, toldFailuresMax)) this.#terminal.words(failureText(failure));
    const hidden = summary.failures.length - toldFailuresMax;
    if (hidden > 0) this.#terminal.words(`… and ${hidden} more runs that failed; runs.csv has all of them.`);
    return summary;
  }
}

function titleOf({ name, grid, cells, seeds, scenarioFile }: StudyPlan): string {
  const which = grid === 'small' ? ', on its small grid' : '';
  return `Studying ${name}${which}: ${cells.length} cells × ${seeds.length} seeds of ${scenarioFile}.`;
}

/** A flag is text: a seed, a range, or seeds with commas. Throws `CommandRefused` for anything else. */
function seedsWords(text: string): string | number | readonly number[] {
  if (/^\d{1,15}$/u.test(text)) return Number(text);
  if (/^\d{1,15}(?:,\d{1,15})+$/u.test(text)) return text.split(',').map(Number);
  if (/^\d{1,15}\.\.\d{1,15}$/u.test(text)) return text;
  throw new CommandRefused(`--seeds ${text}: expected a seed, a range such as 1..5, or seeds with commas`);
}
