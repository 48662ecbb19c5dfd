/**
 * A member and its disk: what it finds there at the beginning of a life, and what it may say once a
 * save is acknowledged.
 */
import type { ValueMap } from '../../kernel/codec.ts';
import type { Micros } from '../../kernel/time.ts';
import { acknowledge, noteReached } from './acknowledging.ts';
import { completeCheckpoints, newestCheckpoint } from './checkpoint-records.ts';
import type { StoredCheckpoint } from './checkpoint-records.ts';
import { takeCheckpointRecord } from './checkpoints.ts';
import { advanceCommit } from './commitment.ts';
import { withLife } from './crash-vector.ts';
import { indexOfLogKey, isVoteKey, leftoverKeys, newestVote, storedLog, storeVote } from './disk-records.ts';
import type { VoteRecord } from './disk-records.ts';
import { takeStoredVote } from './elections.ts';
import type { Outcome, OwedSave, RoundCommitState } from './member.ts';
import type { CommitteeOptions } from './options.ts';
import { sendStored } from './replication.ts';
import { payStandings } from './returning.ts';
import { acknowledgedIndex, heldIndex, voteIsStored } from './rules.ts';
import { change, note, store, turnOf } from './turn.ts';
import type { Turn } from './turn.ts';

/**
 * Takes what the disk kept of former lives. Where that may be less than what was promised, the member
 * is `returning` afterwards. `choose` says which of the complete checkpoints counts.
 */
export function restoreMember(
  state: RoundCommitState,
  records: ValueMap,
  damaged: readonly string[],
  options: { readonly trustDisk: boolean },
  nowUs: Micros,
  choose: (found: readonly StoredCheckpoint[]) => StoredCheckpoint | undefined = newestCheckpoint,
): Outcome {
  return turnOf(state, (turn) => {
    const vote = newestVote(records);
    const found = completeCheckpoints(records);
    takeRecords(turn, records, vote, choose(found));
    noteReached(turn);
    change(turn, { heardLeaderUs: nowUs });
    if (mayHaveForgotten(turn.state, records, damaged, options) || vote?.returning === true) beginReturning(turn);
    for (const key of leftoverKeys(records, turn.state)) store(turn, key, null);
    const { life, checkpoint, log, standing } = turn.state;
    note(turn, 'member-restored', {
      life,
      index: heldIndex(turn.state),
      checkpoint: checkpoint.index,
      round: checkpoint.round,
      checkpointsFound: found.map((one) => one.checkpoint.index),
      returning: standing === 'returning',
    });
    // A save that was not acknowledged before the crash may have reached the disk all the same.
    for (const { index, term } of log) note(turn, 'entry-stored', { index, term });
  });
}

function takeRecords(turn: Turn, records: ValueMap, vote: VoteRecord | undefined, chosen: StoredCheckpoint | undefined): void {
  const checkpoint = chosen?.checkpoint ?? turn.state.checkpoint;
  const log = storedLog(records, checkpoint);
  const sequence = vote?.sequence ?? 0;
  change(turn, {
    checkpoint,
    checkpointVersion: chosen?.version ?? 0,
    log,
    commitIndex: checkpoint.index,
    knownCommitted: checkpoint.index,
    // Of a rotten vote the log may still tell the term.
    term: Math.max(vote?.term ?? 0, log.at(-1)?.term ?? checkpoint.term),
    votedFor: vote?.votedFor ?? null,
    voteSequence: sequence,
    voteStored: sequence,
    mustReach: vote?.mustReach ?? null,
    crashVector: vote?.crashVector ?? turn.state.crashVector,
  });
}

/** Whether a record belongs to this protocol. */
export function ownsKey(key: string): boolean {
  return /^(?:vote-(?:even|odd)$|checkpoint-(?:even|odd)\/|log\/)/u.test(key);
}

/** Whether the member may have promised something in a former life that is not on its disk. */
function mayHaveForgotten(
  state: RoundCommitState,
  records: ValueMap,
  damaged: readonly string[],
  { trustDisk }: { readonly trustDisk: boolean },
): boolean {
  const kept = Object.keys(records).filter(ownsKey);
  return state.life > 0 && (!trustDisk || kept.length === 0 || !isOnlyTorn(state, kept, damaged.filter(ownsKey)));
}

