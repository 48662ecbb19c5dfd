/**
 * Words of round commit: Raft's, as a committee of aggregators speaks them.
 *
 * Figure, section and rule numbers name D. Ongaro, J. Ousterhout, "In Search of an Understandable
 * Consensus Algorithm (Extended Version)", 2014; "dissertation" names D. Ongaro, "Consensus: Bridging
 * Theory and Practice", 2014; "VRR" names B. Liskov, J. Cowling, "Viewstamped Replication Revisited",
 * 2012.
 */
import * as Schema from 'effect/Schema';
import type { BlobRef } from '../../kernel/blobs.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { BlobRefSchema, CountSchema, defineMessage, DigestSchema, NodeIdSchema } from '../define.ts';
import { DecreeSchema } from './decrees.ts';
import type { Decree } from './decrees.ts';

/** Entries of one frame. */
export const entriesPerFrameMax = 16;
/** Members of one committee. */
export const membersMax = 15;

/** One place in the replicated log, as it travels. Indices count from 1. */
export type Entry = { readonly index: number; readonly term: number; readonly decree: Decree };

/** The part of a mean that one member collected, in one of its lives, as it stands in the evidence of a round. */
export type CollectedPart = {
  readonly member: NodeId;
  readonly life: number;
  readonly samples: number;
  readonly fingerprint: number;
};
/** An update that a model was learned from: who sent it, its digest, and the samples that it was given. */
export type CountedUpdate = { readonly worker: NodeId; readonly digest: string; readonly samples: number };
export type WeightedUpdate = { readonly worker: NodeId; readonly update: BlobRef; readonly samples: number };

/**
 * What a member recomputes the model of an entry from before it acknowledges the entry:
 * - `sums`: the sum of all parts, which added to the model before gives the model of the round;
 * - `updates`: all updates by name, for rules that are no sums; their bytes travel apart;
 * - `model`: the model itself, for whoever comes late: others have recomputed it.
 */
export type Evidence =
  | {
      readonly kind: 'sums';
      readonly total: BlobRef;
      readonly samples: number;
      readonly parts: readonly CollectedPart[];
      readonly counted: readonly CountedUpdate[];
    }
  | { readonly kind: 'updates'; readonly updates: readonly CountedUpdate[] }
  | { readonly kind: 'model'; readonly model: BlobRef };

/** What a leader tells with every frame beside the log: who serves workers, in which version of that list. */
export type Bulletin = { readonly version: number; readonly serving: readonly NodeId[] };

/** Committed state up to an entry, for a member whose log begins later (Figure 13). */
export type CheckpointState = {
  readonly index: number;
  readonly term: number;
  readonly round: number;
  readonly model: BlobRef | null;
  /** The model of the round before: a rule of merging may look at the last change. Null until a round was closed. */
  readonly modelBefore: BlobRef | null;
  /** Every worker ever admitted, in the order of admission. */
  readonly workers: readonly AdmittedWorker[];
  readonly stopReason: string | null;
};
/** `among`: see workersAdmitted; `removed` is empty while the worker takes part. */
export type AdmittedWorker = { readonly worker: NodeId; readonly among: number; readonly removed: string };

/**
 * For each member, in id order, the life at whose beginning it last had lost its memory, as far as
 * the sender knows; 0 where none was lost. It travels with every promise, so that promises which
 * somebody has forgotten are not counted (see crash-vector.ts).
 */
export type CrashVector = readonly number[];

/** Would you vote for me in `term`? Asked without changing anything (dissertation §9.6). */
export type PreVoteRequested = { kind: 'PreVoteRequested'; term: number; attempt: number; lastIndex: number; lastTerm: number };
export type PreVoteAnswered = { kind: 'PreVoteAnswered'; term: number; attempt: number; currentTerm: number; granted: boolean };
/** RequestVote RPC (Figure 2). */
export type VoteRequested = { kind: 'VoteRequested'; term: number; lastIndex: number; lastTerm: number };
export type VoteAnswered = { kind: 'VoteAnswered'; term: number; granted: boolean; crashVector: CrashVector };
/** AppendEntries RPC (Figure 2); without entries a heartbeat. */
export type EntriesAppended = {
  kind: 'EntriesAppended';
  term: number;
  sequence: number;
  previousIndex: number;
  previousTerm: number;
  entries: readonly Entry[];
  /** Evidence of entries of this frame, by their index. */
  evidence: readonly { readonly index: number; readonly evidence: Evidence }[];
  commitIndex: number;
  bulletin: Bulletin;
  crashVector: CrashVector;
};
/**
 * Answer to the leader's frame `sequence`, or to a later one that needs no answer of its own.
 * Accepted: the log agrees up to `index`, all of it on disk and recomputed; what the frame brought
 * beyond that is on its way. Refused: `index` is where the leader may try next.
 */
export type EntriesAnswered = {
  kind: 'EntriesAnswered';
  term: number;
  sequence: number;
  accepted: boolean;
  index: number;
  crashVector: CrashVector;
};
/**
 * To all other members but the leader: entries up to `index` are on my disk in this term's log, so
 * that each member counts majorities by itself and learns of a commit one delay earlier (as learners
 * do in L. Lamport, "Paxos Made Simple", 2001, §2.3).
 */
