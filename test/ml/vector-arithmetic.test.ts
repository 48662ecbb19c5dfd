import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvariantViolation } from '../../src/kernel/assert.ts';
import { dimensionsOf, pairwiseSquaredDistances, squaredDistancesFrom, weightedSum } from '../../src/ml/vector-arithmetic.ts';

/** Quarters: every sum and square below is exact, so that no order of addition can differ. */
const quarters = (dimensions: number) =>
  fc.array(fc.integer({ min: -200, max: 200 }), { minLength: dimensions, maxLength: dimensions })
    .map((counts) => Float32Array.from(counts, (count) => count / 4));

/** One to eleven vectors: groups of four with every rest. */
const small = fc.integer({ min: 1, max: 9 }).chain((dimensions) => fc.array(quarters(dimensions), { minLength: 1, maxLength: 11 }));

/** Vectors longer than a strip, with a rest. */
const long = Array.from({ length: 6 }, (_, row) => Float32Array.from({ length: 1_003 }, (__, index) => ((index * (row + 3)) % 41) - 20));

function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, value, index) => sum + (value - b[index]!) * (value - b[index]!), 0);
}

function expectPairs(vectors: readonly Float32Array[]): void {
  const expected = vectors.flatMap((a) => vectors.map((b) => squaredDistance(a, b)));
  expect([...pairwiseSquaredDistances(vectors)]).toEqual(expected);
}

describe('distances', () => {
  test('of each two vectors are what the definition says, and symmetric', () => {
    fc.assert(fc.property(small, expectPairs));
    expectPairs(long);
  });

  test('from a centre are, too', () => {
    const fromFirst = (vectors: readonly Float32Array[]): void => {
      const centre = Float64Array.from(vectors[0]!, (value) => value / 2);
      expect([...squaredDistancesFrom(centre, vectors)]).toEqual(vectors.map((vector) => squaredDistance(centre, vector)));
    };
    fc.assert(fc.property(small, fromFirst));
    fromFirst(long);
  });
});

test('a weighted sum is what the definition says', () => {
  const byDefinition = (vectors: readonly Float32Array[], weights: readonly number[]): number[] =>
    Array.from(vectors[0]!, (_, index) => vectors.reduce((sum, vector, row) => sum + weights[row]! * vector[index]!, 0));
  fc.assert(
    fc.property(small, fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 11, maxLength: 11 }), (vectors, drawn) => {
      const weights = drawn.slice(0, vectors.length);
      expect([...weightedSum(vectors, weights)]).toEqual(byDefinition(vectors, weights).map((value) => value + 0));
    }),
  );
  const weights = [1, -2, 3, -4, 5, -6];
  expect([...weightedSum(long, weights)]).toEqual(byDefinition(long, weights));
});

test('no vectors, vectors of several lengths, and weights that do not fit are programmer errors', () => {
  const uneven = [new Float32Array(3), new Float32Array(2)];
  expect(() => dimensionsOf([])).toThrow(InvariantViolation);
  expect(() => dimensionsOf(uneven)).toThrow(InvariantViolation);
  expect(() => pairwiseSquaredDistances(uneven)).toThrow(InvariantViolation);
  expect(() => weightedSum([new Float32Array(3)], [1, 2])).toThrow(InvariantViolation);
});
