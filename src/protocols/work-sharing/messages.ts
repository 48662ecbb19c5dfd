/**
 * Words by which the aggregators of a committee share the work of a round.
 *
 * Each collects the updates of its own workers and offers them as one part; the leader adds the parts
 * up. For a mean a part is one packed sum (src/ml/packed-sums.ts), for other rules the updates by name.
 */
import * as Schema from 'effect/Schema';
import type { BlobRef } from '../../kernel/blobs.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { BlobRefSchema, CountSchema, defineMessage, DigestSchema, NodeIdSchema } from '../define.ts';
import { workersPerFrameMax } from '../round-commit/messages.ts';
import type { CountedUpdate, WeightedUpdate } from '../round-commit/messages.ts';
import { SignedFrameSchema } from '../signed-frames.ts';
import type { SignedFrame } from '../signed-frames.ts';

/**
 * Member to leader: what my workers made of this round, in the leader's own term and version of the
 * list of serving members. `complete`: nobody of them is awaited any more.
 */
export type PartOffered = {
  kind: 'PartOffered';
  term: number;
  version: number;
  round: number;
  attempt: number;
  /** The life of the member in which it made the part; a later one knows nothing of it. */
  life: number;
  complete: boolean;
  samples: number;
  /** The packed sum of a mean; null for other rules, and where nothing was counted. */
  sum: BlobRef | null;
  fingerprint: number;
  /** What a sum is of; empty where the updates themselves are offered. */
  counted: readonly CountedUpdate[];
  /** The updates, for rules that are no sums. */
  updates: readonly WeightedUpdate[];
};
/** Leader to member: offer what you have now, complete or not. */
export type PartRequested = { kind: 'PartRequested'; term: number; version: number; round: number; attempt: number };
/** Witness to the member that counted an update: its worker told me something else. */
export type ClaimReported = { kind: 'ClaimReported'; worker: NodeId; round: number; claim: SignedFrame };
/** Member to leader: this worker is to take part no longer; for an equivocation the two frames prove it. */
export type RemovalRequested = {
  kind: 'RemovalRequested';
  worker: NodeId;
  reason: 'left' | 'emptyShare' | 'equivocation';
  proof: readonly SignedFrame[];
};

export type WorkSharingMessage = PartOffered | PartRequested | ClaimReported | RemovalRequested;

const listOf = <S extends Schema.Constraint>(item: S, max: number) => Schema.Array(item).check(Schema.isMaxLength(max));

export const workSharingMessages = [
  defineMessage(
    'PartOffered',
    {
      term: CountSchema,
      version: CountSchema,
      round: CountSchema,
      attempt: CountSchema,
      life: CountSchema,
      complete: Schema.Boolean,
      samples: CountSchema,
      sum: Schema.NullOr(BlobRefSchema),
      fingerprint: CountSchema,
      counted: listOf(Schema.Struct({ worker: NodeIdSchema, digest: DigestSchema, samples: CountSchema }), workersPerFrameMax),
      updates: listOf(Schema.Struct({ worker: NodeIdSchema, update: BlobRefSchema, samples: CountSchema }), workersPerFrameMax),
    },
    ['term', 'version', 'round', 'attempt'],
  ),
  defineMessage(
    'PartRequested',
    { term: CountSchema, version: CountSchema, round: CountSchema, attempt: CountSchema },
    ['term', 'version', 'round', 'attempt'],
  ),
  defineMessage('ClaimReported', { worker: NodeIdSchema, round: CountSchema, claim: SignedFrameSchema }, ['worker', 'round']),
  defineMessage(
    'RemovalRequested',
    { worker: NodeIdSchema, reason: Schema.Literals(['left', 'emptyShare', 'equivocation']), proof: listOf(SignedFrameSchema, 2) },
    ['worker'],
  ),
];
