/** How a member moves to a later term, and how a leader gives up its place. */
import type { NodeId } from '../../kernel/ids.ts';
import { storeVote } from './disk-records.ts';
import type { Standing } from './member.ts';
import { change, note } from './turn.ts';
import type { Turn } from './turn.ts';

/**
 * Enters a later term with a vote, or with none yet (Figure 2, Rules for Servers, All Servers 2). What
 * others acknowledged and whom this member followed belongs to the term before.
 */
export function enterTerm(turn: Turn, term: number, votedFor: NodeId | null, standing: Standing = 'follower'): void {
  if (turn.state.standing === 'leader') noteSteppedDown(turn, 'higherTerm');
  change(turn, {
    term,
    votedFor,
    standing,
    voteOwed: null,
    leader: null,
    grantedBy: [],
    sequence: 0,
    agreedIndex: 0,
    followers: turn.state.followers.map((follower) => ({ ...follower, nextIndex: 1, matchIndex: 0, repairSequence: 0 })),
  });
  storeVote(turn);
}

/** A leader that hears no majority follows again, without a leader (dissertation §6.2). */
export function resign(turn: Turn, reason = 'noMajority'): void {
  noteSteppedDown(turn, reason);
  change(turn, { standing: 'follower', leader: null });
}

function noteSteppedDown(turn: Turn, reason: string): void {
  note(turn, 'leader-stepped-down', { term: turn.state.term, reason });
}
