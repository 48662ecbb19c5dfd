/**
 * Lives of nodes: starts, stops, pauses, timers, saves and tasks.
 *
 * It owns what happens between an actor's command and its answer on one node; the network owns what
 * happens between two nodes.
 */
import type { ComputeCommand, SaveCommand } from '../../kernel/contract.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { Value } from '../../kernel/codec.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import type { Fault } from '../../host/faults.ts';
import type { Timer } from '../../host/timers.ts';
import type { Chance } from './chance.ts';
import type { SimCompute } from './compute.ts';
import type { SavedEvent, SimEvent } from './events.ts';
import type { FaultWorld } from './fault-engine.ts';
import type { Intake } from './intake.ts';
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
  readonly intake: Intake;
  /** Time that a node needs for one input. */
  readonly serviceUs: Micros;
}

export class Lifecycle {
  readonly #parts: LifecycleParts;
  /** Nodes that are down and whose next start is in the queue. */
  readonly #restarting = new Set<NodeId>();
  #changes = 0;

  constructor(parts: LifecycleParts) {
    this.#parts = parts;
  }

  /** Grows whenever a node starts, stops, or is to start again. */
  get changes(): number {
    return this.#changes;
  }

  /** Whether a node is up or will be. */
  isExpected(node: SimNode): boolean {
    return node.up || node.status === 'waiting' || this.#restarting.has(node.id);
  }

  /** Opens an incarnation: the actor starts, and then learns what its disk kept. */
  start({ node: id, incarnation }: Extract<SimEvent, { kind: 'start' }>): void {
    const { timeline, chance, nodes, recorder, intake, serviceUs } = this.#parts;
    const node = nodes.get(id)!;
    if (node.up || node.hosted.incarnation + 1 !== incarnation) return; // another restart came first
    this.#restarting.delete(id);
    this.#changes += 1;
    const key = chance.ofNode(id, incarnation, 'life', 0);
    const { records, revisions, removed, damaged, lost, rotten } = node.disk.recover(key, node.diskFault);
    for (const _ of rotten) for (const fault of node.diskFaultsThat((disk) => (disk.bitRot ?? 0) > 0)) recorder.hit(fault, 'bitRot', id);
    if (incarnation > 0 || Object.keys(records).length > 0) {
      recorder.observe(id, 'world-restored', { incarnation, revisions, removed, damaged, lost }, true);
    }
    if (!node.hosted.honest) recorder.observe(id, 'world-adversary-started', { as: node.hosted.wrapping!.definition.name }, true);
    node.start(key, timeline.now, serviceUs);
    if (!node.up) return; // a fault struck while it started
    intake.inform(node, { type: 'restored', records, damaged }, chance.ofNode(id, incarnation, 'restored', 0));
    intake.leaveIfFinished(node);
  }

  /** A node has reached a final state: it closes its connections in order and is gone. */
  leave(node: SimNode): void {
    this.#end(node, 'left', 'leave');
  }

