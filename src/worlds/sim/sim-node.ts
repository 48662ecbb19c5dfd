/**
 * One node of the simulator: the hosted actor, its clock and disk, and its one processor.
 *
 * Every input takes service time, so a busy or paused node has a mailbox, which is bounded. A timer
 * whose generation has passed is dropped when its turn comes, not before.
 */
import type { HostedNode } from '../../host/node.ts';
import type { DiskFault } from '../../host/faults.ts';
import { OccurrenceCounter } from '../../host/frames.ts';
import { messageEvent } from '../../host/received-frames.ts';
import type { Value } from '../../kernel/codec.ts';
import type { InputEvent } from '../../kernel/contract.ts';
import { drawDice } from '../../kernel/draws.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { limits } from '../../kernel/limits.ts';
import type { Micros } from '../../kernel/time.ts';
import type { NodeClock } from './clocks.ts';
import type { Pending, SavedEvent } from './events.ts';
import type { Disk } from './storage.ts';

/** `waiting` has not started yet, `dark` lost its power, `closed` lost its process, `left` went in order. */
export type NodeStatus = 'waiting' | 'up' | 'dark' | 'closed' | 'left';

/** The answer of a save that a stalling disk keeps back, with the key of its draws. */
export interface StalledSave {
  readonly event: SavedEvent;
  readonly drawKey: DrawKey;
}

export class SimNode {
  readonly hosted: HostedNode;
  readonly clock: NodeClock;
  readonly disk: Disk;
  status: NodeStatus = 'waiting';
  /** Faults that pause it; a paused process keeps its memory and handles nothing. */
  readonly pausedBy = new Set<string>();
  /** Factors of the slow faults in force, by fault. */
  readonly slowedBy = new Map<string, number>();
  /** Disk faults in force, by fault. */
  readonly diskFaults = new Map<string, DiskFault>();
  /** Answers that a stalling disk keeps back. */
  stalledSaves: StalledSave[] = [];
  busyUntil: Micros = 0;
  wakePending = false;
  /** How often each timer id was pushed to the queue, so that a re-timed one drops its older pushes. */
  readonly armings = new Map<string, number>();
  /** Counts the uses of each save and task by this incarnation, which tell their draws apart. */
  readonly uses = new OccurrenceCounter();
  /** Whether a step is under way, whose commands come before everything that they bring about. */
  stepping = false;
  /** Breaks ties between the wakes of different nodes; a wake is no input and draws nothing else. */
  readonly wakeKey: DrawKey;
  #mailbox: Pending[] = [];
  #mailboxStart = 0;

  constructor(hosted: HostedNode, clock: NodeClock, disk: Disk, wakeKey: DrawKey) {
    this.hosted = hosted;
    this.clock = clock;
    this.disk = disk;
    this.wakeKey = wakeKey;
  }

  get id(): NodeId {
    return this.hosted.id;
  }

  get up(): boolean {
    return this.status === 'up';
  }

  get paused(): boolean {
    return this.pausedBy.size > 0;
  }

  get slowFactor(): number {
    let factor = 1;
    for (const one of this.slowedBy.values()) factor *= one;
    return factor;
  }

  /** The disk faults in force, taken together: what any of them does is done. */
  get diskFault(): DiskFault {
    const whole = { tornWrites: false, bitRot: 0, full: false, lyingSync: false, reorder: false, slowFactor: 1, stall: false };
    for (const fault of this.diskFaults.values()) {
      whole.tornWrites ||= fault.tornWrites === true;
      whole.bitRot = Math.max(whole.bitRot, fault.bitRot ?? 0);
      whole.full ||= fault.full === true;
      whole.lyingSync ||= fault.lyingSync === true;
      whole.reorder ||= fault.reorder === true;
      whole.slowFactor *= fault.slowFactor ?? 1;
      whole.stall ||= fault.stall === true;
    }
    return whole;
  }

  /** Ids of the disk faults in force for which something holds. */
  diskFaultsThat(holds: (fault: DiskFault) => boolean): string[] {
    const found: string[] = [];
    for (const [id, fault] of this.diskFaults) if (holds(fault)) found.push(id);
    return found;
  }

  get mailboxSize(): number {
    return this.#mailbox.length - this.#mailboxStart;
  }

  /** Whether an input that arrives now can be handled at once. */
  idleAt(now: Micros): boolean {
    return !this.stepping && !this.paused && this.busyUntil <= now && this.mailboxSize === 0;
  }

  get mailboxFull(): boolean {
    return this.mailboxSize >= limits.mailboxInputsMax;
  }

  /** Keeps an input for later. */
  enqueue(pending: Pending): void {
    this.#mailbox.push(pending);
  }

