/** Evaluation of a network on a test set: the share of right answers, and the mean loss in nats. */
import { assertInteger } from '../../kernel/assert.ts';
import { BatchReader } from './batches.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { Dataset } from '../data/dataset.ts';
import { loadParameters, scoresOf } from '../models/network.ts';
import type { Network } from '../models/network.ts';

/** Samples of one forward pass: large enough for the kernels, small enough for the caches. */
const batchSize = 200;

export interface Evaluation {
  /** Share of right answers in [0, 1]. */
  readonly accuracy: number;
  readonly loss: number;
}

/** Evaluates a parameter vector. The test set must not be empty. */
export function evaluateNetwork(network: Network, weights: Float32Array, test: Dataset): Evaluation {
  const samples = assertInteger(test.labels.length, 'samples of a test set', 1, 0xffff_ffff);
  const reader = new BatchReader(test, Math.min(batchSize, samples));
  const parameters = loadParameters(network, weights);
  const order = Uint32Array.from({ length: samples }, (_, index) => index);
  let lossSum = 0;
  let correct = 0;
  for (let first = 0; first < samples; first += batchSize) {
    const batch = reader.read(order.subarray(first, first + batchSize));
    const scores = scoresOf(network, parameters, batch.columns, batch.size);
    const result = crossEntropy(scores, batch.labels, network.model.classes);
    lossSum += result.lossSum;
    correct += result.correct;
  }
  for (const tensor of Object.values(parameters)) tensor.dispose();
  return { accuracy: correct / samples, loss: lossSum / samples };
}
