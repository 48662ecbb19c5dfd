/**
 * The simulated world: a value that advances.
 *
 * `advance` pops events in order, gives inputs to actors and carries their commands out. It never
 * awaits: when a task's result is due and not there yet it says so, and its caller waits. Where it
 * is sliced leaves no mark on the trace. `checkpoint` gives the whole world as canonical bytes.
 */
import type { NodeSpecification } from '../../host/node.ts';
import { HostedNode } from '../../host/node.ts';
import type { HostPorts, SignerPort } from '../../host/ports.ts';
import type { Fault, Reseed } from '../../host/faults.ts';
import type { Weather } from '../../host/weather.ts';
import { installTripwires } from '../../host/tripwires.ts';
import { assert } from '../../kernel/assert.ts';
import type { BlobStore } from '../../kernel/blobs.ts';
import type { Value } from '../../kernel/codec.ts';
import { drawUniform, purposes } from '../../kernel/draws.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import { compareNodeIds } from '../../kernel/ids.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { limits } from '../../kernel/limits.ts';
import type { TaskDefinition } from '../../kernel/tasks.ts';
import type { Micros } from '../../kernel/time.ts';
import { checkpointOf, restoreCheckpoint } from './checkpoint.ts';
import type { WorldParts } from './checkpoint.ts';
import { Chance } from './chance.ts';
import { NodeClock } from './clocks.ts';
import { SimCompute } from './compute.ts';
import type { Job, TaskRunner } from './compute.ts';
import type { SimEvent } from './events.ts';
import { FaultEngine } from './fault-engine.ts';
import { simulatedPorts } from './host-ports.ts';
import { Intake } from './intake.ts';
import { Lifecycle } from './lifecycle.ts';
import { Network } from './network.ts';
import { Recorder } from './recorder.ts';
import type { Counters, Watcher } from './recorder.ts';
import { SimNode } from './sim-node.ts';
import { Disk } from './storage.ts';
import { Taps } from './taps.ts';
import { Timeline } from './timeline.ts';

export interface SimWorldOptions {
  readonly seed: number;
  readonly salt: number;
  readonly nodes: readonly NodeSpecification[];
  readonly weather: Weather;
  readonly faults: readonly Fault[];
  readonly reseed: readonly Reseed[];
  readonly tasks: ReadonlyMap<string, TaskDefinition>;
  readonly runner: TaskRunner;
  readonly blobs: BlobStore;
  /** The keys of all nodes (see signing.ts). It is no part of a checkpoint: options bring it again. */
  readonly signer: SignerPort;
  /** Blobs that stay although no actor names them: the data set. */
  readonly pinned: readonly Value[];
  readonly watcher: Watcher;
  readonly virtualTimeMaxUs: Micros;
  readonly eventsMax: number;
  /** Steps each input twice and compares (see host/purity). */
  readonly pure: boolean;
}

/** Where `advance` stopped. */
export type Progress =
  | { readonly kind: 'done'; readonly why: 'concluded' | 'quiet' | 'virtualTime' | 'events' }
  | { readonly kind: 'waiting'; readonly job: Job }
  | { readonly kind: 'budget' };

export class SimWorld {
  readonly #options: SimWorldOptions;
  readonly #timeline = new Timeline();
  readonly #chance: Chance;
  readonly #nodes = new Map<NodeId, SimNode>();
  readonly #concluding: readonly SimNode[];
  readonly #recorder: Recorder;
  readonly #network: Network;
  readonly #compute: SimCompute;
  readonly #faults: FaultEngine;
  readonly #lifecycle: Lifecycle;
  readonly #intake: Intake;
  /** Whether the nodes whose end ends the run were over, at the lifecycle's count of changes. */
  #conclusion = { changes: -1, reached: false };

