/** What chaos is drawn with: named draws of a seed, the nodes that there are, and the shape of a drawn fault. */
import type { Fault, FaultEffect, Selection } from '../../src/host/faults.ts';
import { childKey, drawUniform, purposes, seedKey } from '../../src/kernel/draws.ts';
import type { DrawKey } from '../../src/kernel/draws.ts';
import { makeNodeId } from '../../src/kernel/ids.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import type { Micros } from '../../src/kernel/time.ts';

export const chaosCounts = { bootstrap: 3, aggregator: 5, worker: 8, client: 2 } as const;
/** No fault begins after this moment, unless a step of a commit brings it about. */
export const safetyPhaseUs = 14_000_000;

/** Draws by name, so that one more or less changes no other. */
export class Draws {
  readonly #key: DrawKey;

  constructor(seed: number) {
    this.#key = childKey(seedKey(seed, 0), 'chaos');
  }

  #uniform(name: string): number {
    return drawUniform(childKey(this.#key, name), purposes.selection);
  }

  /** A whole number in [from, to). */
  between(name: string, from: number, to: number): number {
    return from + Math.floor(this.#uniform(name) * (to - from));
  }

  chance(name: string, probability: number): boolean {
    return this.#uniform(name) < probability;
  }

  pick<Item>(name: string, items: readonly Item[]): Item {
    return items[this.between(name, 0, items.length)]!;
  }

  /** Whether this seed has faults of a kind at all: half of the kinds are left out. */
  has(kind: string): boolean {
    return this.chance(`has ${kind}`, 0.5);
  }

  /** A moment of the safety phase. */
  moment(name: string): Micros {
    return this.between(`${name} at`, 100_000, safetyPhaseUs);
  }
}

export const ids = (role: keyof typeof chaosCounts): readonly NodeId[] =>
  Array.from({ length: chaosCounts[role] }, (_, index) => makeNodeId(role, index));
export const only = (...nodes: readonly NodeId[]): Selection => ({ kind: 'nodes', nodes });

export const faultAt = (id: string, atUs: Micros, effect: FaultEffect): Fault =>
  ({ id, drawn: true, trigger: { kind: 'time', atUs }, effect });
