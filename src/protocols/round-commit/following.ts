/**
 * What a member does with the frames of its leader (Figure 2, AppendEntries RPC; Figure 13).
 *
 * Every frame is answered at once, so that the leader knows who hears it; entries are acknowledged
 * when they are verified and on disk, by further answers.
 */
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import { acknowledge } from './acknowledging.ts';
import { installCheckpoint } from './checkpoints.ts';
import { advanceCommit } from './commitment.ts';
import { logKey } from './disk-records.ts';
import type { HeldEntry, RoundCommitState } from './member.ts';
import type { CheckpointSent, EntriesAppended, Entry } from './messages.ts';
import { acknowledgedIndex, entryAt, heldIndex, termAt, withFollower } from './rules.ts';
import { change, refuse, say, store } from './turn.ts';
import type { Turn } from './turn.ts';
import { acceptPlain } from './verification.ts';

/** AppendEntries RPC. The caller has entered the message's term if that was later. */
export function hearEntries(turn: Turn, from: NodeId, message: EntriesAppended, nowUs: Micros): void {
  if (!follow(turn, from, message, nowUs)) return;
  const { previousIndex, previousTerm, entries, commitIndex } = message;
  if (entries.some(({ index }, place) => index !== previousIndex + 1 + place)) return refuse(turn, 'malformedEntries', { from });
  const before = acknowledgedIndex(turn.state);
  // Receiver 2: reply false if log doesn't contain an entry at prevLogIndex whose term matches prevLogTerm.
  if (!agreesAt(turn.state, previousIndex, previousTerm)) return refuseFrame(turn, from, previousIndex);
  const conflict = entries.find((entry) => conflicts(turn.state, entry));
  if (conflict !== undefined && conflict.index <= turn.state.commitIndex) {
    return refuse(turn, 'conflictsWithDecided', { from, index: conflict.index });
  }
  // Receiver 3: if an existing entry conflicts with a new one, delete it and all that follow it.
  if (conflict !== undefined) truncateFrom(turn, conflict.index);
  // Receiver 4: append any new entries not already in the log.
  takeEntries(turn, message);
  learnOfLeader(turn, from, previousIndex + entries.length, commitIndex);
  acceptPlain(turn);
  advanceCommit(turn);
  acknowledge(turn, before);
}

/** InstallSnapshot RPC. */
export function hearCheckpoint(turn: Turn, from: NodeId, message: CheckpointSent, nowUs: Micros): void {
  if (!follow(turn, from, message, nowUs)) return;
  const before = acknowledgedIndex(turn.state);
  installCheckpoint(turn, message.checkpoint, from);
  const { index } = message.checkpoint;
  learnOfLeader(turn, from, index, index);
  acceptPlain(turn);
  advanceCommit(turn);
  acknowledge(turn, before);
}

/** Takes the sender for the leader of its term. False when it is not: it is late, or a second one. */
function follow(turn: Turn, from: NodeId, { term, sequence, bulletin }: EntriesAppended | CheckpointSent, nowUs: Micros): boolean {
  const { state } = turn;
  // Receiver 1: reply false if term < currentTerm.
  if (term < state.term) {
    const { crashVector } = state;
    say(turn, from, { kind: 'EntriesAnswered', term: state.term, sequence, accepted: false, index: heldIndex(state) + 1, crashVector });
    return false;
  }
  // Election Safety (Figure 3) excludes it; only a member that breaks the protocol can do it.
  if (state.standing === 'leader' || (state.leader !== null && state.leader !== from)) {
    refuse(turn, 'secondLeader', { from, term });
    return false;
  }
  // Rules for Servers, Candidates 3: on AppendEntries from a new leader, convert to follower.
  change(turn, { standing: 'follower', leader: from, heardLeaderUs: nowUs, grantedBy: [], sequence, bulletin });
  turn.heard = true;
  return true;
}

/** Whether the log has an entry of this term there. What is decided agrees with every leader's log. */
function agreesAt(state: RoundCommitState, index: number, term: number): boolean {
  return index < state.checkpoint.index || termAt(state, index) === term;
}

/**
 * Refuses a frame, and says where the logs may agree: at the end of a shorter log, or before all
 * entries of the term that conflicts (§5.3, last part), but not before what is decided.
 */
function refuseFrame(turn: Turn, from: NodeId, previousIndex: number): void {
  const { state } = turn;
  const { term, sequence, crashVector } = state;
  const index = Math.min(previousIndex, heldIndex(state) + 1);
  const conflicting = termAt(state, index);
  const first = state.log.find((entry) => entry.term === conflicting)?.index ?? index;
  const next = Math.min(index, Math.max(first, state.commitIndex + 1));
  say(turn, from, { kind: 'EntriesAnswered', term, sequence, accepted: false, index: next, crashVector });
}

function conflicts(state: RoundCommitState, { index, term }: Entry): boolean {
  const held = entryAt(state, index);
  return held !== undefined && held.term !== term;
}

/** Deletes the entries from `index` on, from memory and, where they were saved, from the disk. */
function truncateFrom(turn: Turn, index: number): void {
  const { log, agreedIndex } = turn.state;
  change(turn, { log: log.filter((entry) => entry.index < index), agreedIndex: Math.min(agreedIndex, index - 1) });
  for (const entry of log) if (entry.index >= index && entry.verified) store(turn, logKey(entry.index), null);
}

function takeEntries(turn: Turn, { entries, evidence }: EntriesAppended): void {
  const log = [...turn.state.log];
  const { index: first } = turn.state.checkpoint;
  for (const { index, term, decree } of entries) {
    if (index <= first) continue;
    const place = index - first - 1;
    const brought = evidence.find((one) => one.index === index)?.evidence ?? null;
    const held = log[place];
    const fresh: HeldEntry = { index, term, decree, evidence: brought, verified: false, stored: false, model: null, disputed: false };
    log[place] = held === undefined ? fresh : { ...held, evidence: held.evidence ?? brought };
  }
  change(turn, { log });
}

/** The leader stores what it sends, so a frame tells of its disk as well as of its log. */
function learnOfLeader(turn: Turn, leader: NodeId, upTo: number, commitIndex: number): void {
  const { state } = turn;
  const matchIndex = Math.max(upTo, state.followers.find(({ node }) => node === leader)?.matchIndex ?? 0);
  change(turn, {
    agreedIndex: Math.max(state.agreedIndex, upTo),
    knownCommitted: Math.max(state.knownCommitted, Math.min(commitIndex, upTo)),
    followers: withFollower(state.followers, leader, { matchIndex }),
  });
}
