import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode } from '../../../src/kernel/codec.ts';
import {
  beat, firstPulse, isSuspect, phiOf, resumeAfterPause, watcherPauseUs,
} from '../../../src/protocols/membership/suspicion.ts';
import type { Pulse } from '../../../src/protocols/membership/suspicion.ts';

const second = 1_000_000;
const options = { suspectAt: 8, deviationMinUs: 50_000 };

/** The pulse after beats at these intervals, from one that expected them every second. */
const pulseOf = (intervalsUs: readonly number[]): Pulse =>
  intervalsUs.reduce((pulse, intervalUs) => beat(pulse, pulse.heardUs + intervalUs), firstPulse(0, second));
const repeated = (count: number, intervalUs: (index: number) => number) => Array.from({ length: count }, (_, index) => intervalUs(index));
const regular = pulseOf(repeated(100, () => second));
const jittery = pulseOf(repeated(100, (index) => (index % 2 === 0 ? 400_000 : 1_600_000)));

/** The silence at which a node is first suspected, in µs, to a millisecond. */
function suspectedAfterUs(pulse: Pulse): number {
  let silentUs = 0;
  while (!isSuspect(pulse, pulse.heardUs + silentUs, options)) silentUs += 1_000;
  return silentUs;
}

describe('phi', () => {
  const steady: Pulse = { heardUs: 0, beats: 50, meanUs: 10 * second, varianceUs2: second * second };
  const atDeviations = (deviations: number) => phiOf(steady, (10 + deviations) * second, { deviationMinUs: 1 });

  // One-sided 50 %, 10 %, 1 % and 0.1 % of the normal distribution; 8 stands for 5.612 deviations.
  it.each([
    [0.30103, 0], [1, 1.2815515655446004], [2, 2.3263478740408408], [3, 3.090232306167813], [8, 5.612001244174789],
  ])('is %d at %d deviations', (phi, deviations) => expect(atDeviations(deviations)).toBeCloseTo(phi, 6));

  it('stays a number far out, and is capped', () => {
    expect(atDeviations(40)).toBeGreaterThan(300);
    expect(atDeviations(1e9)).toBe(1_000);
    expect(phiOf(regular, Number.MAX_SAFE_INTEGER, options)).toBe(1_000);
  });

  it('assumes no less than the least deviation, which must be there', () => {
    const exact: Pulse = { ...steady, varianceUs2: 0 };
    expect(phiOf(exact, 10 * second + 128_155, { deviationMinUs: 100_000 })).toBeCloseTo(1, 4);
    expect(() => phiOf(exact, 0, { deviationMinUs: 0 })).toThrow('at least 1 µs');
  });

  const anyPulse = fc.array(fc.integer({ min: 0, max: 20 * second }), { maxLength: 40 }).map(pulseOf);
  const anySilence = fc.integer({ min: 0, max: 1_000 * second });

  it('never falls while nothing is heard, and lies in its range', () => {
    fc.assert(fc.property(anyPulse, anySilence, anySilence, (pulse, a, b) => {
      const early = phiOf(pulse, pulse.heardUs + Math.min(a, b), options);
      const late = phiOf(pulse, pulse.heardUs + Math.max(a, b), options);
      expect(early).toBeGreaterThanOrEqual(0);
      expect(late).toBeGreaterThanOrEqual(early - 1e-12);
      expect(late).toBeLessThanOrEqual(1_000);
    }), { numRuns: 500 });
  });

  it('whoever falls silent is suspected in the end, whatever was heard before', () => {
    fc.assert(fc.property(anyPulse, (pulse) => isSuspect(pulse, pulse.heardUs + 100_000 * second, options)));
  });
});

