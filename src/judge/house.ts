/**
 * Promises that every world must keep, whatever roles run in it.
 *
 * They fold over what worlds observe of themselves: `world-save-acknowledged`, `world-restored` and
 * `world-killed`. They are about disks and lives only; what a protocol promises stands in its own
 * invariants. A violated one means that the world or a role's host is broken, not the network.
 */
import type { ValueMap } from '../kernel/codec.ts';
import { compareText } from '../kernel/ids.ts';
import type { Observation, Outcome, Property } from '../kernel/properties.ts';
import { factOf, irrelevant, satisfied, violated } from '../kernel/properties.ts';

/** What a node's disk has promised, by record key. */
type Promised = {
  revision: number;
  removed: boolean;
  /** When it was acknowledged, for the fact in a verdict. */
  sequence: number;
  at: number;
};

type DiskState = { nodes: { [node: string]: { [key: string]: Promised } } };

/** Data of `world-save-acknowledged`; revisions grow with every save of a node. */
type Acknowledged = { key: string; revision: number; removed?: boolean };

/**
 * Data of `world-restored`. `revisions` are the records that came back whole; `removed` the keys
 * that are absent because a removal of that revision was kept; `damaged` the keys that came back
 * damaged; `lost` the keys that an injected disk fault damaged or took away.
 */
type Restored = {
  revisions: { [key: string]: number };
  removed?: { [key: string]: number };
  damaged: readonly string[];
  lost: readonly string[];
};

/** Acknowledged records come back after a restart unless a declared disk fault hit them. */
export const acknowledgedRecordsComeBack: Property<DiskState> = {
  name: 'acknowledged records come back unless a declared disk fault hit them',
  kind: 'always',
  watches: ['world-save-acknowledged', 'world-restored'],
  start: () => ({ nodes: {} }),
  observe(state, observation) {
    const promises = (state.nodes[observation.node] ??= {});
    if (observation.kind === 'world-restored') return checkRestored(state, promises, observation);
    const { key, revision, removed } = observation.data as ValueMap & Acknowledged;
    promises[key] = { revision, removed: removed === true, sequence: observation.sequence, at: observation.at };
    return irrelevant;
  },
};

function checkRestored(state: DiskState, promises: { [key: string]: Promised }, observation: Observation): Outcome {
  const restored = observation.data as ValueMap & Restored;
  const keys = Object.keys(promises).sort(compareText);
  let outcome: Outcome = keys.length === 0 ? irrelevant : satisfied;
  for (const key of keys) {
    const promise = promises[key]!;
    const fault = restored.lost.includes(key) ? undefined : brokenPromise(key, promise, restored);
    if (fault === undefined) continue;
    outcome = violated(
      `${observation.node} lost the acknowledged record "${key}"`,
      { sequence: promise.sequence, at: promise.at, node: observation.node, words: promiseWords(key, promise) },
      factOf(observation, fault),
    );
    break;
  }
  state.nodes[observation.node] = promisesAfter(observation, restored);
  return outcome;
}

function promiseWords(key: string, promise: Promised): string {
  return `the disk acknowledged the ${promise.removed ? 'removal' : 'save'} of "${key}", revision ${promise.revision}`;
}

/**
 * What is wrong with a promised key, in words. A later revision than the acknowledged one is right:
 * a crash may keep saves that nobody was told about.
 */
function brokenPromise(key: string, promise: Promised, restored: Restored): string | undefined {
  if (restored.damaged.includes(key)) return `"${key}" came back damaged, and no disk fault was declared`;
  const revision = restored.revisions[key] ?? restored.removed?.[key];
  if (revision === undefined) return promise.removed ? undefined : `"${key}" did not come back`;
  if (revision < promise.revision) return `"${key}" came back as revision ${revision}`;
  return undefined;
}

/** What came back was read from the disk, so the disk owes it from now on. */
function promisesAfter(observation: Observation, restored: Restored): { [key: string]: Promised } {
  const { sequence, at } = observation;
  const promises: { [key: string]: Promised } = {};
  for (const key of Object.keys(restored.removed ?? {})) {
    promises[key] = { revision: restored.removed![key]!, removed: true, sequence, at };
  }
  for (const key of Object.keys(restored.revisions)) {
    promises[key] = { revision: restored.revisions[key]!, removed: false, sequence, at };
  }
  return promises;
}

type LifeState = { killed: { [node: string]: { incarnation: number; sequence: number; at: number } } };

/** Between its end and its next start a node's disk acknowledges nothing, and no life ends twice. */
export const deadNodesAcknowledgeNothing: Property<LifeState> = {
  name: 'dead nodes acknowledge nothing',
  kind: 'always',
  watches: ['world-killed', 'world-restored', 'world-save-acknowledged'],
  start: () => ({ killed: {} }),
  observe(state, observation) {
    const { node, sequence, at } = observation;
    const end = state.killed[node];
    if (observation.kind === 'world-restored') {
      delete state.killed[node];
      return irrelevant;
    }
    if (observation.kind === 'world-killed') {
      const { incarnation } = observation.data as ValueMap & { incarnation: number };
      state.killed[node] = { incarnation, sequence, at };
    }
    if (end === undefined) return observation.kind === 'world-killed' ? satisfied : irrelevant;
    const earlier = { sequence: end.sequence, at: end.at, node, words: `incarnation ${end.incarnation} was killed` };
    const later = observation.kind === 'world-killed' ? 'was killed again' : 'acknowledged a save';
    return violated(`${node} ${later} without having been started`, earlier, factOf(observation, `the node ${later}`));
  },
};

/** All house invariants, for every run. */
export const houseInvariants: readonly Property[] = [acknowledgedRecordsComeBack, deadNodesAcknowledgeNothing];
