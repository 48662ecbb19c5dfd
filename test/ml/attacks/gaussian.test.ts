import { expect, test } from 'vitest';
import { gaussian } from '../../../src/ml/attacks/gaussian.ts';
import { streamOf } from '../../../src/ml/streams.ts';

const stream = () => streamOf({ low: 1, high: 2 });

test('coordinates have the mean and the deviation that were asked for, and the tails of a normal distribution', () => {
  const count = 40_000;
  const drawn = gaussian(count, 3, 0.5, stream());
  const mean = drawn.reduce((sum, value) => sum + value, 0) / count;
  const deviation = Math.sqrt(drawn.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / count);
  expect(mean).toBeCloseTo(3, 1);
  expect(deviation).toBeCloseTo(0.5, 1);
  // Beyond two deviations lie 4.55 % of a normal distribution.
  expect(drawn.filter((value) => Math.abs(value - 3) > 1).length / count).toBeCloseTo(0.0455, 2);
});

test('the least uniform gives a finite number', () => {
  expect(Number.isFinite(gaussian(1, 0, 1, () => 0)[0])).toBe(true);
  expect(Number.isFinite(gaussian(1, 0, 1, () => 1 - 2 ** -32)[0])).toBe(true);
});

test('without deviation every coordinate is the mean', () => {
  expect(gaussian(3, 2, 0, stream())).toEqual(Float32Array.of(2, 2, 2));
});
