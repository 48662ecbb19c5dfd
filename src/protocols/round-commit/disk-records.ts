/**
 * The records of a member's disk, but for its checkpoints: term and vote, and the log.
 *
 * Term and vote stand in two slots in turns, so that a torn write leaves the version before. Each
 * entry of the log is a record of its own that also names the term before it: a chain, so that a
 * leftover of a replaced tail is never taken for the continuation of what replaced it.
 */
import type { BlobRef } from '../../kernel/blobs.ts';
import type { Value, ValueMap } from '../../kernel/codec.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { HeldEntry, LogPosition, RoundCommitState } from './member.ts';
import type { CheckpointState, CrashVector, Entry } from './messages.ts';
import { termAt } from './rules.ts';
import { change, store } from './turn.ts';
import type { Turn } from './turn.ts';

const voteSlots = ['vote-even', 'vote-odd'] as const;

/** What must survive a crash beside the log (Figure 2, persistent state), and what returning needs. */
export type VoteRecord = {
  readonly sequence: number;
  readonly term: number;
  readonly votedFor: NodeId | null;
  readonly returning: boolean;
  readonly mustReach: LogPosition | null;
  readonly crashVector: CrashVector;
};

export type LogRecord = Entry & { readonly previousTerm: number; readonly model: BlobRef | null };

export function isVoteKey(key: string): boolean {
  return key.startsWith('vote-');
}

export function logKey(index: number): string {
  return `log/${String(index).padStart(12, '0')}`;
}

/** The index that a record of the log stands for; undefined for other records. */
export function indexOfLogKey(key: string): number | undefined {
  return key.startsWith('log/') ? Number(key.slice('log/'.length)) : undefined;
}

/** Saves term and vote as they stand now. */
export function storeVote(turn: Turn): void {
  const { state } = turn;
  const sequence = state.voteSequence + 1;
  const { term, votedFor, mustReach, crashVector } = state;
  const record: VoteRecord = { sequence, term, votedFor, returning: state.standing === 'returning', mustReach, crashVector };
  change(turn, { voteSequence: sequence });
  store(turn, voteSlots[sequence % voteSlots.length]!, record as Value);
}

/** The newest term and vote on a disk; undefined when there is none. */
export function newestVote(records: ValueMap): VoteRecord | undefined {
  const found = voteSlots.flatMap((slot) => (records[slot] === undefined ? [] : [records[slot] as unknown as VoteRecord]));
  return found.sort((a, b) => b.sequence - a.sequence)[0];
}

/** Saves an entry that the member has verified. */
export function storeEntry(turn: Turn, { index, term, decree, model }: HeldEntry): void {
  const record: LogRecord = { index, term, previousTerm: termAt(turn.state, index - 1) ?? 0, decree, model };
  store(turn, logKey(index), record as unknown as Value);
}

/** The entries of a disk that follow a checkpoint without a gap and in one chain of terms. */
export function storedLog(records: ValueMap, checkpoint: CheckpointState): readonly HeldEntry[] {
  const log: HeldEntry[] = [];
  let previousTerm = checkpoint.term;
  for (let index = checkpoint.index + 1; ; index += 1) {
    const record = records[logKey(index)] as unknown as LogRecord | undefined;
    if (record === undefined || record.previousTerm !== previousTerm) return log;
    const { term, decree, model } = record;
    log.push({ index, term, decree, evidence: null, verified: true, stored: true, model, disputed: false });
    previousTerm = term;
  }
}

/** Records of the log that a disk holds beside the entries of `state`. */
export function leftoverKeys(records: ValueMap, state: RoundCommitState): readonly string[] {
  const kept = new Set(state.log.map(({ index }) => logKey(index)));
  return Object.keys(records).filter((key) => indexOfLogKey(key) !== undefined && !kept.has(key)).sort();
}
