/**
 * Every scenario that ships keeps its promises over the first three of twenty seeds, with the surrogate
 * where it trains; test/scenarios/later-seeds.long.test.ts takes the others. Once with its real training:
 * test/scenarios/trained.long.test.ts. Scenarios that break promises on purpose have
 * test/scenarios/adversaries.test.ts instead.
 */
import { describe, expect, test } from 'vitest';
import { faithfulScenarioFiles, scenarioFiles, seedsFrom, verdictOf } from './support/shipped-scenarios.ts';

const scenarios = faithfulScenarioFiles('scenarios/**/*.yaml');
const examples = scenarioFiles('examples/**/*.yaml');

test('there are scenarios to run', () => expect(scenarios).toContain('scenarios/kill-five-workers.yaml'));

describe.each(scenarios)('%s', (file) => {
  test.each(seedsFrom(1, 3))('passes with seed %i', async (seed) => {
    expect(await verdictOf(file, seed, 'surrogate')).toMatchObject({ findings: [], verdict: 'pass' });
  });
});

describe.each(examples)('%s', (file) => {
  test.each(seedsFrom(1, 3))('passes with seed %i', async (seed) => {
    expect(await verdictOf(file, seed, 'surrogate')).toMatchObject({ findings: [], verdict: 'pass' });
  });
});
