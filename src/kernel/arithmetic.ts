/**
 * exp, log, pow, sin, cos and the inverse normal distribution from + − × ÷ sqrt alone.
 *
 * ECMAScript leaves Math.exp and its kin to the engine, and engines differ (Math.pow between
 * Node 20 and 24, most others between Node and browsers). The five operations used here are exact
 * by IEEE 754, so these functions give the same bits everywhere. They follow the argument
 * reductions and coefficients of fdlibm 5.3 (Sun Microsystems 1993, e_exp.c, e_log.c, k_sin.c,
 * k_cos.c, e_rem_pio2.c). The relative error of exp, log, sin and cos stays below 2^-51, which the
 * tests check against reference values; that of pow and inverseNormal stands with them.
 */
import { assert } from './assert.ts';

const ln2High = 6.93147180369123816490e-1;
const ln2Low = 1.90821492927058770002e-10;
const inverseLn2 = 1.44269504088896338700;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** 2^k for −1022 ≤ k ≤ 1023, exactly. */
function powerOfTwo(k: number): number {
  words[0] = 0;
  words[1] = (k + 1023) << 20;
  return float[0]!;
}

/** Multiplies a value near 1 by 2^k, −1075 ≤ k ≤ 1024, rounding once at most. */
function scaleByPowerOfTwo(value: number, k: number): number {
  if (k > 1023) return value * powerOfTwo(1023) * 2;
  // The first product stays normal and exact, so that only the step into the subnormal range rounds.
  if (k < -1022) return value * powerOfTwo(k + 54) * powerOfTwo(-54);
  return value * powerOfTwo(k);
}

/** c[0] + z · (c[1] + z · (c[2] + …)). */
function polynomial(z: number, coefficients: readonly number[]): number {
  let sum = 0;
  for (let index = coefficients.length - 1; index >= 0; index -= 1) sum = coefficients[index]! + z * sum;
  return sum;
}

// P1 to P5 of e_exp.c.
const expCoefficients = [
  1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.65339022054652515390e-6,
  4.13813679705723846039e-8,
];

/** e^x. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  const k = Math.round(x * inverseLn2);
  const high = x - k * ln2High;
  const low = k * ln2Low;
  const r = high - low;
  const t = r * r;
  const c = r - t * polynomial(t, expCoefficients);
  return scaleByPowerOfTwo(1 - (low - (r * c) / (2 - c) - high), k);
}

// Lg2, Lg4, Lg6 and Lg1, Lg3, Lg5, Lg7 of e_log.c.
const logEvenCoefficients = [3.999999999940941908e-1, 2.222219843214978396e-1, 0.15313837699209373];
const logOddCoefficients = [
  6.666666666666735130e-1, 2.857142874366239149e-1, 1.818357216161805012e-1, 0.14798198605106586,
];

/** Natural logarithm; NaN below 0, −Infinity at 0. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return x;
  let scaled = x;
  let k = 0;
  if (scaled < 2.2250738585072014e-308) {
    scaled *= 18_014_398_509_481_984; // 2^54 lifts a subnormal number
    k = -54;
  }
  float[0] = scaled;
  k += (words[1]! >>> 20) - 1023;
  words[1] = (words[1]! & 0x000f_ffff) | 0x3ff0_0000;
  let m = float[0]!;
  if (m > 1.4142135623730951) {
    m /= 2;
    k += 1;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const t1 = w * polynomial(w, logEvenCoefficients);
  const t2 = z * polynomial(w, logOddCoefficients);
  const half = (f * f) / 2;
  return k * ln2High - (half - (s * (half + t1 + t2) + k * ln2Low) - f);
}

/**
 * x^y: whole exponents up to 1,024 either way by squaring, with a relative error of about |y| · 2^-52;
 * others, for x ≥ 0 only, as exp(y · log x), with one of about (1 + |y · log x|) · 2^-52.
 */
