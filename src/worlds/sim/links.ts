/**
 * Wires: how long a frame takes from one node to another.
 *
 * A frame queues at its sender's egress and at its pair, then travels for the latency, then queues
 * at its receiver's ingress. Transmission delay and latency are two things; frames overlap in
 * travel but not on a wire.
 */
import type { Frame } from '../../host/frames.ts';
import type { NetworkWeather } from '../../host/weather.ts';
import type { Value } from '../../kernel/codec.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import type { Chance } from './chance.ts';
import { drawLatency, regionKey, regionOf } from './latency.ts';

/** Time that a frame occupies a wire. */
export function wireTime(sizeBytes: number, bitsPerSecond: number): Micros {
  return Math.ceil((sizeBytes * 8_000_000) / bitsPerSecond);
}

export class Links {
  readonly #weather: NetworkWeather;
  readonly #chance: Chance;
  readonly #egressFree = new Map<NodeId, Micros>();
  /** Pairs whose bandwidth a fault has narrowed, by `from>to`. */
  readonly #pairFree = new Map<string, Micros>();
  readonly #ingressFree = new Map<NodeId, Micros>();
  readonly #regions = new Map<NodeId, number>();

  constructor(weather: NetworkWeather, chance: Chance) {
    this.#weather = weather;
    this.#chance = chance;
  }

  readonly #region = (node: NodeId): number => {
    let region = this.#regions.get(node);
    if (region === undefined) {
      region = regionOf(this.#weather.latency, regionKey(this.#chance.standingRoot, node));
      this.#regions.set(node, region);
    }
    return region;
  };

  latency(key: DrawKey, from: NodeId, to: NodeId): Micros {
    return drawLatency(this.#weather.latency, key, this.#region, from, to);
  }

  /**
   * Queues a frame at its sender's egress, and at its pair where that is narrower; returns when its
   * last bit has left.
   */
  leave(frame: Frame, now: Micros, pairBitsPerSecond: number): Micros {
    const free = Math.max(now, this.#egressFree.get(frame.from) ?? 0);
    const left = free + wireTime(frame.sizeBytes, this.#weather.bandwidthBitsPerSecond);
    this.#egressFree.set(frame.from, left);
    // A pair as wide as the egress never makes a frame wait longer than the egress has.
    if (pairBitsPerSecond >= this.#weather.bandwidthBitsPerSecond) return left;
    const pair = `${frame.from}>${frame.to}`;
    const pairFree = Math.max(now, this.#pairFree.get(pair) ?? 0) + wireTime(frame.sizeBytes, pairBitsPerSecond);
    this.#pairFree.set(pair, pairFree);
    return Math.max(left, pairFree);
  }

  /** How long whatever arrives at a node now waits behind what its ingress is still taking in. */
  ingressWait(node: NodeId, now: Micros): Micros {
    return Math.max(0, (this.#ingressFree.get(node) ?? 0) - now);
  }

  /** A process died: what stood in its send queue is gone, and no longer keeps the wire busy. */
  clearEgress(node: NodeId): void {
    this.#egressFree.delete(node);
  }

  /** How much longer than its travel a frame must wait for the receiver's ingress. */
  enter(frame: Frame, now: Micros): Micros {
    const free = this.#ingressFree.get(frame.to) ?? 0;
    const entered = Math.max(now, free + wireTime(frame.sizeBytes, this.#weather.bandwidthBitsPerSecond));
    this.#ingressFree.set(frame.to, entered);
    return entered - now;
  }

  save(): Value {
    const table = (map: ReadonlyMap<string, Micros>): Value => [...map].map(([name, at]) => ({ name, at }));
    return { egress: table(this.#egressFree), ingress: table(this.#ingressFree), pairs: table(this.#pairFree) };
  }

  load(saved: Value): void {
    type Table = { name: string; at: Micros }[];
    const { egress, ingress, pairs } = saved as unknown as { egress: Table; ingress: Table; pairs: Table };
    for (const [map, list] of [[this.#egressFree, egress], [this.#ingressFree, ingress], [this.#pairFree, pairs]] as const) {
      map.clear();
      for (const { name, at } of list) map.set(name, at);
    }
  }
}
