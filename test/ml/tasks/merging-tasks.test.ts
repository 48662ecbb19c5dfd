import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BlobRef } from '../../../src/kernel/blobs.ts';
import { encode } from '../../../src/kernel/codec.ts';
import type { Value, ValueMap } from '../../../src/kernel/codec.ts';
import { TaskRefused } from '../../../src/kernel/tasks.ts';
import { combineFingerprints, fingerprintOf } from '../../../src/ml/merging/fingerprint.ts';
import { bytesOfFloats, floatsOfBytes } from '../../../src/ml/floats.ts';
import { coordinateMax, mergedSamplesMax, sumUpdates } from '../../../src/ml/merging/merge.ts';
import { packSum, unpackSum } from '../../../src/ml/merging/packed-sums.ts';
import { aggregateUpdates, aggregationRuleNames, aggregationRuleOf } from '../../../src/ml/rules/aggregation-rule.ts';
import type { AggregationRuleName, RobustRule } from '../../../src/ml/rules/aggregation-rule.ts';
import { centeredClipping } from '../../../src/ml/rules/centered-clipping.ts';
import { learningTasks } from '../../../src/ml/tasks/tasks.ts';
import { makeStore, runTask } from '../federation.ts';

const dimensions = 5;
const model = { name: 'bowl', dimensions };
const seed = 3;
const round = 7;
const mean = { name: 'mean' };
const median = { name: 'median', byzantine: 0 };
const store = makeStore();
const weights = store.put(bytesOfFloats(Float32Array.of(1, -0.5, 0, 0.1, 40)));

type Named = { readonly worker: string; readonly update: BlobRef; readonly samples: number };
type Refused = readonly { readonly worker: string; readonly reason: string }[];
type Summed = { sum: BlobRef | null; samples: number; fingerprint: number; counted: readonly string[]; refused: Refused };
type Merged = { weights: BlobRef; total: BlobRef; samples: number; fingerprint: number };

const run = <Result>(name: string, input: Value): Result => runTask<Result>(store, name, input);
const sumOf = (updates: readonly Named[]): Summed => run('sum-updates', { model, seed, round, updates });
const mergeSums = (parts: Value): Merged => run('merge-sums', { model, weights, seed, round, parts });
const applyTotal = (change: ValueMap): Value => run('apply-sum', { model, weights, seed, round, ...change });

function named(index: number, samples: number, ...delta: number[]): Named {
  const worker = `worker-${String(index).padStart(2, '0')}`;
  return { worker, samples, update: store.put(bytesOfFloats(Float32Array.from(delta))) };
}

const coordinate = fc.float({ min: -63, max: 63, noNaN: true });
const delta = fc.array(coordinate, { minLength: dimensions, maxLength: dimensions });
const weighted = fc.record({ delta, samples: fc.integer({ min: 1, max: 5_000 }), member: fc.integer({ min: 0, max: 4 }) });

describe('a committee', () => {
  test('merges parts to the same bits as one that merges all updates, and all members agree', () => {
    fc.assert(
      fc.property(fc.array(weighted, { minLength: 1, maxLength: 15 }), fc.boolean(), (drawn, reversed) => {
        const updates = drawn.map(({ samples, ...update }, index) => named(index, samples, ...update.delta));
        const parts = [0, 1, 2, 3, 4].flatMap((member) => {
          const own = updates.filter((_, index) => drawn[index]!.member === member);
          return own.length === 0 ? [] : [{ member: `aggregator-0${member}`, part: sumOf(own) }];
        });
        if (reversed) parts.reverse();
        const merged = mergeSums(parts.map(({ member, part }) => ({ member, sum: part.sum, samples: part.samples })));
        expect({ weights: merged.weights }).toEqual(run('merge', { model, weights, before: null, updates, rule: mean }));
        expect(merged.fingerprint).toBe(combineFingerprints(parts.map(({ part }) => part.fingerprint)));
        expect(applyTotal({ total: merged.total, samples: merged.samples })).toEqual({
          weights: merged.weights,
          fingerprint: merged.fingerprint,
        });
      }),
    );
  });

  test('notices by the fingerprint that a part was left out', () => {
    const parts = [named(0, 20, 1, 2, 3, 4, 5), named(1, 30, 0, 0, 0.5, 0, 0)].map((update) => sumOf([update]));
    const [first] = parts;
    const merged = mergeSums([{ member: 'aggregator-00', sum: first!.sum, samples: first!.samples }]);
    expect(merged.fingerprint).not.toBe(combineFingerprints(parts.map(({ fingerprint }) => fingerprint)));
  });

  test('gets the packed sum and its fingerprint from its member', () => {
    const updates = [named(4, 20, 1, -2, 3, 0, 5), named(1, 30, 0, 0, 0.5, 0, -9)];
    const summed = sumOf(updates);
    const deltas = updates.map(({ update, ...rest }) => ({ ...rest, delta: floatsOfBytes(store.get(update)) }));
    const expected = sumUpdates(deltas, dimensions);
    expect(unpackSum(store.get(summed.sum!), dimensions)).toEqual(expected);
    expect(summed).toMatchObject({ samples: 50, counted: ['worker-01', 'worker-04'], refused: [] });
    expect(summed.fingerprint).toBe(fingerprintOf(expected.sums, seed, round));
    expect(sumOf(updates.toReversed())).toEqual(summed);
    expect(() => encode(summed as unknown as Value)).not.toThrow();
  });
});

