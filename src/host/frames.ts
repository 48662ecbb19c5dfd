/**
 * Frames and their identity.
 *
 * A frame's identity is (from, incarnation, to, kind, declared key, occurrence of that tuple).
 * Contents, times and sizes are no part of it, so that a run in which one frame is dropped keeps
 * the draws of every other frame that both runs have.
 */
import { childKey, numberedKey } from '../kernel/draws.ts';
import type { DrawKey } from '../kernel/draws.ts';
import type { Message } from '../kernel/contract.ts';
import type { NodeId } from '../kernel/ids.ts';
import { limits } from '../kernel/limits.ts';
import type { Value } from '../kernel/codec.ts';

export interface Frame {
  readonly from: NodeId;
  readonly incarnation: number;
  readonly to: NodeId;
  readonly kind: string;
  readonly key: string;
  readonly occurrence: number;
  /** Where every draw about this frame begins. */
  readonly drawKey: DrawKey;
  readonly protocol: string;
  readonly transport: 'stream' | 'datagram';
  readonly message: Message;
  /** Canonical bytes of the message. */
  readonly bytes: Uint8Array;
  /** Of a signed kind: the sender's Ed25519 signature, 128 hexadecimal digits (protocols/signed-frames). */
  readonly signature?: string;
  /** What a link charges: message, blobs, envelope, and a signature if there is one. */
  readonly sizeBytes: number;
  /** Sequence number of the input whose step sent it, for causes. */
  readonly cause: number;
}

/** Identity and length of a frame on the wire, rounded. */
export const envelopeBytes = 64;

/** `worker-03#0>aggregator-00 UpdateSubmitted round=5 /0`, as scenarios name single frames. */
export function frameIdentityText(
  frame: Pick<Frame, 'from' | 'incarnation' | 'to' | 'kind' | 'key' | 'occurrence'>,
): string {
  const key = frame.key === '' ? '' : ` ${frame.key}`;
  return `${frame.from}#${frame.incarnation}>${frame.to} ${frame.kind}${key} /${frame.occurrence}`;
}

/** Keys in one generation; two of them are remembered. */
const generationKeysMax = limits.occurrenceKeysMax / 2;

/**
 * How often each key of one group was used: those of late, and those before them.
 *
 * Memory stays bounded however many rounds a run has: when the young generation is full it becomes
 * the old one, and the old one is forgotten. So at least the last `occurrenceKeysMax / 2` different
 * keys are known and at most `occurrenceKeysMax`, without taking single keys out of a map.
 */
export class KeyCounts {
  #young: Map<string, number>;
  #old: Map<string, number>;

  constructor(young: Map<string, number> = new Map(), old: Map<string, number> = new Map()) {
    this.#young = young;
    this.#old = old;
  }

  /** How often `key` was used before; this use is counted. */
  next(key: string): number {
    const occurrence = this.#young.get(key) ?? this.#old.get(key) ?? 0;
    this.#young.set(key, occurrence + 1);
    if (this.#young.size >= generationKeysMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    return occurrence;
  }

  save(): { young: Value; old: Value } {
    const table = (counts: ReadonlyMap<string, number>): Value => [...counts].map(([key, count]) => ({ key, count }));
    return { young: table(this.#young), old: table(this.#old) };
  }
}

/** Counts how often a (peer, kind, key) was used by one incarnation. */
export class OccurrenceCounter {
  readonly #groups = new Map<string, KeyCounts>();

  /** The counts of one group, made on first use; they are stale after `load`. */
  group(name: string): KeyCounts {
    let counts = this.#groups.get(name);
    if (counts === undefined) this.#groups.set(name, (counts = new KeyCounts()));
    return counts;
  }

  /** How often `key` was used in `group` before; this use is counted. */
  next(group: string, key: string): number {
    return this.group(group).next(key);
  }

  save(): Value {
    return [...this.#groups].map(([group, counts]) => ({ group, ...counts.save() }));
  }

  load(saved: Value): void {
    type Table = readonly { readonly key: string; readonly count: number }[];
    const groups = saved as unknown as { group: string; young: Table; old: Table }[];
    const map = (table: Table) => new Map(table.map(({ key, count }) => [key, count]));
    this.#groups.clear();
    for (const { group, young, old } of groups) this.#groups.set(group, new KeyCounts(map(young), map(old)));
  }
}

/**
 * Derives the keys of one sender's frames. It remembers nothing: whoever asks for one prefix again and
 * again keeps it (host/destinations, for one life), and names do not pile up over many lives.
 */
export class FrameKeys {
  #root: DrawKey;

  constructor(root: DrawKey) {
    this.#root = root;
  }

  /** Another salt: what is created from now on draws anew. */
  reseed(root: DrawKey): void {
    this.#root = root;
  }

  /** Where the keys of a group begin. `group` names sender, incarnation, receiver and kind. */
  prefix(group: string): DrawKey {
    return childKey(this.#root, group);
  }

  /** The key of an identity. */
  keyOf(group: string, key: string, occurrence: number): DrawKey {
    return frameKeyUnder(this.prefix(group), key, occurrence);
  }
}

/** The key of one occurrence of a declared key, under the prefix of its group. */
export function frameKeyUnder(prefix: DrawKey, key: string, occurrence: number): DrawKey {
  return numberedKey(key === '' ? prefix : childKey(prefix, key), occurrence);
}