export type EntriesStored = { kind: 'EntriesStored'; term: number; index: number; crashVector: CrashVector };
/** InstallSnapshot RPC (Figure 13), in one piece. */
export type CheckpointSent = {
  kind: 'CheckpointSent';
  term: number;
  sequence: number;
  checkpoint: CheckpointState;
  bulletin: Bulletin;
  crashVector: CrashVector;
};
/** A restarted member that may have lost what it promised asks where everybody stands (VRR §4.3). */
export type StandingRequested = { kind: 'StandingRequested'; life: number; attempt: number };
/** `returning`: whether the one who answers has yet to learn that itself. */
export type StandingTold = {
  kind: 'StandingTold';
  life: number;
  attempt: number;
  term: number;
  lastIndex: number;
  lastTerm: number;
  returning: boolean;
  crashVector: CrashVector;
};

export type RoundCommitMessage =
  | PreVoteRequested
  | PreVoteAnswered
  | VoteRequested
  | VoteAnswered
  | EntriesAppended
  | EntriesAnswered
  | EntriesStored
  | CheckpointSent
  | StandingRequested
  | StandingTold;

const listOf = <S extends Schema.Constraint>(item: S, max: number) => Schema.Array(item).check(Schema.isMaxLength(max));

/** Workers whose ids and digests fit into one frame of 64 KiB. */
export const workersPerFrameMax = 400;
/** Workers ever admitted: a checkpoint with so many rows fits into one frame, too. */
export const workersPerCheckpointMax = 2 * workersPerFrameMax;

export const EvidenceSchema = Schema.Union([
  Schema.Struct({
    kind: Schema.Literal('sums'),
    total: BlobRefSchema,
    samples: CountSchema,
    parts: listOf(
      Schema.Struct({ member: NodeIdSchema, life: CountSchema, samples: CountSchema, fingerprint: CountSchema }),
      membersMax,
    ),
    counted: listOf(Schema.Struct({ worker: NodeIdSchema, digest: DigestSchema, samples: CountSchema }), workersPerFrameMax),
  }),
  Schema.Struct({
    kind: Schema.Literal('updates'),
    updates: listOf(Schema.Struct({ worker: NodeIdSchema, digest: DigestSchema, samples: CountSchema }), workersPerFrameMax),
  }),
  Schema.Struct({ kind: Schema.Literal('model'), model: BlobRefSchema }),
]);

const EntrySchema = Schema.Struct({ index: CountSchema, term: CountSchema, decree: DecreeSchema });
const BulletinSchema = Schema.Struct({ version: CountSchema, serving: listOf(NodeIdSchema, membersMax) });
const CheckpointSchema = Schema.Struct({
  index: CountSchema,
  term: CountSchema,
  round: CountSchema,
  model: Schema.NullOr(BlobRefSchema),
  modelBefore: Schema.NullOr(BlobRefSchema),
  workers: listOf(
    Schema.Struct({ worker: NodeIdSchema, among: CountSchema, removed: Schema.String.check(Schema.isMaxLength(32)) }),
    workersPerCheckpointMax,
  ),
  stopReason: Schema.NullOr(Schema.String.check(Schema.isMaxLength(512))),
});

const CrashVectorSchema = listOf(CountSchema, membersMax);
const lastEntry = { lastIndex: CountSchema, lastTerm: CountSchema };

export const roundCommitMessages = [
  defineMessage('PreVoteRequested', { term: CountSchema, attempt: CountSchema, ...lastEntry }, ['term', 'attempt']),
  defineMessage(
    'PreVoteAnswered',
    { term: CountSchema, attempt: CountSchema, currentTerm: CountSchema, granted: Schema.Boolean },
    ['term', 'attempt'],
  ),
  defineMessage('VoteRequested', { term: CountSchema, ...lastEntry }, ['term']),
  defineMessage('VoteAnswered', { term: CountSchema, granted: Schema.Boolean, crashVector: CrashVectorSchema }, ['term']),
  defineMessage(
    'EntriesAppended',
    {
      term: CountSchema,
      sequence: CountSchema,
      previousIndex: CountSchema,
      previousTerm: CountSchema,
      entries: listOf(EntrySchema, entriesPerFrameMax),
      evidence: listOf(Schema.Struct({ index: CountSchema, evidence: EvidenceSchema }), entriesPerFrameMax),
      commitIndex: CountSchema,
      bulletin: BulletinSchema,
      crashVector: CrashVectorSchema,
    },
    ['term', 'sequence'],
  ),
  defineMessage(
    'EntriesAnswered',
    { term: CountSchema, sequence: CountSchema, accepted: Schema.Boolean, index: CountSchema, crashVector: CrashVectorSchema },
    ['term', 'sequence'],
  ),
  defineMessage('EntriesStored', { term: CountSchema, index: CountSchema, crashVector: CrashVectorSchema }, ['term', 'index']),
  defineMessage(
    'CheckpointSent',
    {
      term: CountSchema,
      sequence: CountSchema,
      checkpoint: CheckpointSchema,
      bulletin: BulletinSchema,
      crashVector: CrashVectorSchema,
    },
    ['term', 'sequence'],
  ),
  defineMessage('StandingRequested', { life: CountSchema, attempt: CountSchema }, ['life', 'attempt']),
  defineMessage(
    'StandingTold',
    {
      life: CountSchema,
      attempt: CountSchema,
      term: CountSchema,
      ...lastEntry,
      returning: Schema.Boolean,
      crashVector: CrashVectorSchema,
    },
    ['life', 'attempt'],
  ),
];
