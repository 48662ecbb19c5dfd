/** The later seventeen of the twenty seeds over which every scenario that ships keeps its promises; see test/scenarios.test.ts. */
import { describe, expect, test } from 'vitest';
import { faithfulScenarioFiles, seedsFrom, verdictOf } from '../support/shipped-scenarios.ts';

describe.each(faithfulScenarioFiles('scenarios/**/*.yaml'))('%s', (file) => {
  test.each(seedsFrom(4, 20))('passes with seed %i', async (seed) => {
    expect(await verdictOf(file, seed, 'surrogate')).toMatchObject({ findings: [], verdict: 'pass' });
  });
});
