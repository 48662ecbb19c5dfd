/**
 * First weights, keyed by the training seed: uniform in ±1/sqrt(fan-in), as PyTorch's `nn.Linear`
 * begins (Kaiming uniform with a = sqrt(5) comes to this bound, and biases use it as well).
 *
 * Each tensor draws from a stream of its own name, so adding a layer changes no other layer.
 */
import { childKey, seedKey } from '../../kernel/draws.ts';
import { firstPosition } from './bowl.ts';
import { parameterCount, tensorsOf } from './models.ts';
import type { Model } from './models.ts';
import { between, streamOf } from '../streams.ts';

/** The parameter vector that training starts from. */
export function firstWeights(model: Model, seed: number): Float32Array {
  if (model.name === 'bowl') return firstPosition(model.dimensions, seed);
  const key = childKey(seedKey(seed, 0), 'first-weights');
  const parameters = new Float32Array(parameterCount(model));
  for (const { name, offset, length, fanIn } of tensorsOf(model)) {
    const stream = streamOf(childKey(key, name));
    const bound = 1 / Math.sqrt(fanIn);
    for (let index = offset; index < offset + length; index += 1) parameters[index] = between(stream, -bound, bound);
  }
  return parameters;
}