describe('a pulse', () => {
  it('begins generously: a node that starts late is given several intervals', () => {
    const first = firstPulse(0, second);
    expect(isSuspect(first, 3 * second, options)).toBe(false);
    expect(isSuspect(first, 4 * second, options)).toBe(true);
    expect(() => firstPulse(0, 0)).toThrow('an interval above 0');
  });

  it('learns the pace: a jittery source is suspected later than a regular one', () => {
    expect(suspectedAfterUs(regular)).toBeLessThan(1.5 * second);
    expect(suspectedAfterUs(jittery)).toBeGreaterThan(3 * second);
    expect(jittery.meanUs).toBeGreaterThan(0.9 * second);
    expect(jittery.meanUs).toBeLessThan(1.1 * second);
    // The deviation of two values in turns is half of their distance.
    expect(Math.sqrt(jittery.varianceUs2) / 600_000).toBeCloseTo(1, 1);
  });

  it('follows a source that slows down for good', () => {
    const slowed = repeated(60, () => 10 * second).reduce((pulse, us) => beat(pulse, pulse.heardUs + us), regular);
    expect(isSuspect(slowed, slowed.heardUs + 11 * second, options)).toBe(false);
    expect(slowed.meanUs / second).toBeCloseTo(10, 0);
  });

  it('is not blinded by one long absence', () => {
    const back = beat(regular, regular.heardUs + 600 * second);
    expect(suspectedAfterUs(back)).toBeLessThan(6 * second);
    const again = repeated(100, () => second).reduce((pulse, us) => beat(pulse, pulse.heardUs + us), back);
    expect(suspectedAfterUs(again)).toBeLessThan(1.5 * second);
  });

  it('takes the same few bytes for ever, as a plain value', () => {
    const long = pulseOf(repeated(5_000, (index) => 900_000 + (index * 7_919) % 200_000));
    expect(Object.keys(long).sort()).toEqual(['beats', 'heardUs', 'meanUs', 'varianceUs2']);
    expect(encode(long).length).toBeLessThan(80);
  });

  it('mean and variance of few beats are those of a plain list that begins with the assumed beats', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 500_000, max: 1_500_000 }), { minLength: 1, maxLength: 12 }), (intervals) => {
      const assumed = [second, second, second, second].map((mean, index) => mean + (index % 2 === 0 ? 1 : -1) * 500_000);
      const list = [...assumed, ...intervals];
      const mean = list.reduce((sum, us) => sum + us, 0) / list.length;
      const variance = list.reduce((sum, us) => sum + (us - mean) ** 2, 0) / list.length;
      const pulse = pulseOf(intervals);
      expect(pulse.meanUs / mean).toBeCloseTo(1, 9);
      expect(pulse.varianceUs2 / variance).toBeCloseTo(1, 9);
    }));
  });

  it('refuses a beat from before the latest one', () => {
    expect(() => beat(regular, regular.heardUs - 1)).toThrow('before the latest one');
  });
});

describe('a watcher that stood still', () => {
  const nowUs = regular.heardUs + 30 * second;
  const pausedUs = watcherPauseUs(regular.heardUs + 500_000, nowUs, second);

  it('knows for how long', () => {
    expect(pausedUs).toBe(28.5 * second);
    expect(watcherPauseUs(0, second, second)).toBe(0);
    expect(watcherPauseUs(0, 10, second)).toBe(0);
  });

  it('suspects nobody for it, and whoever stays silent soon enough', () => {
    expect(isSuspect(regular, nowUs, options)).toBe(true);
    const resumed = resumeAfterPause(regular, pausedUs, nowUs);
    expect(isSuspect(resumed, nowUs, { ...options, deviationMinUs: 100_000 })).toBe(false);
    expect(isSuspect(resumed, nowUs + 2 * second, options)).toBe(true);
  });

  it('hears the next beat as one in time', () => {
    const resumed = beat(resumeAfterPause(regular, pausedUs, nowUs), nowUs);
    expect(resumed.meanUs / second).toBeCloseTo(1, 0);
    expect(suspectedAfterUs(resumed)).toBeLessThan(3 * second);
  });

  it('never moves a beat beyond now, nor back', () => {
    fc.assert(fc.property(fc.nat(100 * second), fc.nat(100 * second), (heardUs, pause) => {
      const pulse = firstPulse(heardUs, second);
      const resumed = resumeAfterPause(pulse, pause, Math.max(heardUs, 50 * second));
      expect(resumed.heardUs).toBeGreaterThanOrEqual(heardUs);
      expect(resumed.heardUs).toBeLessThanOrEqual(Math.max(heardUs, 50 * second));
    }));
    expect(resumeAfterPause(regular, 0, nowUs)).toBe(regular);
  });
});
