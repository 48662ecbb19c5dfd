/**
 * The leader's side of the log (Figure 2, Rules for Servers, Leaders).
 *
 * A leader sends an entry once it is on its own disk, at once and to everybody, without waiting for
 * answers to earlier frames. Frames of one connection keep their order; what a broken connection lost
 * shows when a later frame does not fit, and is sent again then.
 */
import type { BlobRef } from '../../kernel/blobs.ts';
import { present } from '../../kernel/assert.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import { advanceCommit } from './commitment.ts';
import { namesModel } from './decrees.ts';
import type { Decree } from './decrees.ts';
import { storeEntry } from './disk-records.ts';
import type { Follower, HeldEntry, Outcome, RoundCommitState } from './member.ts';
import { entriesPerFrameMax } from './messages.ts';
import type { Bulletin, EntriesAnswered, Evidence } from './messages.ts';
import type { CommitteeOptions } from './options.ts';
import { heldIndex, storedIndex, termAt, withFollower } from './rules.ts';
import { resign } from './terms.ts';
import { change, say, turnOf } from './turn.ts';
import type { Turn } from './turn.ts';

/** Proposes a decree, while this member leads. `model` is the blob of the model that it names. */
export function propose(
  state: RoundCommitState,
  decree: Decree,
  evidence: Evidence | null,
  model: BlobRef | null,
  _nowUs: Micros,
): Outcome {
  return turnOf(state, (turn) => {
    if (state.standing === 'leader') appendEntry(turn, decree, evidence, model);
  });
}

/** Appends an entry of this leader's term and saves it; it is sent once it is on disk. */
export function appendEntry(turn: Turn, decree: Decree, evidence: Evidence | null, model: BlobRef | null): void {
  const { term, log } = turn.state;
  const index = heldIndex(turn.state) + 1;
  const entry: HeldEntry = { index, term, decree, evidence, verified: true, stored: false, model, disputed: false };
  change(turn, { log: [...log, entry] });
  storeEntry(turn, entry);
}

/** Gives an entry the evidence that it is sent with; a new leader holds models that others proposed. */
export function offerEvidence(state: RoundCommitState, index: number, evidence: Evidence): RoundCommitState {
  return { ...state, log: state.log.map((entry) => (entry.index === index ? { ...entry, evidence } : entry)) };
}

/** Tells everybody at once who serves. */
export function publish(state: RoundCommitState, bulletin: Bulletin, _nowUs: Micros): Outcome {
  return turnOf(state, (turn) => {
    if (state.standing !== 'leader') return;
    change(turn, { bulletin });
    sendToAll(turn);
  });
}

/**
 * Time for the leader to say that it leads. One that has heard no majority for two election time-outs
 * may have been replaced, and gives up (dissertation §6.2).
 */
export function heartbeatDue(state: RoundCommitState, options: CommitteeOptions, nowUs: Micros): Outcome {
  return turnOf(state, (turn) => {
    if (state.standing !== 'leader') return;
    const heard = state.followers.filter(({ answeredUs }) => nowUs - answeredUs <= 2 * options.electionTimeout).length;
    if (heard + 1 < state.quorum) resign(turn);
    else sendToAll(turn);
  });
}

/** A leader that can save nothing can decide nothing, and leaves it to others; a no-op for everybody else. */
export function giveUpLead(state: RoundCommitState, reason: string): Outcome {
  return turnOf(state, (turn) => {
    if (state.standing === 'leader') resign(turn, reason);
  });
}

/** Sends a frame to every other member, with what it lacks or empty. */
function sendToAll(turn: Turn): void {
  for (const { node } of turn.state.followers) sendFrame(turn, node);
}

/** More of the leader's log is on its disk: what others lack of it goes out, and may be decided by it. */
export function sendStored(turn: Turn): void {
  const stored = storedIndex(turn.state);
  for (const { node, nextIndex } of turn.state.followers) if (nextIndex <= stored) sendFrame(turn, node);
  advanceCommit(turn);
}

