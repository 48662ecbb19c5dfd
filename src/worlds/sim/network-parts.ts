/** What the parts of the simulated network share: the loop, the weather, chance, and the pairs. */
import { bandwidthOf } from '../../host/rules.ts';
import type { FrameRule, NamedFrames } from '../../host/rules.ts';
import type { Frame } from '../../host/frames.ts';
import type { NetworkWeather } from '../../host/weather.ts';
import type { InputEvent } from '../../kernel/contract.ts';
import { numberedKey } from '../../kernel/draws.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import type { Chance } from './chance.ts';
import { peerOf } from './connections.ts';
import type { Connection, ConnectionTable } from './connections.ts';
import type { SimEvent } from './events.ts';
import type { Links } from './links.ts';

/** How a node looks to a handshake: `closed` refuses, `paused` keeps silent, `dark` is not there. */
export type Reachability = 'up' | 'paused' | 'closed' | 'dark';

/** What the network asks of the loop. */
export interface NetworkWorld {
  readonly now: Micros;
  push(at: Micros, key: DrawKey, event: SimEvent): void;
  /** Undefined for a node that does not exist. */
  reachable(node: NodeId): Reachability | undefined;
  incarnationOf(node: NodeId): number;
  /** An input that the host of `node` makes itself. */
  inform(node: NodeId, event: InputEvent, key: DrawKey): void;
  deliver(frame: Frame): void;
  /** What became of a frame that did not simply arrive. */
  fate(frame: Frame, fate: string): void;
  hit(fault: string, frame: Frame, what: string): void;
  readonly rules: readonly FrameRule[];
  readonly named: NamedFrames;
  /** The partition that separates two nodes; empty when none does. */
  cutBy(a: NodeId, b: NodeId): string;
}

export interface NetworkParts {
  readonly world: NetworkWorld;
  readonly weather: NetworkWeather;
  readonly chance: Chance;
  readonly connections: ConnectionTable;
  readonly links: Links;
}

/** The key of something that happens to a pair. */
export function pairKey(chance: Chance, connection: Connection, what: string): DrawKey {
  return chance.named(`${connection.a}|${connection.b} ${what}`);
}

/** Parts of a frame's draw key, for what comes of the frame besides its own travel. */
export const frameBranches = { copy: 1, noticeToSender: 2, noticeToReceiver: 3, refusal: 4, reset: 5 } as const;

/** Tells one end about its connection, or about the dial of that number. */
export function informLink(parts: NetworkParts, connection: Connection, node: NodeId, event: InputEvent, number: number): void {
  const { world, chance } = parts;
  const what = `link ${peerOf(connection, node)} ${event.type}`;
  world.inform(node, event, chance.ofNode(node, world.incarnationOf(node), what, number));
}

/** Queues a frame at its sender; returns when its last bit has left. */
export function leaveSender({ world, weather, links }: NetworkParts, frame: Frame): Micros {
  const { bitsPerSecond, fault } = bandwidthOf(world.rules, frame, weather.bandwidthBitsPerSecond);
  if (fault !== '') world.hit(fault, frame, 'bandwidth');
  return links.leave(frame, world.now, bitsPerSecond);
}

/** Tells a sender why its frame was not taken. */
export function refuse({ world }: NetworkParts, { from, to, kind, drawKey }: Frame, reason: string): void {
  world.inform(from, { type: 'sendRefused', to, kind, reason }, numberedKey(drawKey, frameBranches.refusal));
}
