/**
 * The tasks of merging: what aggregators make of the updates of a round, alone or as a committee.
 *
 * Alone, one merges all updates. In a committee each member sums the updates of its own workers, the
 * leader merges the sums, and the others apply the total and compare; every way gives the same weights,
 * bit for bit, because sums of integers are exact (see merge.ts). The robust rules are no sums and
 * need all updates in one place (see rules/aggregation-rule.ts).
 */
import type { BlobRef } from '../../kernel/blobs.ts';
import { compareNodeIds } from '../../kernel/ids.ts';
import { TaskRefused } from '../../kernel/tasks.ts';
import type { TaskContext } from '../../kernel/tasks.ts';
import { fingerprintOf } from '../merging/fingerprint.ts';
import { bytesOfFloats } from '../floats.ts';
import { addSums, applySum, faultOfDelta, requireMergeable, sumUpdates } from '../merging/merge.ts';
import type { DeltaFault, WeightedUpdate } from '../merging/merge.ts';
import { parameterCount } from '../models/models.ts';
import type { Model } from '../models/models.ts';
import { aggregateUpdates, aggregationWork, refusalOf } from '../rules/aggregation-rule.ts';
import type { RobustRule } from '../rules/aggregation-rule.ts';
import { readSum, readVector, writeSum } from './task-blobs.ts';
import { defineLearningTask } from './task-definition.ts';
import { ApplySumInput, MergeInput, MergeSumsInput, UpdatesInput } from './task-inputs.ts';

/** An update as it stands in an input. */
interface NamedUpdate {
  readonly worker: string;
  readonly update: BlobRef;
  readonly samples: number;
}

/** Estimated floating-point operations for each coordinate. */
const operations = {
  /** Two comparisons, to find what is unfit. */
  inspect: 2,
  /** Scale, weigh and add one update. */
  add: 3,
  /** Divide and shift, to pack or unpack one sum. */
  pack: 8,
  /** A quarter of a Philox call, which has ten rounds of about twenty operations. */
  fingerprint: 50,
  /** Divide and add. */
  apply: 2,
} as const;

/** The updates of an input, read, in id order. */
function readUpdates(model: Model, updates: readonly NamedUpdate[], context: TaskContext): WeightedUpdate[] {
  const ordered = [...updates].sort((a, b) => compareNodeIds(a.worker, b.worker));
  return ordered.map(({ update, samples, worker }) => {
    return { worker, samples, delta: readVector(model, update, `update of ${worker}`, context) };
  });
}

type RefusedUpdate = { readonly worker: string; readonly reason: DeltaFault };

/** Which updates may be merged and which may not, each in the order given. */
function inspectUpdates(updates: readonly WeightedUpdate[]): { fit: WeightedUpdate[]; refused: RefusedUpdate[] } {
  const fit: WeightedUpdate[] = [];
  const refused: RefusedUpdate[] = [];
  for (const update of updates) {
    const reason = faultOfDelta(update.delta);
    if (reason === undefined) fit.push(update);
    else refused.push({ worker: update.worker, reason });
  }
  return { fit, refused };
}

/** weights + aggregate of the updates, in float32. Throws `UpdateRefused` for an unfit one. */
function applyRule(
  rule: RobustRule, weights: Float32Array, updates: readonly WeightedUpdate[], before: Float32Array | undefined,
): Float32Array {
  for (const update of updates) requireMergeable(update);
  const lastAggregate = before === undefined ? undefined : weights.map((weight, index) => weight - before[index]!);
  const aggregate = aggregateUpdates(rule, updates.map(({ delta }) => delta), lastAggregate);
  return weights.map((weight, index) => weight + aggregate[index]!);
}

export const mergeTask = defineLearningTask({
  name: 'merge',
  version: 2,
  input: MergeInput,
  work({ model, updates, rule }) {
    const each = rule.name === 'mean' ? operations.add * updates.length : aggregationWork(rule, updates.length);
    return parameterCount(model) * (each + operations.apply);
  },
  run({ model, weights, before, updates, rule }, context) {
    const refusal = refusalOf(rule, updates.length);
    if (refusal !== undefined) throw new TaskRefused(refusal);
    const current = readVector(model, weights, 'weights', context);
    const deltas = readUpdates(model, updates, context);
    if (rule.name === 'mean') return { weights: context.write(bytesOfFloats(applySum(current, sumUpdates(deltas, current.length)))) };
    const earlier = before === null ? undefined : readVector(model, before, 'weights before', context);
    return { weights: context.write(bytesOfFloats(applyRule(rule, current, deltas, earlier))) };
  },
});

export const sumUpdatesTask = defineLearningTask({
  name: 'sum-updates',
  version: 1,
  input: UpdatesInput,
  work({ model, updates }) {
    const eachUpdate = operations.inspect + operations.add;
    return parameterCount(model) * (eachUpdate * updates.length + operations.pack + operations.fingerprint);
  },
  run({ model, seed, round, updates }, context) {
    const { fit, refused } = inspectUpdates(readUpdates(model, updates, context));
    const counted = fit.map(({ worker }) => worker);
    if (fit.length === 0) return { sum: null, samples: 0, fingerprint: 0, counted, refused };
    const sum = sumUpdates(fit, parameterCount(model));
    const fingerprint = fingerprintOf(sum.sums, seed, round);
    return { sum: writeSum(sum, context), samples: sum.samples, fingerprint, counted, refused };
  },
});

export const inspectUpdatesTask = defineLearningTask({
  name: 'inspect-updates',
  version: 1,
  input: UpdatesInput,
  work: ({ model, updates }) => operations.inspect * parameterCount(model) * updates.length,
  run({ model, updates }, context) {
    const { fit, refused } = inspectUpdates(readUpdates(model, updates, context));
    return { counted: fit.map(({ worker }) => worker), refused };
  },
});

export const mergeSumsTask = defineLearningTask({
  name: 'merge-sums',
  version: 1,
  input: MergeSumsInput,
  work({ model, parts }) {
    const { pack, fingerprint, apply } = operations;
    return parameterCount(model) * ((pack + 1) * parts.length + pack + fingerprint + apply); // 1 is an addition.
  },
  run({ model, weights, seed, round, parts }, context) {
    const before = readVector(model, weights, 'weights', context);
    const total = parts
      .map(({ member, sum, samples }) => readSum(model, sum, samples, `sum of ${member}`, context))
      .reduce(addSums);
    return {
      weights: context.write(bytesOfFloats(applySum(before, total))),
      total: writeSum(total, context),
      samples: total.samples,
      fingerprint: fingerprintOf(total.sums, seed, round),
    };
  },
});

export const applySumTask = defineLearningTask({
  name: 'apply-sum',
  version: 1,
  input: ApplySumInput,
  work: ({ model }) => parameterCount(model) * (operations.pack + operations.fingerprint + operations.apply),
  run({ model, weights, seed, round, total, samples }, context) {
    const before = readVector(model, weights, 'weights', context);
    const sum = readSum(model, total, samples, 'total', context);
    return {
      weights: context.write(bytesOfFloats(applySum(before, sum))),
      fingerprint: fingerprintOf(sum.sums, seed, round),
    };
  },
});
