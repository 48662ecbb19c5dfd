import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvariantViolation } from '../../../src/kernel/assert.ts';
import { coordinateMedian } from '../../../src/ml/rules/coordinate-median.ts';
import {
  attackedUpdates, drawnUpdates, expectWithin, fiveAndTwoLiars, permutedUpdates, plus, shiftedUpdates, threeInARow, vectorsOf,
} from './known-vectors.ts';

test('two wild vectors among seven leave the median among the others', () => {
  expect(coordinateMedian(fiveAndTwoLiars)).toEqual(Float32Array.of(1.1, 1.9, 3.1));
});

test('three vectors in a row', () => {
  expect(coordinateMedian(threeInARow)).toEqual(Float32Array.of(4, 5, 6));
});

test('of an even number it is the mean of the middle two', () => {
  expect(coordinateMedian(vectorsOf([4, -1], [1, 0], [2, 5], [100, -100]))).toEqual(Float32Array.of(3, -0.5));
});

test('it agrees with sorting plain numbers', () => {
  fc.assert(
    fc.property(drawnUpdates(), (updates) => {
      const expected = updates[0]!.map((_, index) => {
        const column = updates.map((update) => update[index]!).sort((a, b) => a - b);
        return (column[Math.floor((column.length - 1) / 2)]! + column[Math.floor(column.length / 2)]!) / 2 + 0;
      });
      expect(coordinateMedian(updates)).toEqual(expected);
    }),
  );
});

test('no order of the updates changes a bit, not even of a zero', () => {
  fc.assert(
    fc.property(permutedUpdates(), ([updates, shuffled]) => {
      expect(new Uint32Array(coordinateMedian(shuffled).buffer)).toEqual(new Uint32Array(coordinateMedian(updates).buffer));
    }),
  );
  expect(Object.is(coordinateMedian(vectorsOf([0], [-0], [-0]))[0], 0)).toBe(true);
});

test('fewer liars than honest ones, of any size, cannot move it out of the honest range', () => {
  fc.assert(
    fc.property(attackedUpdates(), ({ honest, liars }) => {
      expectWithin(coordinateMedian([...liars, ...honest]), honest);
    }),
  );
});

test('updates that move together take it with them', () => {
  fc.assert(
    fc.property(shiftedUpdates(), ({ updates, shift, shifted }) => {
      expect(coordinateMedian(shifted)).toEqual(plus(coordinateMedian(updates), shift).map((value) => value + 0));
    }),
  );
});

test('it leaves the updates as they are', () => {
  const rows = vectorsOf([3, 1], [1, 2], [2, 3]);
  coordinateMedian(rows);
  expect(rows).toEqual(vectorsOf([3, 1], [1, 2], [2, 3]));
});

test('no updates, or updates of several lengths, are programmer errors', () => {
  expect(() => coordinateMedian([])).toThrow(InvariantViolation);
  expect(() => coordinateMedian(vectorsOf([1, 2], [1]))).toThrow(InvariantViolation);
});
