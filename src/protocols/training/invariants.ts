/**
 * Promises of training: what must hold in every run, and what scenarios may ask for by name.
 *
 * They fold over what roles record. Rounds stand under keys with a letter, so that no object is
 * indexed by integer-like keys, and what belongs to past rounds is forgotten where it may be.
 */
import type { Observation, Property } from '../../kernel/properties.ts';
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

/** The rounds that one aggregator closes only grow, across its lives too. */
export const committedRoundsOnlyGrow: Property<{ latest: { [node: string]: number } }> = {
  name: 'committed rounds only grow',
  kind: 'always',
  watches: ['round-closed'],
  start: () => ({ latest: {} }),
  observe(state, observation) {
    const { round } = observation.data as { round: number };
    const { node } = observation;
    const before = state.latest[node] ?? 0;
    state.latest[node] = round;
    if (round > before) return satisfied;
    return violated(`${node} closed round ${round} after round ${before}`, factOf(observation, `${node} closed round ${round}`));
  },
};

type Sent = { round: number; update: string };
type Counted = {
  admitted: { [worker: string]: boolean };
  /** The newest updates that each worker sent. */
  sent: { [worker: string]: readonly Sent[] };
  /** By aggregator: the open round, and whose update was counted in it. */
  open: { [aggregator: string]: { round: number; workers: { [worker: string]: number } } };
};

/** A worker that is told of a round anew may send again; more than these few are never asked for. */
const sentKept = 4;

function checkCounted(state: Counted, observation: Observation) {
  const { round, worker, update } = observation.data as { round: number; worker: string; update: string };
  const { node } = observation;
  const fact = factOf(observation, `${node} counted ${update} of ${worker} in round ${round}`);
  if (state.admitted[worker] !== true) return violated(`${node} counted an update of ${worker}, which was not admitted`, fact);
  const open = (state.open[node] ??= { round, workers: {} });
  const earlier = open.workers[worker];
  if (earlier !== undefined && open.round === round) {
    const first = { sequence: earlier, at: observation.at, node, words: `it had counted one of ${worker} before` };
    return violated(`${node} counted two updates of ${worker} in round ${round}`, first, fact);
  }
  if (open.round !== round) return violated(`${node} counted an update for round ${round} while round ${open.round} was open`, fact);
  open.workers[worker] = observation.sequence;
  const wasSent = (state.sent[worker] ?? []).some((sent) => sent.round === round && sent.update === update);
  if (wasSent) return satisfied;
  return violated(`${node} counted an update that ${worker} never sent for round ${round}`, fact);
}

/** A restarted aggregator opens its round anew, and with it begins to count anew. */
export const countedUpdatesWereSent: Property<Counted> = {
  name: 'every counted update was sent for that round by an admitted worker, once',
  kind: 'always',
  watches: ['worker-admitted', 'update-sent', 'round-opened', 'update-counted'],
  start: () => ({ admitted: {}, sent: {}, open: {} }),
  observe(state, observation) {
    const { node, data } = observation;
    switch (observation.kind) {
      case 'worker-admitted':
        state.admitted[String(data['worker'])] = true;
        return irrelevant;
      case 'update-sent': {
        const sent = { round: Number(data['round']), update: String(data['update']) };
        state.sent[node] = [...(state.sent[node] ?? []), sent].slice(-sentKept);
        return irrelevant;
      }
      case 'round-opened':
        state.open[node] = { round: Number(data['round']), workers: {} };
        return irrelevant;
      default:
        return checkCounted(state, observation);
    }
  },
};

/** A `sometimes` that is fulfilled by any observation of one kind. */
function sometimes(name: string, kind: string): Property<null> {
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
export const aggregatorResumed = sometimes('an aggregator resumed from disk', 'aggregator-resumed');
export const trainingStopped = sometimes('training was stopped', 'training-stopped');
