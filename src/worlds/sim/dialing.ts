/**
 * Dialing: the host connects when an actor first sends to a peer.
 *
 * Frames wait for the handshake. If it fails they are lost, and whoever sent one learns `linkDown`;
 * nothing is dialed again until somebody sends again.
 */
import type { Frame } from '../../host/frames.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { limits } from '../../kernel/limits.ts';
import type { Micros } from '../../kernel/time.ts';
import type { Breaks } from './breaks.ts';
import { peerOf, renew, viewOf } from './connections.ts';
import type { Connection } from './connections.ts';
import { informLink, pairKey, refuse } from './network-parts.ts';
import type { NetworkParts, Reachability } from './network-parts.ts';

/** One-way trips of a TCP handshake and an authenticated key exchange, until the dialer may send. */
const handshakeTrips = 3;

export class Dialing {
  readonly #parts: NetworkParts;
  readonly #breaks: Breaks;
  /** Sends what waited for a connection that now stands. */
  readonly #flush: (frame: Frame) => void;

  constructor(parts: NetworkParts, breaks: Breaks, flush: (frame: Frame) => void) {
    this.#parts = parts;
    this.#breaks = breaks;
    this.#flush = flush;
  }

  /** Keeps a frame until a connection stands, and dials if nobody does. */
  await(connection: Connection, frame: Frame): void {
    if (connection.pending.length >= limits.sendQueueFramesMax) return refuse(this.#parts, frame, 'queueFull');
    connection.pending.push(frame);
    if (connection.dialing) return;
    const { world, weather } = this.#parts;
    connection.dialing = true;
    connection.dialStartedAt = world.now;
    connection.attempt += 1;
    const { a, b, attempt } = connection;
    const { key, spanUs } = this.#handshake(connection);
    const last = spanUs > weather.dialTimeoutUs;
    world.push(world.now + Math.min(spanUs, weather.dialTimeoutUs), key, { kind: 'connect', a, b, attempt, last });
  }

  /** How long the handshake of the dial under way takes, seen from whose frame waits first. */
  #handshake(connection: Connection): { key: DrawKey; spanUs: Micros } {
    const { chance, links } = this.#parts;
    const { from, to } = connection.pending[0]!;
    const key = pairKey(chance, connection, `dial ${connection.attempt}`);
    return { key, spanUs: handshakeTrips * links.latency(key, from, to) };
  }

  /** A handshake is over, or its time is. */
  connect(connection: Connection, attempt: number, last: boolean): void {
    if (!connection.dialing || connection.attempt !== attempt) return;
    if (connection.pending.length === 0) {
      connection.dialing = false; // whoever dialed has died since
      return;
    }
    const obstacle = this.#obstacle(connection);
    if (obstacle === '') return this.#connected(connection);
    if (obstacle === 'refused' || last) return this.#failed(connection, obstacle);
    const { world, weather, chance } = this.#parts;
    const { a, b } = connection;
    const at = Math.max(world.now + 1, connection.dialStartedAt + weather.dialTimeoutUs);
    world.push(at, pairKey(chance, connection, `dial ${attempt} end`), { kind: 'connect', a, b, attempt, last: true });
  }

  #obstacle(connection: Connection): string {
    const { world } = this.#parts;
    const cut = world.cutBy(connection.a, connection.b);
    if (cut !== '') {
      world.hit(cut, connection.pending[0]!, 'dial');
      return 'unreachable';
    }
    const ends: (Reachability | undefined)[] = [];
    for (const node of [connection.a, connection.b]) if (!this.#isLeaving(connection, node)) ends.push(world.reachable(node));
    if (ends.includes('dark')) return 'unreachable';
    if (ends.includes('closed')) return 'refused';
    const isSlow = this.#handshake(connection).spanUs > this.#parts.weather.dialTimeoutUs;
    return isSlow || ends.includes('paused') ? 'timeout' : '';
  }

  /** Whether a node has left in order and only its last words are still to be said. */
  #isLeaving(connection: Connection, node: NodeId): boolean {
    return this.#parts.world.reachable(node) === 'closed' && connection.pending.some((frame) => frame.from === node);
  }

  #connected(connection: Connection): void {
    const ends: readonly NodeId[] = [connection.a, connection.b];
    const stale = ends.filter((node) => viewOf(connection, node));
    const leaving = ends.filter((node) => this.#isLeaving(connection, node));
    const replaced = connection.number;
    renew(connection);
    // What waited goes first: whoever learns of the link may send at once, and comes behind.
    const { pending } = connection;
    connection.pending = [];
    for (const frame of pending) this.#flush(frame);
    for (const node of leaving) this.#breaks.nodeStopped(connection, node, 'leave');
    for (const node of stale) {
      const event = { type: 'linkDown', peer: peerOf(connection, node), reason: 'replaced' };
      informLink(this.#parts, connection, node, event, replaced);
    }
    for (const node of ends) {
      informLink(this.#parts, connection, node, { type: 'linkUp', peer: peerOf(connection, node) }, connection.number);
    }
  }

  #failed(connection: Connection, reason: string): void {
    const { pending } = connection;
    connection.dialing = false;
    connection.pending = [];
    for (const frame of pending) this.#parts.world.fate(frame, 'undialed');
    const senders = new Set(pending.map((frame) => frame.from));
    for (const node of [connection.a, connection.b]) {
      if (!senders.has(node)) continue;
      const event = { type: 'linkDown', peer: peerOf(connection, node), reason };
      this.#parts.world.inform(node, event, pairKey(this.#parts.chance, connection, `${node} undialed ${connection.attempt}`));
    }
  }
}
