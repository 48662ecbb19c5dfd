import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvariantViolation } from '../../../src/kernel/assert.ts';
import { coordinateMedian } from '../../../src/ml/rules/coordinate-median.ts';

const vectors = (...rows: number[][]): Float32Array[] => rows.map((row) => Float32Array.from(row));

/** Five vectors near (1, 2, 3), then two far away: the set against which our research page measured NumPy and ByzFL. */
const near = [[1, 2, 3], [1.1, 1.9, 3.2], [0.9, 2.2, 2.9], [1.2, 2.1, 3.1], [0.8, 1.8, 2.8]];
const far = [[10, -10, 10], [10, -10, 10]];

test('two wild vectors among seven leave the median among the others', () => {
  expect(coordinateMedian(vectors(...near, ...far))).toEqual(Float32Array.of(1.1, 1.9, 3.1));
});

test('three vectors in a row, the input of the examples in the documentation of ByzFL', () => {
  expect(coordinateMedian(vectors([1, 2, 3], [4, 5, 6], [7, 8, 9]))).toEqual(Float32Array.of(4, 5, 6));
});

test('of an even number it is the mean of the middle two', () => {
  expect(coordinateMedian(vectors([4, -1], [1, 0], [2, 5], [100, -100]))).toEqual(Float32Array.of(3, -0.5));
});

const coordinate = fc.float({ min: -63, max: 63, noNaN: true });
const updates = fc.integer({ min: 1, max: 4 }).chain((dimensions) =>
  fc.array(
    fc.array(coordinate, { minLength: dimensions, maxLength: dimensions }).map((row) => Float32Array.from(row)),
    { minLength: 1, maxLength: 9 },
  ),
);

test('it agrees with sorting plain numbers', () => {
  fc.assert(
    fc.property(updates, (rows) => {
      const expected = rows[0]!.map((_, index) => {
        const column = rows.map((row) => row[index]!).sort((a, b) => a - b);
        return (column[Math.floor((column.length - 1) / 2)]! + column[Math.floor(column.length / 2)]!) / 2 + 0;
      });
      expect(coordinateMedian(rows)).toEqual(expected);
    }),
  );
});

test('no order of the updates changes a bit, not even of a zero', () => {
  const permuted = updates.chain((rows) =>
    fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length })),
  );
  fc.assert(
    fc.property(permuted, ([rows, shuffled]) => {
      expect(new Uint32Array(coordinateMedian(shuffled).buffer)).toEqual(new Uint32Array(coordinateMedian(rows).buffer));
    }),
  );
  const zeros = vectors([0], [-0], [-0]);
  expect(Object.is(coordinateMedian(zeros)[0], 0)).toBe(true);
});

test('it leaves the updates as they are', () => {
  const rows = vectors([3, 1], [1, 2], [2, 3]);
  coordinateMedian(rows);
  expect(rows).toEqual(vectors([3, 1], [1, 2], [2, 3]));
});

test('no updates, or updates of several lengths, are programmer errors', () => {
  expect(() => coordinateMedian([])).toThrow(InvariantViolation);
  expect(() => coordinateMedian(vectors([1, 2], [1]))).toThrow(InvariantViolation);
});
