import { expect, test } from 'vitest';
import { largestHiddenZ, littleIsEnough } from '../../../src/ml/attacks/little-is-enough.ts';
import { expectNear, honestFive } from '../rules/known-vectors.ts';

/** Computed by SciPy (norm.ppf); the third row's equals are of the same ratio. */
test.each([
  [50, 12, 0.336038140372], [51, 24, 1.446103592918], [60, 9, 0.172880832751], [60, 12, 0.264146976826],
  [60, 15, 0.370364244807], [50, 10, 0.253347103136], [20, 5, 0.253347103136], [25, 5, 0.253347103136],
  [40, 8, 0.237202109329], [17, 4, 0.293381232121], [45, 10, 0.328072107532],
])('the largest z that hides among %i workers with %i liars', (workers, liars, z) => {
  expect(Math.abs(largestHiddenZ(workers, liars)! - z)).toBeLessThan(2e-9 * Math.max(1, z));
});

test('liars who are a majority, or who have nobody to deceive, have none', () => {
  expect(largestHiddenZ(50, 26)).toBeUndefined();
  expect(largestHiddenZ(10, 10)).toBeUndefined();
  expect(largestHiddenZ(2, 1)).toBeUndefined();
  expect(largestHiddenZ(50, 25)).toBeDefined();
});

test('a z of 0 gives the mean', () => {
  expectNear(littleIsEnough(honestFive, 0), [1, 2, 3]);
});