/**
 * Whether the damage is what a crash in the middle of a save leaves: of a save that was not
 * acknowledged nothing was promised. That is the entry after the last one, one that a checkpoint
 * makes obsolete, one of the two slots of the vote, or a part of the checkpoint that was being written,
 * without which the log still begins where the other one ends. A record that rotted later can look the
 * same: against rot a member must not trust its disk.
 */
function isOnlyTorn(state: RoundCommitState, kept: readonly string[], damaged: readonly string[]): boolean {
  const last = heldIndex(state);
  const hasGap = kept.some((key) => (indexOfLogKey(key) ?? 0) > last);
  const isNeeded = (key: string): boolean => {
    const index = indexOfLogKey(key) ?? last + 1;
    return index !== last + 1 && index > state.checkpoint.index;
  };
  return !hasGap && !damaged.some(isNeeded) && damaged.filter(isVoteKey).length < 2;
}

/** That memory was lost must be known on disk before anything else is, or a further crash would hide it. */
function beginReturning(turn: Turn): void {
  const { self, life } = turn.state;
  change(turn, { standing: 'returning', crashVector: withLife(turn.state, self, life) });
  storeVote(turn);
}

/** A save of this protocol is on disk. */
export function takeSaved(
  state: RoundCommitState,
  key: string,
  ticket: string,
  _options: CommitteeOptions,
  nowUs: Micros,
): Outcome {
  return turnOf(state, (turn) => {
    const owed = state.owedSaves.find((one) => one.key === key && one.ticket === ticket);
    // A later save of the same key has taken its place.
    if (owed === undefined) return;
    change(turn, { owedSaves: state.owedSaves.filter((one) => one !== owed) });
    const index = indexOfLogKey(key);
    if (index !== undefined) takeStoredEntry(turn, index);
    else if (isVoteKey(key)) takeVoteRecord(turn, owed, nowUs);
    else takeCheckpointRecord(turn, key);
  });
}

function takeVoteRecord(turn: Turn, { value }: OwedSave, nowUs: Micros): void {
  const before = acknowledgedIndex(turn.state);
  const { sequence } = value as unknown as VoteRecord;
  change(turn, { voteStored: Math.max(turn.state.voteStored, sequence) });
  if (!voteIsStored(turn.state)) return;
  takeStoredVote(turn, nowUs);
  payStandings(turn);
  advanceCommit(turn);
  acknowledge(turn, before);
}

function takeStoredEntry(turn: Turn, index: number): void {
  const before = acknowledgedIndex(turn.state);
  const entry = turn.state.log.find((held) => held.index === index);
  // A removal, or the record of an entry that a checkpoint has replaced.
  if (entry === undefined || !entry.verified) return;
  change(turn, { log: turn.state.log.map((held) => (held === entry ? { ...entry, stored: true } : held)) });
  note(turn, 'entry-stored', { index, term: entry.term });
  noteReached(turn);
  if (turn.state.standing === 'leader') return sendStored(turn);
  advanceCommit(turn);
  if (acknowledgedIndex(turn.state) > before) acknowledge(turn, before);
}

/** The disk refused a save; it is owed still. */
export function takeSaveFailed(state: RoundCommitState, key: string, ticket: string): Outcome {
  const owedSaves = state.owedSaves.map((owed) => (owed.key === key && owed.ticket === ticket ? { ...owed, failed: true } : owed));
  return { state: { ...state, owedSaves }, commands: [] };
}

/** Tries the saves again that the disk refused, in their order. */
export function saveAgain(state: RoundCommitState): Outcome {
  const failed = state.owedSaves.filter((owed) => owed.failed);
  const commands = failed.map(({ key, value, ticket }) => ({ type: 'save' as const, key, value, ticket }));
  return { state: { ...state, owedSaves: state.owedSaves.map((owed) => ({ ...owed, failed: false })) }, commands };
}