describe('unfit updates', () => {
  const fit = [named(10, 20, 1, 2, 3, 4, 5), named(2, 30, 0, 0, 0.5, 0, 0)];
  const unfit = [
    named(101, 7, 0, NaN, 0, 0, 0),
    named(3, 7, 0, 0, 0, 0, -coordinateMax),
    named(4, 7, 0, 0, 0, 0, Infinity),
    named(5, 7, coordinateMax, 0, 0, 0, NaN),
    named(6, 7, coordinateMax, 0, 0, 0, 0),
  ];
  const refused = [
    { worker: 'worker-03', reason: 'overflowingUpdate' },
    { worker: 'worker-04', reason: 'nonFiniteUpdate' },
    { worker: 'worker-05', reason: 'nonFiniteUpdate' },
    { worker: 'worker-06', reason: 'overflowingUpdate' },
    { worker: 'worker-101', reason: 'nonFiniteUpdate' },
  ];
  const all = [unfit[0]!, ...fit, ...unfit.slice(1)];

  test('are left out of a sum by name and reason, in id order', () => {
    const summed = sumOf(all);
    expect(summed.refused).toEqual(refused);
    expect(summed).toEqual({ ...sumOf(fit), refused });
    expect(summed.counted).toEqual(['worker-02', 'worker-10']);
  });

  test('leave no sum when none is fit', () => {
    expect(sumOf(unfit)).toEqual({ sum: null, samples: 0, fingerprint: 0, counted: [], refused });
  });

  test('are found by an inspection with the same result', () => {
    const inspected = run('inspect-updates', { model, seed, round, updates: all });
    expect(inspected).toEqual({ counted: ['worker-02', 'worker-10'], refused });
  });
});

describe('merging by the median', () => {
  const wild = named(9, 5_000, 60, -60, 60, -60, 60);
  const updates = [named(0, 1, 1, 1, 1, 1, 1), named(1, 2_000, 2, 2, 2, 2, 2), wild];
  const merge = (change: ValueMap): { weights: BlobRef } => run('merge', { model, weights, before: null, updates, ...change });

  test('ignores samples and a wild update', () => {
    const merged = floatsOfBytes(store.get(merge({ rule: median }).weights));
    expect(merged).toEqual(Float32Array.of(3, 0.5, 2, 1.1, 42));
    expect(merge({ rule: median, updates: updates.toReversed() })).toEqual(merge({ rule: median }));
  });

  test('is another thing than the mean', () => {
    expect(merge({ rule: mean })).not.toEqual(merge({ rule: median }));
  });
});

