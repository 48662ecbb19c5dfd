/**
 * Delays of the timers that roles arm: periods, and waits between repeated requests.
 *
 * Options hold microseconds or null for what is off; charts count milliseconds. A timer that is off
 * is armed beyond the end of every run rather than left out, so that one chart serves both.
 */
import { uniform } from '../kernel/draws.ts';
import type { Dice } from '../kernel/draws.ts';
import type { Micros } from '../kernel/time.ts';

/**
 * 23 days: the longest delay that fits the 2^31 ms of ordinary timers, with some room. A run lasts ten
 * (limits.virtualTimeUsMax), so that this is beyond its end even by a clock that runs at double speed.
 */
const neverMs = 2_000_000_000;
/** Waits double up to this factor: a peer that was away for long is found again within one such wait. */
const backOffFactorMax = 4;

/** A period, or one of the equal parts of it, in milliseconds. */
export function periodMs(duration: Micros | null, parts = 1): number {
  return duration === null ? neverMs : duration / 1_000 / parts;
}

/**
 * The wait before try number `attempt` + 1 (attempts count from 1): doubled each time, up to a bound,
 * and stretched by up to a half by chance, so that nodes that failed together do not all try at once.
 */
export function retryDelayMs(retryAfter: Micros | null, attempt: number, dice: Dice): number {
  if (retryAfter === null) return neverMs;
  let factor = 1;
  for (let doubled = 1; doubled < attempt && factor < backOffFactorMax; doubled += 1) factor *= 2;
  return (retryAfter / 1_000) * factor * (1 + 0.5 * uniform(dice, 'retry'));
}