  constructor(options: SimWorldOptions) {
    installTripwires();
    this.#options = options;
    const specifications = [...options.nodes].sort((a, b) => compareNodeIds(a.id, b.id));
    assert(specifications.length <= limits.nodesMax, `more than ${limits.nodesMax} nodes`);
    this.#chance = new Chance(options.seed, options.salt);
    const index = specifications.map(({ id, role }) => ({ id, role: role.name }));
    this.#recorder = new Recorder(options.watcher, index, () => this.#timeline.now);
    this.#compute = new SimCompute(options.weather.device, this.#chance, options.tasks, options.runner);
    this.#network = new Network(this.#networkWorld(), options.weather.network, this.#chance);
    const [timeline, nodes, recorder, network] = [this.#timeline, this.#nodes, this.#recorder, this.#network];
    const shared = { timeline, nodes, recorder, serviceUs: options.weather.device.serviceUs };
    this.#intake = new Intake({ ...shared, onFinished: (node) => this.#lifecycle.leave(node) });
    const ownParts = { chance: this.#chance, network, compute: this.#compute, intake: this.#intake };
    this.#lifecycle = new Lifecycle({ ...shared, ...ownParts });
    this.#faults = new FaultEngine(this.#faultWorld(), options.faults, this.#chance);
    this.#addNodes(specifications);
    this.#concluding = [...this.#nodes.values()].filter((node) => node.hosted.role.concludes === true);
  }

  #addNodes(specifications: readonly NodeSpecification[]): void {
    const [nodes, network, lifecycle, intake] = [this.#nodes, this.#network, this.#lifecycle, this.#intake];
    const [faults, recorder] = [this.#faults, this.#recorder];
    const { blobs, signer } = this.#options;
    const taps = new Taps(specifications, this.#timeline);
    const ports = simulatedPorts({ nodes, network, lifecycle, intake, faults, recorder, blobs, signer, taps });
    for (const specification of specifications) this.#nodes.set(specification.id, this.#makeNode(specification, ports));
    assert(this.#nodes.size === specifications.length, 'two nodes have the same id');
  }

  #makeNode(specification: NodeSpecification, ports: HostPorts): SimNode {
    const { clock, disk } = this.#options.weather;
    const key = this.#chance.standing(`${specification.id} clock`);
    const skew = Math.round((drawUniform(key, purposes.clock) * 2 - 1) * clock.skewMaxUs);
    const drift = Math.round((drawUniform(key, purposes.clock, 1) * 2 - 1) * clock.driftMaxPpm);
    const hosted = new HostedNode(specification, ports, this.#chance.root, this.#options.pure);
    return new SimNode(hosted, new NodeClock(skew, drift), new Disk(disk), this.#chance.standing(`${specification.id} wake`));
  }

  /** Queues what is known from the start. Called once, and not on a restored world. */
  begin(): void {
    let at = 0;
    for (const node of this.#nodes.values()) {
      this.#timeline.push(at, this.#chance.ofNode(node.id, 0, 'start', 0), { kind: 'start', node: node.id, incarnation: 0 });
      at += this.#options.weather.startStaggerUs;
    }
    for (const { atUs, salt } of this.#options.reseed) {
      this.#timeline.push(atUs, this.#chance.named(`reseed ${salt}`), { kind: 'reseed', salt });
    }
    this.#faults.schedule();
  }

  // What the parts of the world ask of each other.

  #networkWorld(): ConstructorParameters<typeof Network>[0] {
    const timeline = this.#timeline;
    const faults = () => this.#faults; // made after the network
    return {
      get now() { return timeline.now; },
      get rules() { return faults().rules; },
      get named() { return faults().named; },
      push: (at, key, event) => this.#timeline.push(at, key, event),
      reachable: (id) => this.#lifecycle.reachable(id),
      incarnationOf: (id) => this.#node(id).hosted.incarnation,
      inform: (id, event, key) => this.#intake.inform(this.#node(id), event, key),
      deliver: (frame) => this.#intake.deliver(frame),
      fate: (frame, fate) => this.#recorder.fate(frame, fate),
      hit: (fault, frame, what) => this.#recorder.hit(fault, what, frame.from),
      cutBy: (a, b) => this.#faults.cutBy(a, b),
    };
  }

  #faultWorld(): ConstructorParameters<typeof FaultEngine>[0] {
    const timeline = this.#timeline;
    return {
      get now() { return timeline.now; },
      push: (at, key, event) => this.#timeline.push(at, key, event),
      ...this.#lifecycle.faultPorts(),
      cutsChanged: () => this.#network.cutsChanged(),
      release: (fault) => this.#network.release(fault),
      hit: (fault, what, node) => this.#recorder.hit(fault, what, node),
    };
  }

  #node(id: NodeId): SimNode {
    const node = this.#nodes.get(id);
    assert(node !== undefined, () => `there is no node ${id}`);
    return node;
  }

  // The loop.

  /** Handles events until `limit` of them are done, nothing is left, or a result must be awaited. */
  advance(limit: number): Progress {
    const { virtualTimeMaxUs, eventsMax, blobs } = this.#options;
    for (let count = 0; count < limit; count += 1) {
      if (this.#concluded()) return { kind: 'done', why: 'concluded' };
      if (this.#recorder.counters.inputs >= eventsMax) return { kind: 'done', why: 'events' };
      const at = this.#timeline.nextAt;
      if (at === undefined) return { kind: 'done', why: 'quiet' };
      if (at > virtualTimeMaxUs) {
        this.#timeline.skipTo(virtualTimeMaxUs);
        return { kind: 'done', why: 'virtualTime' };
      }
      const job = this.#jobToAwait(this.#timeline.peek()!);
      if (job !== undefined) return { kind: 'waiting', job };
      const { value, key } = this.#timeline.next()!;
      this.#dispatch(value, key);
      if (blobs.collectionDue) blobs.collect(this.#roots());
    }
    return { kind: 'budget' };
  }

  /** Whether every node whose end ends the run is over; looked at anew after each start and stop. */
  #concluded(): boolean {
    const { changes } = this.#lifecycle;
    if (this.#conclusion.changes !== changes) {
      const reached = this.#concluding.length > 0 && !this.#concluding.some((node) => this.#lifecycle.isExpected(node));
      this.#conclusion = { changes, reached };
    }
    return this.#conclusion.reached;
  }

  /** The job behind a due result that is not ready yet. */
  #jobToAwait(event: SimEvent): Job | undefined {
    if (event.kind !== 'computed') return undefined;
    const job = this.#compute.due(event.node, event.incarnation, event.task, event.key);
    return job === undefined || job.answer() !== undefined ? undefined : job;
  }

  /** Carries out one event. What it is about draws from `key`, whatever reseeds came since. */
  #dispatch(event: SimEvent, key: DrawKey): void {
    switch (event.kind) {
      case 'frame':
        return this.#network.arrive(event);
      case 'timer':
        return this.#intake.timerDue(event, key);
      case 'wake':
        return this.#intake.wake(this.#node(event.node), event.incarnation);
      case 'computed':
        return this.#lifecycle.computed(event, key);
      case 'saved':
        return this.#lifecycle.saved(event, key);
      case 'start':
        return this.#lifecycle.start(event);
      case 'connect':
        return this.#network.connect(event);
      case 'viewDown':
        return this.#network.viewDown(event, key);
      case 'keepAlive':
        return this.#network.keepAlive(event);
      case 'resume':
        return this.#network.resume(event);
      case 'giveUp':
        return this.#network.giveUp(event, key);
      case 'overheard':
        return this.#intake.inform(this.#node(event.node), event.event, key);
      case 'faultBegin':
        return this.#faults.begin(event.fault);
      case 'faultEnd':
        return this.#faults.end(event.fault);
      case 'reseed':
        this.#chance.reseed(event.salt);
        for (const node of this.#nodes.values()) node.hosted.reseed(this.#chance.root);
    }
  }

  // The world as a value.

  get now(): Micros {
    return this.#timeline.now;
  }

  get counters(): Counters {
    return this.#recorder.counters;
  }

  /** How many events wait in the queue. */
  get pending(): number {
    return this.#timeline.size;
  }

  activeFaults(): string[] {
    return this.#faults.activeFaults();
  }

  /** Nodes whose end a run awaits and that have not finished. */
  unfinished(): NodeId[] {
    return this.#concluding.filter((node) => this.#lifecycle.isExpected(node)).map((node) => node.id);
  }

  *#roots(): Generator<Value> {
    yield* this.#options.pinned;
    for (const node of this.#nodes.values()) yield* node.values();
    yield* this.#timeline.values();
    yield* this.#network.values();
    yield* this.#compute.values();
  }

  #parts(): WorldParts {
    const [timeline, network, compute, faults] = [this.#timeline, this.#network, this.#compute, this.#faults];
    const rest = { timeline, network, compute, faults, lifecycle: this.#lifecycle, recorder: this.#recorder };
    return { blobs: this.#options.blobs, chance: this.#chance, nodes: this.#nodes, rest };
  }

  /** Canonical bytes of everything; a world built with the same options and restored goes on alike. */
  checkpoint(): Uint8Array {
    this.#options.blobs.collect(this.#roots());
    return checkpointOf(this.#parts());
  }

  restore(bytes: Uint8Array): void {
    restoreCheckpoint(this.#parts(), bytes);
    this.#conclusion = { changes: -1, reached: false };
  }
}
