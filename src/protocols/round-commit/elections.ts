/**
 * Elections (§5.2, §5.4.1), with a question beforehand whether one would succeed (dissertation §9.6).
 *
 * Term and vote are on disk before a request or a granted vote leaves, so that no member votes twice
 * in one term, whatever it forgets.
 */
import type { NodeId } from '../../kernel/ids.ts';
import { inIdOrder } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import { storeVote } from './disk-records.ts';
import type { LogPosition, Outcome, RoundCommitState } from './member.ts';
import type { PreVoteAnswered, PreVoteRequested, VoteAnswered, VoteRequested } from './messages.ts';
import type { CommitteeOptions } from './options.ts';
import { appendEntry } from './replication.ts';
import { checkpointIsStored, isAtLeastAsAdvanced, lastOf, storedIndex, verifiedIndex, voteIsStored } from './rules.ts';
import { enterTerm } from './terms.ts';
import { change, note, say, sayToOthers, turnOf } from './turn.ts';
import type { Turn } from './turn.ts';

/**
 * No leader was heard of for an election time-out, or an election went on for as long: asks who would
 * vote for this member. One that waits for what it may have promised, or whose log begins with a
 * checkpoint that is not on its disk, does not stand.
 */
export function electionTimedOut(state: RoundCommitState, _nowUs: Micros): Outcome {
  return turnOf(state, (turn) => {
    if (state.standing === 'leader' || state.standing === 'returning') return;
    if (state.mustReach !== null || !checkpointIsStored(state)) return change(turn, { leader: null });
    const attempt = state.attempt + 1;
    change(turn, { standing: 'asking', leader: null, attempt, grantedBy: [state.self] });
    if (state.quorum === 1) return standForElection(turn);
    sayToOthers(turn, { kind: 'PreVoteRequested', term: state.term + 1, attempt, ...lastOf(state) });
  });
}

/** Whether this member would vote for a log (§5.4.1), given also what it may have promised and forgotten. */
function mayLead(state: RoundCommitState, candidate: LogPosition): boolean {
  const { mustReach } = state;
  return isAtLeastAsAdvanced(candidate, lastOf(state)) && (mustReach === null || isAtLeastAsAdvanced(candidate, mustReach));
}

/** Answers whether a vote would be granted; refused while a leader is heard of (dissertation §4.2.3, §9.6). */
export function hearPreVoteRequest(
  turn: Turn,
  from: NodeId,
  { term, attempt, lastIndex, lastTerm }: PreVoteRequested,
  { electionTimeout }: CommitteeOptions,
  nowUs: Micros,
): void {
  const { state } = turn;
  const hearsLeader = state.leader !== null && nowUs - state.heardLeaderUs < electionTimeout;
  const granted = state.standing !== 'leader' && !hearsLeader && term > state.term && mayLead(state, { lastIndex, lastTerm });
  say(turn, from, { kind: 'PreVoteAnswered', term, attempt, currentTerm: state.term, granted });
}

export function hearPreVote(turn: Turn, from: NodeId, { term, attempt, granted }: PreVoteAnswered): void {
  const { state } = turn;
  if (state.standing !== 'asking' || attempt !== state.attempt || term !== state.term + 1 || !granted) return;
  change(turn, { grantedBy: inIdOrder(new Set([...state.grantedBy, from])) });
  if (turn.state.grantedBy.length >= state.quorum) standForElection(turn);
}

/** Figure 2, Candidates 1: increment currentTerm, vote for self; requests follow once both are on disk. */
export function standForElection(turn: Turn): void {
  enterTerm(turn, turn.state.term + 1, turn.state.self, 'candidate');
  turn.heard = true;
}

/** RequestVote RPC. */
export function hearVoteRequest(turn: Turn, from: NodeId, { term, lastIndex, lastTerm }: VoteRequested): void {
  const { state } = turn;
  const deserved = mayLead(state, { lastIndex, lastTerm });
  if (term > state.term) {
    enterTerm(turn, term, deserved ? from : null);
  } else if (term === state.term && state.votedFor === null && deserved) {
    // Receiver 2: if votedFor is null and candidate's log is at least as up-to-date, grant vote.
    change(turn, { votedFor: from });
    storeVote(turn);
  }
  // Receiver 1: reply false if term < currentTerm. A vote that was granted before is granted again.
  if (term < state.term || turn.state.votedFor !== from) {
    say(turn, from, { kind: 'VoteAnswered', term: turn.state.term, granted: false, crashVector: state.crashVector });
    return;
  }
  turn.heard = true;
  change(turn, { voteOwed: from });
  payVote(turn);
}

/** Sends the granted vote that somebody waits for, once it is on disk. */
function payVote(turn: Turn): void {
  const { voteOwed, term, crashVector } = turn.state;
  if (voteOwed === null || !voteIsStored(turn.state)) return;
  change(turn, { voteOwed: null });
  note(turn, 'vote-granted', { term, candidate: voteOwed });
  say(turn, voteOwed, { kind: 'VoteAnswered', term, granted: true, crashVector });
}

/** Term and vote are on disk: a vote may leave, and a candidate may ask for others. */
export function takeStoredVote(turn: Turn, nowUs: Micros): void {
  payVote(turn);
  const { standing, self, term, grantedBy } = turn.state;
  if (standing !== 'candidate' || grantedBy.includes(self)) return;
  note(turn, 'vote-granted', { term, candidate: self });
  countVote(turn, self, nowUs);
  if (turn.state.standing === 'candidate') sayToOthers(turn, { kind: 'VoteRequested', term, ...lastOf(turn.state) });
}

export function hearVote(turn: Turn, from: NodeId, { term, granted }: VoteAnswered, nowUs: Micros): void {
  if (turn.state.standing === 'candidate' && term === turn.state.term && granted) countVote(turn, from, nowUs);
}

/** Candidates 2: if votes received from majority of servers, become leader. */
function countVote(turn: Turn, from: NodeId, nowUs: Micros): void {
  const { grantedBy, quorum } = turn.state;
  change(turn, { grantedBy: inIdOrder(new Set([...grantedBy, from])) });
  if (turn.state.grantedBy.length >= quorum) lead(turn, nowUs);
}

/**
 * Becomes leader, with a decree of its term, by which everything before it is decided, too (§8). It goes
 * out once it is on disk; until then the bulletin that the application publishes says who leads
 * (Leaders 1). Entries that the member never verified are no part of its log.
 */
function lead(turn: Turn, nowUs: Micros): void {
  const { term, grantedBy, members, self } = turn.state;
  const last = verifiedIndex(turn.state);
  const nextIndex = storedIndex(turn.state) + 1;
  change(turn, {
    standing: 'leader',
    leader: self,
    grantedBy: [],
    log: turn.state.log.filter(({ index }) => index <= last),
    followers: turn.state.followers.map(({ node }) => ({ node, nextIndex, matchIndex: 0, answeredUs: nowUs, repairSequence: 0 })),
  });
  note(turn, 'leader-elected', { term, votes: grantedBy, members: members.length });
  appendEntry(turn, { kind: 'termBegun' }, null, null);
}
