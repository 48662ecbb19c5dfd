/**
 * How an input reaches its actor: at once, or through the mailbox of a node that is busy or paused.
 *
 * What comes from outside is checked here against the role's vocabulary. Only messages may find a
 * mailbox full; timers and answers of the own host always fit, because their number is bounded by
 * limits of their own and an actor that lost one would wait for ever.
 */
import type { Frame } from '../../host/frames.ts';
import type { InputEvent } from '../../kernel/contract.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import type { Pending, TimerEvent } from './events.ts';
import type { Recorder } from './recorder.ts';
import type { SimNode } from './sim-node.ts';
import type { Timeline } from './timeline.ts';

export interface IntakeParts {
  readonly timeline: Timeline;
  readonly nodes: ReadonlyMap<NodeId, SimNode>;
  readonly recorder: Recorder;
  /** Time that a node needs for one input. */
  readonly serviceUs: Micros;
  /** Told of a node whose chart has reached a final state. */
  readonly onFinished: (node: SimNode) => void;
}

export class Intake {
  readonly #parts: IntakeParts;
  #cause: number | null = null;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** The step that caused the input that is being handled; null when none did. */
  get cause(): number | null {
    return this.#cause;
  }

  /** A frame has arrived at its receiver. */
  deliver(frame: Frame): void {
    const { nodes, recorder } = this.#parts;
    const node = nodes.get(frame.to)!;
    if (!node.up) return recorder.fate(frame, 'lost');
    const refusal = node.hosted.refusalOf(frame);
    if (refusal === undefined) this.#arrive(node, { kind: 'message', frame });
    else this.#refuse(frame, refusal);
  }

  #refuse(frame: Frame, reason: string): void {
    this.#parts.recorder.fate(frame, reason);
    this.#parts.recorder.reject(frame.to, reason);
  }

  /** A node's own host has something to say; nothing when the node is down. */
  inform(node: SimNode, event: InputEvent, drawKey: DrawKey): void {
    this.#arrive(node, { kind: 'host', event, drawKey });
  }

  /** A timer is due: it is handed on unless it was cancelled, armed anew or re-timed since. */
  timerDue({ node: id, incarnation, id: timer, generation, arming, cause }: TimerEvent, drawKey: DrawKey): void {
    const node = this.#parts.nodes.get(id)!;
    if (!node.up || node.hosted.incarnation !== incarnation) return;
    if (node.armings.get(timer) !== arming || !node.hosted.timers.isCurrent(timer, generation)) return;
    this.#arrive(node, { kind: 'timer', id: timer, generation, drawKey, cause });
  }

  #arrive(node: SimNode, pending: Pending): void {
    if (!node.up) return;
    if (node.idleAt(this.#parts.timeline.now)) return this.#handle(node, pending);
    if (pending.kind === 'message' && node.mailboxFull) return this.#refuse(pending.frame, 'mailboxFull');
    node.enqueue(pending);
    this.scheduleWake(node);
  }

  #handle(node: SimNode, pending: Pending): void {
    const { timeline, serviceUs } = this.#parts;
    this.#cause = pending.kind === 'message' ? pending.frame.cause : pending.kind === 'timer' ? pending.cause : null;
    node.handle(pending, timeline.now, serviceUs);
    this.#cause = null;
    this.leaveIfFinished(node);
  }

  leaveIfFinished(node: SimNode): void {
    if (node.up && node.hosted.finished) this.#parts.onFinished(node);
  }

  /** Has a node look into its mailbox as soon as it is free. */
  scheduleWake(node: SimNode): void {
    if (node.wakePending || node.paused) return;
    const { timeline } = this.#parts;
    node.wakePending = true;
    const { incarnation } = node.hosted;
    timeline.push(Math.max(timeline.now, node.busyUntil), node.wakeKey, { kind: 'wake', node: node.id, incarnation });
  }

  /** A node is free again: it takes inputs from its mailbox until one keeps it busy. */
  wake(node: SimNode, incarnation: number): void {
    if (node.hosted.incarnation !== incarnation || !node.up) return;
    node.wakePending = false;
    if (node.paused) return;
    while (node.busyUntil <= this.#parts.timeline.now) {
      const pending = node.dequeue();
      if (pending === undefined) return;
      this.#handle(node, pending);
      if (!node.up || node.paused) return;
    }
    if (node.mailboxSize > 0) this.scheduleWake(node);
  }
}
