import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PartialSum, WeightedUpdate } from '../../../src/ml/merging/merge.ts';
import { addSums, applySum, coordinateMax, mergedSamplesMax, sumUpdates, UpdateRefused } from '../../../src/ml/merging/merge.ts';

const dimensions = 5;
const coordinate = fc.float({ min: -63, max: 63, noNaN: true });
const vector = fc.array(coordinate, { minLength: dimensions, maxLength: dimensions });
const update: fc.Arbitrary<WeightedUpdate> = fc.record({
  worker: fc.constant('worker-00'),
  samples: fc.integer({ min: 1, max: 10_000 }),
  delta: vector.map((values) => new Float32Array(values)),
});
const weights = Float32Array.of(1, -0.5, 0, 0.1, 40);

const bytesOf = (values: Float32Array): number[] => [...new Uint8Array(values.buffer)];

/** Adds updates in the given order, in groups of the given sizes, and the groups' sums pairwise. */
function mergeInGroups(updates: readonly WeightedUpdate[], sizes: readonly number[]): Float32Array {
  const groups: PartialSum[] = [];
  let first = 0;
  for (const size of [...sizes, updates.length]) {
    const group = updates.slice(first, first + size);
    if (group.length > 0) groups.push(sumUpdates(group, dimensions));
    first += size;
  }
  while (groups.length > 1) groups.push(addSums(groups.shift()!, groups.shift()!));
  return applySum(weights, groups[0]!);
}

/** Updates, the same in another order, and sizes of groups. */
const regrouped = fc.array(update, { minLength: 1, maxLength: 12 }).chain((updates) =>
  fc.record({
    updates: fc.constant(updates),
    shuffled: fc.shuffledSubarray(updates, { minLength: updates.length, maxLength: updates.length }),
    sizes: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 6 }),
  }),
);

test('any order and any grouping give the same bytes', () => {
  fc.assert(
    fc.property(regrouped, ({ updates, shuffled, sizes }) => {
      const merged = applySum(weights, sumUpdates(updates, dimensions));
      expect(bytesOf(mergeInGroups(shuffled, sizes))).toEqual(bytesOf(merged));
    }),
  );
});

/** The sum of one coordinate in integers without bounds. */
function exactSumOf(updates: readonly WeightedUpdate[], index: number): bigint {
  const terms = updates.map(({ delta, samples }) => BigInt(Math.round(delta[index]! * 2 ** 30)) * BigInt(samples));
  return terms.reduce((total, term) => total + term, 0n);
}

test('sums are exact: BigInt agrees', () => {
  fc.assert(
    fc.property(fc.array(update, { minLength: 1, maxLength: 12 }), (updates) => {
      const { sums, samples } = sumUpdates(updates, dimensions);
      expect(samples).toBe(updates.reduce((total, item) => total + item.samples, 0));
      expect(Array.from(sums, BigInt)).toEqual(Array.from(sums, (_, index) => exactSumOf(updates, index)));
    }),
  );
});

test('halves are rounded up, as Math.round does, in every place of a group of four', () => {
  const halves = Float32Array.from([-2.5, -1.5, -0.5, 0.5, 1.5], (value) => value / 2 ** 30);
  for (let count = 1; count <= 9; count += 1) {
    const updates = Array.from({ length: count }, (_, index) => ({ worker: 'worker-00', samples: index + 1, delta: halves }));
    expect(Array.from(sumUpdates(updates, dimensions).sums, BigInt)).toEqual(
      Array.from(halves, (_, index) => exactSumOf(updates, index)),
    );
  }
});

test('the merge is the mean of the updates, weighted by samples', () => {
  const sum = sumUpdates(
    [
      { worker: 'worker-00', samples: 30, delta: Float32Array.of(1, 0, 0, 0, -2) },
      { worker: 'worker-01', samples: 10, delta: Float32Array.of(0, 4, 0, 0, 2) },
    ],
    dimensions,
  );
  expect([...applySum(new Float32Array(5), sum)]).toEqual([0.75, 1, 0, 0, -1]);
});

describe('limits', () => {
  const with0 = (value: number, samples = 1): WeightedUpdate => {
    return { worker: 'worker-09', samples, delta: Float32Array.of(value, 0, 0, 0, 0) };
  };

  const wild = [NaN, Infinity, -Infinity, coordinateMax, -coordinateMax];

  test.each(wild)('a coordinate of %d is refused by name', (value) => {
    expect(() => sumUpdates([with0(value)], dimensions)).toThrow(UpdateRefused);
    expect(() => sumUpdates([with0(value)], dimensions)).toThrow(`update of worker-09: coordinate 0 is ${value}`);
  });

  test('an unfit update is found in every place among others', () => {
    for (let place = 0; place < 6; place += 1) {
      const updates = Array.from({ length: 6 }, (_, index) => ({ ...with0(index === place ? NaN : 1), worker: `worker-0${index}` }));
      expect(() => sumUpdates(updates, dimensions)).toThrow(`update of worker-0${place}: coordinate 0 is NaN`);
    }
  });

  test.each([0, -3, 1.5, NaN])('%d samples are refused', (samples) => {
    expect(() => sumUpdates([with0(1, samples)], dimensions)).toThrow(/worker-09: its samples/u);
  });

  test('too many samples are refused, whether in updates or in partial sums', () => {
    const half = with0(1, mergedSamplesMax / 2);
    expect(() => sumUpdates([half, half], dimensions)).toThrow(UpdateRefused);
    const sum = sumUpdates([half], dimensions);
    expect(() => addSums(sum, sum)).toThrow(UpdateRefused);
  });

  test('the largest sum that passes is below 2^53', () => {
    const largest = Math.fround(coordinateMax - 2 ** -18);
    const { sums } = sumUpdates([with0(largest, mergedSamplesMax - 1)], dimensions);
    expect(sums[0]).toBeLessThan(2 ** 53);
    expect(sums[0]).toBeGreaterThan(2 ** 52);
  });
});
