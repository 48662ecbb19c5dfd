/**
 * The simulated network: takes frames from senders' ports and brings them, or not, to receivers.
 *
 * It routes between its parts: dialing, streams, datagrams, breaks, and the links below them. What
 * rules of faults say about a frame is asked at the sender's port, where a live host asks it too; a
 * partition acts in the middle.
 */
import type { Frame } from '../../host/frames.ts';
import type { NetworkWeather } from '../../host/weather.ts';
import type { Value } from '../../kernel/codec.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { Breaks } from './breaks.ts';
import type { Chance } from './chance.ts';
import { ConnectionTable, directionOf, viewOf } from './connections.ts';
import { Datagrams, withoutConnection } from './datagrams.ts';
import { Dialing } from './dialing.ts';
import type { FrameEvent, SimEvent, ViewDownEvent } from './events.ts';
import { Links } from './links.ts';
import { refuse } from './network-parts.ts';
import type { NetworkParts, NetworkWorld } from './network-parts.ts';
import { Streams } from './streams.ts';

export class Network {
  readonly #parts: NetworkParts;
  readonly #datagrams: Datagrams;
  readonly #breaks: Breaks;
  readonly #streams: Streams;
  readonly #dialing: Dialing;

  constructor(world: NetworkWorld, weather: NetworkWeather, chance: Chance) {
    this.#parts = { world, weather, chance, connections: new ConnectionTable(), links: new Links(weather, chance) };
    this.#datagrams = new Datagrams(this.#parts);
    this.#breaks = new Breaks(this.#parts);
    this.#streams = new Streams(this.#parts, this.#breaks);
    this.#dialing = new Dialing(this.#parts, this.#breaks, (frame) => this.#sendStream(frame));
  }

  /** Takes a frame from a sender's port. */
  send(frame: Frame): void {
    const { world } = this.#parts;
    if (world.reachable(frame.to) === undefined) {
      this.refuse(frame, 'unknownPeer');
    } else if (frame.to === frame.from) {
      world.push(world.now + 1, frame.drawKey, { kind: 'frame', frame, connection: withoutConnection, order: 0, admitted: true });
    } else if (frame.transport === 'datagram') {
      this.#datagrams.send(frame);
    } else {
      this.#sendStream(frame);
    }
  }

  /** Tells a sender why its frame was not taken. */
  refuse(frame: Frame, reason: string): void {
    refuse(this.#parts, frame, reason);
  }

  #sendStream(frame: Frame): void {
    const connection = this.#parts.connections.between(frame.from, frame.to);
    if (viewOf(connection, frame.from)) this.#streams.send(connection, frame);
    else this.#dialing.await(connection, frame);
  }

  /** A frame has travelled: it is delivered unless it is lost, stalls, or waits for the ingress. */
  arrive(event: FrameEvent): void {
    const { world, links, connections } = this.#parts;
    const { frame } = event;
    const direct = event.connection === withoutConnection;
    const connection = direct ? undefined : connections.between(frame.from, frame.to);
    if (connection === undefined ? !event.admitted && this.#datagrams.isCut(frame) : !this.#streams.passes(connection, event)) return;
    const wait = event.admitted ? 0 : links.enter(frame, world.now);
    if (wait > 0) return world.push(world.now + wait, frame.drawKey, { ...event, admitted: true });
    if (connection !== undefined) {
      const direction = directionOf(connection, frame.from);
      direction.delivered = Math.max(direction.delivered, event.order); // Channels overtake each other.
    }
    world.deliver(frame);
  }

  connect({ a, b, attempt, last }: Extract<SimEvent, { kind: 'connect' }>): void {
    this.#dialing.connect(this.#parts.connections.between(a, b), attempt, last);
  }

  viewDown(event: ViewDownEvent, key: DrawKey): void {
    this.#breaks.viewDown(this.#parts.connections.between(event.node, event.peer), event, key);
  }

  resume({ from, to, connection }: Extract<SimEvent, { kind: 'resume' }>): void {
    const stalled = this.#streams.resume(this.#parts.connections.between(from, to), from, connection);
    for (const event of stalled) this.arrive(event);
  }

  giveUp({ from, to, connection, order }: Extract<SimEvent, { kind: 'giveUp' }>, key: DrawKey): void {
    this.#breaks.giveUp(this.#parts.connections.between(from, to), from, connection, order, key);
  }

  keepAlive({ node, peer, connection, cutSince }: Extract<SimEvent, { kind: 'keepAlive' }>): void {
    this.#breaks.keepAlive(this.#parts.connections.between(node, peer), node, connection, cutSince);
  }

  /** Looks again at every pair, after a partition began or ended. */
  cutsChanged(): void {
    const { world, connections } = this.#parts;
    for (const connection of connections.all()) {
      const cut = world.cutBy(connection.a, connection.b) !== '';
      if (cut === connection.cutSince >= 0) continue;
      connection.cutSince = cut ? world.now : -1;
      if (!cut) {
        this.#breaks.announceClose(connection);
        this.#streams.scheduleResume(connection);
      } else for (const node of [connection.a, connection.b]) if (viewOf(connection, node)) this.#breaks.watchSilence(connection, node);
    }
  }

  /** A fault that held frames is over. */
  release(fault: string): void {
    for (const connection of this.#parts.connections.all()) this.#streams.release(connection, fault);
  }

  nodeStopped(node: NodeId, how: 'kill' | 'powerOff' | 'leave'): void {
    for (const connection of this.#parts.connections.of(node)) this.#breaks.nodeStopped(connection, node, how);
    if (how !== 'leave') this.#parts.links.clearEgress(node);
  }

  values(): Generator<Value> {
    return this.#parts.connections.values();
  }

  save(): Value {
    return { connections: this.#parts.connections.save(), links: this.#parts.links.save() };
  }

  load(saved: Value): void {
    const { connections, links } = saved as { connections: Value; links: Value };
    this.#parts.connections.load(connections);
    this.#parts.links.load(links);
  }
}
