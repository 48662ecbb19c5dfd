/**
 * The geometric median: the point whose distances from all updates have the least sum.
 *
 * It is approached by the smoothed Weiszfeld iteration of K. Pillutla, S. M. Kakade, Z. Harchaoui, "Robust
 * Aggregation for Federated Learning" (RFA), IEEE Transactions on Signal Processing 70, 2022,
 * with equal weights: every update counts once, whatever its samples.
 */
import { squaredDistancesFrom, weightedSum } from '../vector-arithmetic.ts';

export interface Smoothing {
  /** ν > 0: a distance below this counts as this, so that no weight is infinite. */
  readonly smoothing: number;
  /** How many steps are taken at most; a step that changes nothing is the last. At least 1. */
  readonly smoothingIterations: number;
}

/**
 * z ← Σ βᵢ xᵢ / Σ βᵢ with βᵢ = 1 / max(ν, ‖z − xᵢ‖), from `start`, or from 0 where none is given. Kept in
 * float64 between steps and rounded to float32 at the end. Each coordinate lies within those of the updates.
 *
 * From 0 it does not get away where liars send 0: there their weights are 1/ν. A committee starts at the
 * coordinate-wise median, which no minority can choose.
 */
export function geometricMedian(
  updates: readonly Float32Array[], { smoothing, smoothingIterations }: Smoothing, start?: Float32Array,
): Float32Array {
  let point: Float64Array = start === undefined ? new Float64Array(updates[0]?.length ?? 0) : Float64Array.from(start);
  for (let iteration = 0; iteration < smoothingIterations; iteration += 1) {
    const next = stepFrom(point, updates, smoothing);
    const isSettled = next.every((coordinate, index) => coordinate === point[index]);
    point = next;
    if (isSettled) break;
  }
  return Float32Array.from(point);
}

function stepFrom(point: Float64Array, updates: readonly Float32Array[], smoothing: number): Float64Array {
  const weights = squaredDistancesFrom(point, updates).map((squared) => 1 / Math.max(smoothing, Math.sqrt(squared)));
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  const next = weightedSum(updates, weights);
  for (let index = 0; index < next.length; index += 1) next[index] = next[index]! / weightSum;
  return next;
}
