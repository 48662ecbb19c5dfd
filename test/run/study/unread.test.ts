/** Which axes are told as unread, on traces that are written down by hand. */
import { expect, it } from 'vitest';
import type { LedgerEntry } from '../../../src/run/ledger/entry.ts';
import { cellsOf } from '../../../src/run/study/grid.ts';
import type { Axis } from '../../../src/run/study/grid.ts';
import type { StudyPlan } from '../../../src/run/study/plan.ts';
import { unreadAxes, unreadText } from '../../../src/run/study/unread.ts';

const axis = (name: string, ...labels: readonly string[]): Axis => ({
  name, title: name, values: labels.map((label) => ({ label, changes: [] })),
});

/** Unread axes of rule × liars × timeout, two seeds each, by what the trace of a run is. */
function unreadWhere(traceOf: (labels: Record<string, unknown>, seed: number) => string | null): ReturnType<typeof unreadAxes> {
  const axes = [axis('rule', 'mean', 'krum'), axis('liars', '0', '8'), axis('alone', 'one')];
  const cells = cellsOf(axes);
  const runs = cells.flatMap((cell) => [1, 2].map((seed) => ({ cell, seed })));
  const entries = runs.map(({ cell, seed }) => ({ traceWithoutHeader: traceOf(cell.labels, seed) }) as LedgerEntry);
  return unreadAxes({ axes, cells, runs } as unknown as StudyPlan, entries);
}

it('an axis is unread when no cell differs along it, whatever seeds do', () => {
  expect(unreadWhere(({ rule }, seed) => `${String(rule)} ${seed}`)).toEqual([{ axis: 'liars' }]);
  expect(unreadWhere(() => 'always the same')).toEqual([{ axis: 'rule' }, { axis: 'liars' }]);
});

it('one differing run makes it read', () => {
  expect(unreadWhere(({ rule, liars }, seed) => `${String(rule)} ${String(liars)} ${seed}`)).toEqual([]);
  const isOdd = (rule: unknown, liars: unknown, seed: number): boolean => rule === 'krum' && liars === '8' && seed === 2;
  const once = unreadWhere(({ rule, liars }, seed) => `${String(rule)} ${seed} ${isOdd(rule, liars, seed)}`);
  expect(once).toEqual([{ axis: 'liars', where: { axis: 'rule', label: 'mean' } }]);
});

it('an axis may be unread under one value of another axis, in words', () => {
  const found = unreadWhere(({ rule, liars }) => (liars === '0' ? 'calm' : `${String(rule)}`));
  expect(found).toEqual([{ axis: 'rule', where: { axis: 'liars', label: '0' } }]);
  const words = 'Where liars is 0, rule changed nothing, to the last bit of every trace: nobody read it, or it never mattered.';
  expect(unreadText(found[0]!)).toBe(words);
});

it('runs without a trace decide nothing', () => {
  expect(unreadWhere(() => null)).toEqual([]);
});
