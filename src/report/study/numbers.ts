/** How figures of a study are written: rounded alike everywhere, so that the same study gives the same bytes. */

import type { Estimate } from '../../run/study/statistics.ts';

/** Digits that a table keeps: more than any interval of a study is worth. */
const tableDigits = 6;

/** A figure as it stands in tables; null stays null. */
export function tableNumber(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(tableDigits));
}

/** A figure for readers: `0.853`, `12,400`, `–` for none. */
export function figureText(value: number | null): string {
  if (value === null) return '–';
  if (Number.isInteger(value)) return grouped(String(value));
  const size = Math.abs(value);
  return size >= 1_000 ? grouped(value.toFixed(0)) : value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

/** A mean with half of its interval, `0.853 ± 0.012`; a share of runs with its ends, `0.8 (0.376–0.964)`. */
export function estimateText({ mean, low, high }: Pick<Estimate, 'mean' | 'low' | 'high'>, isShare: boolean): string {
  if (mean === null || low === null || high === null) return figureText(mean);
  if (isShare) return `${figureText(mean)} (${figureText(low)}–${figureText(high)})`;
  return `${figureText(mean)} ± ${figureText((high - low) / 2)}`;
}

/** 41250 → `41,250`, whatever the locale. */
function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(?:\d{3})+$)/gu, ',');
}
