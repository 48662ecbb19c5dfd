/**
 * Every scenario that ships keeps its promises over a few seeds, with the surrogate where it trains:
 * what is under test here is the protocol. Real training has its place in test/end-to-end.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { builtinRoles } from '../src/actors/registry.ts';
import { loadScenario } from '../src/run/load.ts';
import { simulateScenario } from '../src/run/simulate.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = globSync(['scenarios/**/*.yaml', 'examples/**/*.yaml'], { cwd: root }).sort();
const seeds = [1, 2, 3];

test('there are scenarios to run', () => expect(files).toContain('scenarios/kill-five-workers.yaml'));

describe.each(files)('%s', (name) => {
  test.each(seeds)('passes with seed %i', async (seed) => {
    const file = join(root, name);
    const trains = /^training:/mu.test(readFileSync(file, 'utf8'));
    const overrides = trains ? ['training.model=bowl'] : [];
    const loaded = await loadScenario({ file, overrides, builtinRoles, seed });
    if (loaded.kind === 'refused') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
    const { verdict } = await simulateScenario(loaded.scenario, loaded.registry, {
      scenarioFile: file, files: new Map(), signal: new AbortController().signal, onProgress: () => {}, twice: false, replayLine: '-',
    });
    expect(verdict.findings).toEqual([]);
    expect(verdict.verdict).toBe('pass');
  });
});
