/**
 * The rules of aggregation as data: which there are, what each is told, and which updates it can serve.
 *
 * A rule makes one update of many. The mean is weighted by samples and lives in merge.ts, because a
 * committee adds it up in parts; all others need every update in one place, and count each update
 * once, since a weight that its sender states would be a lever for liars.
 */
import * as Schema from 'effect/Schema';
import { limits } from '../../kernel/limits.ts';
import { centeredClipping } from './centered-clipping.ts';
import { coordinateMedian } from './coordinate-median.ts';
import { geometricMedian } from './geometric-median.ts';
import { krum, multiKrum } from './krum.ts';
import { trimmedMean } from './trimmed-mean.ts';

const integer = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }));
const number = (minimum: number, maximum: number) => Schema.Finite.check(Schema.isBetween({ minimum, maximum }));

/** What rules are told, each with its range; a scenario's options use the same schemas. */
export const aggregationFields = {
  /** f: how many of the updates may come from liars. */
  byzantine: integer(0, limits.nodesMax),
  /** τ of centered clipping, in the Euclidean length of an update. */
  clippingRadius: number(1e-9, 1e9),
  /** L of centered clipping. */
  clippingIterations: integer(1, 100),
  /** ν of the geometric median, in the Euclidean length of an update. */
  smoothing: number(1e-12, 1e3),
  /** Steps of the geometric median. */
  smoothingIterations: integer(1, 1_000),
} as const;

const { byzantine, clippingRadius, clippingIterations, smoothing, smoothingIterations } = aggregationFields;

const RobustRule = Schema.Union([
  Schema.Struct({ name: Schema.Literal('median'), byzantine }),
  Schema.Struct({ name: Schema.Literal('trimmed-mean'), byzantine }),
  Schema.Struct({ name: Schema.Literal('krum'), byzantine }),
  Schema.Struct({ name: Schema.Literal('multi-krum'), byzantine }),
  Schema.Struct({ name: Schema.Literal('geometric-median'), byzantine, smoothing, smoothingIterations }),
  Schema.Struct({ name: Schema.Literal('centered-clipping'), byzantine, clippingRadius, clippingIterations }),
]);
/** A rule that needs all updates in one place and weighs them alike. */
export type RobustRule = typeof RobustRule.Type;

export const AggregationRule = Schema.Union([Schema.Struct({ name: Schema.Literal('mean') }), ...RobustRule.members]);
export type AggregationRule = typeof AggregationRule.Type;
export type AggregationRuleName = AggregationRule['name'];

/** All names, in the order in which they are listed to people. */
export const aggregationRuleNames = [
  'mean', 'median', 'trimmed-mean', 'krum', 'multi-krum', 'geometric-median', 'centered-clipping',
] as const satisfies readonly AggregationRuleName[];

/** Every field that some rule is told. */
export interface AggregationSettings {
  readonly byzantine: number;
  readonly clippingRadius: number;
  readonly clippingIterations: number;
  readonly smoothing: number;
  readonly smoothingIterations: number;
}

/** The rule of a name, with those settings that it is told. */
export function aggregationRuleOf(name: AggregationRuleName, settings: AggregationSettings): AggregationRule {
  switch (name) {
    case 'mean':
      return { name };
    case 'median':
    case 'trimmed-mean':
    case 'krum':
    case 'multi-krum':
      return { name, byzantine: settings.byzantine };
    case 'geometric-median': {
      const { byzantine: liars, smoothing: floor, smoothingIterations: steps } = settings;
      return { name, byzantine: liars, smoothing: floor, smoothingIterations: steps };
    }
    case 'centered-clipping': {
      const { byzantine: liars, clippingRadius: radius, clippingIterations: steps } = settings;
      return { name, byzantine: liars, clippingRadius: radius, clippingIterations: steps };
    }
  }
}

/**
 * The fewest updates that a rule can serve: Krum's condition is 2f + 2 < n (Blanchard et al. 2017);
 * the others promise something while liars are fewer than half.
 */
export function leastUpdates(rule: AggregationRule): number {
  switch (rule.name) {
    case 'mean':
      return 1;
    case 'krum':
    case 'multi-krum':
      return 2 * rule.byzantine + 3;
    default:
      return 2 * rule.byzantine + 1;
  }
}

const titles: Readonly<Record<AggregationRuleName, string>> = {
  mean: 'the mean',
  median: 'the median',
  'trimmed-mean': 'the trimmed mean',
  krum: 'Krum',
  'multi-krum': 'Multi-Krum',
  'geometric-median': 'the geometric median',
  'centered-clipping': 'centered clipping',
};

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** Why a rule cannot serve that many updates, in words with the arithmetic; undefined when it can. */
export function refusalOf(rule: AggregationRule, updates: number): string | undefined {
  const needed = leastUpdates(rule);
  if (updates >= needed) return undefined;
  const title = titles[rule.name];
  const among = counted(updates, 'update', 'updates');
  if (rule.name === 'mean') return `${title} of ${among}: it needs at least ${needed}`;
  const liars = rule.byzantine;
  const arithmetic = `2 · ${liars} + ${needed - 2 * liars} = ${needed}`;
  return `${title} with ${counted(liars, 'liar', 'liars')} among ${among}: it needs ${arithmetic}`;
}

/** Comparisons to sort a column of that many numbers: n · ⌈log2(n + 1)⌉. */
function sortingWork(count: number): number {
  return count * (32 - Math.clz32(count));
}

/** Estimated floating-point operations that a rule spends on each coordinate of `count` updates. */
export function aggregationWork(rule: RobustRule, count: number): number {
  const pairs = (count * (count - 1)) / 2;
  switch (rule.name) {
    case 'median':
      return sortingWork(count);
    case 'trimmed-mean':
      return sortingWork(count) + Math.max(0, count - 2 * rule.byzantine);
    case 'krum':
      return 3 * pairs; // Subtract, multiply, add.
    case 'multi-krum':
      return 3 * pairs + Math.max(0, count - rule.byzantine);
    case 'geometric-median':
      return sortingWork(count) + 5 * count * rule.smoothingIterations; // Three for a distance, two for a weighted sum.
    case 'centered-clipping':
      return 5 * count * rule.clippingIterations;
  }
}

/**
 * What a rule makes of updates that it can serve (see `refusalOf`), all mergeable and of one length, in id
 * order. `lastAggregate` is what it made in the round before; only centered clipping looks at it, and
 * begins at 0 where there is none. The mean is not here: see `sumUpdates` and `applySum` of merge.ts.
 */
export function aggregateUpdates(
  rule: RobustRule, updates: readonly Float32Array[], lastAggregate: Float32Array | undefined,
): Float32Array {
  switch (rule.name) {
    case 'median':
      return coordinateMedian(updates);
    case 'trimmed-mean':
      return trimmedMean(updates, rule.byzantine);
    case 'krum':
      return krum(updates, rule.byzantine);
    case 'multi-krum':
      return multiKrum(updates, rule.byzantine);
    case 'geometric-median':
      return geometricMedian(updates, rule, coordinateMedian(updates));
    case 'centered-clipping':
      return centeredClipping(updates, rule, lastAggregate);
  }
}
