/**
 * Small simulations of the built-in roles for tests: real world, real judge, tasks on this thread.
 *
 * Everything is given as data and everything that happened comes back; nothing is written anywhere.
 */
import * as Schema from 'effect/Schema';
import { gunzipSync } from 'node:zlib';
import type { Wrapping } from '../../src/actors/adversaries/define.ts';
import { builtinRoles } from '../../src/actors/registry.ts';
import type { RoleDefinition } from '../../src/actors/define.ts';
import type { SimulatedIdentities } from '../../src/crypto/simulated-identities.ts';
import type { Fault } from '../../src/host/faults.ts';
import type { NodeSpecification } from '../../src/host/node.ts';
import type { Weather } from '../../src/host/weather.ts';
import { Evaluation } from '../../src/judge/evaluate.ts';
import type { EvaluationSummary } from '../../src/judge/evaluate.ts';
import { acknowledgedRecordsComeBack, deadNodesAcknowledgeNothing } from '../../src/judge/house.ts';
import { TraceWriter } from '../../src/judge/trace.ts';
import { recordKinds } from '../../src/judge/trace-format.ts';
import { BlobStore } from '../../src/kernel/blobs.ts';
import type { Value, ValueMap } from '../../src/kernel/codec.ts';
import { makeNodeId } from '../../src/kernel/ids.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import type { Observation, Property } from '../../src/kernel/properties.ts';
import type { SectionDefinition } from '../../src/protocols/define.ts';
import { createRegistry } from '../../src/run/registry.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import { InlineRunner } from '../../src/worlds/sim/inline-runner.ts';
import type { Watcher } from '../../src/worlds/sim/recorder.ts';
import { RememberingSigner } from '../../src/worlds/sim/signing.ts';
import { SimWorld } from '../../src/worlds/sim/world.ts';
import type { Progress } from '../../src/worlds/sim/world.ts';
import { identitiesOf, publicKeysOf } from './signatures.ts';

/** The wide-area profile of DESIGN §5. */
export const wideArea: Weather = {
  network: {
    latency: { kind: 'logNormal', medianUs: 40_000, sigma: 0.4 }, loss: 0, bandwidthBitsPerSecond: 100_000_000,
    duplicate: 0, reorder: 0, corrupt: 0, mtuBytes: 1_200, retransmitUs: 200_000, stallLimitUs: 10_000_000,
    keepAliveUs: 5_000_000, dialTimeoutUs: 5_000_000,
  },
  device: { flopsPerSecond: 1_000_000_000, sigma: 0.3, serviceUs: 20 },
  disk: { saveUs: 2_000, bytesMax: 1_000_000_000 },
  clock: { skewMaxUs: 0, driftMaxPpm: 0 },
  startStaggerUs: 1_000,
};

export interface Simulation {
  readonly seed?: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Sections as a scenario file would write them, by key. */
  readonly sections?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly faults?: readonly Fault[];
  /** Nodes that are adversaries. */
  readonly wrap?: Readonly<Record<NodeId, Wrapping>>;
  readonly weather?: Weather;
  /** Roles in the place of the built-in ones of the same name. */
  readonly roles?: readonly RoleDefinition[];
  readonly phrases?: readonly string[];
  readonly virtualTimeMaxUs?: number;
  /** The world is checkpointed after so many events, and a new one goes on from there. */
  readonly restoreAfter?: number;
  /** Whether each input is stepped twice, to see that both give the same. */
  readonly pure?: boolean;
}

export interface Simulated {
  readonly end: Progress;
  readonly virtualUs: number;
  readonly trace: string;
  readonly inputs: number;
  readonly observations: readonly Observation[];
  readonly rejected: Readonly<Record<string, number>>;
  readonly faultHits: Readonly<Record<string, number>>;
  readonly bytesByKind: Readonly<Record<string, number>>;
  readonly summary: EvaluationSummary;
  /** Observations of one kind. */
  of(kind: string): readonly Observation[];
}

/** Every option is small unless a test says otherwise: the bowl, and few rounds. */
const small = { training: { model: 'bowl', rounds: 6, dimensions: 16 } };

/** The sections as actors get them. */
export function configure(simulation: Simulation, blobs: BlobStore): Record<string, ValueMap> {
  const given: Record<string, Record<string, unknown>> = { ...small };
  for (const [key, section] of Object.entries(simulation.sections ?? {})) given[key] = { ...given[key], ...section };
  const config: Record<string, ValueMap> = {};
  for (const [key, definition] of createRegistry(rolesOf(simulation)).sections) {
    config[key] = decodeSection(definition, given[key] ?? {}, simulation.counts, blobs);
  }
  return config;
}

