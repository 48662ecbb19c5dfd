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
import { drawLatency, regionOf } from './latency.ts';

/** Time that a frame occupies a wire. */
export function wireTime(sizeBytes: number, bitsPerSecond: number): Micros {
  return Math.ceil((sizeBytes * 8_000_000) / bitsPerSecond);
}

export class Links {
  readonly #weather: NetworkWeather;
  readonly #chance: Chance;
  readonly #egressFree = new Map<NodeId, Micros>();
  readonly #ingressFree = new Map<NodeId, Micros>();
  readonly #regions = new Map<NodeId, number>();

  constructor(weather: NetworkWeather, chance: Chance) {
    this.#weather = weather;
    this.#chance = chance;
  }

  readonly #region = (node: NodeId): number => {
    let region = this.#regions.get(node);
    if (region === undefined) {
      region = regionOf(this.#weather.latency, this.#chance.standing(`${node} region`));
      this.#regions.set(node, region);
    }
    return region;
  };

  latency(key: DrawKey, from: NodeId, to: NodeId): Micros {
    return drawLatency(this.#weather.latency, key, this.#region, from, to);
  }

  /** Queues a frame at its sender's egress; returns when its last bit has left. */
  leave(frame: Frame, now: Micros): Micros {
    const free = Math.max(now, this.#egressFree.get(frame.from) ?? 0);
    const left = free + wireTime(frame.sizeBytes, this.#weather.bandwidthBitsPerSecond);
    this.#egressFree.set(frame.from, left);
    return left;
  }

  /** How much longer than its travel a frame must wait for the receiver's ingress. */
  enter(frame: Frame, now: Micros): Micros {
    const free = this.#ingressFree.get(frame.to) ?? 0;
    const entered = Math.max(now, free + wireTime(frame.sizeBytes, this.#weather.bandwidthBitsPerSecond));
    this.#ingressFree.set(frame.to, entered);
    return entered - now;
  }

  save(): Value {
    const table = (map: ReadonlyMap<NodeId, Micros>): Value => [...map].map(([node, at]) => ({ node, at }));
    return { egress: table(this.#egressFree), ingress: table(this.#ingressFree) };
  }

  load(saved: Value): void {
    const state = saved as unknown as { egress: { node: NodeId; at: Micros }[]; ingress: { node: NodeId; at: Micros }[] };
    for (const [map, list] of [[this.#egressFree, state.egress], [this.#ingressFree, state.ingress]] as const) {
      map.clear();
      for (const { node, at } of list) map.set(node, at);
    }
  }
}
