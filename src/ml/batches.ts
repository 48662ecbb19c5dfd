/**
 * Batches: pixels of chosen samples, normalised, in the columns that layers multiply.
 *
 * One buffer is made for a whole training and filled again and again; the kernels copy it.
 */
import { featuresPerSample, normalisedPixels } from './dataset.ts';
import type { Dataset } from './dataset.ts';

export interface Batch {
  readonly size: number;
  /** [features, size], row-major. */
  readonly columns: Float32Array;
  readonly labels: Uint8Array;
}

export class BatchReader {
  readonly #dataset: Dataset;
  readonly #table: Float32Array;
  readonly #columns: Float32Array;

  constructor(dataset: Dataset, batchSizeMax: number) {
    this.#dataset = dataset;
    this.#table = normalisedPixels(dataset);
    this.#columns = new Float32Array(batchSizeMax * featuresPerSample(dataset));
  }

  /** The batch of these samples. Its columns are valid until the next call. */
  read(samples: Uint32Array): Batch {
    const { labels: allLabels, pixels } = this.#dataset;
    const table = this.#table;
    const features = featuresPerSample(this.#dataset);
    const size = samples.length;
    const columns = this.#columns.subarray(0, size * features);
    const labels = new Uint8Array(size);
    for (let position = 0; position < size; position += 1) {
      const first = samples[position]! * features;
      labels[position] = allLabels[samples[position]!]!;
      for (let feature = 0, column = position; feature < features; feature += 1, column += size) {
        columns[column] = table[pixels[first + feature]!]!;
      }
    }
    return { size, columns, labels };
  }
}
