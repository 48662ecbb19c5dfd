/** Least, middle and greatest of a few repetitions; figures are medians, because means follow outliers. */

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The spread of at least one value; the median of an even number is the mean of the middle two. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { min: sorted[0]!, median, max: sorted.at(-1)! };
}

/** `1.2–1.3–1.5` */
export function spreadText({ min, median, max }: Spread, write: (value: number) => string): string {
  return [min, median, max].map(write).join('–');
}
