/**
 * Distributed descent of softmax regression in plain arithmetic, with liars, for the study of robustness.
 *
 * Unlike federated training, every worker takes one step a round on a batch and keeps its momentum, as the
 * published comparisons do (Karimireddy et al. 2021; ByzFL). Nothing here is fast code of the product; the
 * rules and the attacks are the product's own.
 */
import { exp } from '../../src/kernel/arithmetic.ts';
import { childKey, numberedKey, seedKey } from '../../src/kernel/draws.ts';
import { makeNodeId } from '../../src/kernel/ids.ts';
import type { Attack } from '../../src/ml/attacks/attack.ts';
import { flipLabels } from '../../src/ml/attacks/flipped-labels.ts';
import { forgeUpdate } from '../../src/ml/attacks/forge.ts';
import { meanOf } from '../../src/ml/attacks/honest-moments.ts';
import { featuresPerSample, selectSamples } from '../../src/ml/data/dataset.ts';
import type { PixelDataset } from '../../src/ml/data/dataset.ts';
import { permutation, streamOf } from '../../src/ml/streams.ts';

/** Samples whose pixels that are not 0 are listed: four fifths of an image of MNIST are background. */
class SparseSamples {
  readonly features: number;
  readonly classes: number;
  readonly labels: Uint8Array;
  /** What a model sees of a pixel of 0; of others it sees this and `values` together. */
  readonly background: number;
  readonly #firsts: Uint32Array;
  readonly #places: Uint16Array;
  readonly #values: Float64Array;

  constructor(dataset: PixelDataset) {
    this.features = featuresPerSample(dataset);
    this.classes = dataset.classes;
    this.labels = dataset.labels;
    this.background = -dataset.mean / dataset.deviation;
    const count = dataset.pixels.reduce((sum, pixel) => sum + (pixel > 0 ? 1 : 0), 0);
    this.#firsts = new Uint32Array(dataset.labels.length + 1);
    this.#places = new Uint16Array(count);
    this.#values = new Float64Array(count);
    let next = 0;
    for (const [index, pixel] of dataset.pixels.entries()) {
      if (index % this.features === 0) this.#firsts[index / this.features] = next;
      if (pixel === 0) continue;
      this.#places[next] = index % this.features;
      this.#values[next] = pixel / 255 / dataset.deviation;
      next += 1;
    }
    this.#firsts[dataset.labels.length] = next;
  }

  /** The probability of each class for one sample; `sums` are those of the weights of each class. */
  probabilities(sample: number, weights: Float32Array, sums: Float64Array, probabilities: Float64Array): void {
    const { features, classes, background } = this;
    const places = this.#places;
    const values = this.#values;
    const end = this.#firsts[sample + 1]!;
    for (let c = 0; c < classes; c += 1) probabilities[c] = weights[features * classes + c]! + background * sums[c]!;
    for (let entry = this.#firsts[sample]!; entry < end; entry += 1) {
      const row = places[entry]! * classes;
      const value = values[entry]!;
      for (let c = 0; c < classes; c += 1) probabilities[c] = probabilities[c]! + value * weights[row + c]!;
    }
    const largest = probabilities[placeOfLargest(probabilities)]!;
    let sum = 0;
    for (let c = 0; c < classes; c += 1) sum += probabilities[c] = exp(probabilities[c]! - largest);
    for (let c = 0; c < classes; c += 1) probabilities[c] = probabilities[c]! / sum;
  }

  /** Adds scale · x · errorᵀ to the weights of a gradient, the background apart. */
  addOuterProduct(sample: number, errors: Float64Array, scale: number, gradient: Float64Array): void {
    const { classes } = this;
    const places = this.#places;
    const values = this.#values;
    const end = this.#firsts[sample + 1]!;
    for (let entry = this.#firsts[sample]!; entry < end; entry += 1) {
      const row = places[entry]! * classes;
      const value = values[entry]! * scale;
      for (let c = 0; c < classes; c += 1) gradient[row + c] = gradient[row + c]! + value * errors[c]!;
    }
  }
}

function placeOfLargest(values: Float64Array): number {
  let largest = 0;
  for (let place = 1; place < values.length; place += 1) if (values[place]! > values[largest]!) largest = place;
  return largest;
}

/** Weights lie as [feature, class], the biases of the classes behind them. */
function classSums(weights: Float32Array, { features, classes }: SparseSamples): Float64Array {
  const sums = new Float64Array(classes);
  for (let row = 0; row < features; row += 1) {
    for (let c = 0; c < classes; c += 1) sums[c] = sums[c]! + weights[row * classes + c]!;
  }
  return sums;
}

