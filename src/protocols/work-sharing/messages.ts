/**
 * Words by which the aggregators of a committee share the work of a round.
 *
 * Each collects the updates of its own workers and offers them as one part; the leader adds the parts
 * up. For a mean a part is one packed sum (src/ml/merging/packed-sums.ts), for other rules the updates by name,
 * which members then ask each other for.
 */
import * as Schema from 'effect/Schema';
import type { BlobRef } from '../../kernel/blobs.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { BlobRefSchema, CountSchema, defineMessage, DigestSchema, NodeIdSchema } from '../define.ts';
import { workersPerFrameMax } from '../round-commit/messages.ts';
import type { CountedUpdate } from '../round-commit/messages.ts';
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
  /** Which updates are in it. */
  counted: readonly CountedUpdate[];
};
/** Leader to member: offer what you have now, complete or not. */
export type PartRequested = { kind: 'PartRequested'; term: number; version: number; round: number; attempt: number };
/** Member to member, for rules that are no sums: I lack these updates. */
export type UpdatesRequested = { kind: 'UpdatesRequested'; round: number; attempt: number; digests: readonly string[] };
/** The answer, with those that are here. */
export type UpdatesSent = { kind: 'UpdatesSent'; round: number; attempt: number; updates: readonly BlobRef[] };
/** Witness to the member that counted an update: its worker told me something else. */
export type ClaimReported = { kind: 'ClaimReported'; worker: NodeId; round: number; claim: SignedFrame };
/** Member to leader: this worker is to take part no longer; for an equivocation the two frames prove it. */
export type RemovalRequested = {
  kind: 'RemovalRequested';
  worker: NodeId;
  reason: 'left' | 'emptyShare' | 'equivocation';
  proof: readonly SignedFrame[];
};

export type WorkSharingMessage = PartOffered | PartRequested | UpdatesRequested | UpdatesSent | ClaimReported | RemovalRequested;

const listOf = <S extends Schema.Constraint>(item: S, max: number) => Schema.Array(item).check(Schema.isMaxLength(max));

/** Updates that one answer may bring. */
export const updatesPerAnswerMax = 64;

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
    },
    ['term', 'version', 'round', 'attempt'],
  ),
  defineMessage(
    'PartRequested',
    { term: CountSchema, version: CountSchema, round: CountSchema, attempt: CountSchema },
    ['term', 'version', 'round', 'attempt'],
  ),
  defineMessage(
    'UpdatesRequested',
    { round: CountSchema, attempt: CountSchema, digests: listOf(DigestSchema, updatesPerAnswerMax) },
    ['round', 'attempt'],
  ),
  defineMessage(
    'UpdatesSent',
    { round: CountSchema, attempt: CountSchema, updates: listOf(BlobRefSchema, updatesPerAnswerMax) },
    ['round', 'attempt'],
  ),
  defineMessage('ClaimReported', { worker: NodeIdSchema, round: CountSchema, claim: SignedFrameSchema }, ['worker', 'round']),
  defineMessage(
    'RemovalRequested',
    { worker: NodeIdSchema, reason: Schema.Literals(['left', 'emptyShare', 'equivocation']), proof: listOf(SignedFrameSchema, 2) },
    ['worker'],
  ),
];
