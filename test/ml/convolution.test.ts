import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../src/ml/backend.ts';
import { unpool } from '../../src/ml/models/convolution-layers.ts';
import { stageShapes, unfitForConvolution } from '../../src/ml/models/convolution-shape.ts';
import { normalisedPixels } from '../../src/ml/data/dataset.ts';
import { drawDigits } from '../../src/ml/data/digits.ts';
import { evaluateNetwork } from '../../src/ml/training/evaluation.ts';
import { firstWeights } from '../../src/ml/models/first-weights.ts';
import { forwardOperations, inputsOf, parameterCount, tensorsOf } from '../../src/ml/models/models.ts';
import { loadParameters, networkOf, readParameters } from '../../src/ml/models/network.ts';
import { trainNetwork } from '../../src/ml/training/training.ts';
import { referenceCnn } from './models/reference-cnn.ts';
import { wasmFolder } from './wasm-folder.ts';

const mnistCnn = { name: 'cnn', channels: 1, height: 28, width: 28, classes: 10 } as const;
const colourCnn = { name: 'cnn', channels: 2, height: 17, width: 17, classes: 3 } as const;

/** Three images of two channels; an odd side, so that pooling leaves a row and a column out. */
const shard = {
  channels: 2,
  height: 17,
  width: 17,
  classes: 3,
  mean: 0.5,
  deviation: 0.25,
  labels: Uint8Array.of(0, 2, 1),
  pixels: Uint8Array.from({ length: 3 * 2 * 17 * 17 }, (_, index) => (index * index * 7 + index * 89 + 31) % 256),
};

function reference(weights: Float32Array) {
  const seen = normalisedPixels(shard);
  const images = [0, 1, 2].map((image) => {
    return Float64Array.from(shard.pixels.subarray(image * 578, (image + 1) * 578), (pixel) => seen[pixel]!);
  });
  return referenceCnn(colourCnn, weights, images, [...shard.labels]);
}

const wholeBatch = { seed: 3, worker: 'worker-00', round: 1, batch: 3, rate: 1, momentum: 0, epochs: 1 };

beforeAll(() => startBackend(wasmFolder));

describe('the cnn', () => {
  test('has the names and shapes of the PyTorch module', () => {
    expect(tensorsOf(mnistCnn).map(({ name, shape }) => [name, shape])).toEqual([
      ['conv1.bias', [8]],
      ['conv1.weight', [8, 1, 5, 5]],
      ['conv2.bias', [16]],
      ['conv2.weight', [16, 8, 5, 5]],
      ['fc.bias', [10]],
      ['fc.weight', [10, 256]],
    ]);
    expect(parameterCount(mnistCnn)).toBe(5_994);
    expect(inputsOf(mnistCnn)).toBe(784);
    expect(stageShapes(mnistCnn).flattened).toEqual({ channels: 16, height: 4, width: 4 });
    // 24² · 8 outputs of 25 products, 8² · 16 of 200, 10 of 256.
    expect(forwardOperations(mnistCnn)).toBe(2 * (24 * 24 * 8 * 25 + 8 * 8 * 16 * 200 + 2_560));
  });

  test('has the loss and the gradient of every parameter that plain loops have', () => {
    const weights = firstWeights(colourCnn, 12);
    const expected = reference(weights);
    const network = networkOf(colourCnn);
    expect(evaluateNetwork(network, weights, shard).loss).toBeCloseTo(expected.loss, 5);
    const trained = trainNetwork(network, weights, shard, wholeBatch);
    expect(trained.loss).toBeCloseTo(expected.loss, 5);
    expect(Math.max(...expected.gradient.map(Math.abs))).toBeGreaterThan(0.05);
    const far = [...weights].findIndex((weight, index) => Math.abs(weight - trained.weights[index]! - expected.gradient[index]!) > 1e-5);
    expect(far, 'the first parameter whose gradient differs').toBe(-1);
  });

  test('agrees with finite differences in a sample of its parameters', () => {
    const weights = firstWeights(colourCnn, 12);
    const network = networkOf(colourCnn);
    const trained = trainNetwork(network, weights, shard, wholeBatch).weights;
    const step = 1 / 1_024;
    const lossAt = (index: number, offset: number): number => {
      const moved = weights.slice();
      moved[index]! += offset;
      return evaluateNetwork(network, moved, shard).loss;
    };
    for (let index = 0; index < weights.length; index += 61) {
      const difference = (lossAt(index, step) - lossAt(index, -step)) / (2 * step);
      expect(weights[index]! - trained[index]!, `parameter ${index}`).toBeCloseTo(difference, 2);
    }
  });

  test('takes parameters in and gives them back in the same order', () => {
    const network = networkOf(mnistCnn);
    const weights = firstWeights(mnistCnn, 5);
    const tensors = loadParameters(network, weights);
    expect(tensors['conv2.weight']!.shape).toEqual([5, 5, 8, 16]);
    expect(readParameters(network, tensors)).toEqual(weights);
    for (const tensor of Object.values(tensors)) tensor.dispose();
  });

  test('learns digits, repeats bit for bit and leaves no tensor behind', () => {
    const { train, test: testSet } = drawDigits(1, 400, 100);
    const network = networkOf(mnistCnn);
    const weights = firstWeights(mnistCnn, 1);
    const options = { ...wholeBatch, batch: 32, rate: 0.05, momentum: 0.9, epochs: 6 };
    const before = tf.memory().numTensors;
    const trained = trainNetwork(network, weights, train, options);
    expect(tf.memory().numTensors).toBe(before);
    expect(evaluateNetwork(network, weights, testSet).accuracy).toBeLessThan(0.3);
    expect(evaluateNetwork(network, trained.weights, testSet).accuracy).toBeGreaterThan(0.75);
    expect(trainNetwork(network, weights, train, options)).toEqual(trained);
  });
});

test('pooling sends its gradient to the largest value, of equal ones to the first by rows', () => {
  // Two channels side by side, 3 × 5 pixels, of which the last row and column are in no square.
  const first = [1, 4, 7, 7, 9, 3, 2, 7, 7, 9, 9, 9, 9, 9, 9];
  const second = [0, 0, -1, -2, 9, 0, 0, -3, -0.5, 9, 9, 9, 9, 9, 9];
  const values = Float32Array.from(first.flatMap((value, index) => [value, second[index]!]));
  const gradient = unpool(values, [1, 3, 5, 2], Float32Array.of(10, 20, 30, 40));
  const places = [...gradient].flatMap((value, index) => (value === 0 ? [] : [[Math.floor(index / 2), index % 2, value]]));
  expect(places).toEqual([[0, 1, 20], [1, 0, 10], [2, 0, 30], [8, 1, 40]]);
});

test.each([
  [{ channels: 1, height: 1, width: 30 }, 'no height and width'],
  [{ channels: 1, height: 8, width: 8 }, 'at least 16 × 16 pixels, and these have 8 × 8'],
  [{ channels: 1, height: 28, width: 129 }, 'at most 128 × 128'],
])('images of %j are refused in words', (shape, words) => {
  expect(unfitForConvolution(shape)).toContain(words);
  expect(unfitForConvolution({ channels: 3, height: 16, width: 128 })).toBeUndefined();
});
