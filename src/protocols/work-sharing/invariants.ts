/**
 * Promises of shared work: what the model of a round may be learned from, and what it must be.
 *
 * They hold for every proposal of every leader, decided or not, and look at what workers said
 * themselves, so that no aggregator's own belief is taken for true.
 */
import type { Observation, Property } from '../../kernel/properties.ts';
import { factOf, irrelevant, satisfied, unmet, violated } from '../../kernel/properties.ts';
import { sometimes } from '../training/invariants.ts';

type Sent = { round: number; update: string };
type Counted = {
  /** Nodes whose word counts for nothing: what a liar says that it sent is not what it sent. */
  liars: { [node: string]: boolean };
  admitted: { [worker: string]: boolean };
  /** The newest updates that each worker sent. */
  sent: { [worker: string]: readonly Sent[] };
};
type Proposed = { readonly round: number; readonly complete: boolean; readonly updates: readonly { worker: string; update: string }[] };

/** A worker that is told of a round anew may send again; more than these few are never asked for. */
const sentKept = 4;

const proposalOf = ({ data }: Observation) => data as unknown as Proposed;

function checkCounted(state: Counted, observation: Observation) {
  const { round, updates } = proposalOf(observation);
  const { node } = observation;
  const seen = new Set<string>();
  for (const { worker, update } of updates) {
    const fact = factOf(observation, `${node} counted ${update} of ${worker} in round ${round}`);
    if (state.admitted[worker] !== true) return violated(`${node} counted an update of ${worker}, which was not admitted`, fact);
    if (seen.has(worker)) return violated(`${node} counted two updates of ${worker} in round ${round}`, fact);
    seen.add(worker);
    if (state.liars[worker] === true) continue;
    const wasSent = (state.sent[worker] ?? []).some((sent) => sent.round === round && sent.update === update);
    if (!wasSent) return violated(`${node} counted an update that ${worker} never sent for round ${round}`, fact);
  }
  return satisfied;
}

export const countedUpdatesWereSent: Property<Counted> = {
  name: 'every counted update was sent for that round by an admitted worker, once',
  kind: 'always',
  watches: ['world-adversary-started', 'worker-admitted', 'update-sent', 'round-proposed'],
  start: () => ({ liars: {}, admitted: {}, sent: {} }),
  observe(state, observation) {
    const { node, data } = observation;
    if (observation.kind === 'world-adversary-started') {
      state.liars[node] = true;
      return irrelevant;
    }
    if (observation.kind === 'worker-admitted') {
      state.admitted[String(data['worker'])] = true;
      return irrelevant;
    }
    if (observation.kind === 'update-sent') {
      const sent = { round: Number(data['round']), update: String(data['update']) };
      state.sent[node] = [...(state.sent[node] ?? []), sent].slice(-sentKept);
      return irrelevant;
    }
    return checkCounted(state, observation);
  },
};

type Awaited = {
  /** The newest round that was opened. */
  round: number;
  /** The first round in which a worker is waited for; 0 while it is suspected or accused, −1 once it takes no part. */
  awaitedFrom: { [worker: string]: number };
};

/** Observations after which a worker is not waited for. */
const excuses = new Set(['worker-suspected', 'equivocation-proved']);
/** Observations after which it takes no part, until it is admitted again. */
const departures = new Set(['worker-removed', 'worker-left']);

/** Observations after which a worker is waited for from the next round on: this one may be closing, or goes on without it. */
const returns = new Set(['worker-returned', 'update-refused']);

function noteWorker(state: Awaited, { kind, data }: Observation): void {
  const worker = String(data['worker']);
  const known = state.awaitedFrom[worker];
  if (departures.has(kind)) state.awaitedFrom[worker] = -1;
  else if (excuses.has(kind)) state.awaitedFrom[worker] = 0;
  else if (returns.has(kind) || known === undefined || known === -1) state.awaitedFrom[worker] = state.round + 1;
}

/**
 * A round that closes before its time waits for nobody: whoever takes part and is not suspected is in
 * it, whichever aggregator served it and whichever took it over.
 */
export const completeRoundsCountAll: Property<Awaited> = {
  name: 'a round that closes before its time counts every worker that is not suspected',
  kind: 'always',
  watches: ['round-opened', 'worker-admitted', ...returns, ...excuses, ...departures, 'round-proposed'],
  start: () => ({ round: 0, awaitedFrom: {} }),
  observe(state, observation) {
    if (observation.kind === 'round-opened') state.round = Math.max(state.round, Number(observation.data['round']));
    else if (observation.kind !== 'round-proposed') noteWorker(state, observation);
    if (observation.kind !== 'round-proposed') return irrelevant;
    const { round, complete, updates } = proposalOf(observation);
    if (!complete) return irrelevant;
    const counted = new Set(updates.map((update) => update.worker));
    const isMissing = (worker: string) => state.awaitedFrom[worker]! > 0 && state.awaitedFrom[worker]! <= round && !counted.has(worker);
    const missing = Object.keys(state.awaitedFrom).sort().find(isMissing);
    if (missing === undefined) return satisfied;
    return violated(
      `${observation.node} closed round ${round} as complete, and ${missing} is not in it`,
      factOf(observation, `${observation.node} proposed round ${round} from ${updates.length} updates, none of them of ${missing}`),
    );
  },
};

export const workersTakenOver = sometimes('an aggregator took workers over', 'workers-taken-over');
export const equivocationProved = sometimes('an equivocation was proved', 'equivocation-proved');
export const aggregatorSuspected = sometimes('an aggregator was suspected', 'aggregator-suspected');
export const aggregatorReturned = sometimes('an aggregator returned', 'aggregator-returned');
export const roundOverdue = sometimes('a round was overdue', 'round-overdue');

type Liars = { liars: { [node: string]: boolean } };

/** A rule of merging was put to the test: what a liar sent was well-formed enough to be counted. */
export const lieCounted: Property<Liars> = {
  name: 'a round counted the update of an adversary',
  kind: 'sometimes',
  watches: ['world-adversary-started', 'round-proposed'],
  start: () => ({ liars: {} }),
  observe(state, observation) {
    if (observation.kind === 'world-adversary-started') {
      state.liars[observation.node] = true;
      return irrelevant;
    }
    return proposalOf(observation).updates.some(({ worker }) => state.liars[worker] === true) ? satisfied : unmet;
  },
};
