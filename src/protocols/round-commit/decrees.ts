/**
 * What a committee decides, one decree after another: its replicated log holds these and nothing else.
 *
 * A decree is small and names what is large: the model of a round stands in it by its SHA-256 only.
 * How a member comes to hold that model is evidence (see messages.ts), which travels beside the decree
 * and is no part of what is decided.
 */
import * as Schema from 'effect/Schema';
import type { NodeId } from '../../kernel/ids.ts';
import { limits } from '../../kernel/limits.ts';
import { CountSchema, DigestSchema, NodeIdSchema } from '../define.ts';

/** Workers that one decree admits: with their ids the record of an entry stays below 1 KiB. */
export const workersPerDecreeMax = 32;

/** The name of a model: SHA-256 of its bytes in lower-case hexadecimal, and its length. */
export type ModelName = { readonly digest: string; readonly bytes: number };

export type Decree =
  /** Decides nothing: a new leader commits one to learn what earlier terms committed (Raft §8). */
  | { readonly kind: 'termBegun' }
  /** The training begins with this model, as round 0. */
  | { readonly kind: 'trainingBegun'; readonly model: ModelName }
  /**
   * These workers take part. Data are divided among the first `among` workers ever admitted, in the
   * order of admission; who was admitted before keeps its share.
   */
  | { readonly kind: 'workersAdmitted'; readonly workers: readonly NodeId[]; readonly among: number }
  | { readonly kind: 'workerRemoved'; readonly worker: NodeId; readonly reason: RemovalReason }
  /** The one model of a round, learned from the updates of `attendance` of `admitted` workers. */
  | {
      readonly kind: 'roundClosed';
      readonly round: number;
      readonly model: ModelName;
      readonly attendance: number;
      readonly admitted: number;
    }
  /** The training ends before its last round. */
  | { readonly kind: 'trainingStopped'; readonly reason: string };

/** Whether a decree names a model, which every member recomputes before it acknowledges the entry. */
export function namesModel(decree: Decree): boolean {
  return decree.kind === 'trainingBegun' || decree.kind === 'roundClosed';
}

export type RemovalReason = 'left' | 'emptyShare' | 'equivocation';

const ModelNameSchema = Schema.Struct({
  digest: DigestSchema,
  bytes: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: limits.blobBytesMax })),
});

export const DecreeSchema = Schema.Union([
  Schema.Struct({ kind: Schema.Literal('termBegun') }),
  Schema.Struct({ kind: Schema.Literal('trainingBegun'), model: ModelNameSchema }),
  Schema.Struct({
    kind: Schema.Literal('workersAdmitted'),
    workers: Schema.Array(NodeIdSchema).check(Schema.isMinLength(1), Schema.isMaxLength(workersPerDecreeMax)),
    among: CountSchema,
  }),
  Schema.Struct({
    kind: Schema.Literal('workerRemoved'),
    worker: NodeIdSchema,
    reason: Schema.Literals(['left', 'emptyShare', 'equivocation']),
  }),
  Schema.Struct({
    kind: Schema.Literal('roundClosed'),
    round: CountSchema,
    model: ModelNameSchema,
    attendance: CountSchema,
    admitted: CountSchema,
  }),
  Schema.Struct({ kind: Schema.Literal('trainingStopped'), reason: Schema.String.check(Schema.isMaxLength(512)) }),
]);
