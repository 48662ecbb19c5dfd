import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvariantViolation } from '../../../src/kernel/assert.ts';
import { trimmedMean } from '../../../src/ml/rules/trimmed-mean.ts';
import {
  attackedUpdates, drawnUpdates, expectNear, expectWithin, fiveAndTwoLiars, permutedUpdates, plus, shiftedUpdates, threeInARow,
} from './known-vectors.ts';

const mostLiars = (updates: number): number => Math.ceil(updates / 2) - 1;

test('two wild vectors among seven are cut off', () => {
  expectNear(trimmedMean(fiveAndTwoLiars, 2), [1.1, 1.9, 3.1]);
});

test('three vectors in a row keep the middle one', () => {
  expect(trimmedMean(threeInARow, 1)).toEqual(Float32Array.of(4, 5, 6));
});

test('without liars it is the mean', () => {
  expect(trimmedMean(threeInARow, 0)).toEqual(Float32Array.of(4, 5, 6));
  expectNear(trimmedMean(fiveAndTwoLiars, 0), [3.571428571, -1.428571429, 5]);
});

test('it agrees with sorting plain numbers and cutting off both ends', () => {
  fc.assert(
    fc.property(drawnUpdates(), fc.nat(), (updates, drawn) => {
      const byzantine = drawn % (mostLiars(updates.length) + 1);
      const expected = updates[0]!.map((_, index) => {
        const column = updates.map((update) => update[index]!).sort((a, b) => a - b);
        const kept = column.slice(byzantine, column.length - byzantine);
        return kept.reduce((sum, value) => sum + value, 0) / kept.length;
      });
      expectNear(trimmedMean(updates, byzantine), [...expected]);
    }),
  );
});

test('no order of the updates changes a bit', () => {
  fc.assert(
    fc.property(permutedUpdates(), ([updates, shuffled]) => {
      const byzantine = mostLiars(updates.length);
      expect(trimmedMean(shuffled, byzantine)).toEqual(trimmedMean(updates, byzantine));
    }),
  );
});

test('as many liars as are reckoned with, of any size, cannot move it out of the honest range', () => {
  fc.assert(
    fc.property(attackedUpdates(), ({ honest, liars }) => {
      // The mean of equal values may round to a neighbour.
      expectWithin(trimmedMean([...honest, ...liars], liars.length), honest, 1e-7);
    }),
  );
});

test('one liar more than is reckoned with can', () => {
  const liars = [Float32Array.of(63), Float32Array.of(63)];
  const honest = [1, 2, 3].map((value) => Float32Array.of(value));
  expect(trimmedMean([...honest, ...liars], 1)[0]).toBeGreaterThan(3);
});

test('updates that move together take it with them', () => {
  fc.assert(
    fc.property(shiftedUpdates(), ({ updates, shift, shifted }) => {
      const byzantine = mostLiars(updates.length);
      const expected = plus(trimmedMean(updates, byzantine), shift);
      const found = trimmedMean(shifted, byzantine);
      for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 4);
    }),
  );
});

test('to cut off everything is a programmer error', () => {
  expect(() => trimmedMean(threeInARow, 2)).toThrow(InvariantViolation);
  expect(() => trimmedMean([], 0)).toThrow(InvariantViolation);
});
