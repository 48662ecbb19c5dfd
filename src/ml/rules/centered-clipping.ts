/**
 * Centered clipping: the mean of updates that were pulled towards a centre, at most a radius away from it.
 *
 * S. P. Karimireddy, L. He, M. Jaggi, "Learning from History for Byzantine Robust Optimization", ICML 2021.
 * The centre is what was agreed on before, so the rule has a memory, which its caller keeps.
 * Every update counts once, whatever its samples.
 */
import { squaredDistancesFrom, weightedSum } from '../vector-arithmetic.ts';

export interface Clipping {
  /** τ > 0: how far from the centre an update may pull. */
  readonly clippingRadius: number;
  /** How often the centre is moved. At least 1. */
  readonly clippingIterations: number;
}

/**
 * v ← v + Σ (xᵢ − v) · min(1, τ / ‖xᵢ − v‖) / n, from `start`, or from 0 where there is none yet. Kept in
 * float64 between steps and rounded to float32 at the end. One step moves the centre by at most τ.
 */
export function centeredClipping(
  updates: readonly Float32Array[], { clippingRadius, clippingIterations }: Clipping, start?: Float32Array,
): Float32Array {
  let centre: Float64Array = start === undefined ? new Float64Array(updates[0]?.length ?? 0) : Float64Array.from(start);
  for (let iteration = 0; iteration < clippingIterations; iteration += 1) {
    centre = stepFrom(centre, updates, clippingRadius);
  }
  return Float32Array.from(centre);
}

/** With pulls cᵢ, v + Σ cᵢ (xᵢ − v) / n is v · (1 − Σ cᵢ / n) + Σ (cᵢ / n) xᵢ. */
function stepFrom(centre: Float64Array, updates: readonly Float32Array[], radius: number): Float64Array {
  const pulls = squaredDistancesFrom(centre, updates).map((squared) => {
    const distance = Math.sqrt(squared);
    return (distance > radius ? radius / distance : 1) / updates.length;
  });
  const kept = 1 - pulls.reduce((sum, pull) => sum + pull, 0);
  const next = weightedSum(updates, pulls);
  for (let index = 0; index < next.length; index += 1) next[index] = next[index]! + kept * centre[index]!;
  return next;
}
