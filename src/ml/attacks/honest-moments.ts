/** What liars who see honest updates compute of them: mean and deviation of each coordinate, in float64. */
import { assert } from '../../kernel/assert.ts';
import { weightedSum } from '../vector-arithmetic.ts';

/** The mean of each coordinate over at least one update, all of one length, added in the order given. */
export function meanOf(updates: readonly Float32Array[]): Float64Array {
  return weightedSum(updates, new Float64Array(updates.length).fill(1)).map((sum) => sum / updates.length);
}

/** The standard deviation of each coordinate over at least two updates, with the divisor n − 1. */
export function deviationOf(updates: readonly Float32Array[], mean: Float64Array): Float64Array {
  assert(updates.length >= 2, 'a deviation is taken over at least two updates');
  const squares = new Float64Array(mean.length);
  for (const update of updates) {
    for (let index = 0; index < squares.length; index += 1) {
      const difference = update[index]! - mean[index]!;
      squares[index] = squares[index]! + difference * difference;
    }
  }
  return squares.map((square) => Math.sqrt(square / (updates.length - 1)));
}
