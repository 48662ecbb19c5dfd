/**
 * MNIST and its kin from IDX files (Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database", file formats).
 *
 * The whole of MNIST and Fashion-MNIST come with 60,000 images for training and 10,000 for testing.
 * `mnist` is made of the 10,000 images of t10k alone, whose halves differ in difficulty; so every fifth
 * of them is for testing (splits.ts), which gives 8,000 and 2,000.
 */
import { DatasetRefused, pixelStatistics, sampleSideMax, selectSamples } from './dataset.ts';
import type { DatasetSplit, NamedFile, PixelDataset } from './dataset.ts';
import { everyFifth } from './splits.ts';

const classes = 10;
const imagesMagic = 0x0803; // unsigned bytes in three dimensions
const labelsMagic = 0x0801; // unsigned bytes in one dimension

/** The u32 big-endian numbers at the head of an IDX file: magic, then its dimensions. */
function readIdxHeader(file: NamedFile, magic: number, dimensions: number): readonly number[] {
  const headerBytes = 4 + 4 * dimensions;
  if (file.bytes.length < headerBytes) {
    throw new DatasetRefused(file.name, `${file.bytes.length} bytes are fewer than an IDX header of ${headerBytes}`);
  }
  const view = new DataView(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength);
  const found = view.getUint32(0);
  if (found !== magic) {
    const expected = `an IDX file of this kind has ${hex(magic)}`;
    throw new DatasetRefused(file.name, `the magic number is ${hex(found)}, ${expected}`);
  }
  return Array.from({ length: dimensions }, (_, index) => view.getUint32(4 + 4 * index));
}

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;

function requireLength(file: NamedFile, expectedBytes: number): void {
  if (file.bytes.length === expectedBytes) return;
  const what = file.bytes.length < expectedBytes ? 'is cut short' : 'has bytes behind its end';
  throw new DatasetRefused(file.name, `the file ${what}: ${expectedBytes} bytes expected, ${file.bytes.length} found`);
}

/** The images and labels of two IDX files, already unpacked. Throws `DatasetRefused`. */
export function parseIdx(images: NamedFile, labels: NamedFile): PixelDataset {
  const [samples, height, width] = readIdxHeader(images, imagesMagic, 3) as [number, number, number];
  if (height < 1 || height > sampleSideMax || width < 1 || width > sampleSideMax) {
    throw new DatasetRefused(images.name, `images of ${height} × ${width} pixels are outside 1 to ${sampleSideMax} a side`);
  }
  if (samples < 1) throw new DatasetRefused(images.name, 'there are no images in it');
  requireLength(images, 16 + samples * height * width);
  const [labelCount] = readIdxHeader(labels, labelsMagic, 1) as [number];
  requireLength(labels, 8 + labelCount);
  if (labelCount !== samples) {
    throw new DatasetRefused(labels.name, `${labelCount} labels for ${samples} images in ${images.name}`);
  }
  const labelBytes = labels.bytes.subarray(8);
  const wrong = labelBytes.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new DatasetRefused(labels.name, `label ${wrong} is ${labelBytes[wrong]}; 0 to ${classes - 1} are possible`);
  }
  const pixels = images.bytes.subarray(16);
  return { channels: 1, height, width, classes, mean: 0, deviation: 1, labels: labelBytes, pixels };
}

/** Splits one set: every fifth sample is for testing. */
export function splitEveryFifth(whole: PixelDataset): DatasetSplit<PixelDataset> {
  const { train, test } = everyFifth(whole.labels.length);
  return withStatistics(selectSamples(whole, train), selectSamples(whole, test));
}

/** A training and a test set that were published apart. Throws `DatasetRefused` where their images differ in size. */
export function splitAsPublished(train: PixelDataset, test: PixelDataset, testFile: string): DatasetSplit<PixelDataset> {
  if (train.height !== test.height || train.width !== test.width) {
    const sizes = `${test.height} × ${test.width} pixels, but those for training have ${train.height} × ${train.width}`;
    throw new DatasetRefused(testFile, `its images have ${sizes}`);
  }
  return withStatistics(train, test);
}

/** Mean and deviation are the training set's. */
function withStatistics(train: PixelDataset, test: PixelDataset): DatasetSplit<PixelDataset> {
  const statistics = pixelStatistics(train.pixels);
  return { train: { ...train, ...statistics }, test: { ...test, ...statistics } };
}
