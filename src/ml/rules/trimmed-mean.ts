/**
 * The coordinate-wise trimmed mean: of each coordinate the f lowest and the f highest values are left out.
 *
 * D. Yin, Y. Chen, K. Ramchandran, P. Bartlett, "Byzantine-Robust Distributed Learning: Towards Optimal
 * Statistical Rates", ICML 2018, definition 2, with a count of values in place of a share of them. Every
 * update counts once, whatever its samples.
 */
import { assert } from '../../kernel/assert.ts';
import { reduceColumns } from './sorted-columns.ts';

/**
 * The mean of each coordinate without its `byzantine` lowest and highest values, over more than
 * 2 · byzantine updates of finite numbers, all of one length. Values are added in float64 from the lowest
 * on, so the order of the updates cannot matter. With at most `byzantine` liars each coordinate stays
 * within the honest ones.
 */
export function trimmedMean(updates: readonly Float32Array[], byzantine: number): Float32Array {
  const kept = updates.length - 2 * byzantine;
  assert(kept > 0, () => `a mean without ${byzantine} values at either end needs more than ${updates.length}`);
  return reduceColumns(updates, (ordered) => {
    let sum = 0;
    for (let rank = byzantine; rank < byzantine + kept; rank += 1) sum += ordered[rank]!;
    return sum / kept;
  });
}
