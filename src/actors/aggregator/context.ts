/**
 * What an aggregator holds: its seat in the committee, the workers that it serves, and, while it
 * leads, what the others offer.
 *
 * Durable is only what the committee decides (protocols/round-commit keeps it on disk): the model of
 * each round, who takes part, and the end. Updates of an open round are in memory; workers keep
 * theirs until the next round opens, so that whoever takes a worker over asks it again.
 */
import type { StartInput } from '../../kernel/contract.ts';
import type { BlobRef } from '../../kernel/blobs.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import type { MembershipMessage } from '../../protocols/membership/messages.ts';
import type { Pulse } from '../../protocols/membership/suspicion.ts';
import { firstLedger } from '../../protocols/round-commit/ledger.ts';
import type { RoundCommitState } from '../../protocols/round-commit/member.ts';
import type { CheckpointState, RoundCommitMessage } from '../../protocols/round-commit/messages.ts';
import { committeeOptionsOf } from '../../protocols/round-commit/options.ts';
import type { CommitteeOptions } from '../../protocols/round-commit/options.ts';
import { firstMember } from '../../protocols/round-commit/start.ts';
import type { SignedFrame } from '../../protocols/signed-frames.ts';
import type { TrainingMessage } from '../../protocols/training/messages.ts';
import { declaredCount, trainingOptionsOf } from '../../protocols/training/options.ts';
import type { TrainingOptions } from '../../protocols/training/options.ts';
import type { PartOffered, WorkSharingMessage } from '../../protocols/work-sharing/messages.ts';
import type { ServedWorker } from '../../protocols/work-sharing/rules.ts';
import type { RoleEvent } from '../define.ts';
import { firstPresence } from '../presence.ts';
import type { Leaving, WithPresence } from '../presence.ts';
import { rosterOf } from '../roster.ts';
import type { Roster } from '../roster.ts';

/** A worker that asked to take part, on its way into the ledger. */
export type Applicant = { readonly node: NodeId; readonly attempt: number };
/** Another member as a leader watches it. */
export type WatchedMember = { readonly node: NodeId; readonly pulse: Pulse; readonly suspected: boolean };
/** What a worker said to this aggregator as its witness, for one round. */
export type Claim = { readonly node: NodeId; readonly round: number; readonly frame: SignedFrame };
/** A part as the leader holds it. */
export type OfferedPart = PartOffered & { readonly node: NodeId };
/** A request for updates that is under way; its attempt is 0 until it is sent. */
export type Fetch = {
  readonly node: NodeId;
  readonly round: number;
  readonly attempt: number;
  readonly digests: readonly string[];
  readonly askedUs: Micros;
};
/** Two frames by which a worker contradicts itself. */
export type Proof = { readonly node: NodeId; readonly frames: readonly SignedFrame[] };

export interface AggregatorContext extends WithPresence {
  readonly options: TrainingOptions;
  readonly committee: CommitteeOptions;
  readonly publicKeys: { readonly [node: NodeId]: string };
  readonly declaredWorkers: number;
  readonly agreement: RoundCommitState;
  /** What is decided, as far as this member has learned. */
  readonly ledger: CheckpointState;
  /** Who led last, as far as this member has heard; null while that was nobody, or this member itself. */
  readonly ledBy: NodeId | null;

