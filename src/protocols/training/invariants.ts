/**
 * Promises of training: what must hold in every run, and what scenarios may ask for by name.
 *
 * They fold over what roles record. Rounds stand under keys with a letter, so that no object is
 * indexed by integer-like keys, and what belongs to past rounds is forgotten where it may be.
 */
import type { Property } from '../../kernel/properties.ts';
import { factOf, irrelevant, satisfied, unmet, violated } from '../../kernel/properties.ts';

type Committed = { rounds: { [round: string]: { weights: string; node: string; sequence: number; at: number } } };

/** Whoever closes a round, and however often, its model is the same. */
export const oneModelPerRound: Property<Committed> = {
  name: 'one model per round',
  kind: 'always',
  watches: ['round-closed'],
  start: () => ({ rounds: {} }),
  observe(state, observation) {
    const { round, weights } = observation.data as { round: number; weights: string };
    const { node, sequence, at } = observation;
    const first = (state.rounds[`r${round}`] ??= { weights, node, sequence, at });
    if (first.weights === weights) return satisfied;
    return violated(
      `round ${round} has two models`,
      { sequence: first.sequence, at: first.at, node: first.node, words: `${first.node} closed round ${round} with ${first.weights}` },
      factOf(observation, `${node} closed round ${round} with ${weights}`),
    );
  },
};

type Latest = { latest: { [node: string]: number } };

/** The rounds that one aggregator closes only grow; a new life of it begins where its memory does. */
export const committedRoundsOnlyGrow: Property<Latest> = {
  name: 'committed rounds only grow',
  kind: 'always',
  watches: ['round-closed', 'member-restored'],
  start: () => ({ latest: {} }),
  observe(state, observation) {
    const { node } = observation;
    const round = Number(observation.data['round']);
    if (observation.kind === 'member-restored') {
      state.latest[node] = round;
      return irrelevant;
    }
    const before = state.latest[node] ?? 0;
    state.latest[node] = round;
    if (round > before) return satisfied;
    return violated(`${node} closed round ${round} after round ${before}`, factOf(observation, `${node} closed round ${round}`));
  },
};

/** A `sometimes` that is fulfilled by any observation of one kind. */
export function sometimes(name: string, kind: string): Property<null> {
  return { name, kind: 'sometimes', watches: [kind], start: () => null, observe: () => satisfied };
}

export const closedWithoutFullAttendance: Property<null> = {
  name: 'a round closed without full attendance',
  kind: 'sometimes',
  watches: ['round-closed'],
  start: () => null,
  observe: (_, { data }) => (Number(data['attendance']) < Number(data['admitted']) ? satisfied : unmet),
};

export const trainingFinished: Property<null> = {
  name: 'training finished',
  kind: 'eventually',
  watches: ['training-started', 'round-closed', 'training-finished'],
  start: () => null,
  observe(_, observation) {
    if (observation.kind === 'training-finished') return satisfied;
    const round = observation.data['round'];
    const because = round === undefined ? 'the training started' : `the training came to round ${String(round)}`;
    return { ...unmet, because, facts: [factOf(observation, because)] };
  },
};

export const workerSuspected = sometimes('a worker was suspected', 'worker-suspected');
export const workerReturned = sometimes('a worker returned', 'worker-returned');
export const workerResumed = sometimes('a worker resumed from disk', 'worker-resumed');
export const trainingStopped = sometimes('training was stopped', 'training-stopped');
