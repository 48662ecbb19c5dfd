/**
 * Promises that their maker has forgotten, and how others learn not to count them.
 *
 * A member that lost its memory asks the others where everybody stands before it promises anything
 * again (returning.ts). That alone is not enough: a vote or an acknowledgement of its former life may
 * still be on its way and complete a majority behind its back. E. Michael, D. Ports, N. Sharma,
 * A. Szekeres, "Recovering Shared Objects Without Stable Storage", DISC 2017, show this fault in VRR
 * and in others, and mend it by crash vectors, as here: for each member the life in which it last lost
 * its memory. Whoever answers the returning member remembers that life on disk before, and every
 * promise carries the vector of its maker. Any majority shares a member with those who answered; if
 * that one promised after it had answered, its vector tells whoever counts to leave the forgotten
 * promise out, and if before, its answer told the returning member what had been promised.
 */
import type { NodeId } from '../../kernel/ids.ts';
import type { RoundCommitState } from './member.ts';
import type { CrashVector } from './messages.ts';
import { withFollower } from './rules.ts';
import { change } from './turn.ts';
import type { Turn } from './turn.ts';

/** The vector with the life of one member set. */
export function withLife({ crashVector, members }: RoundCommitState, node: NodeId, life: number): CrashVector {
  return crashVector.with(members.indexOf(node), life);
}

/** The life in which `node` last lost its memory, as far as `vector` knows. */
export function lifeIn({ members }: RoundCommitState, vector: CrashVector, node: NodeId): number {
  return vector[members.indexOf(node)] ?? 0;
}

/** Merges what another member knows, and drops the promises of whoever has forgotten them since. */
export function learnCrashes(turn: Turn, told: CrashVector): void {
  const { members, self, crashVector } = turn.state;
  for (const [place, node] of members.entries()) {
    const life = told[place] ?? 0;
    if (node === self || life <= crashVector[place]!) continue;
    change(turn, {
      crashVector: withLife(turn.state, node, life),
      grantedBy: turn.state.grantedBy.filter((granter) => granter !== node),
      followers: withFollower(turn.state.followers, node, { matchIndex: 0 }),
    });
  }
}
