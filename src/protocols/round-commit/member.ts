/**
 * What one member of a committee knows: Raft's state (Figure 2), and what is needed beside it here.
 *
 * Everything is a plain value. The functions of this room take such a state and an input and give the
 * next state and commands as data; the aggregator's chart decides when to call which.
 */
import type { BlobRef } from '../../kernel/blobs.ts';
import type { RecordCommand, RejectCommand, SaveCommand, SendCommand } from '../../kernel/contract.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import type { Value } from '../../kernel/codec.ts';
import type { Bulletin, CheckpointState, CrashVector, Entry, Evidence } from './messages.ts';

/**
 * - `returning`: restarted with a memory that may be incomplete; it may not vote or stand yet;
 * - `follower`, `candidate`, `leader`: as in Raft; `asking` is a follower that asks for pre-votes.
 */
export type Standing = 'returning' | 'follower' | 'asking' | 'candidate' | 'leader';

/** An entry of the log as one member holds it. */
export type HeldEntry = Entry & {
  /** What came with it to recompute it from; null when nothing is needed or nothing came. */
  readonly evidence: Evidence | null;
  /** Whether this member has recomputed what the entry decides. Only then it is saved. */
  readonly verified: boolean;
  /** Whether it is on this member's disk. */
  readonly stored: boolean;
  /** The model that the entry names, once this member holds it; null for entries that name none. */
  readonly model: BlobRef | null;
  /** Whether this member recomputed it and found something else; it is never verified then. */
  readonly disputed: boolean;
};

/** What a leader knows of another member (Figure 2: nextIndex, matchIndex), and when it heard of it. */
export type Follower = {
  readonly node: NodeId;
  readonly nextIndex: number;
  /** Entries up to here are on its disk in this term's log. Followers keep this of each other and of the leader, too. */
  readonly matchIndex: number;
  /** When it answered this leader last, on this member's clock. */
  readonly answeredUs: Micros;
  /**
   * The frame by which the leader last went back to where the logs may agree. Frames of one connection
   * keep their order, so a refusal of an earlier frame is answered by that one already.
   */
  readonly repairSequence: number;
};

/** A save that is not acknowledged. Of each key only the newest is owed. */
export type OwedSave = {
  readonly key: string;
  readonly value: Value;
  readonly ticket: string;
  /** Whether the disk refused it; it is tried again. */
  readonly failed: boolean;
};

/** A checkpoint on its way to the disk. */
export type SavingCheckpoint = {
  readonly checkpoint: CheckpointState;
  /** Records that are not acknowledged; the header follows once none is missing. */
  readonly missing: readonly string[];
  /** The leader that sent it; null for one of the member's own. */
  readonly from: NodeId | null;
  /** Records of the log that it makes obsolete. */
  readonly obsolete: readonly string[];
};

/** Where a log ends. */
export type LogPosition = { readonly lastTerm: number; readonly lastIndex: number };
export type Standpoint = LogPosition & { readonly term: number };

export type RoundCommitState = {
  readonly self: NodeId;
  /** All members, in id order, `self` included. */
  readonly members: readonly NodeId[];
  /** How many members make a majority: more than half. */
  readonly quorum: number;
  readonly life: number;
  readonly standing: Standing;
  /** Figure 2, persistent. Their record is written in two slots in turns; `voteSequence` counts its versions. */
  readonly term: number;
  readonly votedFor: NodeId | null;
  readonly voteSequence: number;
  /** The newest version of that record that is on disk; nothing that depends on a newer one is sent. */
  readonly voteStored: number;
  /** Whom to answer with a granted vote once it is on disk; null when nobody waits. */
  readonly voteOwed: NodeId | null;
  /** Entries after `checkpoint.index`, without gaps. */
  readonly log: readonly HeldEntry[];
  /** Committed state up to where the log begins; index 0 before there is any. */
  readonly checkpoint: CheckpointState;
  /** Counts checkpoints that are complete on disk; its parity tells the slot of the newest. */
  readonly checkpointVersion: number;
  /** A checkpoint on its way to the disk; null when none is. One of the leader's is in `checkpoint` at once. */
  readonly savingCheckpoint: SavingCheckpoint | null;
  readonly commitIndex: number;
  /** Where a leader said that it had committed, as far as this log agrees with its own. */
  readonly knownCommitted: number;
  /** Up to where this log is known to agree with that of the leader of this term. */
  readonly agreedIndex: number;
  readonly leader: NodeId | null;
  /** When a frame of the leader came last. */
  readonly heardLeaderUs: Micros;
  readonly bulletin: Bulletin;
  /** Who granted the vote or pre-vote that is asked for now. */
  readonly grantedBy: readonly NodeId[];
  /** Counts pre-votes, votes and questions where everybody stands. */
  readonly attempt: number;
  /** Counts a leader's frames; at a follower, the newest that it heard. */
  readonly sequence: number;
  /** The other members, in id order. */
  readonly followers: readonly Follower[];
  /** While returning: what others told, and whether they were returning too. */
  readonly told: readonly (Standpoint & { readonly node: NodeId; readonly returning: boolean })[];
  /**
   * The log that this member may have promised before it lost its memory: it votes only for logs that
   * are at least as advanced, and stands only once its own is. Null when it lost nothing.
   */
  readonly mustReach: LogPosition | null;
  /** See messages.ts; at its own place stands the life in which this member last had to return. */
  readonly crashVector: CrashVector;
  /** Who asked where this member stands and waits until it is on disk that they had lost their memory. */
  readonly standingsOwed: readonly { readonly node: NodeId; readonly life: number; readonly attempt: number }[];
  /** Saves that are not acknowledged, in the order in which they were issued. */
  readonly owedSaves: readonly OwedSave[];
  /** Counts saves of this life, to tell them apart. */
  readonly saveSequence: number;
};

export type RoundCommitCommand = SendCommand | SaveCommand | RecordCommand | RejectCommand;

/** What a function of this room gives back. */
export interface Outcome {
  readonly state: RoundCommitState;
  readonly commands: readonly RoundCommitCommand[];
  /** Whether the wait for an election begins anew (Figure 2, Rules for Servers, Followers). */
  readonly heard?: boolean;
}
