/**
 * How connections end, and how each end learns of it.
 *
 * On a break an unknown prefix of the frames in flight is delivered and the rest is lost. A process
 * that dies resets its connections, so its peers learn after one latency; a machine that goes dark
 * or a cut says nothing, and each end finds out by its own keep-alive.
 */
import { drawUniform, numberedKey, purposes } from '../../kernel/draws.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import { directionOf, peerOf, setView, viewOf } from './connections.ts';
import type { Connection } from './connections.ts';
import { informLink, pairKey } from './network-parts.ts';
import type { NetworkParts } from './network-parts.ts';

export class Breaks {
  readonly #parts: NetworkParts;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  /** Breaks a connection now; both ends learn of it after about a latency. */
  break(connection: Connection, reason: string, key: DrawKey): void {
    const { world, links } = this.#parts;
    this.#sever(connection, key);
    for (const node of [connection.a, connection.b]) {
      if (!viewOf(connection, node)) continue;
      const notice = links.latency(numberedKey(key, 2), node, peerOf(connection, node));
      this.#scheduleViewDown(connection, node, reason, world.now + notice);
    }
  }

  /** Ends the talking: draws how much of what is in flight still arrives. */
  #sever(connection: Connection, key: DrawKey): void {
    if (!connection.alive) return;
    const { world } = this.#parts;
    connection.alive = false;
    const u = drawUniform(key, purposes.breakPrefix);
    for (const direction of [connection.forth, connection.back]) {
      direction.cut = direction.delivered + Math.floor(u * (direction.sent - direction.delivered + 1));
      for (const channel of direction.channels.values()) {
        for (const { frame } of channel.held) world.fate(frame, 'lost');
        channel.held = [];
      }
    }
    for (const { frame } of connection.stalled) world.fate(frame, 'lost');
    connection.stalled = [];
  }

  #scheduleViewDown(connection: Connection, node: NodeId, reason: string, at: Micros): void {
    const { world, chance } = this.#parts;
    const key = pairKey(chance, connection, `${node} down ${connection.number}`);
    world.push(at, key, { kind: 'viewDown', node, peer: peerOf(connection, node), connection: connection.number, reason });
  }

  /** An end learns that its connection is gone. */
  viewDown(connection: Connection, node: NodeId, number: number, reason: string): void {
    if (connection.number !== number || !viewOf(connection, node)) return;
    setView(connection, node, false);
    informLink(this.#parts, connection, node, { type: 'linkDown', peer: peerOf(connection, node), reason });
  }

  /** An end has heard nothing for its keep-alive time: it gives up unless the silence is over. */
  keepAlive(connection: Connection, node: NodeId, number: number, cutSince: number): void {
    if (connection.number !== number || !viewOf(connection, node)) return;
    const silent = !connection.alive || (cutSince >= 0 && connection.cutSince === cutSince);
    if (!silent) return;
    this.#sever(connection, pairKey(this.#parts.chance, connection, `keep-alive ${number}`));
    this.viewDown(connection, node, number, 'keepAlive');
  }

  /** Has an end look at a connection that fell silent now. */
  watchSilence(connection: Connection, node: NodeId): void {
    const { world, weather, chance } = this.#parts;
    const key = pairKey(chance, connection, `${node} keep-alive ${connection.number} ${connection.cutSince}`);
    // Ends probe at phases of their own, so they learn at different moments.
    const phase = Math.floor(drawUniform(key, purposes.keepAlive) * (weather.keepAliveUs / 4));
    const { number, cutSince } = connection;
    world.push(world.now + weather.keepAliveUs + phase, key, {
      kind: 'keepAlive', node, peer: peerOf(connection, node), connection: number, cutSince,
    });
  }

  /** A node is gone: its process died, its power failed, or it left in order. */
  nodeStopped(connection: Connection, node: NodeId, how: 'kill' | 'powerOff' | 'leave'): void {
    const { world, chance, links } = this.#parts;
    connection.pending = connection.pending.filter((frame) => frame.from !== node);
    setView(connection, node, false);
    const peer = peerOf(connection, node);
    const key = pairKey(chance, connection, `${node} stopped ${connection.number}`);
    const wasAlive = connection.alive;
    const own = directionOf(connection, node);
    this.#sever(connection, key);
    if (how === 'leave') own.cut = Number.MAX_SAFE_INTEGER; // a graceful close flushes what was sent
    if (!wasAlive || !viewOf(connection, peer)) return;
    if (how === 'powerOff') return this.watchSilence(connection, peer);
    const flushed = how === 'leave' ? lastArrival(own) + 1 : 0;
    const notice = world.now + links.latency(key, node, peer);
    this.#scheduleViewDown(connection, peer, how === 'leave' ? 'closed' : 'reset', Math.max(notice, flushed));
  }
}

function lastArrival(direction: { lossUntil: Micros; channels: ReadonlyMap<string, { lastArrival: Micros }> }): Micros {
  let last = direction.lossUntil;
  for (const channel of direction.channels.values()) last = Math.max(last, channel.lastArrival);
  return last;
}
