/**
 * Merging updates as integers, so that who merged whom, and in what order, cannot matter.
 *
 * A coordinate of an update counts as round(delta · 2^30) · samples. Integers below 2^53 add exactly
 * in binary64, so a sum has one value whatever its order or grouping; one division at the end gives
 * the mean weighted by samples. The limits below keep every sum under 2^53:
 * 2^6 (coordinate) · 2^30 (scale) · 2^17 (samples) = 2^53.
 */
import { assert } from '../kernel/assert.ts';

const scale = 1_073_741_824; // 2^30
/** Largest accepted magnitude of a coordinate, exclusive; honest updates stay far below. */
export const coordinateMax = 64;
/** All samples of one merge together stay below this. */
export const mergedSamplesMax = 131_072;

/** An update that cannot be merged, and why, in words. */
export class UpdateRefused extends Error {
  static override readonly name = 'UpdateRefused';
  override readonly name = 'UpdateRefused';
}

/** Whether a merge accepts this coordinate of an update: finite, and within ±coordinateMax. */
export function isMergeable(coordinate: number): boolean {
  return coordinate > -coordinateMax && coordinate < coordinateMax;
}

/** Why an update is unfit for any merge. */
export type DeltaFault = 'nonFiniteUpdate' | 'overflowingUpdate';

/** The first coordinate that no merge accepts; −1 when there is none. */
function firstUnmergeable(delta: Float32Array): number {
  for (let index = 0; index < delta.length; index += 1) if (!isMergeable(delta[index]!)) return index;
  return -1;
}

/** What is wrong with the coordinates of an update; undefined when all are mergeable. */
export function faultOfDelta(delta: Float32Array): DeltaFault | undefined {
  if (firstUnmergeable(delta) < 0) return undefined;
  return delta.every(Number.isFinite) ? 'overflowingUpdate' : 'nonFiniteUpdate';
}

/** Some updates added up: a value that aggregators may exchange and add again. */
export interface PartialSum {
  /** Σ round(delta · 2^30) · samples, for each coordinate; every element is an integer. */
  readonly sums: Float64Array;
  readonly samples: number;
}

function addedSamples(a: number, b: number): number {
  if (a + b >= mergedSamplesMax) {
    throw new UpdateRefused(`${a + b} samples in one merge are not below ${mergedSamplesMax}`);
  }
  return a + b;
}

/** One update as it comes in: who sent it, over how many samples, and the change of the weights. */
export interface WeightedUpdate {
  readonly worker: string;
  readonly samples: number;
  readonly delta: Float32Array;
}

/** The sum of some updates of `dimensions` coordinates. Throws `UpdateRefused`, naming the worker. */
export function sumUpdates(updates: Iterable<WeightedUpdate>, dimensions: number): PartialSum {
  const sums = new Float64Array(dimensions);
  let samples = 0;
  for (const update of updates) {
    assert(update.delta.length === dimensions, () => `the update of ${update.worker} has ${update.delta.length} coordinates`);
    if (!Number.isSafeInteger(update.samples) || update.samples < 1) {
      throw new UpdateRefused(`update of ${update.worker}: its samples are ${update.samples}, not an integer from 1`);
    }
    samples = addedSamples(samples, update.samples);
    addInto(sums, update);
  }
  return { sums, samples };
}

function addInto(sums: Float64Array, { worker, samples, delta }: WeightedUpdate): void {
  for (let index = 0; index < delta.length; index += 1) {
    const coordinate = delta[index]!;
    if (!isMergeable(coordinate)) refuseCoordinate(worker, index, coordinate);
    sums[index] = exactSum(sums[index]!, Math.round(coordinate * scale) * samples);
  }
}

function refuseCoordinate(worker: string, index: number, coordinate: number): never {
  const limit = `±${coordinateMax}`;
  throw new UpdateRefused(`update of ${worker}: coordinate ${index} is ${coordinate}, not within ${limit}`);
}

/** Throws `UpdateRefused`, naming the worker, for an update that is unfit for any merge. */
export function requireMergeable({ worker, delta }: Pick<WeightedUpdate, 'worker' | 'delta'>): void {
  const index = firstUnmergeable(delta);
  if (index >= 0) refuseCoordinate(worker, index, delta[index]!);
}

function exactSum(a: number, b: number): number {
  const sum = a + b;
  assert(sum <= Number.MAX_SAFE_INTEGER && sum >= -Number.MAX_SAFE_INTEGER, 'every sum of a merge is below 2^53');
  return sum;
}

/**
 * Whether updates of that many samples could have this sum. Sums that pass, and whose samples stay below
 * the limit together, add up exactly; so one that comes from outside is asked first.
 */
export function isReachable({ sums, samples }: PartialSum): boolean {
  const reach = coordinateMax * scale * samples; // At most 2^53 − 2^36.
  for (let index = 0; index < sums.length; index += 1) {
    const sum = sums[index]!;
    if (!(sum > -reach && sum < reach)) return false;
  }
  return true;
}

/** Both together, as a new value. Throws `UpdateRefused` when there are too many samples. */
export function addSums(a: PartialSum, b: PartialSum): PartialSum {
  assert(a.sums.length === b.sums.length, `sums of ${a.sums.length} and ${b.sums.length} coordinates do not add`);
  const samples = addedSamples(a.samples, b.samples);
  return { sums: a.sums.map((sum, index) => exactSum(sum, b.sums[index]!)), samples };
}

/** weights + sum / (2^30 · samples): the mean update, applied. The sum must hold at least one update. */
export function applySum(weights: Float32Array, { sums, samples }: PartialSum): Float32Array {
  assert(samples > 0, 'a merge holds at least one update');
  assert(sums.length === weights.length, `${sums.length} sums do not fit ${weights.length} weights`);
  const divisor = scale * samples; // Below 2^47, so exact.
  const merged = new Float32Array(weights.length);
  for (let index = 0; index < merged.length; index += 1) merged[index] = weights[index]! + sums[index]! / divisor;
  return merged;
}
