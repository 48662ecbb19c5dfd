import { describe, expect, it } from 'vitest';
import { periodMs, retryDelayMs } from '../../src/actors/delays.ts';
import { limits } from '../../src/kernel/limits.ts';

/** The longest delay that setTimeout and its kin count. */
const realTimerMsMax = 2 ** 31 - 1;

describe('a timer that is off', () => {
  it.each([
    ['a period', periodMs(null)],
    ['a part of a period', periodMs(null, 4)],
    ['a repetition', retryDelayMs(null, 3, 12_345)],
  ])('falls due after the end of every run, by the fastest clock as well, and real timers can count it: %s', (_, delayMs) => {
    // The rate error of a clock stays below 1,000,000 ppm, so no clock runs at double speed.
    expect((delayMs * 1_000) / 2).toBeGreaterThan(limits.virtualTimeUsMax);
    expect(delayMs).toBeLessThanOrEqual(realTimerMsMax);
  });
});

describe('a timer that is on', () => {
  it('counts its period, or equal parts of it, in milliseconds', () => {
    expect([periodMs(3_000_000), periodMs(3_000_000, 4)]).toEqual([3_000, 750]);
  });

  it('waits longer from try to try, up to six times as long', () => {
    const waits = [1, 2, 3, 4, 50].map((attempt) => retryDelayMs(1_000_000, attempt, 12_345));
    const stretch = waits[0]! / 1_000;
    expect(stretch).toBeGreaterThanOrEqual(1);
    expect(stretch).toBeLessThan(1.5);
    expect(waits).toEqual([1, 2, 4, 4, 4].map((factor) => 1_000 * factor * stretch));
  });
});
