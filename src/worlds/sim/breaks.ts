/**
 * How connections end, and how each end learns of it.
 *
 * On a break an unknown prefix of the frames in flight is delivered and the rest is lost. A process
 * that dies resets its connections, so its peers learn after one latency; a machine that goes dark
 * or a cut says nothing, and each end finds out by its own keep-alive.
 */
import type { Frame } from '../../host/frames.ts';
import { drawUniform, numberedKey, purposes } from '../../kernel/draws.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import { directionOf, peerOf, setView, viewOf } from './connections.ts';
import type { Connection, Direction } from './connections.ts';
import type { ViewDownEvent } from './events.ts';
import { frameBranches, informLink, pairKey } from './network-parts.ts';
import type { NetworkParts } from './network-parts.ts';

export class Breaks {
  readonly #parts: NetworkParts;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  /** The end `origin` breaks a connection now; both ends learn of it after about a latency. */
  break(connection: Connection, origin: NodeId, reason: string, key: DrawKey): void {
    const { world, links } = this.#parts;
    this.#sever(connection, key, '');
    for (const node of [connection.a, connection.b]) {
      if (!viewOf(connection, node)) continue;
      const branch = node === origin ? frameBranches.noticeToSender : frameBranches.noticeToReceiver;
      const notice = links.latency(numberedKey(key, branch), node, peerOf(connection, node));
      this.#scheduleViewDown(connection, node, reason, world.now + notice, node !== origin);
    }
  }

  /** A sender could not bring a frame over for as long as a stream may stall. */
  giveUp(connection: Connection, from: NodeId, number: number, order: number, key: DrawKey): void {
    if (connection.number !== number || !connection.alive) return;
    this.break(connection, from, 'stalled', key);
    const direction = directionOf(connection, from);
    direction.cut = Math.min(direction.cut, order - 1);
  }

  /**
   * Ends the talking: draws how much of what is in flight still arrives. What `leaver` sent is
   * flushed whole; an empty name is nobody's.
   */
  #sever(connection: Connection, key: DrawKey, leaver: NodeId | ''): void {
    if (!connection.alive) return;
    const { world } = this.#parts;
    connection.alive = false;
    connection.closedBy = leaver;
    const u = drawUniform(key, purposes.breakPrefix);
    const flushed = leaver === '' ? undefined : directionOf(connection, leaver);
    for (const direction of [connection.forth, connection.back]) {
      for (const channel of direction.channels.values()) {
        for (const { frame } of channel.held) world.fate(frame, 'lost');
        channel.held = [];
      }
      if (direction === flushed) continue;
      // What stalled in a cut cannot have arrived, and nothing behind it either.
      let last = direction.sent;
      for (const { order } of direction.stalled) last = Math.min(last, order - 1);
      direction.cut = direction.delivered + Math.floor(u * (last - direction.delivered + 1));
      loseStalled(this.#parts, direction);
    }
  }

