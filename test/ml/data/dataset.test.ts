import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from '../../../src/kernel/bytes.ts';
import type { Dataset, NumberDataset, PixelDataset } from '../../../src/ml/data/dataset.ts';
import {
  DatasetRefused,
  decodeDataset,
  encodeDataset,
  normalisedPixels,
  pixelStatistics,
  samplesInBytes,
  selectSamples,
} from '../../../src/ml/data/dataset.ts';

const small: PixelDataset = {
  channels: 1,
  height: 2,
  width: 2,
  classes: 3,
  mean: 0.25,
  deviation: 0.5,
  labels: Uint8Array.of(0, 2, 1),
  pixels: Uint8Array.from({ length: 12 }, (_, index) => index * 20),
};

/** The same shape in numbers. */
const numbers: NumberDataset = {
  channels: 1,
  height: 2,
  width: 2,
  classes: 3,
  labels: Uint8Array.of(0, 2, 1),
  values: Float32Array.from({ length: 12 }, (_, index) => index / 4 - 1),
};

/** An encoded dataset with some bytes replaced. */
function damaged(offset: number, ...bytes: number[]): Uint8Array {
  return damagedOf(small, offset, ...bytes);
}

function damagedOf(dataset: Dataset, offset: number, ...bytes: number[]): Uint8Array {
  const encoded = encodeDataset(dataset);
  encoded.set(bytes, offset);
  return encoded;
}

const both = [['bytes', small], ['numbers', numbers]] as const;

test.each(both)('a dataset of %s is read back as it was written, from any place in memory', (_, dataset) => {
  const encoded = encodeDataset(dataset);
  expect(decodeDataset(encoded, 'small')).toEqual(dataset);
  const shifted = new Uint8Array(encoded.length + 3);
  shifted.set(encoded, 3);
  expect(decodeDataset(shifted.subarray(3), 'small')).toEqual(dataset);
});

test('the layouts are exactly these, because digests and traces hold them', () => {
  const begin = (version: number) => `4f5244530${version}00`; // magic and version; then classes, samples, channels, height, width
  const shape = '030003000000010000000200000002000000';
  const pixels = '0014283c5064788ca0b4c8dc';
  expect(toHex(encodeDataset(small))).toBe(`${begin(1)}${shape}0000803e0000003f000201${pixels}`);
  const values = '000080bf000040bf000000bf000080be000000000000803e0000003f0000403f0000803f0000a03f0000c03f0000e03f';
  expect(toHex(encodeDataset(numbers))).toBe(`${begin(2)}${shape}000000000000000000020100${values}`);
});

test('samples are counted by the length of bytes', () => {
  expect(samplesInBytes(encodeDataset(small).length, 4)).toBe(3);
});

describe('hostile bytes are refused in words', () => {
  test.each([
    ['too few', new Uint8Array(10), 'fewer than the header'],
    ['another file', damaged(0, 0x50), 'does not begin with "ORDS"'],
    ['another version', damaged(4, 9), 'layout version 9'],
    ['one class', damaged(6, 1), '1 classes'],
    ['no width', damaged(20, 0), 'outside 1 to'],
    ['an enormous height', damaged(16, 255, 255, 255, 255), 'outside 1 to'],
    ['more samples than bytes', damaged(8, 200), 'the header promises'],
    ['a billion samples', damaged(8, 0, 0, 0, 255), 'more than'],
    ['bytes behind the end', new Uint8Array([...encodeDataset(small), 0]), 'the header promises'],
    ['a mean that is no number', damaged(24, 0, 0, 0xc0, 0x7f), 'the mean NaN'],
    ['a deviation of 0', damaged(28, 0, 0, 0, 0), 'the deviation 0'],
    ['a label beyond the classes', damaged(33, 3), 'sample 1 has label 3'],
    ['numbers where unused bytes are used', damagedOf(numbers, 24, 1), 'mean nothing are not 0'],
    ['numbers where padding is used', damagedOf(numbers, 35, 1), 'mean nothing are not 0'],
    ['numbers that are none', damagedOf(numbers, 36, 0, 0, 0xc0, 0x7f), 'value 0 is NaN'],
    ['cut numbers', encodeDataset(numbers).subarray(0, 80), 'promises 84 bytes, there are 80'],
  ])('%s', (_what, bytes, words) => {
    expect(() => decodeDataset(bytes, 'shard of worker-03')).toThrow(DatasetRefused);
    expect(() => decodeDataset(bytes, 'shard of worker-03')).toThrow(words);
    expect(() => decodeDataset(bytes, 'shard of worker-03')).toThrow(/^shard of worker-03: /u);
  });

  /** The dataset of some bytes, or undefined when they are refused as they should be. */
  function decodeUnlessRefused(bytes: Uint8Array): Dataset | undefined {
    try {
      return decodeDataset(bytes, 'changed');
    } catch (error) {
      if (error instanceof DatasetRefused) return undefined;
      throw error;
    }
  }

  test.each(both)('any one changed byte of %s is either read or refused', (_, dataset) => {
    fc.assert(
      fc.property(fc.nat({ max: encodeDataset(dataset).length - 1 }), fc.nat({ max: 255 }), (offset, byte) => {
        const bytes = damagedOf(dataset, offset, byte);
        const decoded = decodeUnlessRefused(bytes);
        expect(decoded === undefined ? bytes : encodeDataset(decoded)).toEqual(bytes);
      }),
    );
  });
});

test('samples are selected in the order asked for', () => {
  const chosen = selectSamples(small, [2, 0]);
  expect([...chosen.labels]).toEqual([1, 0]);
  expect([...chosen.pixels]).toEqual([160, 180, 200, 220, 0, 20, 40, 60]);
  expect([...selectSamples(numbers, [2, 0]).values]).toEqual([1, 1.25, 1.5, 1.75, -1, -0.75, -0.5, -0.25]);
  expect(() => selectSamples(small, [3])).toThrow('sample 3 is not in the dataset');
});

test('statistics are those of the pixels, and normalised pixels have mean 0 and deviation 1', () => {
  const statistics = pixelStatistics(Uint8Array.of(0, 0, 255, 255));
  expect(statistics).toEqual({ mean: 0.5, deviation: 0.5 });
  expect(pixelStatistics(Uint8Array.of(7, 7)).deviation).toBe(1);
  const table = normalisedPixels({ ...small, ...statistics });
  expect([table[0], table[255]]).toEqual([-1, 1]);
});