describe('merging by a robust rule', () => {
  const before = store.put(bytesOfFloats(Float32Array.of(0.5, -0.5, 0, 0.1, 39)));
  const settings = { byzantine: 2, clippingRadius: 1, clippingIterations: 3, smoothing: 1e-6, smoothingIterations: 8 };
  const robust = aggregationRuleNames.filter((name) => name !== 'mean');
  const ruleOf = (name: AggregationRuleName): ValueMap => ({ ...aggregationRuleOf(name, settings) });
  const updates = Array.from({ length: 7 }, (_, index) => {
    const value = index < 2 ? 60 : index / 10;
    return named(index, 100 * index + 1, value, -value, index / 7, 0.1, 1 / (index + 1));
  });
  const merge = (change: ValueMap): { weights: BlobRef } =>
    run('merge', { model, weights, before: null, updates, rule: median, ...change });

  test.each(robust)('%s: no order of the updates and no samples change a bit', (name) => {
    const merged = merge({ rule: ruleOf(name) });
    expect(merge({ rule: ruleOf(name), updates: updates.toReversed() })).toEqual(merged);
    expect(merge({ rule: ruleOf(name), updates: [...updates.slice(3), ...updates.slice(0, 3)] })).toEqual(merged);
    expect(merge({ rule: ruleOf(name), updates: updates.map((update) => ({ ...update, samples: 1 })) })).toEqual(merged);
  });

  test.each(robust)('%s adds to the weights what the rule makes of the updates in id order', (name) => {
    const deltas = updates.map(({ update }) => floatsOfBytes(store.get(update)));
    const aggregate = aggregateUpdates(aggregationRuleOf(name, settings) as RobustRule, deltas, undefined);
    const expected = floatsOfBytes(store.get(weights)).map((weight, index) => weight + aggregate[index]!);
    expect(floatsOfBytes(store.get(merge({ rule: ruleOf(name) }).weights))).toEqual(expected);
  });

  test('centered clipping begins at weights − before, and the others do not look there', () => {
    const blobWith = (name: AggregationRuleName, model0: BlobRef | null) => merge({ rule: ruleOf(name), before: model0 }).weights.blob;
    const looking = robust.filter((name) => blobWith(name, before) !== blobWith(name, null));
    expect(looking).toEqual(['centered-clipping']);
    const started = merge({ rule: ruleOf('centered-clipping'), before });
    const deltas = updates.map(({ update }) => floatsOfBytes(store.get(update)));
    const aggregate = centeredClipping(deltas, settings, Float32Array.of(0.5, 0, 0, 0, 1));
    const expected = floatsOfBytes(store.get(weights)).map((weight, index) => weight + aggregate[index]!);
    expect(floatsOfBytes(store.get(started.weights))).toEqual(expected);
    expect(merge({ rule: ruleOf('centered-clipping'), before: weights })).toEqual(merge({ rule: ruleOf('centered-clipping') }));
  });

  test.each([
    ['krum', 6, 'Krum with 2 liars among 6 updates: it needs 2 · 2 + 3 = 7'],
    ['trimmed-mean', 4, 'the trimmed mean with 2 liars among 4 updates: it needs 2 · 2 + 1 = 5'],
  ] as const)('%s of %i updates is refused with the arithmetic', (name, count, words) => {
    const few = updates.slice(0, count);
    expect(() => merge({ rule: ruleOf(name), updates: few })).toThrow(TaskRefused);
    expect(() => merge({ rule: ruleOf(name), updates: few })).toThrow(words);
  });

  test('a model before that does not fit is refused by name', () => {
    const short = store.put(bytesOfFloats(new Float32Array(2)));
    expect(() => merge({ before: short })).toThrow('weights before: 8 bytes');
  });
});

test('work is counted from the input alone, grows with it, and a refusal costs nothing', () => {
  const work = (name: string, input: Value): number => {
    return learningTasks.find((task) => task.name === `learning/${name}`)!.work(input);
  };
  const one = named(0, 1, 1, 1, 1, 1, 1);
  const part = { member: 'aggregator-00', sum: one.update, samples: 1 };
  const common = { model, weights, seed, round };
  const growing: readonly (readonly [string, (count: number) => ValueMap])[] = [
    ...[mean, median].map((rule) => {
      const inputOf = (count: number) => ({ ...common, before: null, rule, updates: Array.from({ length: count }, () => one) });
      return ['merge', inputOf] as const;
    }),
    ['sum-updates', (count) => ({ ...common, updates: Array.from({ length: count }, () => one) })],
    ['inspect-updates', (count) => ({ ...common, updates: Array.from({ length: count }, () => one) })],
    ['merge-sums', (count) => ({ ...common, parts: Array.from({ length: count }, () => part) })],
  ];
  for (const [name, inputOf] of growing) {
    expect(work(name, inputOf(1))).toBeGreaterThan(0);
    expect(work(name, inputOf(8))).toBeGreaterThan(work(name, inputOf(1)));
    expect(work(name, { model })).toBe(0);
  }
  expect(work('merge', { ...common, before: null, rule: mean, updates: [one, one] })).toBe(dimensions * (3 * 2 + 2));
  expect(work('apply-sum', { ...common, total: one.update, samples: 1 })).toBeGreaterThan(0);
});