function followerOf({ followers }: RoundCommitState, node: NodeId): Follower {
  return present(followers.find((one) => one.node === node), `${node} among the members`);
}

/** Sends entries from the follower's nextIndex on, or the checkpoint if they are gone (§7). */
function sendFrame(turn: Turn, node: NodeId): void {
  const { checkpoint } = turn.state;
  const sequence = turn.state.sequence + 1;
  change(turn, { sequence });
  if (followerOf(turn.state, node).nextIndex <= checkpoint.index) {
    const { term, bulletin, crashVector } = turn.state;
    say(turn, node, { kind: 'CheckpointSent', term, sequence, checkpoint, bulletin, crashVector });
    advance(turn, node, checkpoint.index + 1);
  } else {
    sendEntries(turn, node, sequence);
  }
}

function sendEntries(turn: Turn, node: NodeId, sequence: number): void {
  const { term, log, commitIndex, bulletin, crashVector } = turn.state;
  const { nextIndex } = followerOf(turn.state, node);
  const last = Math.min(storedIndex(turn.state), nextIndex - 1 + entriesPerFrameMax);
  const sent = log.filter(({ index }) => index >= nextIndex && index <= last);
  const previousIndex = nextIndex - 1;
  say(turn, node, {
    kind: 'EntriesAppended',
    term,
    sequence,
    previousIndex,
    previousTerm: present(termAt(turn.state, previousIndex), `the term of entry ${previousIndex}`),
    entries: sent.map(({ index, term: entryTerm, decree }) => ({ index, term: entryTerm, decree })),
    evidence: sent.flatMap((entry) => evidenceOf(entry, commitIndex)),
    commitIndex,
    bulletin,
    crashVector,
  });
  advance(turn, node, nextIndex + sent.length);
}

/**
 * What goes with an entry: its evidence, or the model itself where there is none any more. What is
 * decided needs no more recomputing, and with models alone a member that lags far behind is sent
 * frames that stay small.
 */
function evidenceOf({ index, decree, evidence, model }: HeldEntry, commitIndex: number): { index: number; evidence: Evidence }[] {
  if (evidence !== null && (index > commitIndex || model === null)) return [{ index, evidence }];
  return namesModel(decree) && model !== null ? [{ index, evidence: { kind: 'model', model } }] : [];
}

function advance(turn: Turn, node: NodeId, nextIndex: number): void {
  change(turn, { followers: withFollower(turn.state.followers, node, { nextIndex }) });
}

/** An answer to a frame of this leader (Figure 2, Leaders 3 and 4). */
export function hearAnswer(turn: Turn, from: NodeId, { term, sequence, accepted, index }: EntriesAnswered, nowUs: Micros): void {
  const { state } = turn;
  if (state.standing !== 'leader' || term !== state.term) return;
  change(turn, { followers: withFollower(state.followers, from, { answeredUs: nowUs }) });
  const follower = followerOf(turn.state, from);
  if (accepted) takeAcknowledgement(turn, follower, Math.min(index, heldIndex(state)));
  // Frames sent before the last step back are refused for the reason that was met by it.
  else if (sequence >= follower.repairSequence && index < follower.nextIndex) stepBack(turn, follower, Math.max(index, 1));
}

/** Leaders 3, if successful: update nextIndex and matchIndex. */
function takeAcknowledgement(turn: Turn, { node, nextIndex, matchIndex }: Follower, index: number): void {
  const match = Math.max(matchIndex, index);
  const next = Math.max(nextIndex, match + 1);
  change(turn, { followers: withFollower(turn.state.followers, node, { matchIndex: match, nextIndex: next }) });
  advanceCommit(turn);
  if (next <= storedIndex(turn.state)) sendFrame(turn, node);
}

/** Leaders 3, if refused: decrement nextIndex (here to where the follower says) and retry. */
function stepBack(turn: Turn, { node }: Follower, nextIndex: number): void {
  change(turn, {
    followers: withFollower(turn.state.followers, node, { nextIndex, repairSequence: turn.state.sequence + 1 }),
  });
  sendFrame(turn, node);
}
