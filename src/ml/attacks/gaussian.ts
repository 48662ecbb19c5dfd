/**
 * Normal noise in place of an update.
 *
 * P. Blanchard, E. M. El Mhamdi, R. Guerraoui, J. Stainer, "Machine Learning with Adversaries: Byzantine
 * Tolerant Gradient Descent", NeurIPS 2017, whose experiments have such workers.
 */
import { inverseNormal } from '../../kernel/arithmetic.ts';
import type { Stream } from '../streams.ts';

/** Uniforms of a stream have 32 bits; half a step more keeps them off 0. */
const halfStep = 1 / 8_589_934_592; // 2^-33

/** Independent N(mean, deviation²) for each coordinate, one uniform of the stream each. */
export function gaussian(dimensions: number, mean: number, deviation: number, stream: Stream): Float32Array {
  const update = new Float32Array(dimensions);
  for (let index = 0; index < dimensions; index += 1) update[index] = mean + deviation * inverseNormal(stream() + halfStep);
  return update;
}
