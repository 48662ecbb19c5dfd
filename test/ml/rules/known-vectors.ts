/**
 * Vectors with known answers, and drawn ones, for the tests of the rules.
 *
 * The known answers were computed apart from this code: by NumPy and by ByzFL 0.1 (EPFL), or stand in the
 * documentation of ByzFL. Answers in float64 are met to float32 precision, since rules answer in float32.
 */
import * as fc from 'fast-check';
import { expect } from 'vitest';

export const vectorsOf = (...rows: readonly (readonly number[])[]): Float32Array[] => rows.map((row) => Float32Array.from(row));

const near = [[1, 2, 3], [1.1, 1.9, 3.2], [0.9, 2.2, 2.9], [1.2, 2.1, 3.1], [0.8, 1.8, 2.8]];
const far = [[10, -10, 10], [10, -10, 10]];

/** Five vectors near (1, 2, 3). */
export const honestFive = vectorsOf(...near);
/** The same, then two liars far away. */
export const fiveAndTwoLiars = vectorsOf(...near, ...far);
/** The input of the examples in the documentation of ByzFL. */
export const threeInARow = vectorsOf([1, 2, 3], [4, 5, 6], [7, 8, 9]);

/** Each number within a few units in the last place of float32 of the one expected. */
export function expectNear(found: Float32Array, expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) {
    const tolerance = 1e-6 * Math.max(1, Math.abs(value));
    expect(Math.abs(found[index]! - value), `coordinate ${index} is ${found[index]}`).toBeLessThan(tolerance);
  }
}

const coordinate = fc.float({ min: -63, max: 63, noNaN: true });
/** Sixteenths: their sums, differences and squares are exact, so that equalities are, too. */
const sixteenth = fc.integer({ min: -320, max: 320 }).map((count) => count / 16);

const row = (values: fc.Arbitrary<number>, dimensions: number): fc.Arbitrary<Float32Array> =>
  fc.array(values, { minLength: dimensions, maxLength: dimensions }).map((numbers) => Float32Array.from(numbers));

const rows = (values: fc.Arbitrary<number>, dimensions: number, minLength: number, maxLength: number) =>
  fc.array(row(values, dimensions), { minLength, maxLength });

/** Between `least` and eleven updates of one length. */
export const drawnUpdates = (least = 1): fc.Arbitrary<Float32Array[]> =>
  fc.integer({ min: 1, max: 6 }).chain((dimensions) => rows(coordinate, dimensions, least, 11));

/** Updates and the same in another order. */
export const permutedUpdates = (least = 1): fc.Arbitrary<[Float32Array[], Float32Array[]]> =>
  drawnUpdates(least).chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })));

export interface Shifted {
  readonly updates: Float32Array[];
  readonly shift: Float32Array;
  readonly shifted: Float32Array[];
}

/** Updates of sixteenths, and the same moved by one vector. */
export const shiftedUpdates = (least = 1): fc.Arbitrary<Shifted> =>
  fc.integer({ min: 1, max: 6 }).chain((dimensions) =>
    fc.record({ updates: rows(sixteenth, dimensions, least, 11), shift: row(sixteenth, dimensions) }).map(
      ({ updates, shift }) => ({ updates, shift, shifted: updates.map((update) => plus(update, shift)) }),
    ));

export const plus = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, index) => value + b[index]!);

export interface Attacked {
  readonly honest: Float32Array[];
  readonly liars: Float32Array[];
}

/** One to four liars of any finite size, and more honest updates than liars by at least `margin`, within ±1. */
export const attackedUpdates = (margin = 1): fc.Arbitrary<Attacked> =>
  fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 })).chain(([dimensions, liars]) =>
    fc.record({
      honest: rows(fc.float({ min: -1, max: 1, noNaN: true }), dimensions, liars + margin, liars + margin + 4),
      liars: rows(fc.float({ noNaN: true, noDefaultInfinity: true }), dimensions, liars, liars),
    }));

/** The least and greatest value of a coordinate. */
export function rangeOf(updates: readonly Float32Array[], index: number): readonly [number, number] {
  const values = updates.map((update) => update[index]!);
  return [Math.min(...values), Math.max(...values)];
}

/** Each coordinate lies within those of the updates, or a rounding beside. */
export function expectWithin(found: Float32Array, updates: readonly Float32Array[], slack = 0): void {
  for (let index = 0; index < found.length; index += 1) {
    const [least, greatest] = rangeOf(updates, index);
    expect(found[index]!).toBeGreaterThanOrEqual(least - slack);
    expect(found[index]!).toBeLessThanOrEqual(greatest + slack);
  }
}
