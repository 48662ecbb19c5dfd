/**
 * Builds small simulated worlds with calm defaults, runs them, and keeps all that happened.
 *
 * Latency is 10 ms on the dot, nothing is lost, service takes no time: whatever a test is about, it
 * switches on by itself.
 */
import type { RoleDefinition } from '../../src/actors/define.ts';
import type { Fault, FaultEffect, Reseed, Selection, Trigger } from '../../src/host/faults.ts';
import type { NodeSpecification } from '../../src/host/node.ts';
import type { SignerPort } from '../../src/host/ports.ts';
import type { DeviceWeather, DiskWeather, NetworkWeather, Weather } from '../../src/host/weather.ts';
import { TraceWriter } from '../../src/judge/trace.ts';
import type { TraceHashes } from '../../src/judge/trace.ts';
import { recordKinds } from '../../src/judge/trace-format.ts';
import { BlobStore } from '../../src/kernel/blobs.ts';
import { concatBytes } from '../../src/kernel/bytes.ts';
import { decode } from '../../src/kernel/codec.ts';
import type { Value, ValueMap } from '../../src/kernel/codec.ts';
import type { Input, Message } from '../../src/kernel/contract.ts';
import { inIdOrder, parseNodeId } from '../../src/kernel/ids.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import type { Observation } from '../../src/kernel/properties.ts';
import type { TaskDefinition } from '../../src/kernel/tasks.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import type { TaskRunner } from '../../src/worlds/sim/compute.ts';
import { InlineRunner } from '../../src/worlds/sim/inline-runner.ts';
import type { Watcher } from '../../src/worlds/sim/recorder.ts';
import { SimWorld } from '../../src/worlds/sim/world.ts';
import type { Progress } from '../../src/worlds/sim/world.ts';
import { configOf, leadingPuppet, puppet } from './puppet.ts';
import type { Part } from './puppet.ts';
import { signerOf } from './signatures.ts';

export const calmNetwork: NetworkWeather = {
  latency: { kind: 'constant', valueUs: 10_000 }, loss: 0, bandwidthBitsPerSecond: 1e12, duplicate: 0, reorder: 0, corrupt: 0,
  mtuBytes: 1_200, retransmitUs: 200_000, stallLimitUs: 10_000_000, keepAliveUs: 4_000_000, dialTimeoutUs: 3_000_000,
};
const calmDevice: DeviceWeather = { flopsPerSecond: 1_000_000, sigma: 0, serviceUs: 0 };
const calmDisk: DiskWeather = { saveUs: 1_000, bytesMax: 1_000_000 };

export interface Setting {
  /** Puppets by id: `puppet-00`, `lead-00`. */
  readonly parts?: Readonly<Record<NodeId, Part>>;
  /** Nodes of other roles. */
  readonly others?: readonly NodeSpecification[];
  readonly seed?: number;
  readonly network?: Partial<NetworkWeather>;
  readonly device?: Partial<DeviceWeather>;
  readonly disk?: Partial<DiskWeather>;
  readonly clock?: Partial<Weather['clock']>;
  readonly startStaggerUs?: number;
  readonly faults?: readonly Fault[];
  readonly reseed?: readonly Reseed[];
  readonly virtualTimeMaxUs?: number;
  readonly eventsMax?: number;
  readonly runnerFor?: (blobs: BlobStore) => TaskRunner;
  readonly pure?: boolean;
  /** In the place of the keys that the seed gives. */
  readonly signer?: SignerPort;
}

/** One input as its actor got it, with true time. */
export interface Given {
  readonly sequence: number;
  readonly atUs: number;
  readonly node: NodeId;
  readonly type: string;
  readonly input: Input;
}

/** A command as the trace has it. */
export interface Commanded {
  readonly sequence: number;
  readonly atUs: number;
  readonly node: NodeId;
  readonly command: Value | undefined;
}

/** A message as it left its actor. */
export interface Sent {
  readonly atUs: number;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: Message;
}

const roles: Readonly<Record<string, RoleDefinition>> = { puppet, lead: leadingPuppet };

function specificationsOf({ parts = {}, others = [] }: Setting): NodeSpecification[] {
  const puppets = Object.entries(parts).map(([id, part]) => ({ id, role: roles[parseNodeId(id)!.role]!, config: configOf(part) }));
  return [...puppets, ...others];
}

/** A world under observation. */
export class SimulatedRun {
  readonly world: SimWorld;
  readonly blobs = new BlobStore(sha256Node);
  readonly given: Given[] = [];
  readonly observations: Observation[] = [];
  readonly sends: Sent[] = [];
  readonly commands: Commanded[] = [];
  /** Which input's step caused an input, by their numbers. */
  readonly causes = new Map<number, number | null>();
  readonly #writer: TraceWriter;
  readonly #ids: readonly NodeId[];
  readonly #times = new Map<number, number>();

