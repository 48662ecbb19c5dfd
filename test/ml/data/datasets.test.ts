import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DatasetRefused } from '../../../src/ml/data/dataset.ts';
import type { DatasetSplit, NumberDataset, PixelDataset } from '../../../src/ml/data/dataset.ts';
import { datasets, findDataset } from '../../../src/ml/data/datasets.ts';
import type { Gunzip } from '../../../src/ml/data/datasets.ts';

const imagesName = 't10k-images-idx3-ubyte.gz';
const labelsName = 't10k-labels-idx1-ubyte.gz';
const gunzip: Gunzip = (bytes) => gunzipSync(bytes);

/** An IDX file: the magic number, its dimensions as u32 big-endian, its bytes. */
function idx(magic: number, dimensions: readonly number[], data: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * dimensions.length + data.length);
  const view = new DataView(bytes.buffer);
  [magic, ...dimensions].forEach((word, index) => view.setUint32(4 * index, word));
  bytes.set(data, 4 + 4 * dimensions.length);
  return bytes;
}

const tenPixels = [...Array(10).keys()].map((value) => value * 25);
const images = idx(0x803, [10, 1, 1], tenPixels);
const labels = idx(0x801, [10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

function loadMnist(imageBytes: Uint8Array | undefined, labelBytes: Uint8Array | undefined) {
  const files = new Map<string, Uint8Array>();
  if (imageBytes !== undefined) files.set(imagesName, imageBytes);
  if (labelBytes !== undefined) files.set(labelsName, labelBytes);
  return findDataset('mnist')!.load({ files, gunzip, seed: 1 }) as DatasetSplit<PixelDataset>;
}

test('datasets are found by name, and only those that exist', () => {
  expect(datasets.map(({ name }) => name)).toEqual(['digits', 'mnist', 'mnist-60k', 'fashion-mnist', 'uci-digits', 'breast-cancer']);
  expect(findDataset('fashion-mnist')?.files.every((file) => file.startsWith('fashion-mnist/'))).toBe(true);
  expect(findDataset('csv:own/table.csv')?.files).toEqual(['own/table.csv']);
  expect(findDataset('mnist')?.files).toEqual([imagesName, labelsName]);
  expect(findDataset('digits')?.files).toEqual([]);
  expect(findDataset('mnits')).toBeUndefined();
});

test('digits are drawn from the seed of the input', () => {
  const load = (seed: number) => findDataset('digits')!.load({ files: new Map(), gunzip, seed }) as DatasetSplit<PixelDataset>;
  expect(load(1).test.pixels).not.toEqual(load(2).test.pixels);
});

test.each([
  ['packed', gzipSync(images), gzipSync(labels)],
  ['unpacked', images, labels],
])('%s MNIST files are split so that every fifth sample is for testing', (_what, imageBytes, labelBytes) => {
  const { train, test: testSet } = loadMnist(imageBytes, labelBytes);
  expect([...testSet.labels]).toEqual([4, 9]);
  expect([...testSet.pixels]).toEqual([100, 225]);
  expect([...train.labels]).toEqual([0, 1, 2, 3, 5, 6, 7, 8]);
  expect(train.mean).toBeCloseTo(100 / 255, 6);
  expect(testSet.mean).toBe(train.mean);
});

describe('a bad MNIST file is refused under its name', () => {
  test.each([
    ['no images', undefined, labels, imagesName, 'missing'],
    ['no labels', images, undefined, labelsName, 'missing'],
    ['damaged gzip', gzipSync(images).subarray(0, 20), labels, imagesName, 'damaged'],
    ['an empty file', new Uint8Array(0), labels, imagesName, '0 bytes are fewer'],
    ['labels for images', labels, labels, imagesName, 'magic number is 0x00000801'],
    ['images for labels', images, images, labelsName, 'magic number is 0x00000803'],
    ['cut images', images.subarray(0, 20), labels, imagesName, 'cut short: 26 bytes expected, 20 found'],
    ['long labels', images, new Uint8Array([...labels, 1]), labelsName, 'behind its end'],
    ['too few labels', images, idx(0x801, [9], [0, 1, 2, 3, 4, 5, 6, 7, 8]), labelsName, '9 labels for 10 images'],
    ['a label of 10', images, idx(0x801, [10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 10]), labelsName, 'label 9 is 10'],
    ['no pixels', idx(0x803, [10, 0, 1], []), labels, imagesName, 'outside 1 to'],
    ['nothing in it', idx(0x803, [0, 1, 1], []), labels, imagesName, 'no images'],
    ['an absurd size', idx(0x803, [0xffff_ffff, 4096, 4096], tenPixels), labels, imagesName, 'cut short'],
  ])('%s', (_what, imageBytes, labelBytes, file, words) => {
    let caught: unknown;
    try {
      loadMnist(imageBytes, labelBytes);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(DatasetRefused);
    expect((caught as DatasetRefused).file).toBe(file);
    expect((caught as DatasetRefused).message).toContain(words);
  });
});

describe('sets that their publisher split', () => {
  const [trainImages, trainLabels, testImages, testLabels] = findDataset('mnist-60k')!.files as [string, string, string, string];
  const load = (forTesting: readonly [Uint8Array, Uint8Array]) => {
    const files = new Map([[trainImages, images], [trainLabels, labels], [testImages, forTesting[0]], [testLabels, forTesting[1]]]);
    return findDataset('mnist-60k')!.load({ files, gunzip, seed: 1 }) as DatasetSplit<PixelDataset>;
  };

  test('stay split, and share the statistics of training', () => {
    const { train, test: testSet } = load([idx(0x803, [2, 1, 1], [7, 9]), idx(0x801, [2], [3, 4])]);
    expect([...train.labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([[...testSet.labels], [...testSet.pixels]]).toEqual([[3, 4], [7, 9]]);
    expect([testSet.mean, testSet.deviation]).toEqual([train.mean, train.deviation]);
    expect(train.mean).toBeCloseTo(112.5 / 255, 6);
  });

  test('have images of one size', () => {
    expect(() => load([idx(0x803, [1, 1, 2], [7, 9]), idx(0x801, [1], [3])])).toThrow(
      't10k-images-idx3-ubyte.gz: its images have 1 × 2 pixels, but those for training have 1 × 1',
    );
  });
});

/** An .xy file: features and rows as u64, then features and labels as f32. */
function xy(features: number, rows: number, numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(16 + 4 * numbers.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(features), true);
  view.setBigUint64(8, BigInt(rows), true);
  numbers.forEach((number, index) => view.setFloat32(16 + 4 * index, number, true));
  return bytes;
}

describe('.xy files', () => {
  const row = Array.from({ length: 30 }, (_, index) => index);
  const features = [0, 1, 2, 3, 4].flatMap((add) => row.map((value) => value + add));
  const load = (bytes: Uint8Array) =>
    findDataset('breast-cancer')!.load({ files: new Map([['breast_cancer.xy', bytes]]), gunzip, seed: 1 }) as DatasetSplit<NumberDataset>;

  test('become standardised rows, every fifth for testing', () => {
    const { train, test: testSet } = load(xy(30, 5, [...features, 0, 1, 0, 1, 1]));
    expect([train.classes, train.width, [...train.labels], [...testSet.labels]]).toEqual([2, 30, [0, 1, 0, 1], [1]]);
    expect(train.values[0]).toBeCloseTo(-1.5 / Math.sqrt(1.25), 6);
    expect(testSet.values[29]).toBeCloseTo(2.5 / Math.sqrt(1.25), 6);
  });

  test.each([
    ['no header', new Uint8Array(15), '15 bytes are fewer'],
    ['a cut file', xy(30, 5, features), 'cut short: 636 bytes expected, 616 found'],
    ['a long file', xy(30, 5, [...features, 0, 1, 0, 1, 1, 1]), 'behind its end'],
    ['absurd rows', xy(30, 2 ** 60, []), 'rows; 1 to'],
    ['no features', xy(0, 5, [0, 1, 0, 1, 1]), 'it has 0 features'],
    ['another table', xy(1, 5, [0, 0, 0, 0, 0, 0, 1, 0, 1, 1]), 'it has 1 features, and this data set has 30'],
    ['a label of 2', xy(30, 5, [...features, 0, 1, 0, 2, 1]), 'the label of row 3 is 2; 0 to 1'],
    ['half a label', xy(30, 5, [...features, 0, 1, 0, 0.5, 1]), 'the label of row 3 is 0.5'],
    ['a feature that is no number', xy(30, 5, [...features.with(7, NaN), 0, 1, 0, 1, 1]), 'number 7 is NaN'],
  ])('%s is refused', (_what, bytes, words) => {
    expect(() => load(bytes)).toThrow(DatasetRefused);
    expect(() => load(bytes)).toThrow(words);
  });
});

const folder = process.env['ORRERY_DATA'];
const present = folder !== undefined && existsSync(join(folder, imagesName));

test.skipIf(!present)('the real t10k has 8,000 and 2,000 samples (skipped where ORRERY_DATA has none)', () => {
  const read = (name: string) => new Uint8Array(readFileSync(join(folder!, name)));
  const { train, test: testSet } = loadMnist(read(imagesName), read(labelsName));
  expect([train.labels.length, testSet.labels.length]).toEqual([8_000, 2_000]);
  expect([train.height, train.width]).toEqual([28, 28]);
  expect([...testSet.labels.subarray(0, 2)]).toEqual([4, 9]); // t10k begins 7 2 1 0 4 1 4 9 5 9.
});
