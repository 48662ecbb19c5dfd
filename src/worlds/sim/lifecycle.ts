/**
 * Lives of nodes: starts, stops, pauses, timers, saves and tasks.
 *
 * It owns what happens between an actor's command and its answer on one node; the network owns what
 * happens between two nodes.
 */
import type { ComputeCommand, InputEvent, SaveCommand } from '../../kernel/contract.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import { drawDice } from '../../kernel/draws.ts';
import type { Value } from '../../kernel/codec.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import type { Fault } from '../../host/faults.ts';
import type { Timer } from '../../host/timers.ts';
import type { Chance } from './chance.ts';
import type { SimCompute } from './compute.ts';
import type { SimEvent } from './events.ts';
import type { FaultWorld } from './fault-engine.ts';
import type { Network } from './network.ts';
import type { Recorder } from './recorder.ts';
import type { SimNode } from './sim-node.ts';
import type { Timeline } from './timeline.ts';

export interface LifecycleParts {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly nodes: ReadonlyMap<NodeId, SimNode>;
  readonly network: Network;
  readonly compute: SimCompute;
  readonly recorder: Recorder;
}

type Inform = (node: SimNode, event: InputEvent, key: DrawKey) => void;

export class Lifecycle {
  readonly #parts: LifecycleParts;
  #restartsPending = 0;

  constructor(parts: LifecycleParts) {
    this.#parts = parts;
  }

  /** Whether a stopped node has yet to come back. */
  get restartsPending(): boolean {
    return this.#restartsPending > 0;
  }

  /** Opens an incarnation: the actor starts, and then learns what its disk kept. */
  start(node: SimNode, inform: Inform): void {
    const { timeline, chance, recorder } = this.#parts;
    if (node.up) return;
    if (node.status !== 'waiting') this.#restartsPending -= 1;
    const incarnation = node.hosted.incarnation + 1;
    const key = chance.ofNode(node.id, incarnation, 'life', 0);
    node.status = 'up';
    node.clock.restart(timeline.now);
    const { records, revisions, removed, damaged, lost, rotten } = node.disk.recover(key, node.diskFault);
    for (const _ of rotten) for (const fault of node.diskFaults.keys()) recorder.hit(fault, 'bitRot', node.id);
    if (incarnation > 0 || Object.keys(records).length > 0) {
      recorder.observe(node.id, 'world-restored', { incarnation, revisions, removed, damaged, lost }, true);
    }
    node.hosted.start({ at: node.clock.wall(timeline.now), mono: 0, dice: drawDice(key) });
    if (!node.up) return; // a fault struck while it started
    inform(node, { type: 'restored', records, damaged }, chance.ofNode(node.id, incarnation, 'restored', 0));
  }

  /** A node has reached a final state: it closes its connections in order and is gone. */
  leave(node: SimNode): void {
    this.#end(node, 'left', 'leave');
  }

