/** A committee of five under the chaos of 500 seeds: nothing is violated, every round closes, and every training ends. */
import { expect, test } from 'vitest';
import { runChaos, shortcomingsOf } from '../support/chaos-run.ts';
import { seedsFrom } from '../support/shipped-scenarios.ts';

test.each(seedsFrom(1, 500))('chaos with seed %i violates nothing, and every round closes', (seed) => {
  expect(shortcomingsOf(runChaos(seed))).toEqual([]);
});
