/**
 * Remembers what led to what, for the failure report.
 *
 * The world notes every input with the step that caused it; the newest ones are kept in a ring of
 * typed arrays, so a note allocates nothing and memory stays constant. An ancestor that has left the
 * ring is simply not told.
 */
import { assert, assertInteger } from '../kernel/assert.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { Micros } from '../kernel/time.ts';

/** One event on the way to another. */
export interface Cause {
  readonly sequence: number;
  readonly at: Micros;
  readonly node: NodeId;
  /** Type of the event that the node was given: a message kind, a timer, `restored`… */
  readonly event: string;
}

const defaultCapacity = 65_536;

/** Stands for "nobody caused it": an initial start, a fault. */
const noCause = -1;

export class CauseRing {
  readonly #capacity: number;
  readonly #sequences: Float64Array;
  readonly #times: Float64Array;
  readonly #causes: Float64Array;
  readonly #nodes: Uint32Array;
  readonly #events: Uint32Array;
  readonly #names: string[] = [];
  readonly #numberOfName = new Map<string, number>();
  #noted = 0;

  /** `capacity` is the number of inputs that are remembered; each costs 32 bytes. */
  constructor(capacity = defaultCapacity) {
    this.#capacity = assertInteger(capacity, 'capacity', 1, 1 << 24);
    this.#sequences = new Float64Array(capacity);
    this.#times = new Float64Array(capacity);
    this.#causes = new Float64Array(capacity);
    this.#nodes = new Uint32Array(capacity);
    this.#events = new Uint32Array(capacity);
  }

  /**
   * Notes an input: its sequence number, which must grow, and that of the step that sent the
   * message, armed the timer or asked for the result; null when no step did.
   */
  note(sequence: number, at: Micros, node: NodeId, event: string, cause: number | null): void {
    const previous = this.#noted === 0 ? -1 : this.#sequences[(this.#noted - 1) % this.#capacity]!;
    assert(sequence > previous, () => `input ${sequence} was noted after input ${previous}`);
    assert(cause === null || cause < sequence, () => `input ${sequence} cannot be caused by the later step ${cause}`);
    const place = this.#noted % this.#capacity;
    this.#sequences[place] = sequence;
    this.#times[place] = at;
    this.#causes[place] = cause ?? noCause;
    this.#nodes[place] = this.#numberOf(node);
    this.#events[place] = this.#numberOf(event);
    this.#noted += 1;
  }

  /** The event itself and then what caused it, at most `count` in all, nearest first. */
  ancestors(sequence: number, count: number): Cause[] {
    const chain: Cause[] = [];
    let wanted = sequence;
    while (chain.length < count && wanted !== noCause) {
      const place = this.#placeOf(wanted);
      if (place === undefined) break;
      chain.push({
        sequence: wanted,
        at: this.#times[place]!,
        node: this.#names[this.#nodes[place]!]!,
        event: this.#names[this.#events[place]!]!,
      });
      wanted = this.#causes[place]!;
    }
    return chain;
  }

  /** Where a sequence number stands in the ring, by bisection over what is still remembered. */
  #placeOf(sequence: number): number | undefined {
    let low = Math.max(0, this.#noted - this.#capacity);
    let high = this.#noted - 1;
    while (low <= high) {
      const middle = Math.floor((low + high) / 2);
      const found = this.#sequences[middle % this.#capacity]!;
      if (found === sequence) return middle % this.#capacity;
      if (found < sequence) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  /** Node ids and event types come from a small fixed set, so each is kept once. */
  #numberOf(name: string): number {
    let number = this.#numberOfName.get(name);
    if (number === undefined) {
      number = this.#names.push(name) - 1;
      this.#numberOfName.set(name, number);
    }
    return number;
  }
}