describe('what cannot be served is refused in words', () => {
  const good = sumOf([named(0, 20, 1, 2, 3, 4, 5)]);
  const total = good.sum!;
  const part = (change: ValueMap = {}): ValueMap => ({ member: 'aggregator-03', sum: total, samples: 20, ...change });
  const partsInput = (...parts: ValueMap[]): ValueMap => ({ model, weights, seed, round, parts });
  const packed = (...sums: number[]): BlobRef => store.put(packSum({ sums: Float64Array.from(sums), samples: 20 }));
  const junk = store.put(new Uint8Array(7));
  const short = store.put(bytesOfFloats(new Float32Array(2)));
  const beyond = packed(20 * 2 ** 36, 0, 0, 0, 0);
  const half = sumOf([named(0, mergedSamplesMax / 2, 1, 2, 3, 4, 5)]);
  const halfPart = part({ sum: half.sum, samples: half.samples });
  const heavy = [named(0, mergedSamplesMax - 1, 1, 2, 3, 4, 5), named(1, 1, 1, 2, 3, 4, 5)];
  const unfit = [named(2, 20, 1, 2, NaN, 4, 5)];
  const updatesInput = (updates: Value): ValueMap => ({ model, seed, round, updates });
  const apply = (change: ValueMap): ValueMap => ({ model, weights, seed, round, total, samples: 20, ...change });
  const cases: readonly (readonly [string, string, ValueMap, string])[] = [
    ['no updates', 'sum-updates', updatesInput([]), 'updates'],
    ['a short update', 'sum-updates', updatesInput([{ ...heavy[1]!, update: short }]), 'update of worker-01: 8 bytes'],
    ['too many samples', 'sum-updates', updatesInput(heavy), '131072 samples in one merge'],
    ['no round', 'inspect-updates', { model, seed, updates: heavy }, 'round'],
    ['no parts', 'merge-sums', partsInput(), 'parts'],
    ['junk for a part', 'merge-sums', partsInput(part(), part({ sum: junk })), 'sum of aggregator-03: 7 bytes'],
    ['other dimensions', 'merge-sums', partsInput(part({ sum: packed(1, 2) })), '2 coordinates, not 5'],
    ['other samples', 'merge-sums', partsInput(part({ samples: 21 })), 'it is of 20 samples, not of 21'],
    ['a sum out of reach', 'merge-sums', partsInput(part({ sum: beyond })), 'no updates of 20 samples add up to it'],
    ['parts of too many samples', 'merge-sums', partsInput(halfPart, halfPart), '131072 samples in one merge'],
    ['short weights', 'merge-sums', { ...partsInput(part()), weights: short }, 'weights: 8 bytes'],
    ['junk for a total', 'apply-sum', apply({ total: junk }), 'total: 7 bytes'],
    ['other samples of a total', 'apply-sum', apply({ samples: 19 }), 'total: it is of 20 samples, not of 19'],
    ['a total out of reach', 'apply-sum', apply({ total: beyond }), 'total: no updates'],
    ['an unknown rule', 'merge', { model, weights, before: null, updates: heavy, rule: { name: 'mode' } }, 'rule'],
    ['an unfit update', 'merge', { model, weights, before: null, updates: unfit, rule: median }, 'coordinate 2 is NaN'],
  ];

  test('the part and the total that the others are changed from are served', () => {
    expect(run<Merged>('merge-sums', partsInput(part())).total).toEqual(total);
    expect(run('apply-sum', apply({}))).toMatchObject({ fingerprint: good.fingerprint });
  });

  test('the largest sums within reach add up', () => {
    const largest = Math.fround(coordinateMax - 2 ** -18);
    const parts = [0, 1].map((index) => {
      const samples = index === 0 ? mergedSamplesMax / 2 : mergedSamplesMax / 2 - 1;
      return part({ sum: sumOf([named(index, samples, ...Array<number>(5).fill(largest))]).sum, samples });
    });
    expect(run<Merged>('merge-sums', partsInput(...parts)).samples).toBe(mergedSamplesMax - 1);
  });

  test.each(cases)('%s', (_what, name, input, words) => {
    expect(() => run(name, input)).toThrow(TaskRefused);
    expect(() => run(name, input)).toThrow(words);
  });
});
