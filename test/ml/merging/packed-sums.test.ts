import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvariantViolation } from '../../../src/kernel/assert.ts';
import { mergedSamplesMax } from '../../../src/ml/merging/merge.ts';
import type { PartialSum } from '../../../src/ml/merging/merge.ts';
import { packSum, PackedSumRefused, unpackSum } from '../../../src/ml/merging/packed-sums.ts';

const largest = Number.MAX_SAFE_INTEGER;

/** Integers of every magnitude, so that blocks have every width. */
const coordinate = fc
  .tuple(fc.integer({ min: 0, max: 53 }), fc.maxSafeInteger())
  .map(([bits, value]) => Math.trunc(value / 2 ** bits) + 0);
const edge = fc.constantFrom(0, 1, -1, largest, -largest, 2 ** 31, -(2 ** 31), 2 ** 32 - 1, 2 ** 32, -(2 ** 32) - 1);
const samples = fc.integer({ min: 1, max: mergedSamplesMax - 1 });
const sum: fc.Arbitrary<PartialSum> = fc.record({
  sums: fc
    .array(fc.oneof({ weight: 6, arbitrary: coordinate }, { weight: 1, arbitrary: edge }), { maxLength: 300 })
    .map((values) => Float64Array.from(values)),
  samples,
});

test('what is packed is unpacked again', () => {
  fc.assert(
    fc.property(sum, (packed) => {
      expect(unpackSum(packSum(packed), packed.sums.length)).toEqual(packed);
    }),
  );
});

test('blocks of one narrow width are unpacked again, at every width', () => {
  for (let bits = 1; bits <= 53; bits += 1) {
    const highest = 2 ** bits - 1;
    const sums = Float64Array.from({ length: 131 }, (_, index) => [highest, -highest, 0, 1, -1][index % 5]!);
    expect(unpackSum(packSum({ sums, samples: 7 }), 131)).toEqual({ sums, samples: 7 });
  }
});

test('a common factor of the samples and of all coordinates costs nothing', () => {
  const sums = Float64Array.from({ length: 1_000 }, (_, index) => (index - 500) * 12_345);
  const times200 = packSum({ sums: sums.map((value) => value * 200), samples: 1_600 });
  expect(times200.length).toBe(packSum({ sums, samples: 8 }).length);
  expect(unpackSum(times200, 1_000)).toEqual({ sums: sums.map((value) => value * 200), samples: 1_600 });
});

test('zeros take a byte a block', () => {
  expect(packSum({ sums: new Float64Array(640), samples: 5 }).length).toBe(16 + 12);
});

test('−0 is written as 0', () => {
  const { sums } = unpackSum(packSum({ sums: Float64Array.of(-0, 3), samples: 1 }), 2);
  expect(Object.is(sums[0], 0)).toBe(true);
});

test('bytes that do not lie on a multiple of four are unpacked as well', () => {
  const packed = packSum({ sums: Float64Array.of(1, -2, 3), samples: 9 });
  const moved = new Uint8Array(packed.length + 1);
  moved.set(packed, 1);
  expect([...unpackSum(moved.subarray(1), 3).sums]).toEqual([1, -2, 3]);
});

test.each([0.5, NaN, Infinity, 2 ** 53])('to pack %d is a programmer error', (value) => {
  expect(() => packSum({ sums: Float64Array.of(value), samples: 1 })).toThrow(InvariantViolation);
});

describe('hostile bytes', () => {
  /** Two coordinates, 5 and −7, in fields of 4 bits; three samples. */
  const packed = packSum({ sums: Float64Array.of(5, -7), samples: 3 });
  const words = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);
  const format = new Uint32Array(packed.buffer)[0]!;
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ['nothing', new Uint8Array(0), '0 bytes are no packed sum'],
    ['no whole words', packed.subarray(0, 19), '19 bytes are no packed sum'],
    ['another format', words(format + 1, 2, 3, 1, 4, 0x95), 'unknown format'],
    ['other dimensions', words(format, 3, 3, 1, 4, 0x95), '3 coordinates, not 2'],
    ['no samples', words(format, 2, 0, 1, 4, 0x95), '0 samples'],
    ['too many samples', words(format, 2, mergedSamplesMax, 1, 4, 0x95), `${mergedSamplesMax} samples`],
    ['a divisor of zero', words(format, 2, 3, 0, 4, 0x95), '0 does not divide'],
    ['a divisor that does not divide', words(format, 2, 3, 2, 4, 0x95), '2 does not divide 3'],
    ['a header only', words(format, 2, 3, 1), 'ends within its widths'],
    ['a width of 55', words(format, 2, 3, 1, 55, 0, 0, 0, 0), 'wider than 54'],
    ['bytes between widths and blocks', words(format, 2, 3, 1, 4 + 256, 0x95), 'bytes that are not zero'],
    ['too short', words(format, 2, 3, 1, 4), '20 bytes, not 24'],
    ['too long', words(format, 2, 3, 1, 4, 0x95, 0), '28 bytes, not 24'],
    ['bits behind the last coordinate', words(format, 2, 3, 1, 4, 0x195), 'bits that are not zero'],
    ['a width that is too large', words(format, 2, 3, 1, 5, 5 + 25 * 32), '5 bits wide, and 4 are enough'],
    ['a divisor that is too small', words(format, 2, 3, 1, 4, 0xa6), 'not the greatest'],
    ['−2^53', words(format, 2, 3, 1, 54, 0, 2 ** 21, 0, 0), 'not below 2^53'],
    ['a product above 2^53', words(format, 2, 3, 3, 53, 1, 2 ** 20 - 1, 0, 0), 'not below 2^53'],
  ];

  test('the case that the others are changed from is a sum', () => {
    expect(words(format, 2, 3, 1, 4, 0x95)).toEqual(packed);
  });

  test.each(cases)('%s: refused in words', (_what, bytes, said) => {
    expect(() => unpackSum(bytes, 2)).toThrow(PackedSumRefused);
    expect(() => unpackSum(bytes, 2)).toThrow(said);
  });

  /** What bytes unpack to, packed again; or that they are refused. */
  function spelledAgain(bytes: Uint8Array, dimensions: number): Uint8Array | 'refused' {
    try {
      return packSum(unpackSum(bytes, dimensions));
    } catch (error) {
      if (error instanceof PackedSumRefused) return 'refused';
      throw error;
    }
  }

  test('a changed bit is refused, or spells another sum', () => {
    fc.assert(
      fc.property(sum, fc.nat(), fc.integer({ min: 0, max: 7 }), (original, place, bit) => {
        const bytes = packSum(original);
        bytes[place % bytes.length]! ^= 1 << bit;
        expect(['refused', bytes]).toContainEqual(spelledAgain(bytes, original.sums.length));
      }),
    );
  });

  test('any bytes behind a header are refused, or spell a sum', () => {
    fc.assert(
      fc.property(samples, fc.uint8Array({ maxLength: 40 }), (count, rest) => {
        const bytes = new Uint8Array(16 + rest.length);
        bytes.set(words(format, 3, count, 1));
        bytes.set(rest, 16);
        expect(['refused', bytes]).toContainEqual(spelledAgain(bytes, 3));
      }),
    );
  });
});
