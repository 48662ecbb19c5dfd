/**
 * Labelled samples in two binary layouts: what a dataset, a shard and a test set are made of.
 *
 * Both begin, little-endian, with magic "ORDS", u16 version, u16 classes, u32 samples, u32 channels,
 * u32 height, u32 width. Version 1 holds bytes: f32 mean, f32 deviation, one label byte a sample, then
 * the pixels of each sample in [channels, height, width] order. Mean and deviation are those of the
 * training pixels on the scale [0, 1]; a model sees (pixel / 255 − mean) / deviation. They travel with
 * every shard, so that a worker needs nothing else. Version 2 holds numbers that a model sees as they
 * are: eight bytes of 0, one label byte a sample, zeros up to a multiple of four, then f32 values.
 */
import { assert } from '../../kernel/assert.ts';
import { bytesOfFloats, floatsOfBytes } from '../floats.ts';

interface LabelledSamples {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly classes: number;
  /** Class of each sample, from 0. */
  readonly labels: Uint8Array;
}

/** Samples of bytes, as images have them. */
export interface PixelDataset extends LabelledSamples {
  /** Mean of the training pixels on the scale [0, 1]. */
  readonly mean: number;
  /** Standard deviation of the training pixels on the scale [0, 1]; above 0. */
  readonly deviation: number;
  /** Pixels, samples × channels × height × width. */
  readonly pixels: Uint8Array;
}

/** Samples of numbers, each feature standardised already (standardised-features.ts). */
export interface NumberDataset extends LabelledSamples {
  /** Finite values, samples × channels × height × width. */
  readonly values: Float32Array;
}

export type Dataset = PixelDataset | NumberDataset;

/** What a partition of a dataset looks at. */
export type Labels = Pick<Dataset, 'labels' | 'classes'>;

/** A training and a test set with the same shape, classes and statistics. */
export interface DatasetSplit<Kind extends Dataset = Dataset> {
  readonly train: Kind;
  readonly test: Kind;
}

/** A file with its name, for what has to be said about it. */
export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
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
const pixelLayout = 1;
const numberLayout = 2;
export const datasetHeaderBytes = 32;
/** Channels, height or width of a sample, each at most. */
export const sampleSideMax = 4_096;
/** Samples of one dataset, at most. */
export const samplesMax = 10_000_000;

/** Values of one sample. */
export function featuresPerSample(dataset: Dataset): number {
  return dataset.channels * dataset.height * dataset.width;
}

/**
 * How many samples an encoded dataset of this length holds when each has so many features of a byte.
 * A length alone does not tell the layouts apart, so that numbers count four times: enough for the
 * estimate of a task's work, and for nothing else.
 */
export function samplesInBytes(bytes: number, features: number): number {
  return Math.max(0, Math.floor((bytes - datasetHeaderBytes) / (features + 1)));
}

/** Bytes of labels and the zeros behind them, up to a multiple of four. */
const paddedLabels = (samples: number): number => Math.ceil(samples / 4) * 4;

export function encodeDataset(dataset: Dataset): Uint8Array {
  const { labels } = dataset;
  const values = 'values' in dataset ? dataset.values : dataset.pixels;
  assert(values.length === labels.length * featuresPerSample(dataset), 'a dataset has one label for each sample');
  const valuesAt = datasetHeaderBytes + ('values' in dataset ? paddedLabels(labels.length) : labels.length);
  const bytes = new Uint8Array(valuesAt + values.byteLength);
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  view.setUint16(4, 'values' in dataset ? numberLayout : pixelLayout, true);
  view.setUint16(6, dataset.classes, true);
  view.setUint32(8, labels.length, true);
  view.setUint32(12, dataset.channels, true);
  view.setUint32(16, dataset.height, true);
  view.setUint32(20, dataset.width, true);
  bytes.set(labels, datasetHeaderBytes);
  if ('values' in dataset) {
    bytes.set(bytesOfFloats(dataset.values), valuesAt);
  } else {
    view.setFloat32(24, dataset.mean, true);
    view.setFloat32(28, dataset.deviation, true);
    bytes.set(dataset.pixels, valuesAt);
  }
  return bytes;
}

/**
 * The dataset of encoded bytes, without copying them where it can. The bytes may come from a stranger:
 * whatever is wrong with them is thrown as `DatasetRefused` under the given name.
 */
