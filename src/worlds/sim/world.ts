/**
 * The simulated world: a value that advances.
 *
 * `advance` pops events in order, gives inputs to actors and carries their commands out. It never
 * awaits: when a task's result is due and not there yet it says so, and its caller waits. Where it
 * is sliced leaves no mark on the trace. `checkpoint` gives the whole world as canonical bytes.
 */
import type { NodeSpecification } from '../../host/node.ts';
import { HostedNode } from '../../host/node.ts';
import type { HostPorts } from '../../host/ports.ts';
import type { Fault, Reseed } from '../../host/faults.ts';
import type { Frame } from '../../host/frames.ts';
import type { Weather } from '../../host/weather.ts';
import { installTripwires } from '../../host/tripwires.ts';
import { assert } from '../../kernel/assert.ts';
import type { BlobStore } from '../../kernel/blobs.ts';
import { decode, encode } from '../../kernel/codec.ts';
import type { Value } from '../../kernel/codec.ts';
import type { InputEvent } from '../../kernel/contract.ts';
import { drawUniform, purposes } from '../../kernel/draws.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import { compareNodeIds } from '../../kernel/ids.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { limits } from '../../kernel/limits.ts';
import type { TaskDefinition } from '../../kernel/tasks.ts';
import type { Micros } from '../../kernel/time.ts';
import { Chance } from './chance.ts';
import { NodeClock } from './clocks.ts';
import { SimCompute } from './compute.ts';
import type { Job, TaskRunner } from './compute.ts';
import type { Pending, SimEvent } from './events.ts';
import { FaultEngine } from './fault-engine.ts';
import { Lifecycle } from './lifecycle.ts';
import { Network } from './network.ts';
import { Recorder } from './recorder.ts';
import type { Counters, Watcher } from './recorder.ts';
import { SimNode } from './sim-node.ts';
import { Disk } from './storage.ts';
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
  #pendingCause: number | null = null;

  constructor(options: SimWorldOptions) {
    installTripwires();
    this.#options = options;
    const specifications = [...options.nodes].sort((a, b) => compareNodeIds(a.id, b.id));
    assert(specifications.length <= limits.nodesMax, `more than ${limits.nodesMax} nodes`);
    this.#chance = new Chance(options.seed, options.salt);
    const index = specifications.map(({ id, role }) => ({ id, role: role.name }));
    this.#recorder = new Recorder(options.watcher, index, () => this.#timeline.now);
    this.#compute = new SimCompute(options.weather.device, this.#chance, options.tasks, options.runner);
    const ports = this.#ports();
    for (const specification of specifications) this.#nodes.set(specification.id, this.#makeNode(specification, ports));
    assert(this.#nodes.size === specifications.length, 'two nodes have the same id');
    this.#concluding = [...this.#nodes.values()].filter((node) => node.hosted.role.concludes === true);
    this.#network = new Network(this.#networkWorld(), options.weather.network, this.#chance);
    this.#lifecycle = new Lifecycle({
      timeline: this.#timeline, chance: this.#chance, nodes: this.#nodes, network: this.#network, compute: this.#compute, recorder: this.#recorder,
    });
    this.#faults = new FaultEngine(this.#faultWorld(), options.faults, this.#chance);
  }

  #makeNode(specification: NodeSpecification, ports: HostPorts): SimNode {
    const { clock, disk } = this.#options.weather;
    const key = this.#chance.standing(`${specification.id} clock`);
    const skew = Math.round((drawUniform(key, purposes.clock) * 2 - 1) * clock.skewMaxUs);
    const drift = Math.round((drawUniform(key, purposes.clock, 1) * 2 - 1) * clock.driftMaxPpm);
    return new SimNode(new HostedNode(specification, ports, this.#chance.root, this.#options.pure), new NodeClock(skew, drift), new Disk(disk));
  }

  /** Queues what is known from the start. Called once, and not on a restored world. */
  begin(): void {
    let at = 0;
    for (const node of this.#nodes.values()) {
      this.#timeline.push(at, this.#chance.ofNode(node.id, 0, 'start', 0), { kind: 'start', node: node.id });
      at += this.#options.weather.startStaggerUs;
    }
    for (const { atUs, salt } of this.#options.reseed) {
      this.#timeline.push(atUs, this.#chance.named(`reseed ${salt}`), { kind: 'reseed', salt });
    }
    this.#faults.schedule();
  }

  // What the parts of the world ask of each other.

  #ports(): HostPorts {
    const { blobs } = this.#options;
    return {
      transport: {
        send: (frame) => this.#network.send(frame),
        refuse: (frame, reason) => this.#network.refuse(frame, reason),
      },
      timers: {
        arm: (id, timer, delayUs) => this.#lifecycle.armTimer(this.#node(id), timer, delayUs),
      },
      store: { save: (id, command) => this.#lifecycle.save(this.#node(id), command) },
      compute: { compute: (id, command) => this.#lifecycle.compute(this.#node(id), command) },
      blobs: { has: (ref) => blobs.has(ref) },
      observer: {
        input: (id, input, bytes) => this.#recorder.input(id, input, bytes, this.#pendingCause),
        command: (id, command, generation, frame) => this.#recorder.command(id, command, generation, frame),
        reject: (id, command) => this.#recorder.reject(id, command.reason),
        record: (id, command) => {
          const node = this.#node(id);
          const { incarnation } = node.hosted;
          this.#recorder.observe(id, command.kind, command.data, true);
          this.#faults.recorded(command.kind, command.data);
          return node.up && node.hosted.incarnation === incarnation;
        },
      },
    };
  }

  #networkWorld(): ConstructorParameters<typeof Network>[0] {
    const world = this;
    return {
      get now() { return world.#timeline.now; },
      get rules() { return world.#faults.rules; },
      get named() { return world.#faults.named; },
      push: (at, key, event) => this.#timeline.push(at, key, event),
      reachable: (id) => this.#lifecycle.reachable(id),
      incarnationOf: (id) => this.#node(id).hosted.incarnation,
      inform: (id, event, key) => this.#inform(this.#node(id), event, key),
      deliver: (frame) => this.#deliver(frame),
      fate: (frame, fate) => this.#recorder.fate(frame, fate),
      hit: (fault, frame, what) => this.#recorder.hit(fault, what, frame.from),
      cutBy: (a, b) => this.#faults.cutBy(a, b),
    };
  }

  #faultWorld(): ConstructorParameters<typeof FaultEngine>[0] {
    const world = this;
    return {
      get now() { return world.#timeline.now; },
      push: (at, key, event) => this.#timeline.push(at, key, event),
      ...this.#lifecycle.faultPorts(),
      cutsChanged: () => this.#network.cutsChanged(),
      release: (fault) => this.#network.release(fault),
      hit: (fault, what, node) => this.#recorder.hit(fault, what, node),
    };
  }

  #node(id: NodeId): SimNode {
    const node = this.#nodes.get(id);
    assert(node !== undefined, `there is no node ${id}`);
    return node;
  }

  #inform(node: SimNode, event: InputEvent, drawKey: DrawKey): void {
    this.#arrive(node, { kind: 'host', event, drawKey });
  }

  #deliver(frame: Frame): void {
    const node = this.#node(frame.to);
    if (!node.up) return this.#recorder.fate(frame, 'lost');
    const refusal = node.hosted.refusalOf(frame.message.kind, frame.message);
    if (refusal !== undefined) {
      this.#recorder.fate(frame, refusal);
      return this.#recorder.reject(node.id, refusal);
    }
    this.#arrive(node, { kind: 'message', frame });
  }

  /** An input reaches a node: it is handled now, or waits in the mailbox. */
  #arrive(node: SimNode, pending: Pending): void {
    if (!node.up) return;
    if (node.idleAt(this.#timeline.now)) this.#handle(node, pending);
    else if (node.enqueue(pending)) this.#lifecycle.scheduleWake(node);
    else this.#recorder.reject(node.id, 'mailboxFull');
  }

  #handle(node: SimNode, pending: Pending): void {
    this.#pendingCause = pending.kind === 'message' ? pending.frame.cause : pending.kind === 'timer' ? pending.cause : null;
    node.handle(pending, this.#timeline.now, this.#options.weather.device.serviceUs);
    if (node.up && node.hosted.finished) this.#lifecycle.leave(node);
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
      this.#dispatch(this.#timeline.next()!.value);
      if (blobs.collectionDue) blobs.collect(this.#roots());
    }
    return { kind: 'budget' };
  }

  #concluded(): boolean {
    if (this.#concluding.length === 0) return false;
    for (const { status } of this.#concluding) if (status === 'up' || status === 'waiting') return false;
    return !this.#lifecycle.restartsPending;
  }

  /** The job behind a due result that is not ready yet. */
  #jobToAwait(event: SimEvent): Job | undefined {
    if (event.kind !== 'computed') return undefined;
    const job = this.#compute.due(event.node, event.incarnation, event.task, event.key);
    return job === undefined || job.answer() !== undefined ? undefined : job;
  }

  #dispatch(event: SimEvent): void {
    switch (event.kind) {
      case 'frame':
        return this.#network.arrive(event);
      case 'timer':
        return this.#timerFired(event);
      case 'wake':
        return this.#wake(this.#node(event.node));
      case 'computed':
        return this.#lifecycle.computed(event, (node, input, key) => this.#inform(node, input, key));
      case 'saved':
        return this.#lifecycle.saved(event, (node, input, key) => this.#inform(node, input, key));
      case 'start':
        return this.#lifecycle.start(this.#node(event.node), (node, input, key) => this.#inform(node, input, key));
      case 'connect':
        return this.#network.connect(event);
      case 'viewDown':
        return this.#network.viewDown(event);
      case 'keepAlive':
        return this.#network.keepAlive(event);
      case 'faultBegin':
        return this.#faults.begin(event.fault);
      case 'faultEnd':
        return this.#faults.end(event.fault);
      case 'reseed':
        this.#chance.reseed(event.salt);
        for (const node of this.#nodes.values()) node.hosted.reseed(this.#chance.root);
    }
  }

  #timerFired(event: Extract<SimEvent, { kind: 'timer' }>): void {
    const node = this.#node(event.node);
    if (!node.up || node.hosted.incarnation !== event.incarnation) return;
    if (node.armings.get(event.id) !== event.arming || !node.hosted.timers.isCurrent(event.id, event.generation)) return;
    const drawKey = this.#chance.ofNode(node.id, event.incarnation, `timer ${event.id}`, event.generation);
    this.#arrive(node, { kind: 'timer', id: event.id, generation: event.generation, drawKey, cause: event.cause });
  }

  #wake(node: SimNode): void {
    node.wakePending = false;
    if (!node.up || node.pauses > 0) return;
    while (node.busyUntil <= this.#timeline.now) {
      const pending = node.dequeue();
      if (pending === undefined) return;
      this.#handle(node, pending);
      if (!node.up) return;
    }
    if (node.mailboxSize > 0) this.#lifecycle.scheduleWake(node);
  }

  // The world as a value.

  get now(): Micros {
    return this.#timeline.now;
  }

  get counters(): Counters {
    return this.#recorder.counters;
  }

  /** How many nodes are up, for people who watch. */
  get nodesUp(): number {
    let count = 0;
    for (const node of this.#nodes.values()) if (node.up) count += 1;
    return count;
  }

  activeFaults(): string[] {
    return this.#faults.activeFaults();
  }

  /** Nodes whose end a run awaits and that have not finished. */
  unfinished(): NodeId[] {
    return this.#concluding.filter((node) => node.up || node.status === 'waiting').map((node) => node.id);
  }

  *#roots(): Generator<Value> {
    yield* this.#options.pinned;
    for (const node of this.#nodes.values()) yield* node.values();
    yield* this.#timeline.values();
    yield* this.#network.values();
    yield* this.#compute.values();
  }

  /** Canonical bytes of everything; a world built with the same options and restored goes on alike. */
  checkpoint(): Uint8Array {
    this.#options.blobs.collect(this.#roots());
    return encode({
      timeline: this.#timeline.save(),
      chance: this.#chance.save(),
      nodes: [...this.#nodes.values()].map((node) => ({ id: node.id, state: node.save() })),
      network: this.#network.save(),
      compute: this.#compute.save(),
      faults: this.#faults.save(),
      lifecycle: this.#lifecycle.saveState(),
      recorder: this.#recorder.save(),
      blobs: this.#options.blobs.save(),
    });
  }

  restore(bytes: Uint8Array): void {
    const value = decode(bytes);
    assert(value !== undefined, 'a checkpoint is not canonical');
    const state = value as unknown as Record<string, Value> & { nodes: { id: NodeId; state: Value }[] };
    this.#options.blobs.load(state['blobs']!);
    this.#chance.load(state['chance']!);
    for (const { id, state: saved } of state.nodes) this.#node(id).load(saved);
    for (const node of this.#nodes.values()) node.hosted.reseed(this.#chance.root);
    this.#timeline.load(state['timeline']!);
    this.#network.load(state['network']!);
    this.#compute.load(state['compute']!);
    this.#faults.load(state['faults']!);
    this.#lifecycle.loadState(state['lifecycle']!);
    this.#recorder.load(state['recorder']!);
  }
}
