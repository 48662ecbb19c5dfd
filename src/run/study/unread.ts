/**
 * Finds axes that change nothing: parameters that nobody reads, or that never mattered.
 *
 * Two runs of one seed whose traces are equal but for their headers, which hold the scenario, did the
 * same to the last bit. When all cells that differ in one axis alone are such, the axis is unread; when
 * they are so wherever another axis has some value, it is unread there. So a figure that looks stable is
 * told from one that was never touched.
 */
import type { LedgerEntry } from '../ledger/entry.ts';
import { groupsAlong } from './grid.ts';
import type { Cell, Label } from './grid.ts';
import type { StudyPlan } from './plan.ts';

export interface UnreadAxis {
  readonly axis: string;
  /** The value of another axis under which it is unread; undefined where it is unread everywhere. */
  readonly where?: { readonly axis: string; readonly label: Label };
}

/** Unread axes of a study, in the order of its axes. Cells with a run that has no trace decide nothing. */
export function unreadAxes({ axes, cells, runs }: StudyPlan, entries: readonly (LedgerEntry | null)[]): UnreadAxis[] {
  const traces = new Map<Cell, (string | null)[]>(cells.map((cell) => [cell, []]));
  runs.forEach(({ cell }, index) => traces.get(cell)!.push(entries[index]?.traceWithoutHeader ?? null));
  return axes
    .filter(({ values }) => values.length > 1)
    .flatMap(({ name }) => {
      const groups = groupsAlong(name, cells);
      const same = new Map(groups.map((group) => [group, isSame(group.map((cell) => traces.get(cell)!))]));
      if (groups.every((group) => same.get(group))) return [{ axis: name }];
      return axes
        .filter((other) => other.name !== name && other.values.length > 1)
        .flatMap((other) => other.values.map(({ label }) => ({ axis: other.name, label })))
        .filter(({ axis, label }) => groups.every((group) => group[0]!.labels[axis] !== label || same.get(group)))
        .map((where) => ({ axis: name, where }));
    });
}

/** Whether all cells have the same trace for each seed. */
function isSame(traces: readonly (readonly (string | null)[])[]): boolean {
  const [first] = traces;
  return first!.every((trace, seed) => trace !== null && traces.every((cell) => cell[seed] === trace));
}

/** The finding as a sentence. */
export function unreadText({ axis, where }: UnreadAxis): string {
  const what = `${axis} changed nothing, to the last bit of every trace: nobody read it, or it never mattered.`;
  return where === undefined ? what : `Where ${where.axis} is ${where.label}, ${what}`;
}
