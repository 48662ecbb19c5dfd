/**
 * Krum and Multi-Krum: the update, or the mean of the updates, that lie nearest to their neighbours.
 *
 * P. Blanchard, E. M. El Mhamdi, R. Guerraoui, J. Stainer, "Machine Learning with Adversaries: Byzantine
 * Tolerant Gradient Descent", NeurIPS 2017. The score of an update is the sum of its squared distances
 * from the n − f − 2 others that are nearest to it; low scores are chosen. Every update counts
 * once, whatever its samples: to weigh by a number that its sender states would give that back to a liar.
 */
import { assert } from '../../kernel/assert.ts';
import { dimensionsOf, pairwiseSquaredDistances, weightedSum } from '../vector-arithmetic.ts';

/**
 * The score of each of n ≥ 2 · byzantine + 3 updates. The summands are added from the smallest on, so a
 * score does not depend on the order of the updates.
 */
export function krumScores(updates: readonly Float32Array[], byzantine: number): Float64Array {
  const count = updates.length;
  const neighbours = count - byzantine - 2;
  assert(count >= 2 * byzantine + 3, () => `Krum with ${byzantine} liars needs more than ${count} updates`);
  const distances = pairwiseSquaredDistances(updates);
  return Float64Array.from(updates, (_, row) => {
    const others = new Float64Array(count - 1);
    others.set(distances.subarray(row * count, row * count + row));
    others.set(distances.subarray(row * count + row + 1, (row + 1) * count), row);
    others.sort();
    let score = 0;
    for (let rank = 0; rank < neighbours; rank += 1) score += others[rank]!;
    return score;
  });
}

/** The places of the `chosen` lowest scores, in ascending order; of equal scores the first place counts as lower. */
function lowestScores(scores: Float64Array, chosen: number): number[] {
  return Array.from(scores, (_, place) => place)
    .sort((a, b) => scores[a]! - scores[b]! || a - b)
    .slice(0, chosen)
    .sort((a, b) => a - b);
}

/** A copy of the update with the lowest score; of equal ones the first, hence the lowest id in id order. */
export function krum(updates: readonly Float32Array[], byzantine: number): Float32Array {
  const [best] = lowestScores(krumScores(updates, byzantine), 1);
  return updates[best!]!.slice();
}

/**
 * The mean of the `chosen` updates with the lowest scores, n − byzantine unless said otherwise, added in
 * the order given. 1 ≤ chosen ≤ n.
 */
export function multiKrum(
  updates: readonly Float32Array[], byzantine: number, chosen = updates.length - byzantine,
): Float32Array {
  assert(chosen >= 1 && chosen <= updates.length, () => `${chosen} of ${updates.length} updates cannot be chosen`);
  const places = lowestScores(krumScores(updates, byzantine), chosen);
  const sum = weightedSum(places.map((place) => updates[place]!), new Float64Array(chosen).fill(1));
  const mean = new Float32Array(dimensionsOf(updates));
  for (let index = 0; index < mean.length; index += 1) mean[index] = sum[index]! / chosen;
  return mean;
}