/** One section, decoded and prepared. Throws as its schema and `prepare` do. */
export function decodeSection(
  definition: SectionDefinition,
  words: unknown,
  counts: Simulation['counts'],
  blobs: BlobStore,
  files: ReadonlyMap<string, Uint8Array> = new Map(),
): ValueMap {
  const section = Schema.decodeUnknownSync(definition.schema)(words, { onExcessProperty: 'error' }) as ValueMap;
  const gunzip = (bytes: Uint8Array) => gunzipSync(bytes);
  const write = (bytes: Uint8Array) => blobs.put(bytes);
  return definition.prepare?.(section, { files, counts, gunzip, write }) ?? section;
}

function rolesOf({ roles = [] }: Simulation): RoleDefinition[] {
  return builtinRoles.map((role) => roles.find(({ name }) => name === role.name) ?? role);
}

function specificationsOf(simulation: Simulation, blobs: BlobStore, identities: SimulatedIdentities): NodeSpecification[] {
  const { counts, wrap = {} } = simulation;
  const sections = configure(simulation, blobs);
  const ids = (role: string): NodeId[] => Array.from({ length: counts[role] ?? 0 }, (_, index) => makeNodeId(role, index));
  return rolesOf(simulation).flatMap((role) => {
    const known = Object.fromEntries(role.knows.map((name) => [name, ids(name)]));
    const keys = role.knowsKeysOf === undefined ? {} : { publicKeys: publicKeysOf(role.knowsKeysOf.flatMap(ids), identities) };
    return ids(role.name).map((id) => {
      const wrapping = wrap[id];
      return { id, role, config: { ...sections, known, counts, ...keys }, ...(wrapping === undefined ? {} : { wrapping }) };
    });
  });
}

function evaluationOf(simulation: Simulation): Evaluation {
  const registry = createRegistry(rolesOf(simulation));
  const properties = [...registry.properties.values()];
  const named = (name: string): Property => {
    const found = properties.find(({ property }) => property.name === name);
    if (found === undefined) throw new Error(`no property is called "${name}"`);
    return found.property;
  };
  return new Evaluation({
    invariants: [
      ...properties.filter(({ standing }) => standing === 'invariant').map(({ property }) => property),
      acknowledgedRecordsComeBack,
      deadNodesAcknowledgeNothing,
    ],
    expectations: (simulation.phrases ?? []).map((name) => ({ property: named(name), breaks: false })),
    faults: (simulation.faults ?? []).map(({ id, drawn }) => ({ id, drawn })),
  });
}

/** Runs a simulation to its end. */
export function simulate(simulation: Simulation): Simulated {
  const seed = simulation.seed ?? 1;
  const blobs = new BlobStore(sha256Node);
  const identities = identitiesOf(seed);
  const nodes = specificationsOf(simulation, blobs, identities);
  const trace = new TraceWriter({ header: { scenario: null, seed, nodes: nodes.map(({ id }) => id), data: {} }, sha256: sha256Node });
  const evaluation = evaluationOf(simulation);
  const observations: Observation[] = [];
  const watcher: Watcher = {
    kinds: recordKinds,
    get sequence() {
      return trace.sequence;
    },
    append: (kind, at, node, first, second) => trace.appendParts(kind as never, at, node, first, second),
    observe: (observation) => {
      observations.push(observation);
      evaluation.observe(observation);
    },
    watches: (kind) => evaluation.watches(kind),
  };
  const tasks = createRegistry(rolesOf(simulation)).tasks;
  const pinned: Value[] = nodes.map(({ config }) => config);
  const build = (): SimWorld => new SimWorld({
    seed,
    salt: 0,
    nodes,
    pure: simulation.pure ?? false,
    weather: simulation.weather ?? wideArea,
    faults: simulation.faults ?? [],
    reseed: [],
    tasks,
    runner: new InlineRunner(blobs),
    blobs,
    signer: new RememberingSigner(identities, sha256Node),
    pinned,
    watcher,
    virtualTimeMaxUs: simulation.virtualTimeMaxUs ?? 600_000_000,
    eventsMax: 5_000_000,
  });
  let world = build();
  world.begin();
  if (simulation.restoreAfter !== undefined) {
    world.advance(simulation.restoreAfter);
    const bytes = world.checkpoint();
    trace.load(trace.save());
    evaluation.load(evaluation.save());
    world = build();
    world.restore(bytes);
  }
  const end = world.advance(Infinity);
  const summary = evaluation.finish({ sequence: trace.sequence, at: world.now, complete: true, because: 'every client had finished' });
  const { counters } = world;
  return {
    end, virtualUs: world.now, trace: trace.finish().trace, inputs: counters.inputs, observations, summary,
    rejected: Object.fromEntries(counters.rejected),
    faultHits: Object.fromEntries(counters.faultHits),
    bytesByKind: Object.fromEntries(counters.bytesByKind),
    of: (kind) => observations.filter((observation) => observation.kind === kind),
  };
}
