import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { childKey, seedKey } from '../../src/kernel/draws.ts';
import { between, permutation, streamOf } from '../../src/ml/streams.ts';

const key = childKey(seedKey(1, 0), 'test');

test('a key has one stream, and another key another; these numbers are frozen', () => {
  const take = (name: string) => Array.from({ length: 3 }, streamOf(childKey(key, name)));
  expect(take('a')).toEqual(take('a'));
  expect(take('b')).not.toEqual(take('a'));
  expect(take('a').map((value) => Math.floor(value * 1e6))).toEqual([861_664, 842_900, 410_287]);
});

test('a permutation holds every index once', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat({ max: 200 }), (seed, count) => {
      const order = permutation(count, streamOf(seedKey(seed, 0)));
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
    }),
  );
});

test('uniforms fill their range evenly', () => {
  const stream = streamOf(key);
  const values = Array.from({ length: 4_000 }, () => between(stream, -2, 6));
  expect(Math.min(...values)).toBeGreaterThanOrEqual(-2);
  expect(Math.max(...values)).toBeLessThan(6);
  expect(values.reduce((sum, value) => sum + value, 0) / 4_000).toBeCloseTo(2, 0);
});