export function decodeDataset(bytes: Uint8Array, name: string): Dataset {
  const refuseIf = (condition: boolean, reason: string): void => {
    if (condition) throw new DatasetRefused(name, reason);
  };
  refuseIf(bytes.length < datasetHeaderBytes, `${bytes.length} bytes are fewer than the header of a dataset`);
  refuseIf(magic.some((byte, index) => bytes[index] !== byte), 'this is no dataset: it does not begin with "ORDS"');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(4, true);
  const layouts = `${pixelLayout} and ${numberLayout}`;
  refuseIf(version !== pixelLayout && version !== numberLayout, `layout version ${version} is unknown; this program reads ${layouts}`);
  const classes = view.getUint16(6, true);
  refuseIf(classes < 2 || classes > 256, `${classes} classes were declared; 2 to 256 are possible`);
  const samples = view.getUint32(8, true);
  refuseIf(samples > samplesMax, `${samples} samples are more than ${samplesMax}`);
  const channels = view.getUint32(12, true);
  const height = view.getUint32(16, true);
  const width = view.getUint32(20, true);
  const shapeFits = [channels, height, width].every((side) => side >= 1 && side <= sampleSideMax);
  refuseIf(!shapeFits, `an image of ${channels} × ${height} × ${width} is outside 1 to ${sampleSideMax} a side`);
  const valuesAt = datasetHeaderBytes + (version === pixelLayout ? samples : paddedLabels(samples));
  const expectedBytes = valuesAt + samples * channels * height * width * (version === pixelLayout ? 1 : 4);
  refuseIf(bytes.length !== expectedBytes, `the header promises ${expectedBytes} bytes, there are ${bytes.length}`);
  const labels = bytes.subarray(datasetHeaderBytes, datasetHeaderBytes + samples);
  const wrong = labels.findIndex((label) => label >= classes);
  refuseIf(wrong >= 0, `sample ${wrong} has label ${labels[wrong]}, but there are ${classes} classes`);
  const shape = { channels, height, width, classes };
  if (version === pixelLayout) {
    const mean = view.getFloat32(24, true);
    const deviation = view.getFloat32(28, true);
    refuseIf(!(mean >= 0 && mean <= 1), `the mean ${mean} is outside [0, 1]`);
    refuseIf(!(deviation > 0 && deviation <= 1), `the deviation ${deviation} is outside (0, 1]`);
    return { ...shape, mean, deviation, labels, pixels: bytes.subarray(valuesAt) };
  }
  const unused = [bytes.subarray(24, datasetHeaderBytes), bytes.subarray(datasetHeaderBytes + samples, valuesAt)];
  refuseIf(unused.some((part) => part.some((byte) => byte !== 0)), 'bytes that mean nothing are not 0');
  const values = floatsOfBytes(bytes.subarray(valuesAt));
  const odd = values.findIndex((value) => !Number.isFinite(value));
  refuseIf(odd >= 0, `value ${odd} is ${values[odd]}`);
  return { ...shape, labels, values };
}

/** The given samples of a dataset, in the given order, as a dataset of their own. */
export function selectSamples<Kind extends Dataset>(dataset: Kind, indices: ArrayLike<number>): Kind {
  const size = featuresPerSample(dataset);
  const labels = new Uint8Array(indices.length);
  const from = 'values' in dataset ? dataset.values : dataset.pixels;
  const values = 'values' in dataset ? new Float32Array(indices.length * size) : new Uint8Array(indices.length * size);
  for (let position = 0; position < indices.length; position += 1) {
    const index = indices[position]!;
    assert(index >= 0 && index < dataset.labels.length, `sample ${index} is not in the dataset`);
    labels[position] = dataset.labels[index]!;
    values.set(from.subarray(index * size, (index + 1) * size), position * size);
  }
  return 'values' in dataset ? { ...dataset, labels, values } : { ...dataset, labels, pixels: values };
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
export function normalisedPixels(dataset: PixelDataset): Float32Array {
  const table = new Float32Array(256);
  for (let pixel = 0; pixel < 256; pixel += 1) table[pixel] = (pixel / 255 - dataset.mean) / dataset.deviation;
  return table;
}
