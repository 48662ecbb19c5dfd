/**
 * MNIST from its IDX files (Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database", file formats).
 *
 * `mnist` is made of the 10,000 images of t10k, whose halves differ in difficulty; so sample i goes
 * to the test set when i % 5 is 4, which gives 8,000 for training and 2,000 for testing.
 */
import { DatasetRefused, pixelStatistics, selectSamples } from './dataset.ts';
import type { Dataset, DatasetSplit } from './dataset.ts';

const classes = 10;
const imagesMagic = 0x0803; // unsigned bytes in three dimensions
const labelsMagic = 0x0801; // unsigned bytes in one dimension
const sideMax = 4_096;

/** A file with its name, for what has to be said about it. */
export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

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
export function parseIdx(images: NamedFile, labels: NamedFile): Dataset {
  const [samples, height, width] = readIdxHeader(images, imagesMagic, 3) as [number, number, number];
  if (height < 1 || height > sideMax || width < 1 || width > sideMax) {
    throw new DatasetRefused(images.name, `images of ${height} × ${width} pixels are outside 1 to ${sideMax} a side`);
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

/** Splits t10k: sample i is for testing when i % 5 is 4. Mean and deviation are the training set's. */
export function splitEveryFifth(whole: Dataset): DatasetSplit {
  const trainIndices: number[] = [];
  const testIndices: number[] = [];
  for (let index = 0; index < whole.labels.length; index += 1) {
    if (index % 5 === 4) testIndices.push(index);
    else trainIndices.push(index);
  }
  const train = selectSamples(whole, trainIndices);
  const statistics = pixelStatistics(train.pixels);
  return { train: { ...train, ...statistics }, test: { ...selectSamples(whole, testIndices), ...statistics } };
}
