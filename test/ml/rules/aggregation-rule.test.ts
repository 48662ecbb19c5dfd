import * as Result from 'effect/Result';
import * as Schema from 'effect/Schema';
import { describe, expect, test } from 'vitest';
import {
  aggregateUpdates, AggregationRule, aggregationRuleNames, aggregationRuleOf, aggregationWork, leastUpdates, refusalOf,
} from '../../../src/ml/rules/aggregation-rule.ts';
import type { AggregationRuleName, RobustRule } from '../../../src/ml/rules/aggregation-rule.ts';
import { centeredClipping } from '../../../src/ml/rules/centered-clipping.ts';
import { coordinateMedian } from '../../../src/ml/rules/coordinate-median.ts';
import { geometricMedian } from '../../../src/ml/rules/geometric-median.ts';
import { krum, multiKrum } from '../../../src/ml/rules/krum.ts';
import { trimmedMean } from '../../../src/ml/rules/trimmed-mean.ts';
import { fiveAndTwoLiars } from './known-vectors.ts';

const settings = { byzantine: 2, clippingRadius: 1, clippingIterations: 3, smoothing: 0.1, smoothingIterations: 3 };
const ruleOf = (name: AggregationRuleName, byzantine = settings.byzantine): AggregationRule =>
  aggregationRuleOf(name, { ...settings, byzantine });
const robustOf = (name: Exclude<AggregationRuleName, 'mean'>, byzantine?: number) => ruleOf(name, byzantine) as RobustRule;
const robustNames = aggregationRuleNames.filter((name) => name !== 'mean');
const decode = Schema.decodeUnknownResult(AggregationRule);

describe('a rule as data', () => {
  test('has a name of the list, and every name of the list is a rule that a schema takes as it is', () => {
    const inSchema = AggregationRule.members.map(({ fields }) => fields.name.literal);
    expect(inSchema.toSorted()).toEqual([...aggregationRuleNames].sort());
    for (const name of aggregationRuleNames) {
      const rule = ruleOf(name);
      expect(rule.name).toBe(name);
      expect(Result.getOrThrow(decode(rule))).toEqual(rule);
    }
  });

  test.each([
    ['another name', { name: 'mode' }],
    ['no number of liars', { name: 'krum' }],
    ['half a liar', { name: 'krum', byzantine: 0.5 }],
    ['fewer liars than none', { name: 'median', byzantine: -1 }],
    ['no radius', { name: 'centered-clipping', byzantine: 1, clippingRadius: 0, clippingIterations: 1 }],
    ['no step', { name: 'geometric-median', byzantine: 1, smoothing: 0.1, smoothingIterations: 0 }],
    ['no smoothing', { name: 'geometric-median', byzantine: 1, smoothing: 0, smoothingIterations: 3 }],
    ['a radius that is no number', { name: 'centered-clipping', byzantine: 1, clippingRadius: NaN, clippingIterations: 1 }],
  ])('%s is refused', (_what, rule) => {
    expect(Result.isFailure(decode(rule))).toBe(true);
  });
});

describe('what a rule can serve', () => {
  test.each([
    ['mean', 1], ['median', 21], ['trimmed-mean', 21], ['krum', 23], ['multi-krum', 23], ['geometric-median', 21],
    ['centered-clipping', 21],
  ] as const)('%s with 10 liars needs %i updates', (name, needed) => {
    expect(leastUpdates(ruleOf(name, 10))).toBe(needed);
    expect(refusalOf(ruleOf(name, 10), needed)).toBeUndefined();
    expect(refusalOf(ruleOf(name, 10), needed - 1)).toMatch(new RegExp(` ${needed}$`, 'u'));
  });

  test('is refused with the arithmetic', () => {
    expect(refusalOf(ruleOf('krum', 10), 22)).toBe('Krum with 10 liars among 22 updates: it needs 2 · 10 + 3 = 23');
    expect(refusalOf(ruleOf('trimmed-mean', 1), 2)).toBe('the trimmed mean with 1 liar among 2 updates: it needs 2 · 1 + 1 = 3');
    expect(refusalOf(ruleOf('median', 0), 0)).toBe('the median with 0 liars among 0 updates: it needs 2 · 0 + 1 = 1');
    expect(refusalOf(ruleOf('mean'), 0)).toBe('the mean of 0 updates: it needs at least 1');
  });

  test.each(robustNames)('%s serves the fewest that it says, and no fewer where that would mean nothing', (name) => {
    for (const byzantine of [0, 1, 2]) {
      const rule = robustOf(name, byzantine);
      const updates = Array.from({ length: leastUpdates(rule) }, (_, index) => Float32Array.of(index, -index));
      const result = aggregateUpdates(rule, updates, undefined);
      expect(result.length).toBe(2);
      expect(result.every(Number.isFinite)).toBe(true);
    }
  });
});

describe('aggregating', () => {
  const last = Float32Array.of(1, 2, 3);
  const updates = fiveAndTwoLiars;
  const cases: readonly (readonly [RobustRule['name'], Float32Array])[] = [
    ['median', coordinateMedian(updates)],
    ['trimmed-mean', trimmedMean(updates, 2)],
    ['krum', krum(updates, 2)],
    ['multi-krum', multiKrum(updates, 2)],
    ['geometric-median', geometricMedian(updates, settings, coordinateMedian(updates))],
    ['centered-clipping', centeredClipping(updates, settings, last)],
  ];

  test.each(cases)('by %s is what its function gives', (name, expected) => {
    expect(aggregateUpdates(robustOf(name), updates, last)).toEqual(expected);
  });

  test('only centered clipping looks at the last aggregate', () => {
    const looking = robustNames.filter((name) => {
      const [without, withLast] = [undefined, last].map((start) => aggregateUpdates(robustOf(name), updates, start));
      return without!.some((value, index) => value !== withLast![index]);
    });
    expect(looking).toEqual(['centered-clipping']);
  });

  test('costs more with more updates, whatever the rule', () => {
    for (const name of robustNames) {
      expect(aggregationWork(robustOf(name), 7)).toBeGreaterThan(0);
      expect(aggregationWork(robustOf(name), 50)).toBeGreaterThan(aggregationWork(robustOf(name), 7));
    }
  });
});
