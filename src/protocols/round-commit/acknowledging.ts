/** How a follower says what it holds: to the leader, and to the others, who count majorities, too. */
import { acknowledgedIndex, isAtLeastAsAdvanced, lastStoredOf, voteIsStored } from './rules.ts';
import { change, say, sayToOthers } from './turn.ts';
import type { Turn } from './turn.ts';

/**
 * Answers the leader's newest frame. `before` is what this member had acknowledged when the turn
 * began; when that grew, the others hear of it as well. Says nothing while the term is not on disk:
 * the answer follows once it is.
 */
export function acknowledge(turn: Turn, before: number): void {
  const { leader, standing, term, sequence, crashVector } = turn.state;
  if (leader === null || standing !== 'follower' || !voteIsStored(turn.state)) return;
  const index = acknowledgedIndex(turn.state);
  say(turn, leader, { kind: 'EntriesAnswered', term, sequence, accepted: true, index, crashVector });
  if (index > before) sayToOthers(turn, { kind: 'EntriesStored', term, index, crashVector }, leader);
}

/** A member that returned is whole again once its disk holds what it may have promised. */
export function noteReached(turn: Turn): void {
  const { mustReach } = turn.state;
  if (mustReach !== null && isAtLeastAsAdvanced(lastStoredOf(turn.state), mustReach)) change(turn, { mustReach: null });
}
