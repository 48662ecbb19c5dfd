/**
 * Batches: chosen samples as a model sees them, in the columns that layers multiply.
 *
 * One buffer is made for a whole training and filled again and again; the kernels copy it.
 */
import { featuresPerSample, normalisedPixels } from '../data/dataset.ts';
import type { Dataset } from '../data/dataset.ts';

export interface Batch {
  readonly size: number;
  /** [features, size], row-major. */
  readonly columns: Float32Array;
  readonly labels: Uint8Array;
}

export class BatchReader {
  readonly #dataset: Dataset;
  /** What a model sees for each pixel value; undefined where the dataset holds numbers already. */
  readonly #table: Float32Array | undefined;
  readonly #columns: Float32Array;

  constructor(dataset: Dataset, batchSizeMax: number) {
    this.#dataset = dataset;
    this.#table = 'values' in dataset ? undefined : normalisedPixels(dataset);
    this.#columns = new Float32Array(batchSizeMax * featuresPerSample(dataset));
  }

  /** The batch of these samples. Its columns are valid until the next call. */
  read(samples: Uint32Array): Batch {
    const features = featuresPerSample(this.#dataset);
    const size = samples.length;
    const columns = this.#columns.subarray(0, size * features);
    const labels = new Uint8Array(size);
    for (let position = 0; position < size; position += 1) {
      const sample = samples[position]!;
      labels[position] = this.#dataset.labels[sample]!;
      this.#fillColumn(columns.subarray(position), size, sample * features, features);
    }
    return { size, columns, labels };
  }

  /** Writes the features of one sample, which begin at `first`, a whole row of the batch apart. */
  #fillColumn(column: Float32Array, rowLength: number, first: number, features: number): void {
    if ('values' in this.#dataset) {
      const { values } = this.#dataset;
      for (let feature = 0, at = 0; feature < features; feature += 1, at += rowLength) column[at] = values[first + feature]!;
      return;
    }
    const { pixels } = this.#dataset;
    const table = this.#table!;
    for (let feature = 0, at = 0; feature < features; feature += 1, at += rowLength) {
      column[at] = table[pixels[first + feature]!]!;
    }
  }
}
