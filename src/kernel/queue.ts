/**
 * The event queue: a 4-ary heap ordered by (at, tie, identity, sequence).
 *
 * `tie` is a keyed draw, so that seeds explore both orders of two events at one moment; the
 * identity's key decides between equal draws, and the sequence number between equal identities.
 */
import { assert } from './assert.ts';
import type { DrawKey } from './draws.ts';
import type { Micros } from './time.ts';

export interface Queued<T> {
  readonly at: Micros;
  readonly tie: number;
  readonly key: DrawKey;
  readonly sequence: number;
  readonly value: T;
}

function comesBefore(a: Queued<unknown>, b: Queued<unknown>): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.tie !== b.tie) return a.tie < b.tie;
  if (a.key.high !== b.key.high) return a.key.high < b.key.high;
  if (a.key.low !== b.key.low) return a.key.low < b.key.low;
  return a.sequence < b.sequence;
}

export class EventQueue<T> {
  #heap: Queued<T>[] = [];
  #sequence = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The time of the next event; undefined when there is none. */
  get nextAt(): Micros | undefined {
    return this.#heap[0]?.at;
  }

  /** The next event, left where it is. */
  peek(): Queued<T> | undefined {
    return this.#heap[0];
  }

  push(at: Micros, tie: number, key: DrawKey, value: T): void {
    assert(Number.isSafeInteger(at) && at >= 0, () => `an event's time is whole microseconds, got ${at}`);
    this.#sequence += 1;
    this.#heap.push({ at, tie, key, sequence: this.#sequence, value });
    this.#rise(this.#heap.length - 1);
  }

  pop(): Queued<T> | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    this.#heap[0] = last;
    this.#sink();
    return first;
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const item = heap[from]!;
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 2;
      if (!comesBefore(item, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = item;
  }

  #sink(): void {
    const heap = this.#heap;
    const item = heap[0]!;
    const size = heap.length;
    let index = 0;
    for (;;) {
      const first = index * 4 + 1;
      if (first >= size) break;
      let least = first;
      const end = Math.min(first + 4, size);
      for (let child = first + 1; child < end; child += 1) {
        if (comesBefore(heap[child]!, heap[least]!)) least = child;
      }
      if (!comesBefore(heap[least]!, item)) break;
      heap[index] = heap[least]!;
      index = least;
    }
    heap[index] = item;
  }

  /** Everything that waits, in order, without taking it out. */
  entries(): Queued<T>[] {
    return [...this.#heap].sort((a, b) => (comesBefore(a, b) ? -1 : 1));
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Puts the entries of a checkpoint back. A sorted array is a heap already. */
  restore(entries: readonly Queued<T>[], sequence: number): void {
    this.#heap = [...entries];
    this.#sequence = sequence;
  }
}
