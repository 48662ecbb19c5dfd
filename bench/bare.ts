/**
 * The bare loop that workloads are held against: a queue and messages, and nothing else.
 *
 * A 4-ary heap on typed arrays holds times and slots; every event makes one message object and
 * queues it again. There is no statechart, no schema, no hash, no fault and no property, so its
 * speed is what this machine gives to any event loop written in JavaScript, and `bareShare` says how
 * much of it a workload keeps.
 */

interface BareMessage {
  readonly from: number;
  readonly to: number;
  readonly hop: number;
}

/** Slots of pending events, ordered by time. Every slot is always in use. */
class TypedHeap {
  readonly #times: Float64Array;
  readonly #slots: Uint32Array;

  /** `times` need not be in order. */
  constructor(times: Float64Array) {
    this.#times = times.slice().sort();
    this.#slots = Uint32Array.from(times, (_, slot) => slot);
  }

  get firstTime(): number {
    return this.#times[0]!;
  }

  get firstSlot(): number {
    return this.#slots[0]!;
  }

  /** Gives the first slot a later time. */
  replaceFirst(time: number): void {
    const times = this.#times;
    const slots = this.#slots;
    const slot = slots[0]!;
    const size = times.length;
    let index = 0;
    for (;;) {
      const first = index * 4 + 1;
      if (first >= size) break;
      const end = Math.min(first + 4, size);
      let least = first;
      for (let child = first + 1; child < end; child += 1) if (times[child]! < times[least]!) least = child;
      if (times[least]! >= time) break;
      times[index] = times[least]!;
      slots[index] = slots[least]!;
      index = least;
    }
    times[index] = time;
    slots[index] = slot;
  }
}

const bareNodes = 256;

/** A 32-bit linear congruential generator (Numerical Recipes, §7.1): the cheapest delay there is. */
function nextRandom(state: number): number {
  return (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
}

/** Handles `events` events with `pending` of them queued at any time, and returns the seconds it took. */
export function runBareLoop(events: number, pending: number): number {
  let random = 1;
  const draw = (): number => (random = nextRandom(random));
  const heap = new TypedHeap(Float64Array.from({ length: Math.max(1, pending) }, draw));
  const messages: BareMessage[] = Array.from({ length: Math.max(1, pending) }, (_, slot) => ({ from: slot, to: slot, hop: 0 }));
  const received = new Uint32Array(bareNodes);
  const from = performance.now();
  for (let count = 0; count < events; count += 1) {
    const slot = heap.firstSlot;
    const { to, hop } = messages[slot]!;
    received[to % bareNodes]! += 1;
    messages[slot] = { from: to, to: (to + 1) % bareNodes, hop: hop + 1 };
    heap.replaceFirst(heap.firstTime + draw());
  }
  const seconds = (performance.now() - from) / 1_000;
  const handled = received.reduce((sum, one) => sum + one, 0);
  if (handled !== events) throw new Error(`the bare loop handled ${handled} of ${events} events`);
  return seconds;
}
