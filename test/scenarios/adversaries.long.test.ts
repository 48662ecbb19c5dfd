/**
 * Liars against models that really learn: the shipped scenario under the three worst attacks, and every
 * adversary of the house against a rule that holds and one that does not.
 */
import { describe, expect, test } from 'vitest';
import { builtinAdversaries } from '../../src/actors/adversaries/registry.ts';
import { breakingScenarioFiles, seedsFrom, verdictOf } from '../support/shipped-scenarios.ts';

const gradients = 'scenarios/byzantine-gradients.yaml';
const control = 'scenarios/byzantine-gradients-mean.yaml';

describe('ten of forty workers', () => {
  test.each([['ipm', 'factor=100'], ['sign-flip', 'factor=1'], ['gaussian', 'deviation=1']])(
    'that do %s with %s are left out by Multi-Krum, and the model learns', async (as, option) => {
      const set = [`wrap.worker.as=${as}`, `wrap.worker.${option}`];
      const verdict = await verdictOf(gradients, 1, 'trained', { set });
      expect(verdict).toMatchObject({ findings: [], verdict: 'pass', rounds: 20 });
      expect(verdict.accuracy).toBeGreaterThanOrEqual(0.85);
    },
  );

  test('that know the honest ruin the mean', async () => {
    const verdict = await verdictOf(control, 1, 'trained');
    expect(verdict).toMatchObject({ findings: [], verdict: 'pass', rounds: 20 });
    expect(verdict.accuracy).toBeLessThanOrEqual(0.3);
  });
});

describe.each(breakingScenarioFiles('scenarios/**/*.yaml'))('%s', (file) => {
  test.each(seedsFrom(3, 6))('breaks what it says and nothing else with seed %i', async (seed) => {
    expect(await verdictOf(file, seed, 'surrogate')).toMatchObject({ findings: [], verdict: 'pass' });
  });
});

describe.each([['mean', 0, 0], ['multi-krum', 3, 0.8]] as const)('against the rule %s', (aggregate, byzantine, accuracyMin) => {
  test.each([...builtinAdversaries.keys()])('three of twelve workers that do %s stop nothing', async (as) => {
    const set = [
      'nodes.worker=12', 'nodes.aggregator=3', 'training.rounds=4', 'training.quorum=50%', `training.aggregate=${aggregate}`,
      `training.byzantine=${byzantine}`, `wrap.worker={ as: ${as}, count: 3 }`, 'committee={ checkpointEvery: 1 }',
      'expect=[{ eventually: training finished }, { sometimes: the committee took a checkpoint }]',
    ];
    const verdict = await verdictOf(gradients, 1, 'trained', { set });
    expect(verdict).toMatchObject({ findings: [], verdict: 'pass', rounds: 4 });
    expect(verdict.faultHits['wrap.worker']).toBeGreaterThan(0);
    expect(verdict.accuracy).toBeGreaterThanOrEqual(accuracyMin);
  });
});
