/**
 * The coordinate-wise median: a rule of merging that a minority of wild updates cannot move far.
 *
 * D. Yin, Y. Chen, K. Ramchandran, P. Bartlett, "Byzantine-Robust Distributed Learning: Towards Optimal
 * Statistical Rates", ICML 2018, definition 1. Every update counts once, whatever its samples. A median
 * is no sum: who merges by it needs the updates themselves. What makes an update mergeable is merge.ts.
 */
import { reduceColumns } from './sorted-columns.ts';

/**
 * The median of each coordinate over at least one update of finite numbers, all of one length; of an
 * even number of updates the mean of the middle two. The order of the updates cannot matter. While liars are
 * fewer than half, each coordinate stays between two honest ones.
 */
export function coordinateMedian(updates: readonly Float32Array[]): Float32Array {
  return reduceColumns(updates, middleOf);
}

/** The middle of numbers in order. Adding 0 makes 0 of −0. */
function middleOf(ordered: Float32Array): number {
  const upper = ordered.length >>> 1;
  if (ordered.length % 2 === 1) return ordered[upper]! + 0;
  return (ordered[upper - 1]! + ordered[upper]!) / 2 + 0;
}
