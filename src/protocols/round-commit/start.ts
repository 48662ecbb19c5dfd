/** A member as it begins a life, before it has read its disk. */
import { assert } from '../../kernel/assert.ts';
import { inIdOrder } from '../../kernel/ids.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { firstLedger } from './ledger.ts';
import type { Follower, RoundCommitState } from './member.ts';
import { majorityOf } from './rules.ts';

/**
 * The state of a member that knows nothing but the committee. `members` may stand in any order;
 * `life` counts the incarnations of this member from 0.
 */
export function firstMember(self: NodeId, members: readonly NodeId[], life: number): RoundCommitState {
  const all = inIdOrder(members);
  assert(all.includes(self), `${self} is no member of its committee`);
  return {
    self,
    members: all,
    quorum: majorityOf(all.length),
    life,
    standing: 'follower',
    term: 0,
    votedFor: null,
    voteSequence: 0,
    voteStored: 0,
    voteOwed: null,
    log: [],
    checkpoint: firstLedger(),
    checkpointVersion: 0,
    savingCheckpoint: null,
    commitIndex: 0,
    knownCommitted: 0,
    agreedIndex: 0,
    leader: null,
    heardLeaderUs: 0,
    bulletin: { version: 0, serving: [] },
    grantedBy: [],
    attempt: 0,
    sequence: 0,
    followers: all.filter((node) => node !== self).map(unheardFollower),
    told: [],
    mustReach: null,
    crashVector: all.map(() => 0),
    standingsOwed: [],
    owedSaves: [],
    saveSequence: 0,
  };
}

const unheardFollower = (node: NodeId): Follower =>
  ({ node, nextIndex: 1, matchIndex: 0, answeredUs: 0, repairSequence: 0 });