  constructor(setting: Setting) {
    const nodes = specificationsOf(setting);
    this.#ids = inIdOrder(nodes.map(({ id }) => id));
    // One header for all runs, so that a hash differs only where a record does.
    this.#writer = new TraceWriter({ header: { scenario: null, seed: 0, nodes: [], data: {} }, sha256: sha256Node });
    const tasks = new Map(nodes.flatMap(({ role }) => role.tasks).map((task): [string, TaskDefinition] => [task.name, task]));
    const { seed = 1, faults = [], reseed = [], virtualTimeMaxUs = 60_000_000, eventsMax = 1_000_000, pure = false } = setting;
    this.world = new SimWorld({
      seed, salt: 0, nodes, faults, reseed, tasks, virtualTimeMaxUs, eventsMax, pure, pinned: [], blobs: this.blobs,
      signer: setting.signer ?? signerOf(seed),
      weather: {
        network: { ...calmNetwork, ...setting.network }, device: { ...calmDevice, ...setting.device },
        disk: { ...calmDisk, ...setting.disk }, clock: { skewMaxUs: 0, driftMaxPpm: 0, ...setting.clock },
        startStaggerUs: setting.startStaggerUs ?? 0,
      },
      runner: setting.runnerFor?.(this.blobs) ?? new InlineRunner(this.blobs),
      watcher: this.#watcher(),
    });
  }

  #watcher(): Watcher {
    const writer = this.#writer;
    return {
      kinds: recordKinds,
      get sequence() { return writer.sequence; },
      append: (kind, at, node, first, second) => {
        this.#times.set(writer.sequence, at);
        if (kind === recordKinds.commands) this.#noteCommand(at, this.#ids[node]!, concatBytes(first, second));
        writer.appendParts(kind as 1, at, node, first, second);
      },
      observe: (observation) => this.observations.push(observation),
      watches: () => true,
      journal: (sequence, node, input) => {
        this.given.push({ sequence, node, input, type: input.event.type, atUs: this.#times.get(sequence)! });
      },
      cause: (sequence, _at, _node, _event, cause) => this.causes.set(sequence, cause),
    };
  }

  #noteCommand(atUs: number, from: NodeId, bytes: Uint8Array): void {
    const command = decode(bytes);
    this.commands.push({ sequence: this.#writer.sequence, atUs, node: from, command });
    if (!Array.isArray(command) || command[0] !== 'send') return;
    const [, to, message] = command as [string, NodeId, Message];
    this.sends.push({ atUs, from, to, message });
  }

  /** Runs to the end; every task must be answered at once. */
  finish(slice = Number.MAX_SAFE_INTEGER): Progress {
    for (;;) {
      const progress = this.world.advance(slice);
      if (progress.kind !== 'budget') return progress;
    }
  }

  hashes(): TraceHashes {
    return this.#writer.finish();
  }

  /** The world and the trace so far, from which `resume` goes on. */
  save(): { world: Uint8Array; trace: Value } {
    return { world: this.world.checkpoint(), trace: this.#writer.save() };
  }

  resume({ world, trace }: { world: Uint8Array; trace: Value }): this {
    this.#writer.load(trace);
    this.world.restore(world);
    return this;
  }

  /** What a node was given, of one type if one is named. */
  inputsOf(node: NodeId, type?: string): Given[] {
    return this.given.filter((one) => one.node === node && (type === undefined || one.type === type));
  }

  /** Numbers of the messages of a kind that a node was given, in order. */
  numbersAt(node: NodeId, kind: string): number[] {
    return this.inputsOf(node, kind).map(({ input }) => (input.event as unknown as { message: { number: number } }).message.number);
  }

  /** True times of the inputs of a type, in µs. */
  timesAt(node: NodeId, type: string): number[] {
    return this.inputsOf(node, type).map(({ atUs }) => atUs);
  }

  of(kind: string): Observation[] {
    return this.observations.filter((observation) => observation.kind === kind);
  }

  /** Identities of the frames that met a fate, in the order in which they met it. */
  fates(name: string): string[] {
    return this.of('world-frame-fate').filter(({ data }) => data['fate'] === name).map(({ data }) => String(data['frame']));
  }

  hits(id: string): number {
    return this.world.counters.faultHits.get(id) ?? 0;
  }

  rejected(reason: string): number {
    return this.world.counters.rejected.get(reason) ?? 0;
  }
}

/** A run that has come to its end. */
export function simulated(setting: Setting): SimulatedRun {
  const run = new SimulatedRun(setting);
  run.world.begin();
  run.finish();
  return run;
}

/** A fault written by hand; at once unless a trigger is given. */
export function fault(id: string, effect: FaultEffect, trigger: Trigger | number = 0): Fault {
  return { id, effect, drawn: false, trigger: typeof trigger === 'number' ? { kind: 'time', atUs: trigger } : trigger };
}

export const nodes = (...ids: NodeId[]): Selection => ({ kind: 'nodes', nodes: ids });

/** What an event says besides its type. */
export const contentOf = ({ input }: Given): ValueMap => input.event;
