/** Means and intervals, against published numbers and against what they promise. */
import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { estimateOf, estimateOfShare, studentQuantile } from '../../../src/run/study/statistics.ts';

describe('Student\'s t', () => {
  it('has the quantiles of the NIST handbook, and wider ones between its entries', () => {
    expect([1, 4, 9, 29, 30, 40, 60, 100].map(studentQuantile)).toEqual([12.706, 2.776, 2.262, 2.045, 2.042, 2.021, 2, 1.984]);
    expect(studentQuantile(35)).toBe(2.042);
    expect(studentQuantile(5_000)).toBe(1.984);
  });

  it('gives an interval that was worked out by hand', () => {
    // Mean 3, sum of squares 10, deviation sqrt(10 / 4), of the mean sqrt(10 / 4 / 5) = 0.70711.
    const { low, high, ...rest } = estimateOf([1, 2, 3, 4, 5]);
    expect(rest).toEqual({ n: 5, mean: 3, min: 1, max: 5 });
    expect(low).toBeCloseTo(3 - 2.776 * 0.707_106_781, 8);
    expect(high).toBeCloseTo(3 + 2.776 * 0.707_106_781, 8);
  });

  it('has no interval of one value, and nothing of none', () => {
    expect(estimateOf([2])).toEqual({ n: 1, mean: 2, low: null, high: null, min: 2, max: 2 });
    expect(estimateOf([])).toEqual({ n: 0, mean: null, low: null, high: null, min: null, max: null });
  });

  it('moves and stretches with its values', () => {
    const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(values, fc.integer({ min: -500, max: 500 }), (given, shift) => {
        const [plain, moved] = [estimateOf(given), estimateOf(given.map((value) => 2 * value + shift))];
        for (const end of ['mean', 'low', 'high', 'min', 'max'] as const) expect(moved[end]).toBeCloseTo(2 * plain[end]! + shift, 6);
        expect(plain.low! <= plain.mean! && plain.mean! <= plain.high!).toBe(true);
      }),
    );
  });
});

describe('Wilson\'s interval', () => {
  // R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i is the published one', (hits, n, low, high) => {
    const estimate = estimateOfShare(Array.from({ length: n }, (_, index) => (index < hits ? 1 : 0)));
    expect(estimate.low).toBeCloseTo(low, 4);
    expect(estimate.high).toBeCloseTo(high, 4);
  });

  it('stays between 0 and 1, and holds the share', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 40 }), (values) => {
        const { low, mean, high } = estimateOfShare(values);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low! <= mean! && mean! <= high!).toBe(true);
        expect(low).toBeLessThan(high!);
      }),
    );
  });
});