  #end(node: SimNode, status: 'dark' | 'closed' | 'left', how: 'kill' | 'powerOff' | 'leave'): void {
    const { chance, compute, network, recorder } = this.#parts;
    const { incarnation } = node.hosted;
    this.#changes += 1;
    const crashKey = chance.ofNode(node.id, incarnation, 'crash', 0);
    const { atStake, tornKeys, lies } = node.disk.crash(crashKey, how === 'leave' ? {} : node.diskFault);
    node.stop(status);
    compute.abandon(node.id);
    recorder.observe(node.id, how === 'leave' ? 'world-left' : 'world-killed', { incarnation, how }, true);
    for (const fault of node.diskFaultsThat((disk) => disk.reorder === true)) if (atStake > 0) recorder.hit(fault, 'reorder', node.id);
    for (const fault of node.diskFaultsThat((disk) => disk.tornWrites === true)) {
      for (const _ of tornKeys) recorder.hit(fault, 'tornWrite', node.id);
    }
    for (const fault of lies) recorder.hit(fault, 'lostSync', node.id);
    network.nodeStopped(node.id, how);
  }

  reachable(id: NodeId): 'up' | 'paused' | 'closed' | 'dark' | undefined {
    const node = this.#parts.nodes.get(id);
    if (node === undefined) return undefined;
    if (node.status === 'up') return node.paused ? 'paused' : 'up';
    return node.status === 'dark' ? 'dark' : 'closed';
  }

  // Timers.

  armTimer(node: SimNode, timer: Timer, delayUs: Micros): void {
    const { timeline, chance, recorder } = this.#parts;
    const arming = (node.armings.get(timer.id) ?? 0) + 1;
    node.armings.set(timer.id, arming);
    const { incarnation } = node.hosted;
    const key = chance.ofTimer(node.id, incarnation, timer.id, timer.generation);
    timeline.push(timeline.now + node.clock.untilCounted(delayUs), key, {
      kind: 'timer', node: node.id, incarnation, id: timer.id, generation: timer.generation, arming, cause: recorder.lastInput,
    });
  }

  /** A clock changed its rate: what is armed falls due at another true time. */
  #retime(node: SimNode): void {
    const mono = node.clock.mono(this.#parts.timeline.now);
    for (const timer of node.hosted.timers.armed()) this.armTimer(node, timer, Math.max(0, timer.dueMono - mono));
  }

  // Saves and tasks.

  store(node: SimNode, command: SaveCommand): void {
    const { timeline, chance, recorder } = this.#parts;
    const { incarnation } = node.hosted;
    const { revision, answerAt, failed } = node.disk.accept(command, timeline.now, node.diskFault);
    if (failed === 'diskFull') {
      for (const fault of node.diskFaultsThat((disk) => disk.full === true)) recorder.hit(fault, 'full', node.id);
    }
    for (const fault of node.diskFaultsThat((disk) => (disk.slowFactor ?? 1) > 1)) recorder.hit(fault, 'slow', node.id);
    const { key, ticket } = command;
    const what = `save ${key} ${ticket}`;
    const drawKey = chance.ofNode(node.id, incarnation, what, node.uses.next('save', what));
    timeline.push(answerAt, drawKey, { kind: 'saved', node: node.id, incarnation, revision, key, ticket, failed });
  }

  /** A save is answered, unless the disk stalls: then it is kept, and all behind it, in order. */
  saved(event: SavedEvent, drawKey: DrawKey): void {
    const { nodes, recorder, intake } = this.#parts;
    const node = nodes.get(event.node)!;
    if (!node.up || node.hosted.incarnation !== event.incarnation) return;
    const [stalling] = node.diskFaultsThat((disk) => disk.stall === true);
    if (stalling !== undefined) {
      recorder.hit(stalling, 'stall', node.id);
      node.stalledSaves.push({ event, drawKey });
      return;
    }
    const { key, ticket, failed } = event;
    if (failed !== '') return intake.inform(node, { type: 'saveFailed', key, ticket, reason: failed }, drawKey);
    this.#acknowledge(node, event);
    intake.inform(node, { type: 'saved', key, ticket }, drawKey);
  }

  #acknowledge(node: SimNode, { key, revision }: SavedEvent): void {
    const { recorder } = this.#parts;
    const [lie = ''] = node.diskFaultsThat((disk) => disk.lyingSync === true);
    const { value } = node.disk.acknowledge(revision, lie);
    if (!recorder.watches('world-save-acknowledged')) return;
    recorder.observe(node.id, 'world-save-acknowledged', { key, revision, ...(value === null ? { removed: true } : {}) }, true);
  }

  compute(node: SimNode, command: ComputeCommand): void {
    const { timeline, chance, compute } = this.#parts;
    const { incarnation } = node.hosted;
    const duration = compute.begin(node.id, incarnation, command, node.slowFactor);
    const { task, key } = command;
    const what = `task ${task} ${key}`;
    const drawKey = chance.ofNode(node.id, incarnation, what, node.uses.next('task', what));
    timeline.push(timeline.now + duration, drawKey, { kind: 'computed', node: node.id, incarnation, task, key });
  }

  /** A task's time is over; its answer is there, since the loop has waited for it. */
  computed({ node: id, incarnation, task, key }: Extract<SimEvent, { kind: 'computed' }>, drawKey: DrawKey): void {
    const { compute, nodes, intake } = this.#parts;
    const job = compute.finish(id, incarnation, task, key);
    if (job === undefined) return; // its node has died since
    const answer = job.answer()!;
    const node = nodes.get(id)!;
    if ('refused' in answer) intake.inform(node, { type: 'computeFailed', task, key, reason: answer.refused }, drawKey);
    else intake.inform(node, { type: 'computed', task, key, result: answer.result }, drawKey);
  }

  // What faults do to nodes.

  faultPorts(): Omit<FaultWorld, 'now' | 'push' | 'cutsChanged' | 'release' | 'hit'> {
    const { nodes, timeline } = this.#parts;
    const get = (id: NodeId): SimNode => nodes.get(id)!;
    return {
      nodesInState: (role, state) =>
        [...nodes.values()].filter((node) => node.up && node.hosted.role.name === role && isIn(node, state)).map((node) => node.id),
      killNode: (id, how, restartAfterUs) => {
        const node = get(id);
        if (!node.up) return false;
        this.#end(node, how === 'kill' ? 'closed' : 'dark', how);
        if (restartAfterUs !== undefined) this.#restartAfter(node, restartAfterUs);
        return true;
      },
      restartNode: (id) => {
        const node = get(id);
        if (node.status === 'left' || node.status === 'waiting') return false;
        if (node.up) this.#end(node, 'closed', 'kill');
        this.#restartAfter(node, 1);
        return true;
      },
      pauseNode: (id, fault) => {
        const node = get(id);
        if (node.up) node.pausedBy.add(fault);
        return node.up;
      },
      resumeNode: (id, fault) => {
        const node = get(id);
        if (node.pausedBy.delete(fault) && node.mailboxSize > 0) this.#parts.intake.scheduleWake(node);
      },
      slowNode: (id, fault, factor) => {
        const node = get(id);
        if (factor === 1) node.slowedBy.delete(fault);
        else node.slowedBy.set(fault, factor);
        return this.isExpected(node); // whoever starts later starts slow
      },
      turnClock: (id, jumpUs, driftPpm) => {
        const node = get(id);
        if (jumpUs !== 0) node.clock.jump(timeline.now, jumpUs);
        if (driftPpm !== 0) {
          node.clock.drift(timeline.now, driftPpm);
          this.#retime(node);
        }
        return this.isExpected(node); // whoever starts later starts by the clock as it was left
      },
      faultDisk: (id, fault, begins) => this.#faultDisk(get(id), fault, begins),
    };
  }

  #restartAfter(node: SimNode, delayUs: Micros): void {
    const { timeline, chance } = this.#parts;
    const incarnation = node.hosted.incarnation + 1;
    this.#restarting.add(node.id);
    this.#changes += 1;
    const key = chance.ofNode(node.id, incarnation, 'start', 0);
    timeline.push(timeline.now + Math.max(1, delayUs), key, { kind: 'start', node: node.id, incarnation });
  }

  #faultDisk(node: SimNode, fault: Fault, begins: boolean): void {
    if (fault.effect.kind !== 'disk') return;
    if (begins) node.diskFaults.set(fault.id, fault.effect.disk);
    else node.diskFaults.delete(fault.id);
    if (node.diskFault.stall === true) return;
    // All at once, before any save behind them can be answered.
    for (const { event, drawKey } of node.stalledSaves.splice(0)) this.saved(event, drawKey);
  }

  save(): Value {
    return { restarting: [...this.#restarting], changes: this.#changes };
  }

  load(saved: Value): void {
    const { restarting, changes } = saved as unknown as { restarting: NodeId[]; changes: number };
    this.#restarting.clear();
    for (const node of restarting) this.#restarting.add(node);
    this.#changes = changes;
  }
}

function isIn(node: SimNode, state: string): boolean {
  return node.hosted.charts.some((chart) => chart.hasTag(state) || chart._nodes.some((stateNode) => stateNode.key === state));
}
