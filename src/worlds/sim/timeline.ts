/** Virtual time: what the clock says and what is yet to happen. */
import { drawWord, purposes } from '../../kernel/draws.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { Value } from '../../kernel/codec.ts';
import { EventQueue } from '../../kernel/queue.ts';
import type { Queued } from '../../kernel/queue.ts';
import type { Micros } from '../../kernel/time.ts';
import { assert } from '../../kernel/assert.ts';
import type { SimEvent } from './events.ts';

export class Timeline {
  #now: Micros = 0;
  readonly #queue = new EventQueue<SimEvent>();

  get now(): Micros {
    return this.#now;
  }

  get nextAt(): Micros | undefined {
    return this.#queue.nextAt;
  }

  /** How many events are yet to happen. */
  get size(): number {
    return this.#queue.size;
  }

  /** The next event, left where it is. */
  peek(): SimEvent | undefined {
    return this.#queue.peek()?.value;
  }

  /** Queues an event; ties at one moment are broken by a draw about `key`, its identity. */
  push(at: Micros, key: DrawKey, event: SimEvent): void {
    assert(at >= this.#now, () => `an event is queued for ${at} µs, which is before ${this.#now} µs`);
    this.#queue.push(at, drawWord(key, purposes.tie), key, event);
  }

  /** Takes the next event and moves the clock to it. */
  next(): Queued<SimEvent> | undefined {
    const queued = this.#queue.pop();
    if (queued !== undefined) this.#now = queued.at;
    return queued;
  }

  /** Moves the clock on when nothing more will happen before `at`. */
  skipTo(at: Micros): void {
    this.#now = Math.max(this.#now, at);
  }

  *values(): Generator<Value> {
    for (const { value } of this.#queue.entries()) {
      if (value.kind === 'frame') yield value.frame.message;
      else if (value.kind === 'overheard') yield value.event;
    }
  }

  save(): Value {
    const entries = this.#queue.entries();
    return { now: this.#now, sequence: this.#queue.sequence, entries: entries as unknown as Value };
  }

  load(saved: Value): void {
    const { now, sequence, entries } = saved as unknown as { now: Micros; sequence: number; entries: Queued<SimEvent>[] };
    this.#now = now;
    this.#queue.restore(entries, sequence);
  }
}
