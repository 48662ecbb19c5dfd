/**
 * One node of the simulator: the hosted actor, its clock and disk, and its one processor.
 *
 * Every input takes service time, so a busy or paused node has a mailbox, which is bounded. A timer
 * whose generation has passed is dropped when its turn comes, not before.
 */
import type { HostedNode } from '../../host/node.ts';
import type { DiskFault } from '../../host/faults.ts';
import type { Frame } from '../../host/frames.ts';
import type { Value } from '../../kernel/codec.ts';
import type { InputEvent } from '../../kernel/contract.ts';
import { drawDice } from '../../kernel/draws.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { limits } from '../../kernel/limits.ts';
import type { Micros } from '../../kernel/time.ts';
import type { NodeClock } from './clocks.ts';
import type { Pending, SimEvent } from './events.ts';
import type { Disk } from './storage.ts';

/** `waiting` has not started yet, `dark` lost its power, `closed` lost its process, `left` went in order. */
export type NodeStatus = 'waiting' | 'up' | 'dark' | 'closed' | 'left';

export class SimNode {
  readonly hosted: HostedNode;
  readonly clock: NodeClock;
  readonly disk: Disk;
  status: NodeStatus = 'waiting';
  /** How many pauses are in force; a paused process keeps its memory and handles nothing. */
  pauses = 0;
  /** Factors of the slow faults in force, by fault. */
  readonly slowedBy = new Map<string, number>();
  /** Disk faults in force, by fault. */
  readonly diskFaults = new Map<string, DiskFault>();
  /** Answers that a stalling disk keeps back. */
  stalledSaves: Extract<SimEvent, { kind: 'saved' }>[] = [];
  busyUntil: Micros = 0;
  wakePending = false;
  /** How often each timer id was pushed to the queue, so that a re-timed one drops its older pushes. */
  readonly armings = new Map<string, number>();
  #mailbox: Pending[] = [];
  #mailboxStart = 0;

  constructor(hosted: HostedNode, clock: NodeClock, disk: Disk) {
    this.hosted = hosted;
    this.clock = clock;
    this.disk = disk;
  }

  get id(): NodeId {
    return this.hosted.id;
  }

  get up(): boolean {
    return this.status === 'up';
  }

  get slowFactor(): number {
    let factor = 1;
    for (const one of this.slowedBy.values()) factor *= one;
    return factor;
  }

  /** The disk faults in force, the strongest of each kind. */
  get diskFault(): DiskFault {
    let merged: DiskFault = {};
    for (const fault of this.diskFaults.values()) {
      const bitRot = Math.max(merged.bitRot ?? 0, fault.bitRot ?? 0);
      const slowFactor = (merged.slowFactor ?? 1) * (fault.slowFactor ?? 1);
      merged = { ...merged, ...fault, bitRot, slowFactor };
    }
    return merged;
  }

  get mailboxSize(): number {
    return this.#mailbox.length - this.#mailboxStart;
  }

  /** Whether an input that arrives now can be handled at once. */
  idleAt(now: Micros): boolean {
    return this.pauses === 0 && this.busyUntil <= now && this.mailboxSize === 0;
  }

  /** Keeps an input for later; false when the mailbox is full. */
  enqueue(pending: Pending): boolean {
    if (this.mailboxSize >= limits.mailboxInputsMax) return false;
    this.#mailbox.push(pending);
    return true;
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

  /** Handles one input now. Returns false for a stale timer, which costs no service time. */
  handle(pending: Pending, now: Micros, serviceUs: Micros): boolean {
    const input = this.#inputOf(pending);
    if (input === undefined) return false;
    this.busyUntil = now + Math.ceil(serviceUs * this.slowFactor);
    const stamp = { at: this.clock.wall(now), mono: this.clock.mono(now), dice: drawDice(input.drawKey) };
    this.hosted.handle({ ...stamp, event: input.event }, input.bytes);
    return true;
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
    this.pauses = 0;
    this.busyUntil = 0;
    this.armings.clear();
    this.stalledSaves = [];
    this.hosted.stop();
  }

  *values(): Generator<Value> {
    if (this.hosted.snapshot !== undefined) yield (this.hosted.snapshot as { context: Value }).context;
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
      pauses: this.pauses,
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
      hosted: Value; clock: Value; disk: Value; status: NodeStatus; pauses: number; slowedBy: { fault: string; factor: number }[]; diskFaults: { fault: string; disk: DiskFault }[]; stalledSaves: Extract<SimEvent, { kind: 'saved' }>[];
      busyUntil: Micros; wakePending: boolean; armings: { id: string; count: number }[]; mailbox: Pending[];
    };
    this.hosted.load(state.hosted);
    this.clock.load(state.clock);
    this.disk.load(state.disk);
    this.status = state.status;
    this.pauses = state.pauses;
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

/** What the actor sees of a frame. */
export function messageEvent(frame: Frame): InputEvent {
  return { type: frame.kind, from: frame.from, message: frame.message };
}
