/**
 * The upper tail of the standard normal distribution, as a logarithm.
 *
 * Q(z) = 1 − Φ(z) is below the smallest number from z = 38 on and loses its digits long before, when
 * it is taken as a difference from 1. Its logarithm does neither. Formulas are those of M. Abramowitz
 * and I. Stegun, "Handbook of Mathematical Functions", 1964, chapter 26.2; they need no table of
 * coefficients, only exp and log of kernel/arithmetic.
 */
import { exp, log } from '../../kernel/arithmetic.ts';

const ln10 = 2.302585092994046;
/** ln √(2π). */
const lnRootOfTwoPi = 0.9189385332046727;
/** From here on the continued fraction; below, the series, whose difference from ½ keeps 12 digits so far. */
const tailBegin = 3;
/** Levels of the continued fraction: at z = 3 forty of them are within 1e-14 of its limit, later on fewer would do. */
const fractionLevels = 40;
/** At z = 3, where it has most terms, the series is complete after 33. */
const seriesTermsMax = 40;

/** log10 Q(z) of any finite z; the relative error of Q stays below 1e-12. */
export function log10OfUpperTail(z: number): number {
  if (z >= tailBegin) return lnFarTail(z) / ln10;
  if (z > -tailBegin) return log(0.5 - fromMiddle(z)) / ln10;
  return log(1 - exp(lnFarTail(-z))) / ln10;
}

/** ln Q(z) for z ≥ 3 by the continued fraction 26.2.14: Q(z) = Z(z) · 1/(z + 1/(z + 2/(z + 3/(z + …)))). */
function lnFarTail(z: number): number {
  let fraction = z;
  for (let level = fractionLevels; level >= 1; level -= 1) fraction = z + level / fraction;
  return -(z * z) / 2 - lnRootOfTwoPi - log(fraction);
}

/** Φ(z) − ½ for |z| < 3 by the series 26.2.11: Z(z) · (z + z³/3 + z⁵/(3·5) + z⁷/(3·5·7) + …). */
function fromMiddle(z: number): number {
  let term = z;
  let sum = z;
  for (let index = 1; index <= seriesTermsMax; index += 1) {
    term *= (z * z) / (2 * index + 1);
    sum += term;
  }
  return exp(-(z * z) / 2 - lnRootOfTwoPi) * sum;
}