  // As a member.
  readonly workers: Roster<ServedWorker>;
  /** The list of serving members that `workers` follows from. */
  readonly dividedBy: { readonly term: number; readonly version: number };
  /** The round that this member collects for; 0 while none is open. */
  readonly openRound: number;
  /** The part that was offered last; null before the first. */
  readonly offered: OfferedPart | null;
  /** Every part that was offered for the open round: a leader may have added up an earlier one than the last. */
  readonly offers: readonly { readonly round: number; readonly samples: number; readonly fingerprint: number }[];
  /** The newest request of the leader, which wants a part as it stands. */
  readonly requested: { readonly term: number; readonly round: number; readonly attempt: number };
  /** What the part under way is for; null while none is made. */
  readonly making: {
    readonly key: string;
    readonly term: number;
    readonly version: number;
    readonly round: number;
    readonly attempt: number;
  } | null;
  /** Counts tasks, so that no two under way have one key. */
  readonly attempts: number;
  /** Updates of late rounds, for rules that are no sums: its own workers', and what others gave. */
  readonly held: readonly { readonly round: number; readonly update: BlobRef }[];
  /** Requests for updates, at most one a peer. */
  readonly fetches: Roster<Fetch>;
  /** Who could not give which update. */
  readonly lacking: readonly { readonly node: NodeId; readonly digest: string }[];
  readonly claims: Roster<Claim>;
  readonly proofs: Roster<Proof>;
  /** The entry that is being recomputed; null while none is. */
  readonly verifying: { readonly index: number; readonly term: number; readonly key: string } | null;

  // As the leader.
  readonly applicants: Roster<Applicant>;
  readonly watched: Roster<WatchedMember>;
  readonly parts: Roster<OfferedPart>;
  /** Counts requests for parts in one round. */
  readonly requests: number;
  readonly overdue: boolean;
  /** The parts whose merge is under way; null while none is. */
  readonly merging: { readonly key: string; readonly parts: readonly OfferedPart[] } | null;
  /** Clients that want to hear of rounds and of the end. */
  readonly followers: readonly NodeId[];
  readonly evaluating: number;
  /** The newest round whose evaluation is done or cannot be. */
  readonly evaluated: number;
  readonly failedSaves: number;
  /** The oldest save that a leader waits for, and since when it knows that it does; null while it waits for none. */
  readonly oldestSave: { readonly key: string; readonly sinceUs: Micros } | null;
  /** When this node looked last for who fell silent; null before the first time. */
  readonly checkedUs: Micros | null;
  /** Why the training is to end before its last round; null while it is not. */
  readonly stopReason: string | null;
}

export type AggregatorEvent = RoleEvent<
  MembershipMessage | TrainingMessage | RoundCommitMessage | WorkSharingMessage,
  Leaving
>;
export type Step = { readonly context: AggregatorContext; readonly event: AggregatorEvent };

export function firstContext(input: StartInput): AggregatorContext {
  const { self, incarnation, config } = input;
  const committee = committeeOptionsOf(config);
  const { aggregator = [] } = config['known'] as { readonly [role: string]: readonly NodeId[] };
  return {
    presence: firstPresence(input),
    options: trainingOptionsOf(config),
    committee,
    publicKeys: config['publicKeys'] as { readonly [node: NodeId]: string },
    declaredWorkers: declaredCount(config, 'worker'),
    agreement: { ...firstMember(self, aggregator, incarnation), quorum: committee.quorum },
    ledger: firstLedger(),
    ledBy: null,
    workers: rosterOf<ServedWorker>([]),
    dividedBy: { term: 0, version: 0 },
    openRound: 0,
    offered: null,
    offers: [],
    requested: { term: 0, round: 0, attempt: 0 },
    making: null,
    attempts: 0,
    held: [],
    fetches: rosterOf<Fetch>([]),
    lacking: [],
    claims: rosterOf<Claim>([]),
    proofs: rosterOf<Proof>([]),
    verifying: null,
    applicants: rosterOf<Applicant>([]),
    watched: rosterOf<WatchedMember>([]),
    parts: rosterOf<OfferedPart>([]),
    requests: 0,
    overdue: false,
    merging: null,
    followers: [],
    evaluating: 0,
    evaluated: 0,
    failedSaves: 0,
    oldestSave: null,
    checkedUs: null,
    stopReason: null,
  };
}

/** Whether this member leads the committee. */
export const leads = ({ agreement }: AggregatorContext): boolean => agreement.standing === 'leader';
/** Whether the training has been decided to be over. */
export const isOver = ({ ledger, options }: AggregatorContext): boolean =>
  ledger.stopReason !== null || ledger.round >= options.rounds;
