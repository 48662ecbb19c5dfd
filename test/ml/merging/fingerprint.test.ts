import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvariantViolation } from '../../../src/kernel/assert.ts';
import { combineFingerprints, fingerprintOf, fingerprintPrime } from '../../../src/ml/merging/fingerprint.ts';

const prime = BigInt(fingerprintPrime);
const largest = Number.MAX_SAFE_INTEGER;
const seed = fc.maxSafeNat();
const round = fc.maxSafeNat();

/** Some sums of one length, whose total stays below 2^53. */
const parts = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 150 })).chain(([count, dimensions]) => {
  const reach = Math.floor(largest / count);
  const coordinate = fc.oneof(fc.integer({ min: -reach, max: reach }), fc.constantFrom(reach, -reach, 0));
  const part = fc.array(coordinate, { minLength: dimensions, maxLength: dimensions });
  return fc.array(part.map((values) => Float64Array.from(values)), { minLength: count, maxLength: count });
});

/** The factors themselves: the fingerprint of 1 in one coordinate and 0 in all others. */
function factorsOf(dimensions: number, ofSeed: number, ofRound: number): number[] {
  return Array.from({ length: dimensions }, (_, index) => {
    const unit = new Float64Array(dimensions);
    unit[index] = 1;
    return fingerprintOf(unit, ofSeed, ofRound);
  });
}

test('fingerprints of parts add up to that of the total', () => {
  fc.assert(
    fc.property(parts, seed, round, (sums, ofSeed, ofRound) => {
      const total = sums[0]!.map((_, index) => sums.reduce((added, part) => added + part[index]!, 0));
      const combined = combineFingerprints(sums.map((part) => fingerprintOf(part, ofSeed, ofRound)));
      expect(combined).toBe(fingerprintOf(total, ofSeed, ofRound));
    }),
  );
});

test('it is exact: BigInt agrees', () => {
  fc.assert(
    fc.property(parts, seed, round, ([sum], ofSeed, ofRound) => {
      const factors = factorsOf(sum!.length, ofSeed, ofRound);
      const dot = factors.reduce((added, factor, index) => added + BigInt(factor) * BigInt(sum![index]!), 0n);
      expect(BigInt(fingerprintOf(sum!, ofSeed, ofRound))).toBe(((dot % prime) + prime) % prime);
    }),
  );
});

test('the largest sums of thousands of coordinates are exact', () => {
  const factors = factorsOf(3_000, 4, 9);
  const dot = factors.reduce((added, factor) => added + BigInt(factor) * BigInt(largest), 0n);
  const sum = new Float64Array(3_000).fill(largest);
  expect(BigInt(fingerprintOf(sum, 4, 9))).toBe(dot % prime);
  expect(BigInt(fingerprintOf(sum.map((value) => -value), 4, 9))).toBe((prime - (dot % prime)) % prime);
});

test('a change of any single coordinate is seen, unless it is a multiple of the prime', () => {
  const change = fc.integer({ min: -(2 ** 52), max: 2 ** 52 }).filter((value) => value % fingerprintPrime !== 0);
  const base = fc.array(fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }), { minLength: 1, maxLength: 150 });
  fc.assert(
    fc.property(base, fc.nat(), change, seed, round, (values, place, by, ofSeed, ofRound) => {
      const sum = Float64Array.from(values);
      const changed = sum.slice();
      changed[place % sum.length]! += by;
      expect(fingerprintOf(changed, ofSeed, ofRound)).not.toBe(fingerprintOf(sum, ofSeed, ofRound));
    }),
  );
});

test('a change by the prime itself is not seen, as the header says', () => {
  expect(fingerprintOf(Float64Array.of(5 + fingerprintPrime), 1, 1)).toBe(fingerprintOf(Float64Array.of(5), 1, 1));
});

test('factors are not zero, and differ by coordinate, seed and round', () => {
  const factors = [...factorsOf(40, 1, 1), ...factorsOf(40, 2, 1), ...factorsOf(40, 1, 2)];
  expect(factors).not.toContain(0);
  expect(new Set(factors).size).toBe(120);
});

test('asking in turn for several rounds gives the same as asking for one', () => {
  const sum = Float64Array.of(3, -1, 4, -1, 5);
  const first = fingerprintOf(sum, 1, 1);
  fingerprintOf(sum, 1, 2);
  fingerprintOf(Float64Array.of(1, 1), 1, 1);
  expect(fingerprintOf(sum, 1, 1)).toBe(first);
});

test('nothing has the fingerprint 0, also as −0', () => {
  expect(Object.is(fingerprintOf(Float64Array.of(-0, -0), 1, 1), 0)).toBe(true);
  expect(combineFingerprints([])).toBe(0);
});

test('a fingerprint from a message that is too large counts by its remainder', () => {
  expect(combineFingerprints([largest, fingerprintPrime, 5])).toBe(((largest % fingerprintPrime) + 5) % fingerprintPrime);
});

test.each([-1, 0.5, NaN])('%d is no fingerprint', (value) => {
  expect(() => combineFingerprints([value])).toThrow(InvariantViolation);
});
