/**
 * Time is counted in whole microseconds, as plain numbers.
 *
 * Integers add exactly and compare exactly, so two machines never disagree about which of two
 * events came first. 2^53 µs are 285 years. Names end in their unit: `delayUs`, `timeoutMs`.
 */
import { assert } from './assert.ts';

/** A point or span of time in whole microseconds. */
export type Micros = number;

export const microsPerMs = 1_000;
export const microsPerSecond = 1_000_000;

/** Converts milliseconds (fractions allowed) to whole microseconds. */
export function fromMs(ms: number): Micros {
  const us = Math.round(ms * microsPerMs);
  assert(Number.isSafeInteger(us) && us >= 0, () => `a span of ${ms} ms cannot be counted in microseconds`);
  return us;
}

/** Writes a time as decimal seconds with six digits, for lines that are compared as text. */
export function toSecondsText(us: Micros): string {
  const seconds = Math.floor(us / microsPerSecond);
  return `${seconds}.${String(us % microsPerSecond).padStart(6, '0')}`;
}

/**
 * Integer that is `offset + elapsed · rate`, where `ratePpm` is a clock's rate error in parts per
 * million: a drifting clock of +100 ppm gains 100 µs each second.
 */
export function scaleByPpm(elapsed: Micros, ratePpm: number): Micros {
  return elapsed + Math.floor((elapsed * ratePpm) / 1_000_000);
}

/** How much true time must pass until a clock of `ratePpm` has counted `span`, at least 0. */
export function unscaleByPpm(span: Micros, ratePpm: number): Micros {
  return Math.ceil((span * 1_000_000) / (1_000_000 + ratePpm));
}
