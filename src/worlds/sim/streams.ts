/**
 * Streams: frames in order over a connection, as libp2p carries them over TCP.
 *
 * Loss delays a frame and those behind it by retransmission; what a fault holds back is held with
 * everything behind it on its channel; a cut stalls both directions until it heals or an end gives
 * up. A stream never reorders, doubles or corrupts.
 */
import type { Frame } from '../../host/frames.ts';
import { judgeFrame, lossOf } from '../../host/rules.ts';
import type { Judgement } from '../../host/rules.ts';
import { pow } from '../../kernel/arithmetic.ts';
import { drawUniform, purposes, runLength } from '../../kernel/draws.ts';
import { limits } from '../../kernel/limits.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import { alter } from './alter.ts';
import type { Breaks } from './breaks.ts';
import { channelOf, directionOf, viewOf } from './connections.ts';
import type { Connection } from './connections.ts';
import type { FrameEvent } from './events.ts';
import { leaveSender, refuse } from './network-parts.ts';
import type { NetworkParts } from './network-parts.ts';

/** Losses in a row that are told apart; 2^30 retransmission time-outs are beyond any stall limit. */
const lossesMax = 30;

export class Streams {
  readonly #parts: NetworkParts;
  readonly #breaks: Breaks;

  constructor(parts: NetworkParts, breaks: Breaks) {
    this.#parts = parts;
    this.#breaks = breaks;
  }

  /** Sends over a connection that the sender believes in. */
  send(connection: Connection, frame: Frame): void {
    const { world } = this.#parts;
    if (!connection.alive) {
      // The other end may be gone without this one knowing: then the frame goes nowhere.
      world.fate(frame, 'lost');
      return this.#breaks.sentIntoNothing(connection, frame);
    }
    const direction = directionOf(connection, frame.from);
    const waiting = direction.sent - direction.delivered + channelOf(direction, frame.protocol).held.length;
    if (waiting >= limits.sendQueueFramesMax) return refuse(this.#parts, frame, 'queueFull');
    this.#offer(connection, frame);
  }

  /** Asks the rules about a frame and sends it on, or holds it back. */
  #offer(connection: Connection, frame: Frame): void {
    const { world } = this.#parts;
    const channel = channelOf(directionOf(connection, frame.from), frame.protocol);
    const judgement = judgeFrame(world.rules, world.named, frame);
    const { verdict, fault } = judgement;
    if (verdict.kind === 'hold' || channel.held.length > 0) {
      // What only stands behind a held frame is judged when it moves on.
      if (verdict.kind === 'hold') world.hit(fault, frame, 'hold');
      channel.held.push({ frame, fault: verdict.kind === 'hold' ? fault : '' });
      return world.fate(frame, 'held');
    }
    if (fault !== '') world.hit(fault, frame, verdict.kind);
    if (verdict.kind === 'drop') return world.fate(frame, 'dropped');
    if (verdict.kind === 'break') {
      world.fate(frame, 'broke');
      return this.#breaks.break(connection, frame.from, 'broken', frame.drawKey);
    }
    for (const delaying of judgement.delayedBy) world.hit(delaying, frame, 'delay');
    if (verdict.kind === 'tamper') world.fate(frame, 'altered');
    this.#launch(connection, verdict.kind === 'tamper' ? alter(frame) : frame, judgement);
  }

  #launch(connection: Connection, frame: Frame, { delayUs, named }: Judgement): void {
    const { world, links, weather } = this.#parts;
    const direction = directionOf(connection, frame.from);
    const channel = channelOf(direction, frame.protocol);
    direction.sent += 1;
    const left = leaveSender(this.#parts, frame);
    const wait = named ? 0 : this.#retransmissionWait(frame);
    let arrival = left + links.latency(frame.drawKey, frame.from, frame.to) + delayUs;
    if (wait > weather.stallLimitUs) {
      const giveUpAt = left + weather.stallLimitUs;
      this.#giveUpAt(giveUpAt, connection, frame, direction.sent);
      arrival = giveUpAt + 1; // Nothing gets past this frame any more.
    } else {
      arrival += wait;
    }
    arrival = Math.max(arrival, direction.lossUntil + 1, channel.lastArrival + 1);
    if (wait > 0) direction.lossUntil = arrival;
    channel.lastArrival = arrival;
    world.push(arrival, frame.drawKey, {
      kind: 'frame', frame, connection: connection.number, order: direction.sent, admitted: false,
    });
  }

  #giveUpAt(at: Micros, { number }: Connection, { from, to, drawKey }: Frame, order: number): void {
    this.#parts.world.push(at, drawKey, { kind: 'giveUp', from, to, connection: number, order });
  }

  /** The k-th retransmission waits rto · 2^k, so k losses in a row cost rto · (2^k − 1). */
  #retransmissionWait(frame: Frame): Micros {
    const { world, weather } = this.#parts;
    const { loss, fault } = lossOf(world.rules, frame, weather.loss);
    if (loss === 0) return 0;
    const u = drawUniform(frame.drawKey, purposes.loss);
    const losses = runLength(u, loss, lossesMax);
    if (losses === 0) return 0;
    if (fault !== '' && losses > runLength(u, weather.loss, lossesMax)) world.hit(fault, frame, 'loss');
    world.fate(frame, 'retransmitted');
    return weather.retransmitUs * (pow(2, losses) - 1);
  }

  /** Whether a frame that has travelled may be delivered; one that may not is lost or stalls. */
  passes(connection: Connection, event: FrameEvent): boolean {
    const { world } = this.#parts;
    const { frame, order } = event;
    const direction = directionOf(connection, frame.from);
    if (event.connection !== connection.number || order > direction.cut || !viewOf(connection, frame.to)) {
      world.fate(frame, 'lost');
      return false;
    }
    if (event.admitted) return true; // It had crossed before any cut and waited for the ingress only.
    const isCut = connection.cutSince >= 0;
    if (!isCut && direction.stalled.length === 0) return true;
    if (isCut) {
      world.hit(world.cutBy(frame.from, frame.to), frame, 'cut');
      world.fate(frame, 'stalled');
    }
    direction.stalled.push(event);
    return false;
  }

  /** A cut is over: each direction retransmits what stalled, within one retransmission time-out. */
  scheduleResume(connection: Connection): void {
    const { world, weather } = this.#parts;
    for (const { stalled } of [connection.forth, connection.back]) {
      const first = stalled[0];
      if (first === undefined) continue;
      const { from, to, drawKey } = first.frame;
      const wait = Math.ceil(drawUniform(drawKey, purposes.keepAlive) * weather.retransmitUs);
      world.push(world.now + wait, drawKey, { kind: 'resume', from, to, connection: connection.number });
    }
  }

  /** Takes what stalled on its way from a node, in order; nothing while it is cut again. */
  resume(connection: Connection, from: NodeId, number: number): readonly FrameEvent[] {
    if (connection.number !== number || connection.cutSince >= 0) return [];
    const direction = directionOf(connection, from);
    const { stalled } = direction;
    direction.stalled = [];
    return stalled;
  }

  /** Frames that a fault held go on in order; whatever another rule holds stays. */
  release(connection: Connection, fault: string): void {
    for (const direction of [connection.forth, connection.back]) {
      for (const channel of direction.channels.values()) {
        if (!channel.held.some((held) => held.fault === fault)) continue;
        const { held } = channel;
        channel.held = [];
        for (const { frame } of held) {
          if (connection.alive) this.#offer(connection, frame);
          else this.#parts.world.fate(frame, 'lost'); // One of those before it broke the connection.
        }
      }
    }
  }
}
