import { expect, test } from 'vitest';
import { nonFinite } from '../../../src/ml/attacks/non-finite.ts';
import { streamOf } from '../../../src/ml/streams.ts';

const stream = () => streamOf({ low: 1, high: 2 });
const own = new Float32Array(3_000).fill(0.25);

test('about the share is planted, the rest is the own update', () => {
  const forged = nonFinite(own, 0.2, stream());
  const planted = forged.filter((value) => !Number.isFinite(value));
  expect(planted.length / own.length).toBeCloseTo(0.2, 1);
  expect(forged.filter((value) => value === 0.25).length).toBe(own.length - planted.length);
  expect(own.every((value) => value === 0.25)).toBe(true);
});

test('NaN and both infinities come, and NaN has the same bits on every machine', () => {
  const forged = nonFinite(own, 1, stream());
  expect(new Set(forged)).toEqual(new Set([NaN, Infinity, -Infinity]));
  expect(new Set(new Uint32Array(forged.buffer))).toEqual(new Set([0x7fc00000, 0x7f800000, 0xff800000]));
});

test('with a share of 0 there is one', () => {
  expect(nonFinite(own, 0, stream()).filter((value) => !Number.isFinite(value)).length).toBe(1);
});
