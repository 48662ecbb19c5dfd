/**
 * How strongly the silence of a node speaks against it: the φ accrual failure detector.
 *
 * N. Hayashibara, X. Défago, R. Yared, T. Katayama, "The φ Accrual Failure Detector", SRDS 2004:
 * φ(t) = −log10(1 − F(t)), F being the normal distribution of the times between two beats. φ = 1 errs
 * once in ten times, φ = 2 once in a hundred. What is done at which φ is the watcher's choice; nothing
 * here sends, waits or knows whom it watches. Times are of the watcher's own monotonic clock.
 */
import { assert } from '../../kernel/assert.ts';
import type { Micros } from '../../kernel/time.ts';
import { log10OfUpperTail } from './normal-tail.ts';

/**
 * What is kept of one node's beats. The paper keeps a list of the latest intervals; a weighted mean
 * and variance say nearly the same, take the same few bytes for ever, which matters in snapshots of
 * many watchers of many nodes, and follow a change of pace without the jump of a window's edge.
 */
export type Pulse = {
  /** When the latest beat came. */
  readonly heardUs: Micros;
  /** Intervals that were counted. */
  readonly beats: number;
  readonly meanUs: number;
  readonly varianceUs2: number;
};

export interface SuspicionOptions {
  /** The φ from which a node is suspected, above 0. */
  readonly suspectAt: number;
  /** Least standard deviation assumed, at least 1 µs: no source is as regular as it seems. */
  readonly deviationMinUs: Micros;
}

/** Weight of the newest interval, once enough were counted. */
const newestWeight = 1 / 16;
/** A first pulse weighs as much as so many beats, so that the first real one does not decide alone. */
const assumedBeats = 4;
/** Deviation of a first pulse, as a share of the expected interval: half of it is generous. */
const assumedDeviation = 1 / 2;
/**
 * An interval counts for at most so many mean ones. The silence of a node that was away says little
 * of its pace, and counted in full would blind the watcher to its next death; yet a source that slows
 * down for good is followed within a few beats.
 */
const intervalFactorMax = 4;
/** φ is never larger, so that it stays a finite number. */
const phiMax = 1_000;

/** The pulse of a node of which nothing was heard yet but at `nowUs`; it should beat `expectedEveryUs`. */
export function firstPulse(nowUs: Micros, expectedEveryUs: Micros): Pulse {
  assert(expectedEveryUs > 0, () => `beats are expected at an interval above 0, got ${expectedEveryUs} µs`);
  const deviationUs = expectedEveryUs * assumedDeviation;
  return { heardUs: nowUs, beats: 0, meanUs: expectedEveryUs, varianceUs2: deviationUs * deviationUs };
}

/**
 * The pulse after a beat at `nowUs`, not before the latest one.
 *
 * Exponentially weighted mean and variance as by T. Finch, "Incremental calculation of weighted mean
 * and variance", University of Cambridge 2009. The first weights are 1/5, 1/6, … as for a plain
 * mean over the assumed beats and the real ones.
 */
export function beat(pulse: Pulse, nowUs: Micros): Pulse {
  assert(nowUs >= pulse.heardUs, () => `a beat at ${nowUs} µs came before the latest one at ${pulse.heardUs} µs`);
  const intervalUs = Math.min(nowUs - pulse.heardUs, intervalFactorMax * pulse.meanUs);
  const beats = pulse.beats + 1;
  const weight = Math.max(newestWeight, 1 / (assumedBeats + beats));
  const difference = intervalUs - pulse.meanUs;
  const increment = weight * difference;
  const varianceUs2 = (1 - weight) * (pulse.varianceUs2 + difference * increment);
  return { heardUs: nowUs, beats, meanUs: pulse.meanUs + increment, varianceUs2 };
}

/** φ at `nowUs`, from 0 to 1,000; without a further beat it never falls, up to a rounding of 1e-12. */
export function phiOf(pulse: Pulse, nowUs: Micros, { deviationMinUs }: Pick<SuspicionOptions, 'deviationMinUs'>): number {
  assert(deviationMinUs >= 1, () => `a deviation of at least 1 µs is assumed, got ${deviationMinUs}`);
  const deviationUs = Math.max(Math.sqrt(pulse.varianceUs2), deviationMinUs);
  const silentUs = Math.max(0, nowUs - pulse.heardUs);
  return Math.min(phiMax, Math.max(0, -log10OfUpperTail((silentUs - pulse.meanUs) / deviationUs)));
}

/** Whether the node has been silent for longer than its own pace explains. */
export function isSuspect(pulse: Pulse, nowUs: Micros, options: SuspicionOptions): boolean {
  return phiOf(pulse, nowUs, options) >= options.suspectAt;
}

/**
 * How long a watcher that looks every `checkEveryUs` stood still itself, when it looks at `nowUs` and
 * last did at `checkedUs`; 0 when it is in time.
 */
export function watcherPauseUs(checkedUs: Micros, nowUs: Micros, checkEveryUs: Micros): Micros {
  return Math.max(0, nowUs - checkedUs - checkEveryUs);
}

/**
 * The pulse without a time in which the watcher stood still and could have heard nobody. A watcher
 * applies it to all pulses, before it asks for φ, whenever its own pause is above 0: else it would
 * suspect everybody at once. What it heard before it noticed stays heard no later than now.
 */
export function resumeAfterPause(pulse: Pulse, pausedUs: Micros, nowUs: Micros): Pulse {
  return pausedUs <= 0 ? pulse : { ...pulse, heardUs: Math.max(pulse.heardUs, Math.min(nowUs, pulse.heardUs + pausedUs)) };
}
