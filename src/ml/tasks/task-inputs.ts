/**
 * What the learning tasks accept, as schemas: the contract between roles and this room.
 *
 * Parts of these values come from messages, so every bound that keeps a task finite stands here.
 * A model blob, an update and a bowl's position are float32 vectors (see models.ts and floats.ts);
 * shards and test sets are encoded datasets (see dataset.ts).
 */
import * as Exit from 'effect/Exit';
import * as Schema from 'effect/Schema';
import { limits } from '../../kernel/limits.ts';
import { Attack } from '../attacks/attack.ts';
import { mergedSamplesMax } from '../merging/merge.ts';
import { Model } from '../models/models.ts';
import { Partition } from '../data/partitions.ts';
import { AggregationRule } from '../rules/aggregation-rule.ts';

const integer = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }));
const number = (minimum: number, maximum: number) => Schema.Finite.check(Schema.isBetween({ minimum, maximum }));

const Blob = Schema.Struct({
  blob: Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/u)),
  bytes: integer(0, limits.blobBytesMax),
});
const Seed = integer(0, Number.MAX_SAFE_INTEGER);
const Round = integer(0, Number.MAX_SAFE_INTEGER);
/** What an update or a sum of updates weighs. */
const Samples = integer(1, mergedSamplesMax - 1);

/** `learning/first-weights`: gives `{ weights }`, those of `start` where it is given. */
export const FirstWeightsInput = Schema.Struct({
  model: Model,
  seed: Seed,
  start: Schema.NullOr(Blob).pipe(Schema.withDecodingDefaultKey(Exit.succeed(null))),
});

/** `learning/cut-shard`: gives `{ shard, samples }`; the shard is null for the bowl, or where it would be empty. */
export const CutShardInput = Schema.Struct({
  model: Model,
  /** The training set; null for the bowl. */
  train: Schema.NullOr(Blob),
  seed: Seed,
  partition: Partition.pipe(Schema.withDecodingDefaultKey(Exit.succeed({ name: 'iid' as const }))),
  /** All workers that share the data, in any order, and the one whose shard is cut. */
  workers: Schema.Array(Schema.String).check(Schema.isMinLength(1), Schema.isMaxLength(limits.nodesMax)),
  worker: Schema.String,
});

/** `learning/train`: gives `{ update, samples, loss }`. */
export const TrainInput = Schema.Struct({
  model: Model,
  weights: Blob,
  /** Null for the bowl. */
  shard: Schema.NullOr(Blob),
  seed: Seed,
  worker: Schema.String,
  round: Round,
  epochs: integer(1, 1_000),
  batch: integer(1, 65_536),
  rate: number(0, 1_000),
  momentum: number(0, 1),
  /** Flipped labels are those of a liar: see attacks/flipped-labels.ts. */
  labels: Schema.Literals(['given', 'flipped']).pipe(Schema.withDecodingDefaultKey(Exit.succeed('given' as const))),
});

/** `learning/forge`: gives `{ update }`. What an attack needs stands in attacks/attack.ts; the rest it does not look at. */
export const ForgeInput = Schema.Struct({
  model: Model,
  seed: Seed,
  worker: Schema.String,
  round: Round,
  attack: Attack,
  /** What the liar would send if it were honest; null when it did not train. */
  own: Schema.NullOr(Blob),
  /** Updates of honest workers, in id order. */
  honest: Schema.Array(Blob).check(Schema.isMaxLength(limits.nodesMax)),
  /** All workers of the round, liars included. */
  workers: integer(1, limits.nodesMax),
  /** How many of them lie. */
  liars: integer(1, limits.nodesMax),
});

/** Updates of one round, each of one worker; their order cannot matter. */
const Updates = Schema.Array(
  Schema.Struct({ update: Blob, samples: Samples, worker: Schema.String }),
).check(Schema.isMinLength(1), Schema.isMaxLength(limits.nodesMax));

/** `learning/merge`: gives `{ weights }`. It is refused if any update is unfit, or if the rule cannot serve so few. */
export const MergeInput = Schema.Struct({
  model: Model,
  weights: Blob,
  /** The model before `weights`, from which centered clipping learns the aggregate before; null in the first round. */
  before: Schema.NullOr(Blob),
  updates: Updates,
  /** Only the mean looks at samples. */
  rule: AggregationRule,
});

/**
 * `learning/sum-updates`: gives `{ sum, samples, fingerprint, counted, refused }`, where `sum` is a packed
 * sum (see packed-sums.ts) of the counted updates, or null if there are none.
 * `learning/inspect-updates`: gives `{ counted, refused }`.
 */
export const UpdatesInput = Schema.Struct({ model: Model, seed: Seed, round: Round, updates: Updates });

/** `learning/merge-sums`: gives `{ weights, total, samples, fingerprint }`. The order of the parts cannot matter. */
export const MergeSumsInput = Schema.Struct({
  model: Model,
  weights: Blob,
  seed: Seed,
  round: Round,
  parts: Schema.Array(
    Schema.Struct({ member: Schema.String, sum: Blob, samples: Samples }),
  ).check(Schema.isMinLength(1), Schema.isMaxLength(limits.nodesMax)),
});

/** `learning/apply-sum`: gives `{ weights, fingerprint }`. */
export const ApplySumInput = Schema.Struct({
  model: Model,
  weights: Blob,
  seed: Seed,
  round: Round,
  total: Blob,
  samples: Samples,
});

/** `learning/evaluate`: gives `{ accuracy, loss }`. */
export const EvaluateInput = Schema.Struct({
  model: Model,
  weights: Blob,
  /** The test set; null for the bowl. */
  test: Schema.NullOr(Blob),
  /** The training seed; only the bowl looks at it. */
  seed: Seed,
});
