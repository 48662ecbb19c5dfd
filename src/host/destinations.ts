/**
 * To whom one life of a sender has sent what: per (receiver, kind) the occurrences of each declared
 * key, and where the draws of its frames begin.
 *
 * Both are found by receiver and kind as they stand, so that no name is put together for a frame.
 */
import type { DrawKey } from '../kernel/draws.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { Value } from '../kernel/codec.ts';
import { FrameKeys, frameKeyUnder, OccurrenceCounter } from './frames.ts';
import type { KeyCounts } from './frames.ts';

interface Destination {
  readonly counts: KeyCounts;
  readonly prefix: DrawKey;
}

/** What tells a frame apart from all others of its sender, receiver and kind, and its draws. */
export interface FrameUse {
  readonly occurrence: number;
  readonly drawKey: DrawKey;
}

export class Destinations {
  readonly #sender: NodeId;
  readonly #occurrences = new OccurrenceCounter();
  readonly #keys: FrameKeys;
  readonly #known = new Map<NodeId, Map<string, Destination>>();
  #incarnation = -1;

  constructor(sender: NodeId, root: DrawKey) {
    this.#sender = sender;
    this.#keys = new FrameKeys(root);
  }

  /** A new life has sent nothing yet. */
  begin(incarnation: number): void {
    this.load(incarnation, []);
  }

  /** Another salt: what is sent from now on draws anew; occurrences go on. */
  reseed(root: DrawKey): void {
    this.#keys.reseed(root);
    this.#known.clear();
  }

  /** Counts one more frame of a declared key, and says where its draws begin. */
  use(to: NodeId, kind: string, key: string): FrameUse {
    const { counts, prefix } = this.#of(to, kind);
    const occurrence = counts.next(key);
    return { occurrence, drawKey: frameKeyUnder(prefix, key, occurrence) };
  }

  #of(to: NodeId, kind: string): Destination {
    let kinds = this.#known.get(to);
    if (kinds === undefined) this.#known.set(to, (kinds = new Map()));
    let destination = kinds.get(kind);
    if (destination === undefined) {
      const group = `${this.#sender}#${this.#incarnation}>${to} ${kind}`;
      destination = { counts: this.#occurrences.group(group), prefix: this.#keys.prefix(group) };
      kinds.set(kind, destination);
    }
    return destination;
  }

  save(): Value {
    return this.#occurrences.save();
  }

  load(incarnation: number, saved: Value): void {
    this.#incarnation = incarnation;
    this.#occurrences.load(saved);
    this.#known.clear();
  }
}
