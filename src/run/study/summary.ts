/**
 * What a study came to: an estimate for each cell and measure, and how the runs ended.
 *
 * Pure. Runs that failed have no figures and are counted beside the estimate; runs that ended without
 * ever coming to a figure (a threshold that was not reached) are counted as missing.
 */
import type { LedgerEntry } from '../ledger/entry.ts';
import { isFailure } from './conduct.ts';
import { cellText } from './grid.ts';
import type { Cell } from './grid.ts';
import { figureName } from './measures/define.ts';
import type { ChosenMeasure } from './measures/define.ts';
import type { PlannedRun, StudyPlan } from './plan.ts';
import { estimateOf, estimateOfShare } from './statistics.ts';
import type { Estimate } from './statistics.ts';
import { unreadAxes } from './unread.ts';
import type { UnreadAxis } from './unread.ts';

export interface CellEstimate {
  readonly cell: Cell;
  readonly measure: ChosenMeasure;
  readonly estimate: Estimate;
  /** Runs that ended without coming to the figure. */
  readonly missing: number;
  readonly failed: number;
}

export interface FailedRun {
  readonly run: PlannedRun;
  readonly verdict: LedgerEntry['verdict'];
  readonly message: string;
}

/** A study whose runs have all been made. */
export interface StudySummary {
  readonly plan: StudyPlan;
  /** In the order of the plan. */
  readonly entries: readonly LedgerEntry[];
  /** By cell, and by measure within a cell. */
  readonly estimates: readonly CellEstimate[];
  readonly failures: readonly FailedRun[];
  /** How many runs ended in each verdict class, by name. */
  readonly verdicts: Readonly<Record<string, number>>;
  readonly unread: readonly UnreadAxis[];
}

/** Sums a study up. */
export function summarize(plan: StudyPlan, entries: readonly LedgerEntry[]): StudySummary {
  const ofCell = new Map<Cell, LedgerEntry[]>(plan.cells.map((cell) => [cell, []]));
  plan.runs.forEach(({ cell }, index) => ofCell.get(cell)!.push(entries[index]!));
  const estimates = plan.cells.flatMap((cell) => plan.measures.map((measure) => estimateCell(cell, measure, ofCell.get(cell)!)));
  const failures = plan.runs.flatMap((run, index): FailedRun[] => {
    const entry = entries[index]!;
    return isFailure(entry) ? [{ run, verdict: entry.verdict, message: entry.findings[0]?.message ?? '' }] : [];
  });
  const verdicts: Record<string, number> = {};
  for (const name of entries.map(({ verdict }) => verdict).sort()) verdicts[name] = (verdicts[name] ?? 0) + 1;
  return { plan, entries, estimates, failures, verdicts, unread: unreadAxes(plan, entries) };
}

function estimateCell(cell: Cell, measure: ChosenMeasure, entries: readonly LedgerEntry[]): CellEstimate {
  const ended = entries.filter((entry) => !isFailure(entry));
  const values = ended.map(({ measures }) => measures[figureName(measure)] ?? null).filter((value) => value !== null);
  return {
    cell, measure,
    estimate: measure.isShare ? estimateOfShare(values) : estimateOf(values),
    missing: ended.length - values.length,
    failed: entries.length - ended.length,
  };
}

/** `rule=krum liars=8 seed=3: crash: …` */
export function failureText({ run, verdict, message }: FailedRun): string {
  return `${cellText(run.cell)} seed=${run.seed}: ${verdict}: ${message}`;
}