/** The gradient of the mean cross-entropy of a batch. */
function gradientOf(samples: SparseSamples, batch: Uint32Array, weights: Float32Array, sums: Float64Array): Float64Array {
  const { features, classes, background, labels } = samples;
  const gradient = new Float64Array(weights.length);
  const errors = new Float64Array(classes);
  const errorSums = new Float64Array(classes);
  for (const sample of batch) {
    samples.probabilities(sample, weights, sums, errors);
    errors[labels[sample]!]! -= 1;
    samples.addOuterProduct(sample, errors, 1 / batch.length, gradient);
    for (let c = 0; c < classes; c += 1) errorSums[c] = errorSums[c]! + errors[c]! / batch.length;
  }
  for (let row = 0; row < features; row += 1) {
    for (let c = 0; c < classes; c += 1) gradient[row * classes + c] = gradient[row * classes + c]! + background * errorSums[c]!;
  }
  gradient.set(errorSums, features * classes);
  return gradient;
}

function accuracyOf(samples: SparseSamples, weights: Float32Array): number {
  const sums = classSums(weights, samples);
  const probabilities = new Float64Array(samples.classes);
  const isRight = (label: number, sample: number): boolean => {
    samples.probabilities(sample, weights, sums, probabilities);
    return placeOfLargest(probabilities) === label;
  };
  return samples.labels.filter(isRight).length / samples.labels.length;
}

/** A worker that takes part: its samples and what it remembers. */
class DescendingWorker {
  readonly id: string;
  readonly #samples: SparseSamples;
  readonly #momentum: Float64Array;

  constructor(id: string, samples: SparseSamples) {
    this.id = id;
    this.#samples = samples;
    this.#momentum = new Float64Array((samples.features + 1) * samples.classes);
  }

  /** Its update of one round: −(0.9 · momentum + 0.1 · gradient). */
  step(weights: Float32Array, sums: Float64Array, { batch, seed }: DescentOptions, round: number): Float32Array {
    const stream = streamOf(numberedKey(childKey(seedKey(seed, 0), `batch ${this.id}`), round));
    const chosen = permutation(this.#samples.labels.length, stream).subarray(0, batch);
    const gradient = gradientOf(this.#samples, chosen, weights, sums);
    const momentum = this.#momentum;
    const update = new Float32Array(momentum.length);
    for (let index = 0; index < momentum.length; index += 1) {
      momentum[index] = 0.9 * momentum[index]! + 0.1 * gradient[index]!;
      update[index] = -momentum[index]!;
    }
    return update;
  }
}

export interface DescentOptions {
  readonly train: PixelDataset;
  readonly test: PixelDataset;
  readonly seed: number;
  readonly honest: number;
  /** How many liars there are besides. */
  readonly liars: number;
  /** What they send, made of the mean of the honest updates as their own; null when only their labels are wrong. */
  readonly attack: Attack | null;
  readonly rounds: number;
  readonly batch: number;
  readonly rate: number;
  readonly aggregate: (updates: readonly Float32Array[], last: Float32Array | undefined) => Float32Array;
}

/** The accuracy on the test set after the last round, beginning at weights of 0. */
export function descend(options: DescentOptions): number {
  const { train, test, seed, honest, liars, rounds, rate, aggregate } = options;
  const workers = honest + liars;
  const order = permutation(train.labels.length, streamOf(childKey(seedKey(seed, 0), 'shards')));
  const share = Math.floor(train.labels.length / workers);
  const team = Array.from({ length: workers }, (_, index) => {
    const shard = selectSamples(train, order.subarray(index * share, (index + 1) * share)) as PixelDataset;
    return new DescendingWorker(makeNodeId('worker', index), new SparseSamples(index < honest ? shard : flipped(shard)));
  });
  const tested = new SparseSamples(test);
  const weights = new Float32Array((tested.features + 1) * tested.classes);
  let last: Float32Array | undefined;
  for (let round = 1; round <= rounds; round += 1) {
    const sums = classSums(weights, tested);
    const lies = options.attack === null ? team.slice(honest).map((worker) => worker.step(weights, sums, options, round)) : [];
    const truths = team.slice(0, honest).map((worker) => worker.step(weights, sums, options, round));
    const updates = [...truths, ...lies, ...forgeries(options, truths, team.slice(honest), round)];
    last = aggregate(updates, last);
    for (const [index, change] of last.entries()) weights[index] = weights[index]! + rate * change;
  }
  return accuracyOf(tested, weights);
}

const flipped = (shard: PixelDataset): PixelDataset => flipLabels(shard) as PixelDataset;

function forgeries(options: DescentOptions, truths: readonly Float32Array[], liars: readonly DescendingWorker[], round: number) {
  const { attack, seed, honest } = options;
  if (attack === null) return [];
  const dimensions = truths[0]!.length;
  const mean = Float32Array.from(meanOf(truths));
  const forgeryOf = ({ id }: DescendingWorker): Float32Array => forgeUpdate(attack, {
    dimensions, own: mean, honest: truths, workers: honest + liars.length, liars: liars.length, seed, worker: id, round,
  });
  // Liars without chance of their own send the same.
  if (attack.name === 'gaussian') return liars.map(forgeryOf);
  const shared = forgeryOf(liars[0]!);
  return liars.map(() => shared);
}
