import { beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/ml/backend.ts';
import type { Dataset } from '../../../src/ml/data/dataset.ts';
import { evaluateNetwork } from '../../../src/ml/training/evaluation.ts';
import { firstWeights } from '../../../src/ml/models/first-weights.ts';
import type { NetworkModel } from '../../../src/ml/models/models.ts';
import { networkOf } from '../../../src/ml/models/network.ts';
import { trainNetwork } from '../../../src/ml/training/training.ts';
import { wasmFolder } from '../wasm-folder.ts';

const models: readonly NetworkModel[] = [
  { name: 'softmax', inputs: 6, classes: 3 },
  { name: 'mlp', inputs: 6, hidden: 5, classes: 3 },
];

/** Seven samples of six pixels, spread over their whole range. */
const shard: Dataset = {
  channels: 1,
  height: 2,
  width: 3,
  classes: 3,
  mean: 0.5,
  deviation: 0.25,
  labels: Uint8Array.of(0, 1, 2, 0, 1, 2, 1),
  pixels: Uint8Array.from({ length: 42 }, (_, index) => (index * 89 + 31) % 256),
};

const wholeBatch = { seed: 3, worker: 'worker-00', round: 1, batch: 7, rate: 1, momentum: 0 };

/** One step over everything at rate 1 moves the weights by minus the gradient. */
function gradientAt(model: NetworkModel, weights: Float32Array): number[] {
  const trained = trainNetwork(networkOf(model), weights, shard, { ...wholeBatch, epochs: 1 }).weights;
  return Array.from(weights, (weight, index) => weight - trained[index]!);
}

/** (loss(w + step) − loss(w − step)) / 2 step: a central difference along one coordinate. */
function differenceAt(model: NetworkModel, weights: Float32Array, index: number): number {
  const step = 1 / 2_048; // Exact in float32 next to weights below 1, and seldom across a ReLU's kink.
  const lossAt = (offset: number): number => {
    const moved = weights.slice();
    moved[index]! += offset;
    return evaluateNetwork(networkOf(model), moved, shard).loss;
  };
  return (lossAt(step) - lossAt(-step)) / (2 * step);
}

beforeAll(() => startBackend(wasmFolder));

describe.each(models)('$name', (model) => {
  test('the gradient of every parameter agrees with finite differences', () => {
    const weights = firstWeights(model, 12);
    const gradient = gradientAt(model, weights);
    expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(0.05);
    for (let index = 0; index < weights.length; index += 1) {
      expect(gradient[index]!, `parameter ${index}`).toBeCloseTo(differenceAt(model, weights, index), 3);
    }
  });

  test('two steps with momentum follow the rule velocity = momentum · velocity + gradient', () => {
    const weights = firstWeights(model, 12);
    const options = { ...wholeBatch, rate: 0.125, momentum: 0.5, epochs: 2 };
    const trained = trainNetwork(networkOf(model), weights, shard, options).weights;
    const first = gradientAt(model, weights);
    const halfway = weights.map((weight, index) => weight - 0.125 * first[index]!);
    const second = gradientAt(model, halfway);
    for (let index = 0; index < weights.length; index += 1) {
      const expected = halfway[index]! - 0.125 * (0.5 * first[index]! + second[index]!);
      expect(trained[index]!, `parameter ${index}`).toBeCloseTo(expected, 5);
    }
  });
});