  #end(node: SimNode, status: 'dark' | 'closed' | 'left', how: 'kill' | 'powerOff' | 'leave'): void {
    const { chance, compute, network, recorder } = this.#parts;
    const { incarnation } = node.hosted;
    const { tornKeys, lostKeys } = node.disk.crash(chance.ofNode(node.id, incarnation, 'crash', 0), how === 'leave' ? {} : node.diskFault);
    node.stop(status);
    compute.abandon(node.id);
    recorder.observe(node.id, how === 'leave' ? 'world-left' : 'world-killed', { incarnation, how }, true);
    for (const [fault, disk] of node.diskFaults) {
      if (disk.tornWrites === true) for (const _ of tornKeys) recorder.hit(fault, 'tornWrite', node.id);
      if (disk.lyingSync === true) for (const _ of lostKeys) recorder.hit(fault, 'lostSync', node.id);
    }
    network.nodeStopped(node.id, how);
  }

  reachable(id: NodeId): 'up' | 'paused' | 'closed' | 'dark' | undefined {
    const node = this.#parts.nodes.get(id);
    if (node === undefined) return undefined;
    if (node.status === 'up') return node.pauses > 0 ? 'paused' : 'up';
    return node.status === 'dark' ? 'dark' : 'closed';
  }

  // Timers.

  armTimer(node: SimNode, timer: Timer, delayUs: Micros): void {
    const { timeline, chance, recorder } = this.#parts;
    const arming = (node.armings.get(timer.id) ?? 0) + 1;
    node.armings.set(timer.id, arming);
    const { incarnation } = node.hosted;
    const key = chance.ofNode(node.id, incarnation, `timer ${timer.id}`, timer.generation);
    timeline.push(timeline.now + node.clock.untilCounted(delayUs), key, {
      kind: 'timer', node: node.id, incarnation, id: timer.id, generation: timer.generation, arming, cause: recorder.lastInput,
    });
  }

  /** A clock changed its rate: what is armed falls due at another true time. */
  #retime(node: SimNode): void {
    const mono = node.clock.mono(this.#parts.timeline.now);
    for (const timer of node.hosted.timers.armed()) this.armTimer(node, timer, Math.max(0, timer.dueMono - mono));
  }

  scheduleWake(node: SimNode): void {
    const { timeline, chance } = this.#parts;
    if (node.wakePending || node.pauses > 0) return;
    node.wakePending = true;
    timeline.push(Math.max(timeline.now, node.busyUntil), chance.named(`${node.id} wake`), { kind: 'wake', node: node.id });
  }

  // Saves and tasks.

  save(node: SimNode, command: SaveCommand): void {
    const { timeline, chance } = this.#parts;
    const { incarnation } = node.hosted;
    const { revision, answerAt, failed } = node.disk.accept(command, timeline.now, node.diskFault);
    const key = chance.ofNode(node.id, incarnation, `save ${command.key}`, revision);
    timeline.push(answerAt, key, { kind: 'saved', node: node.id, incarnation, revision, key: command.key, ticket: command.ticket, failed });
  }

  saved(event: Extract<SimEvent, { kind: 'saved' }>, inform: Inform): void {
    const { chance, nodes, recorder } = this.#parts;
    const node = nodes.get(event.node)!;
    if (!node.up || node.hosted.incarnation !== event.incarnation) return;
    const { revision, key, ticket, failed } = event;
    const drawKey = chance.ofNode(node.id, event.incarnation, `save ${key}`, revision);
    const stalling = [...node.diskFaults].find(([, disk]) => disk.stall === true);
    if (stalling !== undefined) {
      recorder.hit(stalling[0], 'stall', node.id);
      node.stalledSaves.push(event);
      return;
    }
    if (failed !== '') {
      for (const [fault, disk] of node.diskFaults) if (disk.full === true) recorder.hit(fault, 'full', node.id);
      inform(node, { type: 'saveFailed', key, ticket, reason: failed }, drawKey);
      return;
    }
    const lying = node.diskFault.lyingSync === true;
    for (const [fault, disk] of node.diskFaults) if ((disk.slowFactor ?? 1) > 1) recorder.hit(fault, 'slow', node.id);
    const save = node.disk.acknowledge(revision, lying);
    if (recorder.watches('world-save-acknowledged')) {
      recorder.observe(node.id, 'world-save-acknowledged', { key, revision, ...(save.value === null ? { removed: true } : {}) }, true);
    }
    inform(node, { type: 'saved', key, ticket }, drawKey);
  }

  compute(node: SimNode, command: ComputeCommand): void {
    const { timeline, chance, compute } = this.#parts;
    const { incarnation } = node.hosted;
    const duration = compute.begin(node.id, incarnation, command, node.slowFactor);
    const { task, key } = command;
    const drawKey = chance.ofNode(node.id, incarnation, `task ${task} ${key}`, 0);
    timeline.push(timeline.now + duration, drawKey, { kind: 'computed', node: node.id, incarnation, task, key });
  }

  computed({ node: id, incarnation, task, key }: Extract<SimEvent, { kind: 'computed' }>, inform: Inform): void {
    const { chance, compute, nodes } = this.#parts;
    const job = compute.due(id, incarnation, task, key);
    const node = nodes.get(id)!;
    if (job === undefined || !node.up) return;
    const answer = job.answer()!;
    compute.finish(id, incarnation, task, key);
    const drawKey = chance.ofNode(id, incarnation, `task ${task} ${key}`, 0);
    if ('refused' in answer) inform(node, { type: 'computeFailed', task, key, reason: answer.refused }, drawKey);
    else inform(node, { type: 'computed', task, key, result: answer.result }, drawKey);
  }

  // What faults do to nodes.

  faultPorts(): Omit<FaultWorld, 'now' | 'push' | 'cutsChanged' | 'release' | 'hit'> {
    const { nodes, timeline } = this.#parts;
    const get = (id: NodeId): SimNode => nodes.get(id)!;
    return {
      nodesInState: (role, state) =>
        [...nodes.values()].filter((node) => node.up && node.hosted.role.name === role && isIn(node, state)).map((node) => node.id),
      killNode: (id, how, _fault, restartAfterUs) => {
        const node = get(id);
        if (!node.up) return false;
        this.#end(node, how === 'kill' ? 'closed' : 'dark', how);
        if (restartAfterUs !== undefined) this.#restartAfter(node, restartAfterUs);
        return true;
      },
      restartNode: (id) => {
        const node = get(id);
        if (!node.up) return false;
        this.#end(node, 'closed', 'kill');
        this.#restartAfter(node, 1);
        return true;
      },
      pauseNode: (id) => {
        const node = get(id);
        if (!node.up) return false;
        node.pauses += 1;
        return true;
      },
      resumeNode: (id) => {
        const node = get(id);
        if (node.pauses > 0) node.pauses -= 1;
        if (node.up && node.mailboxSize > 0) this.scheduleWake(node);
      },
      slowNode: (id, fault, factor) => {
        const node = get(id);
        if (factor === 1) node.slowedBy.delete(fault);
        else node.slowedBy.set(fault, factor);
        return node.up;
      },
      turnClock: (id, jumpUs, driftPpm) => {
        const node = get(id);
        if (jumpUs !== 0) node.clock.jump(timeline.now, jumpUs);
        if (driftPpm !== 0) {
          node.clock.drift(timeline.now, driftPpm);
          this.#retime(node);
        }
        return node.up;
      },
      faultDisk: (id, fault, begins) => {
        this.#faultDisk(get(id), fault, begins);
        return false;
      },
    };
  }

  #restartAfter(node: SimNode, delayUs: Micros): void {
    const { timeline, chance } = this.#parts;
    this.#restartsPending += 1;
    const key = chance.ofNode(node.id, node.hosted.incarnation + 1, 'start', 0);
    timeline.push(timeline.now + delayUs, key, { kind: 'start', node: node.id });
  }

  #faultDisk(node: SimNode, fault: Fault, begins: boolean): void {
    if (fault.effect.kind !== 'disk') return;
    if (begins) node.diskFaults.set(fault.id, fault.effect.disk);
    else node.diskFaults.delete(fault.id);
    if (begins || [...node.diskFaults.values()].some((disk) => disk.stall === true)) return;
    const { timeline, chance } = this.#parts;
    for (const event of node.stalledSaves.splice(0)) {
      timeline.push(timeline.now, chance.ofNode(node.id, event.incarnation, `save ${event.key}`, event.revision), event);
    }
  }

  saveState(): Value {
    return this.#restartsPending;
  }

  loadState(saved: Value): void {
    this.#restartsPending = saved as number;
  }
}

function isIn(node: SimNode, state: string): boolean {
  const snapshot = node.hosted.snapshot;
  return snapshot !== undefined && (snapshot.hasTag(state) || snapshot._nodes.some((stateNode) => stateNode.key === state));
}
