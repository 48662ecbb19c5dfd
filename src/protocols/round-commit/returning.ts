/**
 * How a member comes back whose disk may have lost what it had promised.
 *
 * Of n = 2f + 1 members at most f are dead, cut off or forgetful at one time. A returning member
 * promises nothing until f + 1 others that are not returning have told where they stand (B. Liskov,
 * J. Cowling, VRR §4.3); then it takes the latest term of all as its own, with its vote spent, and
 * votes only for logs at least as advanced as the most advanced of all.
 *
 * Why that is enough. Take any majority of f + 1 that elected a leader in term T or stored an entry,
 * the forgetful member's former life among them. Without it they are f, and those who told are f + 1
 * of the 2f others: at least one, Y, is in both. If Y promised before it told, then what it told was
 * at least T, or a log with that entry; so the member cannot vote in T again, and helps nobody whose
 * log lacks the entry. If Y promised after it told, its promise carries in its crash vector that the
 * member had lost its memory, and whoever counts the majority leaves the forgotten promise out
 * (crash-vector.ts; VRR itself lacks this part, Michael et al., DISC 2017). Y tells only what it has
 * on disk that it tells to whom, and it tells what it must reach itself, if it returned before.
 *
 * When all others have told, returning or not, everybody's disk is known. As long as fewer than a
 * majority have lost something, the most advanced disk has every decided entry and the latest term is
 * that of every election, and all old promises are void by the crash vectors: a whole committee comes
 * back from its disks.
 */
import type { NodeId } from '../../kernel/ids.ts';
import { learnCrashes, lifeIn, withLife } from './crash-vector.ts';
import { storeVote } from './disk-records.ts';
import type { LogPosition, Outcome, RoundCommitState } from './member.ts';
import type { StandingRequested, StandingTold } from './messages.ts';
import { isAtLeastAsAdvanced, lastOf, lastStoredOf, voteIsStored } from './rules.ts';
import { change, note, say, sayToOthers, turnOf } from './turn.ts';
import type { Turn } from './turn.ts';

/** Asks all others where they stand; to be repeated while this member is returning. */
export function askStandings(state: RoundCommitState): Outcome {
  return turnOf(state, (turn) => {
    if (state.standing !== 'returning') return;
    const attempt = state.attempt + 1;
    change(turn, { attempt });
    sayToOthers(turn, { kind: 'StandingRequested', life: state.life, attempt });
    concludeReturn(turn);
  });
}

/** Notes on disk that somebody lost its memory, and answers after that. */
export function hearStandingRequest(turn: Turn, node: NodeId, { life, attempt }: StandingRequested): void {
  const known = lifeIn(turn.state, turn.state.crashVector, node);
  if (life < known) return;
  if (life > known) {
    learnCrashes(turn, withLife(turn.state, node, life));
    storeVote(turn);
  }
  const others = turn.state.standingsOwed.filter((owed) => owed.node !== node);
  change(turn, { standingsOwed: [...others, { node, life, attempt }] });
  payStandings(turn);
}

/** Tells whoever waits for it where this member stands, once it is on disk that they had lost their memory. */
export function payStandings(turn: Turn): void {
  if (!voteIsStored(turn.state)) return;
  const { standingsOwed, term, standing, crashVector } = turn.state;
  change(turn, { standingsOwed: [] });
  const returning = standing === 'returning';
  for (const { node, life, attempt } of standingsOwed) {
    say(turn, node, { kind: 'StandingTold', life, attempt, term, ...promisedLog(turn.state), returning, crashVector });
  }
}

/** The most advanced log that this member has promised: what is on its disk, or was before it forgot. */
function promisedLog(state: RoundCommitState): LogPosition {
  const last = lastStoredOf(state);
  const { mustReach } = state;
  return mustReach !== null && isAtLeastAsAdvanced(mustReach, last) ? mustReach : last;
}

export function hearStanding(turn: Turn, node: NodeId, message: StandingTold): void {
  const { standing, life, told } = turn.state;
  if (standing !== 'returning' || message.life !== life) return;
  const { term, lastIndex, lastTerm, returning } = message;
  change(turn, { told: [...told.filter((one) => one.node !== node), { node, term, lastIndex, lastTerm, returning }] });
  concludeReturn(turn);
}

/** Ends returning once enough is known. */
function concludeReturn(turn: Turn): void {
  const { state } = turn;
  const { told, quorum, followers } = state;
  const firm = told.filter(({ returning }) => !returning).length;
  if (firm < quorum && told.length < followers.length) return;
  const term = told.reduce((latest, one) => Math.max(latest, one.term), state.term);
  const own = promisedLog(state);
  const furthest = told.reduce<LogPosition>((most, one) => (isAtLeastAsAdvanced(most, one) ? most : one), own);
  const { lastIndex, lastTerm } = furthest;
  const mustReach = isAtLeastAsAdvanced(lastOf(state), furthest) ? null : { lastIndex, lastTerm };
  // The vote of that term may have been given away before; a candidate always stands in a later one.
  change(turn, { standing: 'follower', term, votedFor: state.self, told: [], mustReach });
  storeVote(turn);
  note(turn, 'member-returned', { term, lastIndex });
}
