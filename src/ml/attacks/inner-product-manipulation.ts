/**
 * Inner product manipulation: liars push against the direction in which the honest ones go.
 *
 * C. Xie, O. Koyejo, I. Gupta, "Fall of Empires: Breaking Byzantine-tolerant SGD by Inner Product
 * Manipulation", UAI 2019. A small τ hides near the honest updates and slows learning, a large one
 * turns a mean round.
 */
import { meanOf } from './honest-moments.ts';

/** −τ · mean of at least one honest update. */
export function innerProductManipulation(honest: readonly Float32Array[], tau: number): Float32Array {
  return Float32Array.from(meanOf(honest), (mean) => -tau * mean);
}