  #scheduleViewDown(connection: Connection, node: NodeId, reason: string, at: Micros, remote: boolean): void {
    const { world, chance } = this.#parts;
    const { number } = connection;
    const key = pairKey(chance, connection, `${node} down ${number}`);
    const peer = peerOf(connection, node);
    world.push(at, key, { kind: 'viewDown', node, peer, connection: number, reason, remote, admitted: false });
  }

  /** An end learns that its connection is gone. News from the other end do not cross a cut. */
  viewDown(connection: Connection, event: ViewDownEvent, key: DrawKey): void {
    const { world, links } = this.#parts;
    const { node, reason } = event;
    if (connection.number !== event.connection || !viewOf(connection, node)) return;
    if (event.remote && connection.cutSince >= 0) return;
    const wait = reason === 'closed' && !event.admitted ? links.ingressWait(node, world.now) : 0;
    if (wait > 0) return world.push(world.now + wait + 1, key, { ...event, admitted: true });
    this.#lower(connection, node, reason);
  }

  #lower(connection: Connection, node: NodeId, reason: string): void {
    const peer = peerOf(connection, node);
    setView(connection, node, false);
    loseStalled(this.#parts, directionOf(connection, peer));
    informLink(this.#parts, connection, node, { type: 'linkDown', peer, reason }, connection.number);
  }

  /** An end has heard nothing for its keep-alive time: it gives up unless the silence is over. */
  keepAlive(connection: Connection, node: NodeId, number: number, cutSince: number): void {
    if (connection.number !== number || !viewOf(connection, node)) return;
    const silent = !connection.alive || (cutSince >= 0 && connection.cutSince === cutSince);
    if (!silent) return;
    this.#sever(connection, pairKey(this.#parts.chance, connection, `keep-alive ${number}`), '');
    this.#lower(connection, node, 'keepAlive');
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

  /**
   * A frame was sent into a connection that the other end has forgotten. Where a machine answers, it
   * answers with a reset; where none does, the sender waits for its keep-alive.
   */
  sentIntoNothing(connection: Connection, frame: Frame): void {
    const { world, links } = this.#parts;
    if (connection.cutSince >= 0 || connection.closedBy !== '' || world.reachable(frame.to) === 'dark') return;
    const there = links.latency(frame.drawKey, frame.from, frame.to);
    const back = links.latency(numberedKey(frame.drawKey, frameBranches.reset), frame.to, frame.from);
    this.#scheduleViewDown(connection, frame.from, 'reset', world.now + there + back, true);
  }

  /** A node is gone: its process died, its power failed, or it left in order. */
  nodeStopped(connection: Connection, node: NodeId, how: 'kill' | 'powerOff' | 'leave'): void {
    const { world, chance, links } = this.#parts;
    if (how !== 'leave') this.#dropPending(connection, node);
    setView(connection, node, false);
    loseStalled(this.#parts, directionOf(connection, peerOf(connection, node)));
    // A connection that was dead before has told its other end already, or has it watch the silence.
    if (!connection.alive) return;
    const peer = peerOf(connection, node);
    const key = pairKey(chance, connection, `${node} stopped ${connection.number}`);
    this.#sever(connection, key, how === 'leave' ? node : '');
    if (connection.cutSince >= 0) return;
    if (how === 'powerOff') this.watchSilence(connection, peer);
    else if (how === 'leave') this.announceClose(connection);
    else this.#scheduleViewDown(connection, peer, 'reset', world.now + links.latency(key, node, peer), true);
  }

  /** Frames that waited for a dial die with their sender; a dial that nobody waits for is given up. */
  #dropPending(connection: Connection, node: NodeId): void {
    for (const frame of connection.pending) if (frame.from === node) this.#parts.world.fate(frame, 'undialed');
    connection.pending = connection.pending.filter((frame) => frame.from !== node);
    if (connection.pending.length === 0) connection.dialing = false;
  }

  /** Tells the other end that a leaver has closed, behind the leaver's last frame. */
  announceClose(connection: Connection): void {
    const { world, chance, links, weather } = this.#parts;
    const { closedBy } = connection;
    if (closedBy === '') return;
    const peer = peerOf(connection, closedBy);
    const own = directionOf(connection, closedBy);
    const key = pairKey(chance, connection, `${closedBy} closed ${connection.number}`);
    // What stalled in a cut is retransmitted within one time-out after its end.
    const resumed = own.stalled.length > 0 ? world.now + weather.retransmitUs : 0;
    const notice = world.now + links.latency(key, closedBy, peer);
    this.#scheduleViewDown(connection, peer, 'closed', Math.max(notice, resumed, lastArrival(own)) + 1, true);
  }
}

function lastArrival(direction: Direction): Micros {
  let last = direction.lossUntil;
  for (const channel of direction.channels.values()) last = Math.max(last, channel.lastArrival);
  return last;
}

function loseStalled({ world }: NetworkParts, direction: Direction): void {
  for (const { frame } of direction.stalled) world.fate(frame, 'lost');
  direction.stalled = [];
}
