import { expect, test } from 'vitest';
import { crossEntropy } from '../../../src/ml/training/cross-entropy.ts';

test('equal scores give the entropy of a fair choice', () => {
  const { lossSum, correct } = crossEntropy(new Float32Array(8), [0, 3], 4);
  expect(lossSum).toBeCloseTo(2 * Math.log(4), 12);
  expect(correct).toBe(1); // Of equal scores the first class counts.
});

test('scores stand in columns, and huge ones do not overflow', () => {
  const scores = Float32Array.of(1_000, -1_000, 0, 1_000); // class 0: 1000, −1000; class 1: 0, 1000
  const { lossSum, correct } = crossEntropy(scores, [0, 0], 2);
  expect(correct).toBe(1);
  expect(lossSum).toBeCloseTo(2_000, 9);
});

test('the gradient of each sample sums to 0 and is scaled by scale / batch', () => {
  const gradient = new Float32Array(6);
  crossEntropy(Float32Array.of(0, 1, 0, 2, 0, 3), [2, 2], 3, gradient, 0.5);
  for (const sample of [0, 1]) {
    expect(gradient[sample]! + gradient[2 + sample]! + gradient[4 + sample]!).toBeCloseTo(0, 7);
  }
  expect(gradient[0]).toBeCloseTo((1 / 3) * 0.25, 7);
  expect(gradient[4]).toBeCloseTo((1 / 3 - 1) * 0.25, 7);
});
