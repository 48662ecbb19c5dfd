/**
 * Streams: frames in order over a connection, as libp2p carries them over TCP.
 *
 * Loss delays a frame and those behind it by retransmission; what a fault holds back is held with
 * everything behind it on its channel; a cut stalls both directions until it heals or an end gives
 * up. A stream never reorders, doubles or corrupts.
 */
import type { Frame } from '../../host/frames.ts';
import { bandwidthOf, judgeFrame, judgeNamed, lossOf } from '../../host/rules.ts';
import { pow } from '../../kernel/arithmetic.ts';
import { drawUniform, purposes, runLength } from '../../kernel/draws.ts';
import { limits } from '../../kernel/limits.ts';
import type { Micros } from '../../kernel/time.ts';
import { alter } from './alter.ts';
import type { Breaks } from './breaks.ts';
import { channelOf, directionOf, viewOf } from './connections.ts';
import type { Connection, Direction } from './connections.ts';
import type { FrameEvent } from './events.ts';
import { wireTime } from './links.ts';
import { refuse } from './network-parts.ts';
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
    // The other end may be gone without this one knowing: then the frame goes nowhere.
    if (!connection.alive) return this.#parts.world.fate(frame, 'lost');
    const direction = directionOf(connection, frame.from);
    if (direction.sent - direction.delivered >= limits.sendQueueFramesMax) return refuse(this.#parts, frame, 'queueFull');
    this.#offer(connection, frame);
  }

  /** Asks the rules about a frame and sends it on, or holds it back. */
  #offer(connection: Connection, frame: Frame): void {
    const { world } = this.#parts;
    const channel = channelOf(directionOf(connection, frame.from), frame.protocol);
    const { verdict, fault } = judgeNamed(world.named, frame) ?? judgeFrame(world.rules, frame);
    if (verdict.kind !== 'pass') world.hit(fault, frame, verdict.kind);
    if (verdict.kind === 'drop') return world.fate(frame, 'dropped');
    if (verdict.kind === 'hold' || channel.held.length > 0) {
      channel.held.push({ frame, fault: verdict.kind === 'hold' ? fault : '' });
      return world.fate(frame, 'held');
    }
    if (verdict.kind === 'break') {
      world.fate(frame, 'broke');
      return this.#breaks.break(connection, 'broken', frame.drawKey);
    }
    this.#launch(connection, verdict.kind === 'tamper' ? alter(frame) : frame, verdict.kind === 'delay' ? verdict.delayUs : 0);
  }

  #launch(connection: Connection, frame: Frame, extraUs: Micros): void {
    const { world, links } = this.#parts;
    const direction = directionOf(connection, frame.from);
    const channel = channelOf(direction, frame.protocol);
    const left = this.#leave(frame, direction);
    let arrival = left + links.latency(frame.drawKey, frame.from, frame.to) + extraUs;
    const wait = this.#retransmissionWait(frame);
    if (wait > this.#parts.weather.stallLimitUs) return this.#breaks.break(connection, 'stalled', frame.drawKey);
    if (wait > 0) {
      arrival += wait;
      direction.lossUntil = Math.max(direction.lossUntil, arrival);
    }
    arrival = Math.max(arrival, direction.lossUntil, channel.lastArrival + 1);
    channel.lastArrival = arrival;
    direction.sent += 1;
    world.push(arrival, frame.drawKey, {
      kind: 'frame', frame, connection: connection.number, order: direction.sent, admitted: false,
    });
  }

  /** Queues at the sender's egress and at the pair's own bandwidth. */
  #leave(frame: Frame, direction: Direction): Micros {
    const { world, weather, links } = this.#parts;
    const left = links.leave(frame, world.now);
    const { bitsPerSecond, fault } = bandwidthOf(world.rules, frame, weather.bandwidthBitsPerSecond);
    if (fault !== '') world.hit(fault, frame, 'bandwidth');
    const pairFree = Math.max(world.now, direction.freeAt) + wireTime(frame.sizeBytes, bitsPerSecond);
    direction.freeAt = Math.max(left, pairFree);
    return direction.freeAt;
  }

  /** The k-th retransmission waits rto · 2^k, so k losses in a row cost rto · (2^k − 1). */
  #retransmissionWait(frame: Frame): Micros {
    const { world, weather } = this.#parts;
    const { loss, fault } = lossOf(world.rules, frame, weather.loss);
    if (loss === 0) return 0;
    const losses = runLength(drawUniform(frame.drawKey, purposes.loss), loss, lossesMax);
    if (losses === 0) return 0;
    if (fault !== '') world.hit(fault, frame, 'loss');
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
    if (connection.cutSince < 0) return true;
    world.hit(world.cutBy(frame.from, frame.to), frame, 'cut');
    world.fate(frame, 'stalled');
    connection.stalled.push(event);
    return false;
  }

  /** What stalled in a cut is retransmitted, in order, within one retransmission time-out. */
  resumeStalled(connection: Connection): void {
    const { world, weather } = this.#parts;
    const { stalled } = connection;
    connection.stalled = [];
    for (const event of stalled) {
      const direction = directionOf(connection, event.frame.from);
      const channel = channelOf(direction, event.frame.protocol);
      const wait = Math.ceil(drawUniform(event.frame.drawKey, purposes.keepAlive) * weather.retransmitUs);
      direction.lossUntil = Math.max(direction.lossUntil + 1, world.now + wait);
      channel.lastArrival = Math.max(channel.lastArrival, direction.lossUntil);
      world.push(direction.lossUntil, event.frame.drawKey, event);
    }
  }

  /** Frames that a fault held go on in order; whatever another rule holds stays. */
  release(connection: Connection, fault: string): void {
    for (const direction of [connection.forth, connection.back]) {
      for (const channel of direction.channels.values()) {
        if (!channel.held.some((held) => held.fault === fault)) continue;
        const { held } = channel;
        channel.held = [];
        for (const { frame } of held) this.#offer(connection, frame);
      }
    }
  }
}
