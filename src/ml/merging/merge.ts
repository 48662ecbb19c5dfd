/**
 * Merging updates as integers, so that who merged whom, and in what order, cannot matter.
 *
 * A coordinate of an update counts as round(delta · 2^30) · samples. Integers below 2^53 add exactly
 * in binary64, so a sum has one value whatever its order or grouping; one division at the end gives
 * the mean weighted by samples. The limits below keep every sum under 2^53:
 * 2^6 (coordinate) · 2^30 (scale) · 2^17 (samples) = 2^53.
 */
import { assert } from '../../kernel/assert.ts';

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
  const all = [...updates];
  let samples = 0;
  for (const update of all) {
    assert(update.delta.length === dimensions, () => `the update of ${update.worker} has ${update.delta.length} coordinates`);
    if (!Number.isSafeInteger(update.samples) || update.samples < 1) {
      throw new UpdateRefused(`update of ${update.worker}: its samples are ${update.samples}, not an integer from 1`);
    }
    samples = addedSamples(samples, update.samples);
  }
  const sums = new Float64Array(dimensions);
  for (let begin = 0; begin < dimensions; begin += stripLength) {
    const end = Math.min(begin + stripLength, dimensions);
    for (let first = 0; first < all.length; first += 4) {
      if (!addFourInto(sums, all, first, begin, end)) for (const update of all) requireMergeable(update);
    }
  }
  return { sums, samples };
}

/** Coordinates of a strip, over which all updates are added before the next: 8 kB of sums stay in the cache. */
const stripLength = 1_024;

/**
 * Adds the coordinates from `begin` to `end` of the updates `first` to `first + 3`, as far as there are so many;
 * false as soon as one is unfit. With samples below the limit no sum of these integers reaches 2^53, so
 * each is exact. floor(x + 1/2) is round(x) for every x that comes of a float32, and faster.
 */
function addFourInto(
  sums: Float64Array, updates: readonly WeightedUpdate[], first: number, begin: number, end: number,
): boolean {
  const { delta: delta0, samples: samples0 } = updates[first]!;
  const { delta: delta1, samples: samples1 } = updates[first + 1] ?? { delta: delta0, samples: 0 };
  const { delta: delta2, samples: samples2 } = updates[first + 2] ?? { delta: delta0, samples: 0 };
  const { delta: delta3, samples: samples3 } = updates[first + 3] ?? { delta: delta0, samples: 0 };
  for (let index = begin; index < end; index += 1) {
    const coordinate0 = delta0[index]!;
    const coordinate1 = delta1[index]!;
    const coordinate2 = delta2[index]!;
    const coordinate3 = delta3[index]!;
    // What isMergeable says, written out: calls would double the time of this loop.
    if (!(Math.abs(coordinate0) < coordinateMax && Math.abs(coordinate1) < coordinateMax)) return false;
    if (!(Math.abs(coordinate2) < coordinateMax && Math.abs(coordinate3) < coordinateMax)) return false;
    const firstTwo = Math.floor(coordinate0 * scale + 0.5) * samples0 + Math.floor(coordinate1 * scale + 0.5) * samples1;
    const lastTwo = Math.floor(coordinate2 * scale + 0.5) * samples2 + Math.floor(coordinate3 * scale + 0.5) * samples3;
    sums[index] = sums[index]! + (firstTwo + lastTwo);
  }
  return true;
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
