/**
 * The timers of one node: (id) → (generation, due time on the node's monotonic clock).
 *
 * Arming an id again replaces it and raises its generation; a firing of an old generation is
 * dropped. Timers are not part of xstate's snapshot, so they are saved beside it.
 */
import { assert } from '../kernel/assert.ts';
import type { Value } from '../kernel/codec.ts';
import { limits } from '../kernel/limits.ts';
import type { Micros } from '../kernel/time.ts';

export interface Timer {
  readonly id: string;
  readonly generation: number;
  readonly dueMono: Micros;
  /** The event type that the chart awaits. */
  readonly event: string;
}

export class TimerTable {
  readonly #armed = new Map<string, Timer>();
  readonly #generations = new Map<string, number>();

  arm(id: string, dueMono: Micros, event: string): Timer {
    const generation = (this.#generations.get(id) ?? 0) + 1;
    this.#generations.set(id, generation);
    const timer = { id, generation, dueMono, event };
    this.#armed.set(id, timer);
    assert(this.#armed.size <= limits.timersPerNodeMax, () => `more than ${limits.timersPerNodeMax} timers are armed`);
    return timer;
  }

  cancel(id: string): void {
    this.#armed.delete(id);
  }

  /** Takes the timer out if this firing is current; undefined for a stale one. */
  fire(id: string, generation: number): Timer | undefined {
    const timer = this.#armed.get(id);
    if (timer?.generation !== generation) return undefined;
    this.#armed.delete(id);
    return timer;
  }

  /** Whether a firing is current, without taking it. */
  isCurrent(id: string, generation: number): boolean {
    return this.#armed.get(id)?.generation === generation;
  }

  /** Armed timers in order of arming. */
  armed(): Timer[] {
    return [...this.#armed.values()];
  }

  clear(): void {
    this.#armed.clear();
  }

  save(): Value {
    return {
      armed: this.armed().map(({ id, generation, dueMono, event }) => ({ id, generation, dueMono, event })),
      generations: [...this.#generations].map(([id, generation]) => ({ id, generation })),
    };
  }

  load(saved: Value): void {
    const { armed, generations } = saved as unknown as { armed: Timer[]; generations: { id: string; generation: number }[] };
    this.#armed.clear();
    this.#generations.clear();
    for (const timer of armed) this.#armed.set(timer.id, timer);
    for (const { id, generation } of generations) this.#generations.set(id, generation);
  }
}
