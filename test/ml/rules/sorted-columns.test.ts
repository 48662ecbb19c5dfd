import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { reduceColumns } from '../../../src/ml/rules/sorted-columns.ts';
import { vectorsOf } from './known-vectors.ts';

/** The columns that a reduction sees. */
function columnsOf(updates: readonly Float32Array[]): number[][] {
  const columns: number[][] = [];
  reduceColumns(updates, (ordered) => columns.push([...ordered]));
  return columns;
}

test('every finite float32 finds its place, signs, zeros and the smallest numbers included', () => {
  const column = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(column, (values) => {
      expect(columnsOf(values.map((value) => Float32Array.of(value)))).toEqual([[...Float32Array.from(values).sort()]]);
    }),
  );
  const awkward = [0, -0, 1e-45, -1e-45, 3.4e38, -3.4e38, 1, -1].map(Math.fround);
  expect(columnsOf(awkward.map((value) => Float32Array.of(value)))).toEqual([[...Float32Array.from(awkward).sort()]]);
});

test('a coordinate is reduced to what is returned, in its own place', () => {
  expect(reduceColumns(vectorsOf([3, 10], [1, 30], [2, 20]), ([least]) => least!)).toEqual(Float32Array.of(1, 10));
});

test('updates that begin in the midst of a buffer are read where they lie', () => {
  const whole = Float32Array.of(9, 1, 2, 9, 3, 4);
  expect(columnsOf([whole.subarray(1, 3), whole.subarray(4, 6)])).toEqual([[1, 3], [2, 4]]);
});
