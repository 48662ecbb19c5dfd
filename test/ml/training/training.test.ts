import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../../src/ml/backend.ts';
import { drawDigits } from '../../../src/ml/data/digits.ts';
import { evaluateNetwork } from '../../../src/ml/training/evaluation.ts';
import { firstWeights } from '../../../src/ml/models/first-weights.ts';
import { networkOf } from '../../../src/ml/models/network.ts';
import { trainNetwork } from '../../../src/ml/training/training.ts';
import { wasmFolder } from '../wasm-folder.ts';

const model = { name: 'mlp', inputs: 784, hidden: 20, classes: 10 } as const;
const network = networkOf(model);
const { train, test: testSet } = drawDigits(2, 110, 50);
const options = { seed: 9, worker: 'worker-00', round: 1, epochs: 2, batch: 32, rate: 0.05, momentum: 0.9 };

beforeAll(() => startBackend(wasmFolder));

test('training and evaluation leave no tensor behind', () => {
  const weights = firstWeights(model, 1);
  trainNetwork(network, weights, train, options);
  const before = tf.memory();
  trainNetwork(network, weights, train, options);
  evaluateNetwork(network, weights, testSet);
  const after = tf.memory();
  expect(after.numTensors).toBe(before.numTensors);
  expect(after.numDataBuffers).toBe(before.numDataBuffers);
});

test('the same call gives the same bits and leaves its inputs alone', () => {
  const weights = firstWeights(model, 1);
  const kept = weights.slice();
  const first = trainNetwork(network, weights, train, options);
  expect(weights).toEqual(kept);
  expect(trainNetwork(network, weights, train, options)).toEqual(first);
  expect(first.loss).toBeGreaterThan(0);
});

test.each([
  ['worker', { worker: 'worker-01' }],
  ['round', { round: 2 }],
  ['seed', { seed: 10 }],
])('another %s visits the samples in another order', (_what, change) => {
  const weights = firstWeights(model, 1);
  const other = trainNetwork(network, weights, train, { ...options, ...change });
  expect(other.weights).not.toEqual(trainNetwork(network, weights, train, options).weights);
});

test('the rest of an epoch is a batch of its own', () => {
  // 110 samples in batches of 64 are 64 and 46; without the rest, the last 46 would not be seen.
  const once = trainNetwork(network, firstWeights(model, 1), train, { ...options, epochs: 1, batch: 64, rate: 0 });
  const whole = evaluateNetwork(network, firstWeights(model, 1), train);
  expect(once.loss).toBeCloseTo(whole.loss, 5);
});

test('at rate 0 nothing moves', () => {
  const weights = firstWeights(model, 1);
  expect(trainNetwork(network, weights, train, { ...options, rate: 0 }).weights).toEqual(weights);
});

test('weights and shards in shared memory train as well', () => {
  const weights = firstWeights(model, 1);
  const sharedWeights = new Float32Array(new SharedArrayBuffer(weights.byteLength));
  sharedWeights.set(weights);
  const sharedPixels = new Uint8Array(new SharedArrayBuffer(train.pixels.byteLength));
  sharedPixels.set(train.pixels);
  const shared = trainNetwork(network, sharedWeights, { ...train, pixels: sharedPixels }, options);
  expect(shared).toEqual(trainNetwork(network, weights, train, options));
});
