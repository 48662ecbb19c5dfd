import { expect, test } from 'vitest';
import { toHex } from '../../../src/kernel/bytes.ts';
import { encodeDataset, selectSamples } from '../../../src/ml/data/dataset.ts';
import { drawDigits } from '../../../src/ml/data/digits.ts';
import { glyphs } from '../../../src/ml/data/glyphs.ts';
import { sha256 } from '../federation.ts';

test('the whole dataset has its promised size and balance', () => {
  const { train, test: testSet } = drawDigits(1);
  expect(train.labels.length).toBe(8_000);
  expect(testSet.labels.length).toBe(2_000);
  for (let label = 0; label < 10; label += 1) {
    expect(train.labels.filter((found) => found === label).length).toBe(800);
    expect(testSet.labels.filter((found) => found === label).length).toBe(200);
  }
  expect([train.channels, train.height, train.width, train.classes]).toEqual([1, 28, 28, 10]);
  expect([testSet.mean, testSet.deviation]).toEqual([train.mean, train.deviation]);
});

test('a seed always gives the same bytes; this digest was frozen on Node 24', () => {
  const { train, test: testSet } = drawDigits(7, 200, 50);
  expect(toHex(sha256(encodeDataset(train)))).toBe('7e89be1e8523fa3cae9560da1e11aa6e1aa9d7105362c07b9e81e9f24b4a99f7');
  expect(toHex(sha256(encodeDataset(testSet)))).toBe(
    '7c97b31f90bb4052018f14fa8899bcb30d3950ab9727417af85319224f94a8ab',
  );
});

test('images differ between seeds, between sets, and within a class', () => {
  const first = drawDigits(1, 20, 10);
  expect(drawDigits(2, 20, 10).train.pixels).not.toEqual(first.train.pixels);
  expect(first.test.pixels).not.toEqual(first.train.pixels.subarray(0, 7_840));
  expect(selectSamples(first.train, [10]).pixels).not.toEqual(selectSamples(first.train, [0]).pixels);
});

test('an image depends on its own number only', () => {
  const few = drawDigits(3, 10, 10).train.pixels;
  expect(drawDigits(3, 30, 20).train.pixels.subarray(0, 7_840)).toEqual(few);
});

test('every digit is inked and stays within its image', () => {
  const { train } = drawDigits(4, 100, 10);
  for (let index = 0; index < 100; index += 1) {
    const { pixels } = selectSamples(train, [index]);
    const inked = pixels.filter((pixel) => pixel > 120).length;
    expect(inked, `ink of image ${index}`).toBeGreaterThan(8);
    expect(inked, `ink of image ${index}`).toBeLessThan(300);
  }
});

test('outlines fill the unit square and leave it nowhere by much', () => {
  expect(glyphs.length).toBe(10);
  for (const coordinate of glyphs.flat(2)) expect(Math.abs(coordinate)).toBeLessThan(1.1);
});
