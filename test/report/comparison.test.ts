/** Two runs side by side. */
import { describe, expect, it } from 'vitest';
import { builtinRoles } from '../../src/actors/registry.ts';
import { comparisonOf } from '../../src/report/comparison.ts';
import type { ComparedRun } from '../../src/report/comparison.ts';
import { readFinishedRun } from '../../src/report/report-files.ts';
import { scenarioDifferences } from '../../src/report/scenario-differences.ts';
import { record, storm, withoutReport } from './recorded-runs.ts';

async function compared(overrides: readonly string[]): Promise<ComparedRun> {
  const { folder } = await record(storm, overrides, withoutReport);
  return { folder, material: await readFinishedRun(folder, builtinRoles, 'whole') };
}

describe('a comparison', () => {
  it('of two seeds tells their differences key by key, and lays their charts over each other', async () => {
    const [a, b] = [await compared([]), await compared(['seed=2', 'network.loss=3%'])];
    const page = await comparisonOf(a, b);
    expect(page).toMatch(/<td>network\.loss<\/td><td><code>1%<\/code><\/td><td><code>3%<\/code><\/td>/u);
    expect(page).toMatch(/<td>seed<\/td><td><code>1<\/code><\/td><td><code>2<\/code><\/td>/u);
    expect(page).toContain('The traces are of different runs (their headers differ at scenario.');
    const figures = [...page.matchAll(/<figure class="[^"]*" id="chart-([a-z-]+)"/gu)].map(([, name]) => name);
    expect(figures).toEqual([
      'timeline-a', 'timeline-b', 'compared-accuracy', 'compared-attendance', 'compared-loss', 'compared-commit-delay',
      'compared-traffic', 'compared-delay',
    ]);
    expect(await comparisonOf(a, b)).toBe(page);
  });

  it('of one run with itself says that nothing differs', async () => {
    const run = await compared(['training.rounds=6']);
    const page = await comparisonOf(run, run);
    expect(page).toContain('Both runs have the same scenario, key by key.');
    expect(page).toContain('Both runs have the same trace and the same observations, byte for byte.');
  });
});

describe('differences of scenarios', () => {
  it('are named by keys, and by the ids of list items', () => {
    const left = 'name: a\nfaults:\n  - { id: cut, at: 1s }\n  - { id: nap, at: 2s }\nnodes: { worker: [0, 2] }\n';
    const right = 'name: a\nfaults:\n  - { id: nap, at: 3s }\nnodes: { worker: [0, 3] }\n';
    expect(scenarioDifferences(left, right)).toEqual([
      { key: 'faults.cut.at', left: '1s', right: undefined },
      { key: 'faults.cut.id', left: 'cut', right: undefined },
      { key: 'faults.nap.at', left: '2s', right: '3s' },
      { key: 'nodes.worker.1', left: '2', right: '3' },
    ]);
    expect(scenarioDifferences(left, left)).toEqual([]);
  });
});
