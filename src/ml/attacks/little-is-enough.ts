/**
 * A little is enough: liars move every coordinate only as far as the spread of the honest ones hides it.
 *
 * G. Baruch, M. Baruch, Y. Goldberg, "A Little Is Enough: Circumventing Defenses For Distributed Learning",
 * NeurIPS 2019. Field implementations differ in the sign of z; here a positive z goes below the mean.
 */
import { inverseNormal } from '../../kernel/arithmetic.ts';
import { deviationOf, meanOf } from './honest-moments.ts';

/**
 * The largest z with which the liars still look nearer to the mean than s honest workers do, where s honest
 * ones and the liars together are a majority: Φ⁻¹((n − f − s) / (n − f)) with s = ⌊n/2 + 1⌋ − f. Undefined
 * where there is none: liars who are a majority need no s, and without anybody else nobody is deceived.
 */
export function largestHiddenZ(workers: number, liars: number): number | undefined {
  const supporters = Math.floor(workers / 2 + 1) - liars;
  const honest = workers - liars;
  if (supporters < 1 || honest <= supporters) return undefined;
  return inverseNormal((honest - supporters) / honest);
}

/** mean − z · deviation of each coordinate over at least two honest updates; the deviation has the divisor n − 1. */
export function littleIsEnough(honest: readonly Float32Array[], z: number): Float32Array {
  const mean = meanOf(honest);
  const deviation = deviationOf(honest, mean);
  return Float32Array.from(mean, (coordinate, index) => coordinate - z * deviation[index]!);
}
