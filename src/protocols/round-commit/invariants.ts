/**
 * Promises of round commit (Figure 3 of the Raft paper, and what this committee adds to it).
 *
 * Keys of states are words, never bare numbers: objects with integer-like keys iterate in an order of
 * their own.
 */
import type { NodeId } from '../../kernel/ids.ts';
import type { Observation, Property } from '../../kernel/properties.ts';
import { factOf, irrelevant, satisfied, violated } from '../../kernel/properties.ts';
import { majorityOf } from './rules.ts';

const nameOfTerm = (term: number): string => `term ${term}`;
const nameOfIndex = (index: number): string => `entry ${index}`;

/** A fact as it stands in the state of a property. */
type Said = { sequence: number; at: number; node: NodeId; words: string };

type Elected = { readonly term: number; readonly votes: readonly NodeId[]; readonly members: number };
type Vote = { readonly term: number; readonly candidate: NodeId };
type Committed = { readonly index: number; readonly term: number; readonly decree: string; readonly members: number };

/** Election Safety. */
export const oneLeaderATerm: Property<{ leaders: { [term: string]: Said } }> = {
  name: 'one leader a term',
  kind: 'always',
  watches: ['leader-elected'],
  start: () => ({ leaders: {} }),
  observe(state, observation) {
    const { term } = observation.data as unknown as Elected;
    const fact = factOf(observation, `was elected in term ${term}`);
    const before = (state.leaders[nameOfTerm(term)] ??= fact);
    if (before === fact) return satisfied;
    return violated(`${before.node} and ${observation.node} lead term ${term}`, before, fact);
  },
};

const plain = ({ sequence, at, node, words }: Said): Said => ({ sequence, at, node, words });

type VotesState = { votes: { [node: NodeId]: { [term: string]: Said & { term: number; candidate: NodeId } } } };

/** Votes of one member; what it forgot and was told never to count is void (see returning.ts). */
function takeVote(state: VotesState, observation: Observation): Said | undefined {
  const { node, kind, data } = observation;
  const votes = (state.votes[node] ??= {});
  const { term, candidate } = data as unknown as Vote;
  if (kind === 'member-returned') {
    for (const [name, vote] of Object.entries(votes)) if (vote.term > term) delete votes[name];
    return undefined;
  }
  const before = votes[nameOfTerm(term)];
  if (before !== undefined && before.candidate !== candidate) return before;
  votes[nameOfTerm(term)] = { ...factOf(observation, `voted for ${candidate} in term ${term}`), term, candidate };
  return undefined;
}

export const oneVoteATerm: Property<VotesState> = {
  name: 'one vote a term',
  kind: 'always',
  watches: ['vote-granted', 'member-returned'],
  start: () => ({ votes: {} }),
  observe(state, observation) {
    const before = takeVote(state, observation);
    if (before === undefined) return observation.kind === 'vote-granted' ? satisfied : irrelevant;
    const { term, candidate } = observation.data as unknown as Vote;
    return violated(
      `${observation.node} voted twice in term ${term}`,
      plain(before),
      factOf(observation, `voted for ${candidate} in term ${term}`),
    );
  },
};

export const leaderHasMajority: Property<VotesState> = {
  name: 'a leader has the votes of a majority',
  kind: 'always',
  watches: ['vote-granted', 'member-returned', 'leader-elected'],
  start: () => ({ votes: {} }),
  observe(state, observation) {
    if (observation.kind !== 'leader-elected') {
      takeVote(state, observation);
      return irrelevant;
    }
    const { node } = observation;
    const { term, votes, members } = observation.data as unknown as Elected;
    const granted = [...new Set(votes)].filter((voter) => state.votes[voter]?.[nameOfTerm(term)]?.candidate === node);
    if (granted.length >= majorityOf(members)) return satisfied;
    const said = `has ${granted.length} votes of ${members} members, and ${majorityOf(members)} are a majority`;
    return violated(`${node} leads term ${term} without a majority`, factOf(observation, said));
  },
};

type Decided = Said & { term: number; decree: string; model: string };

/** State Machine Safety. */
export const oneDecreeAtEachIndex: Property<{ decided: { [index: string]: Decided } }> = {
  name: 'one decree at each index',
  kind: 'always',
  watches: ['entry-committed'],
  start: () => ({ decided: {} }),
  observe(state, observation) {
    const { index, term, decree } = observation.data as unknown as Committed;
    const model = String(observation.data['model'] ?? '');
    const fact = factOf(observation, `entry ${index} is ${decree} ${model.slice(0, 12)} of term ${term}`);
    const before = (state.decided[nameOfIndex(index)] ??= { ...fact, term, decree, model });
    if (before.term === term && before.decree === decree && before.model === model) return satisfied;
    return violated(`${before.node} and ${observation.node} decided different decrees at entry ${index}`, plain(before), fact);
  },
};

type StoredState = { stored: { [index: string]: { [term: string]: { [node: NodeId]: true } } }; decided: number };

/** Nothing is decided that fewer than a majority have on disk (what Leader Completeness rests on). */
export const decidedIsStored: Property<StoredState> = {
  name: 'a committed entry is on the disks of a majority',
  kind: 'always',
  watches: ['entry-stored', 'entry-committed'],
  start: () => ({ stored: {}, decided: 0 }),
  observe(state, observation) {
    const { index, term, members } = observation.data as unknown as Committed;
    // Only the first commit of an entry is judged, so what was counted for earlier ones may go.
    if (index <= state.decided) return irrelevant;
    const holders = ((state.stored[nameOfIndex(index)] ??= {})[nameOfTerm(term)] ??= {});
    if (observation.kind === 'entry-stored') {
      holders[observation.node] = true;
      return irrelevant;
    }
    const count = Object.keys(holders).length;
    state.decided = index;
    delete state.stored[nameOfIndex(index)];
    if (count >= majorityOf(members)) return satisfied;
    const said = `says so, and ${count} of ${members} members have it on disk`;
    return violated(`entry ${index} of term ${term} was decided without a majority`, factOf(observation, said));
  },
};

type Restored = { life: number; index: number; checkpoint: number; checkpointsFound: readonly number[]; returning: boolean };

export const newestCheckpointRestored: Property<null> = {
  name: 'a restored member takes its newest checkpoint',
  kind: 'always',
  watches: ['member-restored'],
  start: () => null,
  observe(_, observation) {
    const { checkpoint, checkpointsFound } = observation.data as unknown as Restored;
    const newest = Math.max(0, ...checkpointsFound);
    if (checkpoint === newest) return satisfied;
    const said = `restored the checkpoint of entry ${checkpoint}, and its disk held that of entry ${newest}`;
    return violated(`${observation.node} restored an old checkpoint`, factOf(observation, said));
  },
};

export const noResultDisputed: Property<null> = {
  name: 'no member disputes a result',
  kind: 'always',
  watches: ['result-disputed', 'entry-committed'],
  start: () => null,
  observe(_, observation) {
    if (observation.kind === 'entry-committed') return satisfied;
    const { round, leader, reason } = observation.data;
    return violated(`${observation.node} recomputed round ${String(round)} of ${String(leader)}`, factOf(observation, String(reason)));
  },
};
