/**
 * Gamma variates as logarithms, from a stream of uniforms and the kernel's arithmetic alone.
 *
 * G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables", ACM Transactions on
 * Mathematical Software 26, 2000: §5 for shapes from 1, §6 for smaller ones. Logarithms, because
 * variates of a small shape are often below the least float64.
 */
import { inverseNormal, log } from '../../kernel/arithmetic.ts';
import type { Stream } from '../streams.ts';

/** A uniform in (0, 1]: streams give [0, 1). */
const positive = (stream: Stream): number => 1 - stream();

/** The logarithm of a variate of Gamma(shape, 1); the shape is above 0. */
export function logGammaVariate(shape: number, stream: Stream): number {
  if (shape < 1) return logGammaVariate(shape + 1, stream) + log(positive(stream)) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) { // More than 95 of 100 candidates are accepted (ibid., table I).
    const x = inverseNormal(positive(stream));
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    if (log(positive(stream)) < (x * x) / 2 + d - d * v + d * log(v)) return log(d) + log(v);
  }
}
