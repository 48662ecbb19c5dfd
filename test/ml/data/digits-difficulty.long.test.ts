import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../../src/ml/backend.ts';
import type { DatasetSplit } from '../../../src/ml/data/dataset.ts';
import { drawDigits } from '../../../src/ml/data/digits.ts';
import { evaluateNetwork } from '../../../src/ml/training/evaluation.ts';
import { firstWeights } from '../../../src/ml/models/first-weights.ts';
import type { NetworkModel } from '../../../src/ml/models/models.ts';
import { networkOf } from '../../../src/ml/models/network.ts';
import { trainNetwork } from '../../../src/ml/training/training.ts';
import { wasmFolder } from '../wasm-folder.ts';

/** Test accuracy after training on all training samples in one place. */
function centralAccuracy(model: NetworkModel, data: DatasetSplit, seed: number, epochs: number, rate: number): number {
  const network = networkOf(model);
  const options = { seed, worker: 'worker-00', round: 1, epochs, batch: 32, rate, momentum: 0.9 };
  const { weights } = trainNetwork(network, firstWeights(model, seed), data.train, options);
  return evaluateNetwork(network, weights, data.test).accuracy;
}

beforeAll(() => startBackend(wasmFolder));

test.each([1, 2, 3])('seed %i: a linear model stays below 93 %, the perceptron passes 95 %', (seed) => {
  const data = drawDigits(seed);
  const shape = { inputs: 784, classes: 10 };
  const linear = [0.01, 0.003].map((rate) => centralAccuracy({ name: 'softmax', ...shape }, data, seed, 10, rate));
  expect(Math.max(...linear)).toBeLessThan(0.93);
  expect(Math.min(...linear)).toBeGreaterThan(0.8); // It did learn.
  expect(centralAccuracy({ name: 'mlp', hidden: 100, ...shape }, data, seed, 3, 0.01)).toBeGreaterThan(0.95);
});
