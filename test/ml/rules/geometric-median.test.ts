import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvariantViolation } from '../../../src/kernel/assert.ts';
import { coordinateMedian } from '../../../src/ml/rules/coordinate-median.ts';
import { geometricMedian } from '../../../src/ml/rules/geometric-median.ts';
import {
  attackedUpdates, drawnUpdates, expectNear, expectWithin, fiveAndTwoLiars, permutedUpdates, threeInARow, vectorsOf,
} from './known-vectors.ts';

const settled = { smoothing: 1e-6, smoothingIterations: 1_000 };

test('two wild vectors among seven, after three steps and settled', () => {
  expectNear(geometricMedian(fiveAndTwoLiars, { smoothing: 0.1, smoothingIterations: 3 }), [
    1.149746582629, 1.82181580563, 3.131206239537,
  ]);
  expectNear(geometricMedian(fiveAndTwoLiars, settled), [1.087059994338, 1.9298322409, 3.093436033099]);
});

test('three vectors in a row, after three steps', () => {
  expectNear(geometricMedian(threeInARow, { smoothing: 0.1, smoothingIterations: 3 }), [3.78788764, 4.78788764, 5.78788764]);
});

const length = (vector: Float32Array): number => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
const between = (a: Float32Array, b: Float32Array): number => length(a.map((value, index) => value - b[index]!));
const distanceSum = (point: Float32Array, updates: readonly Float32Array[]): number =>
  updates.reduce((sum, update) => sum + between(point, update), 0);

test('no update, and not their mean, has a lesser sum of distances than where it settles', () => {
  fc.assert(
    fc.property(drawnUpdates(), (updates) => {
      const found = distanceSum(geometricMedian(updates, settled), updates);
      const mean = updates[0]!.map((_, index) => updates.reduce((sum, update) => sum + update[index]!, 0) / updates.length);
      // A thousand steps come this near where an update itself is the median, which is where steps are smallest.
      for (const other of [...updates, mean]) expect(found).toBeLessThanOrEqual(distanceSum(other, updates) * 1.001 + 1e-4);
    }),
  );
});

test('every step stays within the updates', () => {
  fc.assert(
    fc.property(drawnUpdates(), fc.integer({ min: 1, max: 10 }), (updates, smoothingIterations) => {
      expectWithin(geometricMedian(updates, { smoothing: 1e-6, smoothingIterations }), updates, 1e-5);
    }),
  );
});

test('no order of the updates matters beyond rounding', () => {
  fc.assert(
    fc.property(permutedUpdates(), ([updates, shuffled]) => {
      const steps = { smoothing: 1e-3, smoothingIterations: 8 };
      const found = geometricMedian(shuffled, steps);
      for (const [index, value] of geometricMedian(updates, steps).entries()) expect(found[index]).toBeCloseTo(value, 4);
    }),
  );
});

test('f liars among n, as far away as they like, leave it within 2(n − f)/(n − 2f) radii of the honest ones', () => {
  // S. Minsker, "Geometric median and robust estimation in Banach spaces", Bernoulli 21, 2015, lemma 2.1.
  fc.assert(
    fc.property(attackedUpdates(2), ({ honest, liars }) => {
      const wild = liars.map((liar) => liar.map((value) => Math.max(-63, Math.min(63, value))));
      const all = [...honest, ...wild];
      const centre = honest[0]!;
      const radius = Math.max(...honest.map((update) => between(update, centre)));
      const bound = (2 * honest.length * radius) / (honest.length - liars.length);
      expect(between(geometricMedian(all, settled), centre)).toBeLessThanOrEqual(bound * 1.01 + 1e-3);
    }),
  );
});

test('from where nothing moves any more no step is taken', () => {
  const same = vectorsOf([3, 4], [3, 4]);
  expect(geometricMedian(same, { smoothing: 1e-6, smoothingIterations: 2 })).toEqual(Float32Array.of(3, 4));
  expect(geometricMedian(same, { smoothing: 1e-6, smoothingIterations: 1_000_000_000 })).toEqual(Float32Array.of(3, 4));
});

test('free riders who send nothing hold it where it starts, if that is at 0, and not if it is at the median', () => {
  const honest = Array.from({ length: 7 }, (_, index) => Float32Array.of(1 + index / 100, 2 - index / 100));
  const all = [...honest, ...Array.from({ length: 3 }, () => new Float32Array(2))];
  const steps = { smoothing: 1e-6, smoothingIterations: 8 };
  expect(length(geometricMedian(all, steps))).toBeLessThan(0.01);
  const found = geometricMedian(all, steps, coordinateMedian(all));
  expect(between(found, Float32Array.of(1.03, 1.97))).toBeLessThan(0.05);
});

test('no updates are a programmer error', () => {
  expect(() => geometricMedian([], settled)).toThrow(InvariantViolation);
});
