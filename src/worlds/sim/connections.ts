/**
 * Connections between pairs of nodes, as libp2p keeps them over TCP.
 *
 * Each end has a view of its own: after a cut or a silent death one end may believe in a connection
 * that is gone. A direction counts its frames, so that a break can deliver an unknown prefix of
 * those in flight by remembering one number.
 */
import { assert } from '../../kernel/assert.ts';
import type { Value } from '../../kernel/codec.ts';
import type { Frame } from '../../host/frames.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { compareNodeIds } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import type { FrameEvent } from './events.ts';

/** One protocol's frames in one direction: they arrive in the order in which they were sent. */
export interface Channel {
  lastArrival: Micros;
  /** Frames that a rule holds back, and whatever was sent behind them. */
  held: { frame: Frame; fault: string }[];
}

export interface Direction {
  sent: number;
  delivered: number;
  /** The last order that may still be delivered; set when the connection breaks. */
  cut: number;
  /** No frame of the pair arrives before a lost one has been retransmitted. */
  lossUntil: Micros;
  /** Frames that arrived at a cut and wait for its end, and those behind them, in order. */
  stalled: FrameEvent[];
  channels: Map<string, Channel>;
}

export interface Connection {
  readonly a: NodeId;
  readonly b: NodeId;
  number: number;
  /** Whether both ends really talk over it. */
  alive: boolean;
  /** Whether each end believes that it is up. */
  viewA: boolean;
  viewB: boolean;
  dialing: boolean;
  dialStartedAt: Micros;
  attempt: number;
  /** Since when the pair is cut without a break; −1 when it is not. */
  cutSince: Micros;
  /** Frames that wait for a dial. */
  pending: Frame[];
  /** The end that left in order, whose last frames are still delivered; empty when none did. */
  closedBy: NodeId | '';
  forth: Direction;
  back: Direction;
}

function freshDirection(): Direction {
  return { sent: 0, delivered: 0, cut: Number.MAX_SAFE_INTEGER, lossUntil: 0, stalled: [], channels: new Map() };
}

export function directionOf(connection: Connection, from: NodeId): Direction {
  return from === connection.a ? connection.forth : connection.back;
}

export function viewOf(connection: Connection, node: NodeId): boolean {
  return node === connection.a ? connection.viewA : connection.viewB;
}

export function setView(connection: Connection, node: NodeId, up: boolean): void {
  if (node === connection.a) connection.viewA = up;
  else connection.viewB = up;
}

export function peerOf(connection: Connection, node: NodeId): NodeId {
  return node === connection.a ? connection.b : connection.a;
}

/** Starts a new connection between the same two nodes. */
export function renew(connection: Connection): void {
  connection.number += 1;
  connection.alive = true;
  connection.viewA = true;
  connection.viewB = true;
  connection.dialing = false;
  connection.cutSince = -1;
  connection.closedBy = '';
  connection.forth = freshDirection();
  connection.back = freshDirection();
}

/** The channel of a protocol in one direction. */
export function channelOf(direction: Direction, protocol: string): Channel {
  let channel = direction.channels.get(protocol);
  if (channel === undefined) direction.channels.set(protocol, (channel = { lastArrival: 0, held: [] }));
  return channel;
}

/** Every pair that ever talked, found by either end. */
export class ConnectionTable {
  /** Each connection stands under both of its ends, so that a frame's pair is found without a name for it. */
  readonly #byEnds = new Map<NodeId, Map<NodeId, Connection>>();
  readonly #all: Connection[] = [];

  /** The connection of a pair, made on first use. */
  between(left: NodeId, right: NodeId): Connection {
    const known = this.#byEnds.get(left)?.get(right);
    if (known !== undefined) return known;
    assert(left !== right, `${left} needs no connection to itself`);
    const [a, b] = compareNodeIds(left, right) < 0 ? [left, right] : [right, left];
    const connection: Connection = {
      a, b, number: 0, alive: false, viewA: false, viewB: false, dialing: false, dialStartedAt: 0, attempt: 0, cutSince: -1,
      pending: [], closedBy: '', forth: freshDirection(), back: freshDirection(),
    };
    this.#add(connection);
    return connection;
  }

  #add(connection: Connection): void {
    this.#all.push(connection);
    for (const node of [connection.a, connection.b]) {
      let peers = this.#byEnds.get(node);
      if (peers === undefined) this.#byEnds.set(node, (peers = new Map()));
      peers.set(peerOf(connection, node), connection);
    }
  }

  /** Connections of a node, by the id of the other end. */
  of(node: NodeId): Connection[] {
    const connections = [...(this.#byEnds.get(node)?.values() ?? [])];
    return connections.sort((left, right) => compareNodeIds(peerOf(left, node), peerOf(right, node)));
  }

  /** All connections in id order. */
  all(): Connection[] {
    return [...this.#all].sort((left, right) => compareNodeIds(left.a, right.a) || compareNodeIds(left.b, right.b));
  }

  *values(): Generator<Value> {
    for (const connection of this.#all) {
      for (const frame of connection.pending) yield frame.message;
      for (const direction of [connection.forth, connection.back]) {
        for (const { frame } of direction.stalled) yield frame.message;
        for (const channel of direction.channels.values()) for (const { frame } of channel.held) yield frame.message;
      }
    }
  }

  save(): Value {
    const plainDirection = (direction: Direction): unknown => ({
      ...direction,
      channels: [...direction.channels].map(([protocol, channel]) => ({ protocol, ...channel })),
    });
    const plain = this.all().map((connection) => ({
      ...connection,
      forth: plainDirection(connection.forth),
      back: plainDirection(connection.back),
    }));
    return plain as unknown as Value;
  }

  load(saved: Value): void {
    this.#all.length = 0;
    this.#byEnds.clear();
    type Plain = Omit<Direction, 'channels'> & { channels: (Channel & { protocol: string })[] };
    const revive = (plain: Plain): Direction => ({
      ...plain,
      stalled: [...plain.stalled],
      channels: new Map(plain.channels.map(({ protocol, lastArrival, held }) => [protocol, { lastArrival, held: [...held] }])),
    });
    for (const plain of saved as unknown as (Omit<Connection, 'forth' | 'back'> & { forth: Plain; back: Plain })[]) {
      this.#add({ ...plain, pending: [...plain.pending], forth: revive(plain.forth), back: revive(plain.back) });
    }
  }
}