export function pow(x: number, y: number): number {
  if (Number.isInteger(y) && Math.abs(y) <= 1_024) {
    let base = y < 0 ? 1 / x : x;
    let result = 1;
    for (let n = Math.abs(y); n > 0; n = Math.floor(n / 2)) {
      if (n % 2 === 1) result *= base;
      base *= base;
    }
    return result;
  }
  assert(x >= 0, `pow needs a base of at least 0 for the exponent ${y}, got ${x}`);
  return x === 0 ? (y > 0 ? 0 : Infinity) : exp(y * log(x));
}

// pi/2 in three parts (pio2_1, pio2_2, pio2_2t of e_rem_pio2.c). The first two have 33 bits, so that
// their products with a k below 2^20 are exact.
const halfPiHigh = 1.57079632673412561417;
const halfPiMiddle = 6.07710050630396597660e-11;
const halfPiLow = 2.02226624879595063154e-21;

// S1 to S6 of k_sin.c and C1 to C6 of k_cos.c.
const sinCoefficients = [
  -1.66666666666666324348e-1, 8.33333333332248946124e-3, -1.98412698298579493134e-4, 2.75573137070700676789e-6,
  -2.50507602534068634195e-8, 1.58969099521155010221e-10,
];
const cosCoefficients = [
  4.16666666666666019037e-2, -1.38888888888741095749e-3, 2.48015872894767294178e-5, -2.75573143513906633035e-7,
  2.08757232129817482790e-9, -1.13596475577881948265e-11,
];

function sinKernel(x: number): number {
  const z = x * x;
  return x + x * z * polynomial(z, sinCoefficients);
}

function cosKernel(x: number): number {
  const z = x * x;
  const r = z * polynomial(z, cosCoefficients);
  const half = z / 2;
  const w = 1 - half;
  return w + (1 - w - half + z * r);
}

/** The quadrant 0 to 3 of an angle, and what is left of it, in [−pi/4, pi/4]. */
function quadrant(x: number): [number, number] {
  assert(Math.abs(x) <= 1e6, `sin and cos are exact enough up to 1e6 radians, got ${x}`);
  const k = Math.round(x / 1.5707963267948966);
  return [((k % 4) + 4) % 4, x - k * halfPiHigh - k * halfPiMiddle - k * halfPiLow];
}

/** Sine of |x| ≤ 1e6 radians. */
export function sin(x: number): number {
  const [q, r] = quadrant(x);
  const value = q % 2 === 0 ? sinKernel(r) : cosKernel(r);
  return q < 2 ? value : -value;
}

/** Cosine of |x| ≤ 1e6 radians. */
export function cos(x: number): number {
  const [q, r] = quadrant(x);
  const value = q % 2 === 0 ? cosKernel(r) : sinKernel(r);
  return q === 0 || q === 3 ? value : -value;
}

// a, b, c and d of Acklam's page, the constant term first.
const acklamNumerator = [
  2.506628277459239, -30.66479806614716, 138.357751867269, -275.9285104469687, 220.9460984245205, -39.69683028665376,
];
const acklamDenominator = [
  1, -13.28068155288572, 66.80131188771972, -155.6989798598866, 161.5858368580409, -54.47609879822406,
];
const acklamTailNumerator = [
  2.938163982698783, 4.374664141464968, -2.549732539343734, -2.400758277161838, -0.3223964580411365,
  -0.007784894002430293,
];
const acklamTailDenominator = [
  1, 3.754408661907416, 2.445134137142996, 0.3224671290700398, 0.007784695709041462,
];
const acklamTailBegin = 0.02425;

/**
 * Inverse of the standard normal distribution function, relative error below 1.2e-9
 * (P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution function").
 * Probabilities are kept away from 0 and 1 by 2^-54, so the result stays finite.
 */
export function inverseNormal(probability: number): number {
  const p = Math.min(Math.max(probability, 5.5e-17), 1 - 1.1e-16);
  if (p < acklamTailBegin) return acklamTail(Math.sqrt(-2 * log(p)));
  if (p > 1 - acklamTailBegin) return -acklamTail(Math.sqrt(-2 * log(1 - p)));
  const q = p - 0.5;
  const r = q * q;
  return (polynomial(r, acklamNumerator) * q) / polynomial(r, acklamDenominator);
}

function acklamTail(q: number): number {
  return polynomial(q, acklamTailNumerator) / polynomial(q, acklamTailDenominator);
}