  dequeue(): Pending | undefined {
    if (this.mailboxSize === 0) return undefined;
    const pending = this.#mailbox[this.#mailboxStart]!;
    this.#mailboxStart += 1;
    if (this.#mailboxStart >= 1_024 || this.mailboxSize === 0) {
      this.#mailbox = this.#mailbox.slice(this.#mailboxStart); // keeps taking from the front cheap
      this.#mailboxStart = 0;
    }
    return pending;
  }

  /** Opens an incarnation: the actor takes its first step. */
  start(lifeKey: DrawKey, now: Micros, serviceUs: Micros): void {
    this.status = 'up';
    this.clock.restart(now);
    this.#step(now, serviceUs, () => this.hosted.start({ at: this.clock.wall(now), mono: 0, dice: drawDice(lifeKey) }));
  }

  /** Handles one input now, or drops a stale timer, which costs no service time. */
  handle(pending: Pending, now: Micros, serviceUs: Micros): void {
    const input = this.#inputOf(pending);
    if (input === undefined) return;
    const { event, drawKey, bytes } = input;
    const stamped = { at: this.clock.wall(now), mono: this.clock.mono(now), dice: drawDice(drawKey), event };
    this.#step(now, serviceUs, () => this.hosted.handle(stamped, bytes));
  }

  #step(now: Micros, serviceUs: Micros, take: () => void): void {
    this.busyUntil = now + Math.ceil(serviceUs * this.slowFactor);
    this.stepping = true;
    take();
    this.stepping = false;
  }

  #inputOf(pending: Pending): { event: InputEvent; drawKey: DrawKey; bytes?: Uint8Array } | undefined {
    switch (pending.kind) {
      case 'message':
        return { event: messageEvent(pending.frame), drawKey: pending.frame.drawKey, bytes: pending.frame.bytes };
      case 'timer': {
        const timer = this.hosted.timers.fire(pending.id, pending.generation);
        return timer === undefined ? undefined : { event: { type: timer.event }, drawKey: pending.drawKey };
      }
      case 'host':
        return { event: pending.event, drawKey: pending.drawKey };
    }
  }

  /** Ends the incarnation and empties what was in memory. */
  stop(status: 'dark' | 'closed' | 'left'): void {
    this.status = status;
    this.#mailbox = [];
    this.#mailboxStart = 0;
    this.pausedBy.clear();
    this.wakePending = false;
    this.uses.load([]);
    this.busyUntil = 0;
    this.armings.clear();
    this.stalledSaves = [];
    this.hosted.stop();
  }

  *values(): Generator<Value> {
    yield* this.hosted.values;
    yield* this.disk.values();
    for (const pending of this.#mailbox) {
      if (pending.kind === 'message') yield pending.frame.message;
      else if (pending.kind === 'host') yield pending.event;
    }
  }

  save(): Value {
    return {
      hosted: this.hosted.save(),
      clock: this.clock.save(),
      disk: this.disk.save(),
      status: this.status,
      pausedBy: [...this.pausedBy],
      uses: this.uses.save(),
      slowedBy: [...this.slowedBy].map(([fault, factor]) => ({ fault, factor })),
      diskFaults: [...this.diskFaults].map(([fault, disk]) => ({ fault, disk })) as unknown as Value,
      stalledSaves: this.stalledSaves as unknown as Value,
      busyUntil: this.busyUntil,
      wakePending: this.wakePending,
      armings: [...this.armings].map(([id, count]) => ({ id, count })),
      mailbox: this.#mailbox.slice(this.#mailboxStart) as unknown as Value,
    };
  }

  load(saved: Value): void {
    const state = saved as unknown as {
      hosted: Value; clock: Value; disk: Value; uses: Value; status: NodeStatus; pausedBy: string[];
      slowedBy: { fault: string; factor: number }[]; diskFaults: { fault: string; disk: DiskFault }[];
      stalledSaves: StalledSave[]; busyUntil: Micros; wakePending: boolean;
      armings: { id: string; count: number }[]; mailbox: Pending[];
    };
    this.hosted.load(state.hosted);
    this.clock.load(state.clock);
    this.disk.load(state.disk);
    this.status = state.status;
    this.pausedBy.clear();
    for (const fault of state.pausedBy) this.pausedBy.add(fault);
    this.uses.load(state.uses);
    this.slowedBy.clear();
    for (const { fault, factor } of state.slowedBy) this.slowedBy.set(fault, factor);
    this.diskFaults.clear();
    for (const { fault, disk } of state.diskFaults) this.diskFaults.set(fault, disk);
    this.stalledSaves = [...state.stalledSaves];
    this.busyUntil = state.busyUntil;
    this.wakePending = state.wakePending;
    this.armings.clear();
    for (const { id, count } of state.armings) this.armings.set(id, count);
    this.#mailbox = [...state.mailbox];
    this.#mailboxStart = 0;
  }
}
