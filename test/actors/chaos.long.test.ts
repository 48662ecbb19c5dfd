/** A committee of five under the chaos of 500 seeds: nothing is violated, every round closes, and every training ends. */
import { expect, test } from 'vitest';
import { runChaos, shortcomingsOf } from '../support/chaos-run.ts';
import { seedsFrom } from '../support/shipped-scenarios.ts';

test.each(seedsFrom(1, 500))('chaos with seed %i violates nothing, and every round closes', (seed) => {
  expect(shortcomingsOf(runChaos(seed))).toEqual([]);
});

// Its updates travel by name and are asked for, and it looks at the model before the last.
test.each(seedsFrom(1, 200))('chaos with seed %i harms no rule that is no sum', (seed) => {
  expect(shortcomingsOf(runChaos(seed, {}, 'centered-clipping'))).toEqual([]);
});
