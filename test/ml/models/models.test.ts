import { expect, test } from 'vitest';
import { firstWeights } from '../../../src/ml/models/first-weights.ts';
import type { Model, PlacedTensor } from '../../../src/ml/models/models.ts';
import { parameterCount, tensorsOf } from '../../../src/ml/models/models.ts';

/** The values of one tensor, as a view into the parameter vector. */
function valuesOf(parameters: Float32Array, tensors: readonly PlacedTensor[], name: string): Float32Array {
  const tensor = tensors.find((candidate) => candidate.name === name)!;
  return parameters.subarray(tensor.offset, tensor.offset + tensor.length);
}

const mlp: Model = { name: 'mlp', inputs: 784, hidden: 100, classes: 10 };
const softmax: Model = { name: 'softmax', inputs: 784, classes: 10 };
const bowl: Model = { name: 'bowl', dimensions: 1_000 };

test('tensors carry PyTorch names and shapes, in name order, without gaps', () => {
  expect(tensorsOf(mlp).map(({ name, shape, offset }) => [name, shape, offset])).toEqual([
    ['layer1.bias', [100], 0],
    ['layer1.weight', [100, 784], 100],
    ['layer2.bias', [10], 78_500],
    ['layer2.weight', [10, 100], 78_510],
  ]);
  expect(parameterCount(mlp)).toBe(79_510);
  expect(parameterCount(softmax)).toBe(7_850);
  expect(parameterCount(bowl)).toBe(1_000);
});

test('first weights are uniform within 1/sqrt(fan-in)', () => {
  const parameters = firstWeights(mlp, 1);
  const weights = valuesOf(parameters, tensorsOf(mlp), 'layer1.weight');
  const bound = 1 / 28;
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  const meanSquare = weights.reduce((sum, weight) => sum + weight * weight, 0) / weights.length;
  expect(Math.max(...weights.map(Math.abs))).toBeLessThanOrEqual(bound);
  expect(Math.abs(mean)).toBeLessThan(bound / 100);
  expect(meanSquare / (bound * bound)).toBeCloseTo(1 / 3, 2);
  expect(Math.max(...valuesOf(parameters, tensorsOf(mlp), 'layer2.weight').map(Math.abs))).toBeGreaterThan(0.09);
});

test('first weights depend on the seed, and a tensor on its own name only', () => {
  expect(firstWeights(mlp, 1)).toEqual(firstWeights(mlp, 1));
  expect(firstWeights(mlp, 2)).not.toEqual(firstWeights(mlp, 1));
  const wider: Model = { name: 'mlp', inputs: 784, hidden: 100, classes: 20 };
  const first = valuesOf(firstWeights(mlp, 1), tensorsOf(mlp), 'layer1.weight');
  expect(valuesOf(firstWeights(wider, 1), tensorsOf(wider), 'layer1.weight')).toEqual(first);
});
