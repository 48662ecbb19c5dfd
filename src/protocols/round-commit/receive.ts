/** Where a word of another member goes. */
import { unreachable } from '../../kernel/assert.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import { advanceCommit } from './commitment.ts';
import { learnCrashes, lifeIn } from './crash-vector.ts';
import { hearPreVote, hearPreVoteRequest, hearVote, hearVoteRequest } from './elections.ts';
import { hearCheckpoint, hearEntries } from './following.ts';
import type { Outcome, RoundCommitState } from './member.ts';
import { roundCommitMessages } from './messages.ts';
import type { EntriesStored, RoundCommitMessage } from './messages.ts';
import type { CommitteeOptions } from './options.ts';
import { hearAnswer } from './replication.ts';
import { hearStanding, hearStandingRequest } from './returning.ts';
import { withFollower } from './rules.ts';
import { enterTerm } from './terms.ts';
import { change, refuse, turnOf } from './turn.ts';
import type { Turn } from './turn.ts';

const kinds: ReadonlySet<string> = new Set(roundCommitMessages.map(({ kind }) => kind));

export function isRoundCommitKind(kind: string): boolean {
  return kinds.has(kind);
}

/** Takes a message that `from` sent. `nowUs` is this member's time since the start of its life. */
export function receive(
  state: RoundCommitState,
  from: NodeId,
  message: RoundCommitMessage,
  options: CommitteeOptions,
  nowUs: Micros,
): Outcome {
  return turnOf(state, (turn) => {
    if (from === state.self || !state.members.includes(from)) return refuse(turn, 'foreignMember', { from });
    if ('crashVector' in message) {
      if (message.crashVector.length !== state.members.length) return refuse(turn, 'malformedCrashVector', { from });
      // A word of a former life, which its speaker has forgotten.
      if (lifeIn(state, message.crashVector, from) < lifeIn(state, state.crashVector, from)) return;
      learnCrashes(turn, message.crashVector);
    }
    if (state.standing !== 'returning') hear(turn, from, message, options, nowUs);
    else if (message.kind === 'StandingRequested') hearStandingRequest(turn, from, message);
    else if (message.kind === 'StandingTold') hearStanding(turn, from, message);
  });
}

/** The term that the sender is in; undefined where a message does not tell. */
function termOf(message: RoundCommitMessage): number | undefined {
  if (message.kind === 'PreVoteAnswered') return message.currentTerm;
  // A pre-vote asks about a term that nobody has entered, and a returning member may hear of any.
  const tellsNone = message.kind === 'PreVoteRequested' || message.kind === 'StandingRequested' || message.kind === 'StandingTold';
  return tellsNone ? undefined : message.term;
}

function hear(turn: Turn, from: NodeId, message: RoundCommitMessage, options: CommitteeOptions, nowUs: Micros): void {
  // A request for a vote enters its term together with the vote, which takes one save instead of two.
  if (message.kind === 'VoteRequested') return hearVoteRequest(turn, from, message);
  // Figure 2, All Servers 2: if the message contains term T > currentTerm, set currentTerm = T.
  const term = termOf(message);
  if (term !== undefined && term > turn.state.term) enterTerm(turn, term, null);
  switch (message.kind) {
    case 'PreVoteRequested':
      return hearPreVoteRequest(turn, from, message, options, nowUs);
    case 'PreVoteAnswered':
      return hearPreVote(turn, from, message);
    case 'VoteAnswered':
      return hearVote(turn, from, message, nowUs);
    case 'EntriesAppended':
      return hearEntries(turn, from, message, nowUs);
    case 'CheckpointSent':
      return hearCheckpoint(turn, from, message, nowUs);
    case 'EntriesAnswered':
      return hearAnswer(turn, from, message, nowUs);
    case 'EntriesStored':
      return hearStored(turn, from, message);
    case 'StandingRequested':
      return hearStandingRequest(turn, from, message);
    case 'StandingTold':
      return;
    default:
      return unreachable(message, 'kind of message');
  }
}

/** Another follower stored entries of this term. */
function hearStored(turn: Turn, from: NodeId, { term, index }: EntriesStored): void {
  const { standing, followers } = turn.state;
  if (term !== turn.state.term || standing === 'leader') return;
  const matchIndex = Math.max(index, followers.find(({ node }) => node === from)?.matchIndex ?? 0);
  change(turn, { followers: withFollower(followers, from, { matchIndex }) });
  advanceCommit(turn);
}
