/**
 * A node's two clocks.
 *
 * `mono` counts this incarnation's time with the clock's rate error; `wall` adds skew and jumps.
 * A change of rate starts a new stretch, so both stay continuous.
 */
import { assert } from '../../kernel/assert.ts';
import type { Value } from '../../kernel/codec.ts';
import { scaleByPpm, unscaleByPpm } from '../../kernel/time.ts';
import type { Micros } from '../../kernel/time.ts';

interface Stretch {
  readonly since: Micros;
  readonly mono: Micros;
  readonly wall: Micros;
  readonly ratePpm: number;
}

export class NodeClock {
  #stretch: Stretch;

  constructor(skewUs: number, ratePpm: number) {
    assert(Math.abs(ratePpm) < 1_000_000, `a clock's rate error stays below ±1,000,000 ppm, got ${ratePpm}`);
    this.#stretch = { since: 0, mono: 0, wall: skewUs, ratePpm };
  }

  mono(now: Micros): Micros {
    const { since, mono, ratePpm } = this.#stretch;
    return mono + scaleByPpm(now - since, ratePpm);
  }

  wall(now: Micros): Micros {
    const { since, wall, ratePpm } = this.#stretch;
    return wall + scaleByPpm(now - since, ratePpm);
  }

  /** True time until this clock has counted `span` more. */
  untilCounted(span: Micros): Micros {
    return unscaleByPpm(span, this.#stretch.ratePpm);
  }

  /** A new incarnation counts from 0; the wall clock goes on. */
  restart(now: Micros): void {
    this.#stretch = { since: now, mono: 0, wall: this.wall(now), ratePpm: this.#stretch.ratePpm };
  }

  jump(now: Micros, byUs: number): void {
    this.#stretch = { since: now, mono: this.mono(now), wall: this.wall(now) + byUs, ratePpm: this.#stretch.ratePpm };
  }

  /** Adds `extraPpm` to the clock's rate error; the same amount with the other sign takes it back. */
  drift(now: Micros, extraPpm: number): void {
    const ratePpm = this.#stretch.ratePpm + extraPpm;
    assert(Math.abs(ratePpm) < 1_000_000, `a clock's rate error stays below ±1,000,000 ppm, got ${ratePpm}`);
    this.#stretch = { since: now, mono: this.mono(now), wall: this.wall(now), ratePpm };
  }

  save(): Value {
    return { ...this.#stretch };
  }

  load(saved: Value): void {
    this.#stretch = saved as unknown as Stretch;
  }
}
