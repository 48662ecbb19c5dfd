import { expect, test } from 'vitest';
import { exp } from '../../../src/kernel/arithmetic.ts';
import { numberedKey, seedKey } from '../../../src/kernel/draws.ts';
import { logGammaVariate } from '../../../src/ml/data/gamma-variate.ts';
import { streamOf } from '../../../src/ml/streams.ts';

const draws = 20_000;

test.each([0.1, 0.5, 1, 2.5, 40])('variates of Gamma(%d, 1) have its mean, variance and third moment', (shape) => {
  const stream = streamOf(numberedKey(seedKey(3, 0), shape * 10));
  const values = Array.from({ length: draws }, () => exp(logGammaVariate(shape, stream)));
  const mean = values.reduce((sum, value) => sum + value, 0) / draws;
  const central = (order: number) => values.reduce((sum, value) => sum + Math.pow(value - mean, order), 0) / draws;
  // Mean and variance are the shape, the third central moment twice that; five standard errors are allowed.
  expect(Math.abs(mean - shape)).toBeLessThan(5 * Math.sqrt(shape / draws));
  expect(central(2) / shape).toBeGreaterThan(1 - 0.15);
  expect(central(2) / shape).toBeLessThan(1 + 0.15);
  expect(central(3) / (2 * shape)).toBeGreaterThan(0.6);
  expect(central(3) / (2 * shape)).toBeLessThan(1.4);
});

test('tiny shapes stay finite as logarithms', () => {
  const stream = streamOf(seedKey(1, 0));
  const values = Array.from({ length: 1_000 }, () => logGammaVariate(0.001, stream));
  expect(values.every(Number.isFinite)).toBe(true);
  expect(Math.min(...values)).toBeLessThan(-1_000);
});
