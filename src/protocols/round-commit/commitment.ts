/**
 * What a member knows to be decided.
 *
 * The leader counts who has stored an entry; so does every follower, from what all tell each other,
 * and learns of a decision one message delay before the leader could tell it.
 */
import type { ValueMap } from '../../kernel/codec.ts';
import type { HeldEntry, RoundCommitState } from './member.ts';
import { acknowledgedIndex, entryAt, heldIndex, termAt, verifiedIndex } from './rules.ts';
import { change, note } from './turn.ts';
import type { Turn } from './turn.ts';

/** Decided entries after `index` that this member can apply, in order. */
export function committedAfter({ log, commitIndex }: RoundCommitState, index: number): readonly HeldEntry[] {
  return log.filter((entry) => entry.index > index && entry.index <= commitIndex);
}

/** Moves the commit index on where it can be, and records what is decided by it. */
export function advanceCommit(turn: Turn): void {
  const { commitIndex } = turn.state;
  const next = Math.max(told(turn.state), counted(turn.state));
  if (next <= commitIndex) return;
  change(turn, { commitIndex: next });
  for (let index = commitIndex + 1; index <= next; index += 1) noteCommitted(turn, index);
}

/** What a leader said (Figure 2, AppendEntries RPC, receiver 5), as far as it can be applied here. */
function told(state: RoundCommitState): number {
  return Math.min(state.knownCommitted, verifiedIndex(state));
}

/**
 * The last N that a majority has stored and whose entry is of the current term (Figure 2, Leaders 4):
 * an entry of an earlier term is never decided by counting, only by one of this term behind it
 * (§5.4.2, Figure 8).
 */
function counted(state: RoundCommitState): number {
  const matches = [acknowledgedIndex(state), ...state.followers.map(({ matchIndex }) => matchIndex)].sort((a, b) => b - a);
  const agreed = state.standing === 'leader' ? heldIndex(state) : state.agreedIndex;
  const index = Math.min(matches[state.quorum - 1] ?? 0, agreed, verifiedIndex(state));
  return termAt(state, index) === state.term ? index : 0;
}

function noteCommitted(turn: Turn, index: number): void {
  const { state } = turn;
  const entry = entryAt(state, index);
  // What a checkpoint brought was recorded by whoever decided it.
  if (entry === undefined) return;
  const { term, decree } = entry;
  const named: ValueMap = {
    ...('round' in decree ? { round: decree.round } : {}),
    ...('model' in decree ? { model: decree.model.digest } : {}),
  };
  note(turn, 'entry-committed', { index, term, decree: decree.kind, ...named, members: state.members.length });
}
