/**
 * Labelled images in one binary layout: what a dataset, a shard and a test set are made of.
 *
 * The layout, little-endian: magic "ORDS", u16 version, u16 classes, u32 samples, u32 channels,
 * u32 height, u32 width, f32 mean, f32 deviation, then one label byte a sample, then the pixels of
 * each sample as bytes in [channels, height, width] order. Mean and deviation are those of the
 * training pixels on the scale [0, 1]; a model sees (pixel / 255 − mean) / deviation. They travel
 * with every shard, so that a worker needs nothing else.
 */
import { assert } from '../kernel/assert.ts';

export interface Dataset {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly classes: number;
  /** Mean of the training pixels on the scale [0, 1]. */
  readonly mean: number;
  /** Standard deviation of the training pixels on the scale [0, 1]; above 0. */
  readonly deviation: number;
  /** Class of each sample, from 0. */
  readonly labels: Uint8Array;
  /** Pixels, samples × channels × height × width. */
  readonly pixels: Uint8Array;
}

/** A training and a test set with the same shape, classes, mean and deviation. */
export interface DatasetSplit {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** A data file or encoded dataset that cannot be used: what it is called, and why, in words. */
export class DatasetRefused extends Error {
  static override readonly name = 'DatasetRefused';
  override readonly name = 'DatasetRefused';
  readonly file: string;

  constructor(file: string, reason: string) {
    super(`${file}: ${reason}`);
    this.file = file;
  }
}

const magic = [0x4f, 0x52, 0x44, 0x53]; // "ORDS"
const layoutVersion = 1;
export const datasetHeaderBytes = 32;
const sideMax = 4_096;
const samplesMax = 10_000_000;

/** Pixels of one sample. */
export function featuresPerSample(dataset: Dataset): number {
  return dataset.channels * dataset.height * dataset.width;
}

/** How many samples an encoded dataset of this length holds when each has so many features. */
export function samplesInBytes(bytes: number, features: number): number {
  return Math.max(0, Math.floor((bytes - datasetHeaderBytes) / (features + 1)));
}

export function encodeDataset(dataset: Dataset): Uint8Array {
  const { labels, pixels } = dataset;
  assert(pixels.length === labels.length * featuresPerSample(dataset), 'a dataset has one label for each image');
  const bytes = new Uint8Array(datasetHeaderBytes + labels.length + pixels.length);
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  view.setUint16(4, layoutVersion, true);
  view.setUint16(6, dataset.classes, true);
  view.setUint32(8, labels.length, true);
  view.setUint32(12, dataset.channels, true);
  view.setUint32(16, dataset.height, true);
  view.setUint32(20, dataset.width, true);
  view.setFloat32(24, dataset.mean, true);
  view.setFloat32(28, dataset.deviation, true);
  bytes.set(labels, datasetHeaderBytes);
  bytes.set(pixels, datasetHeaderBytes + labels.length);
  return bytes;
}

/**
 * The dataset of encoded bytes, without copying them. The bytes may come from a stranger: whatever
 * is wrong with them is thrown as `DatasetRefused` under the given name.
 */
export function decodeDataset(bytes: Uint8Array, name: string): Dataset {
  const refuseIf = (condition: boolean, reason: string): void => {
    if (condition) throw new DatasetRefused(name, reason);
  };
  refuseIf(bytes.length < datasetHeaderBytes, `${bytes.length} bytes are fewer than the header of a dataset`);
  refuseIf(magic.some((byte, index) => bytes[index] !== byte), 'this is no dataset: it does not begin with "ORDS"');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(4, true);
  refuseIf(version !== layoutVersion, `layout version ${version} is unknown; this program reads ${layoutVersion}`);
  const classes = view.getUint16(6, true);
  refuseIf(classes < 2 || classes > 256, `${classes} classes were declared; 2 to 256 are possible`);
  const samples = view.getUint32(8, true);
  refuseIf(samples > samplesMax, `${samples} samples are more than ${samplesMax}`);
  const channels = view.getUint32(12, true);
  const height = view.getUint32(16, true);
  const width = view.getUint32(20, true);
  const shapeFits = [channels, height, width].every((side) => side >= 1 && side <= sideMax);
  refuseIf(!shapeFits, `an image of ${channels} × ${height} × ${width} is outside 1 to ${sideMax} a side`);
  const expectedBytes = datasetHeaderBytes + samples * (1 + channels * height * width);
  refuseIf(bytes.length !== expectedBytes, `the header promises ${expectedBytes} bytes, there are ${bytes.length}`);
  const mean = view.getFloat32(24, true);
  const deviation = view.getFloat32(28, true);
  refuseIf(!(mean >= 0 && mean <= 1), `the mean ${mean} is outside [0, 1]`);
  refuseIf(!(deviation > 0 && deviation <= 1), `the deviation ${deviation} is outside (0, 1]`);
  const labels = bytes.subarray(datasetHeaderBytes, datasetHeaderBytes + samples);
  const wrong = labels.findIndex((label) => label >= classes);
  refuseIf(wrong >= 0, `sample ${wrong} has label ${labels[wrong]}, but there are ${classes} classes`);
  const pixels = bytes.subarray(datasetHeaderBytes + samples);
  return { channels, height, width, classes, mean, deviation, labels, pixels };
}

/** The given samples of a dataset, in the given order, as a dataset of their own. */
export function selectSamples(dataset: Dataset, indices: ArrayLike<number>): Dataset {
  const size = featuresPerSample(dataset);
  const labels = new Uint8Array(indices.length);
  const pixels = new Uint8Array(indices.length * size);
  for (let position = 0; position < indices.length; position += 1) {
    const index = indices[position]!;
    assert(index >= 0 && index < dataset.labels.length, `sample ${index} is not in the dataset`);
    labels[position] = dataset.labels[index]!;
    pixels.set(dataset.pixels.subarray(index * size, (index + 1) * size), position * size);
  }
  return { ...dataset, labels, pixels };
}

/**
 * Mean and deviation of pixels on the scale [0, 1], as float32. Sums are integers, so they are
 * exact whatever the order. A constant image set has deviation 1, so that nothing divides by 0.
 */
export function pixelStatistics(pixels: Uint8Array): { readonly mean: number; readonly deviation: number } {
  let sum = 0;
  let sumOfSquares = 0;
  for (const pixel of pixels) {
    sum += pixel;
    sumOfSquares += pixel * pixel;
  }
  const mean = pixels.length === 0 ? 0 : sum / pixels.length / 255;
  const variance = pixels.length === 0 ? 0 : sumOfSquares / pixels.length / 65_025 - mean * mean;
  return { mean: Math.fround(mean), deviation: variance > 1e-12 ? Math.fround(Math.sqrt(variance)) : 1 };
}

/** What a model sees for each of the 256 pixel values. */
export function normalisedPixels(dataset: Dataset): Float32Array {
  const table = new Float32Array(256);
  for (let pixel = 0; pixel < 256; pixel += 1) table[pixel] = (pixel / 255 - dataset.mean) / dataset.deviation;
  return table;
}
