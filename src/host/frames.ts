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
  /** What a link charges: message, blobs and envelope. */
  readonly sizeBytes: number;
  /** Sequence number of the input whose step sent it, for causes. */
  readonly cause: number;
}

/** Identity, signature and length of a frame on the wire, rounded. */
export const envelopeBytes = 64;

/** `worker-03#0>aggregator-00 UpdateSubmitted round=5 /0`, as scenarios name single frames. */
export function frameIdentityText(
  frame: Pick<Frame, 'from' | 'incarnation' | 'to' | 'kind' | 'key' | 'occurrence'>,
): string {
  const key = frame.key === '' ? '' : ` ${frame.key}`;
  return `${frame.from}#${frame.incarnation}>${frame.to} ${frame.kind}${key} /${frame.occurrence}`;
}

/**
 * Counts how often a (peer, kind, key) was used by one incarnation. Keys that were not used for
 * long are forgotten, so that memory stays bounded however many rounds a run has.
 */
export class OccurrenceCounter {
  readonly #groups = new Map<string, Map<string, number>>();

  next(group: string, key: string): number {
    let counts = this.#groups.get(group);
    if (counts === undefined) this.#groups.set(group, (counts = new Map()));
    const occurrence = counts.get(key) ?? 0;
    if (occurrence > 0) counts.delete(key); // moves the key to the young end
    counts.set(key, occurrence + 1);
    if (counts.size > limits.occurrenceKeysMax) counts.delete(counts.keys().next().value!);
    return occurrence;
  }

  save(): Value {
    return [...this.#groups].map(([group, counts]) => ({ group, counts: [...counts].map(([key, count]) => ({ key, count })) }));
  }

  load(saved: Value): void {
    this.#groups.clear();
    for (const { group, counts } of saved as unknown as { group: string; counts: { key: string; count: number }[] }[]) {
      this.#groups.set(group, new Map(counts.map(({ key, count }) => [key, count])));
    }
  }
}

/** Derives the keys of one sender's frames; prefixes are remembered, since they cost a chain. */
export class FrameKeys {
  #root: DrawKey;
  readonly #prefixes = new Map<string, DrawKey>();

  constructor(root: DrawKey) {
    this.#root = root;
  }

  /** Another salt: what is created from now on draws anew. */
  reseed(root: DrawKey): void {
    this.#root = root;
    this.#prefixes.clear();
  }

  /** The key of an identity. `group` names sender, incarnation, receiver and kind. */
  keyOf(group: string, key: string, occurrence: number): DrawKey {
    let prefix = this.#prefixes.get(group);
    if (prefix === undefined) this.#prefixes.set(group, (prefix = childKey(this.#root, group)));
    return numberedKey(key === '' ? prefix : childKey(prefix, key), occurrence);
  }
}
