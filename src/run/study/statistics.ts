/**
 * What several seeds say of one figure: mean, interval, extremes.
 *
 * Intervals hold the true mean in 95 of 100 studies. Of plain figures that is Student's t interval,
 * which supposes that seeds scatter about normally; of shares of runs it is Wilson's score interval
 * (E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of
 * the American Statistical Association 22, 1927), which stays within 0 and 1 and has a width at 0 and 1 too.
 */
import { assert } from '../../kernel/assert.ts';

export interface Estimate {
  /** Runs that came to the figure. */
  readonly n: number;
  /** Null where no run did. */
  readonly mean: number | null;
  /** The ends of the interval; null where it has none: of one plain figure, or of none. */
  readonly low: number | null;
  readonly high: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

/**
 * Quantiles of Student's t distribution at 0.975, by degrees of freedom from 1 (NIST/SEMATECH e-Handbook
 * of Statistical Methods, §1.3.6.7.2, "Critical values of the Student's-t distribution").
 */
const quantiles = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101,
  2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
/** The same table further on: from so many degrees of freedom. */
const laterQuantiles: readonly (readonly [degrees: number, quantile: number])[] = [[100, 1.984], [60, 2], [40, 2.021], [30, 2.042]];

/** The 0.975 quantile of Student's t; between two entries that of fewer degrees, which makes intervals wider. */
export function studentQuantile(degrees: number): number {
  assert(Number.isSafeInteger(degrees) && degrees >= 1, 'Student\'s t has at least 1 degree of freedom');
  return quantiles[degrees - 1] ?? laterQuantiles.find(([from]) => degrees >= from)![1];
}

/** The 0.975 quantile of the normal distribution, in the same source, §1.3.6.7.1. */
const normalQuantile = 1.96;

const nothing: Estimate = { n: 0, mean: null, low: null, high: null, min: null, max: null };

/** The estimate of plain figures. The order of the values decides nothing but the last bits of the mean. */
export function estimateOf(values: readonly number[]): Estimate {
  const n = values.length;
  if (n === 0) return nothing;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const ends = { n, mean, min: Math.min(...values), max: Math.max(...values) };
  if (n === 1) return { ...ends, low: null, high: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const half = studentQuantile(n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { ...ends, low: mean - half, high: mean + half };
}

/** The estimate of a share, from runs that each gave 0 or 1. */
export function estimateOfShare(values: readonly number[]): Estimate {
  const n = values.length;
  if (n === 0) return nothing;
  const share = values.reduce((sum, value) => sum + value, 0) / n;
  const z2 = normalQuantile * normalQuantile;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (normalQuantile / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  // At the ends of what a share can be, both sides of the formula are equal but for rounding.
  const low = share === 0 ? 0 : centre - half;
  const high = share === 1 ? 1 : centre + half;
  return { n, mean: share, low, high, min: Math.min(...values), max: Math.max(...values) };
}
