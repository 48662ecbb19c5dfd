/**
 * Quantities with their units, as scenario files write them: `4s`, `10 Mbit/s`, `0.5%`, `1 MiB`.
 *
 * A number without its unit is no quantity. Reading and writing are exact inverses: what
 * `writeQuantity` writes, `readQuantity` reads back to the same number. Nothing here knows YAML or
 * schemas; protocols/quantities builds those on top.
 */
import { assert } from './assert.ts';

/** One dimension: its units by name, each with its size in the base unit. */
export interface Dimension {
  /** What stands in error messages: the right form, with examples. */
  readonly form: string;
  /** Units from large to small; the last one is the base unit, of size 1. */
  readonly units: Readonly<Record<string, number>>;
  /** Whether a number must come out whole in the base unit. */
  readonly whole: boolean;
  /** Whether a minus sign is allowed. */
  readonly signed: boolean;
}

const durationUnits = { h: 3_600_000_000, m: 60_000_000, s: 1_000_000, ms: 1_000, us: 1 } as const;

export const dimensions = {
  /** Microseconds. */
  duration: { form: 'a duration such as 4s, 200ms, 10us, 2m or 1h', units: durationUnits, whole: true, signed: false },
  /** Microseconds, either way. */
  shift: { form: 'a duration such as 200ms, 4s or -4s', units: durationUnits, whole: true, signed: true },
  /** Bits per second. */
  bitRate: {
    form: 'a rate such as 10 Mbit/s or 1 Gbit/s',
    units: { 'Gbit/s': 1_000_000_000, 'Mbit/s': 1_000_000, 'kbit/s': 1_000, 'bit/s': 1 },
    whole: true,
    signed: false,
  },
  /** Bytes. */
  size: {
    form: 'a size such as 512 B, 64 KiB, 1 MiB or 1 GiB',
    units: { GiB: 1_073_741_824, MiB: 1_048_576, KiB: 1_024, B: 1 },
    whole: true,
    signed: false,
  },
  /** Parts per million of a clock's rate, either way. */
  rateError: { form: 'a rate error such as 100ppm', units: { ppm: 1 }, whole: false, signed: true },
  /** Floating-point operations per second. */
  computeRate: {
    form: 'a speed such as 500 MFLOP/s or 1 GFLOP/s',
    units: { 'TFLOP/s': 1e12, 'GFLOP/s': 1e9, 'MFLOP/s': 1e6, 'FLOP/s': 1 },
    whole: true,
    signed: false,
  },
} as const satisfies Record<string, Dimension>;

/** A decimal number without exponent, as a regular expression's source. */
const decimal = String.raw`\d+(?:\.\d+)?`;

/** The regular expression that a quantity's text must satisfy, `u` flag, anchored. */
export function quantityPattern(dimension: Dimension): RegExp {
  const sign = dimension.signed ? '-?' : '';
  return new RegExp(`^(${sign}${decimal}) ?(${Object.keys(dimension.units).join('|')})$`, 'u');
}

/** The number in the base unit; undefined for another unit, or more digits than the base unit has. */
export function readQuantity(text: string, dimension: Dimension): number | undefined {
  const match = quantityPattern(dimension).exec(text);
  if (match === null) return undefined;
  const scale = dimension.units[match[2]!]!;
  const product = Number(match[1]) * scale;
  if (!dimension.whole) return product === 0 ? 0 : product;
  const rounded = Math.round(product);
  // Decimal fractions are inexact in binary: 0.1ms is 100.00000000000001us before rounding.
  if (Math.abs(product - rounded) > 1e-9 * Math.max(1, Math.abs(product))) return undefined;
  if (!Number.isSafeInteger(rounded)) return undefined;
  return rounded === 0 ? 0 : rounded;
}

/** The text of a number of base units, in the largest unit that keeps it whole. */
export function writeQuantity(value: number, dimension: Dimension): string {
  assert(Number.isFinite(value), `a quantity is finite, got ${value}`);
  const gap = /^[A-Z]|\//u.test(Object.keys(dimension.units)[0]!) ? ' ' : '';
  const entries = Object.entries(dimension.units);
  for (const [unit, scale] of entries) {
    if (value !== 0 && scale > 1 && value % scale === 0) return `${plainDecimal(value / scale, 0)}${gap}${unit}`;
  }
  return `${plainDecimal(value, 0)}${gap}${entries.at(-1)![0]}`;
}

/** `0.5%` → 0.005. Exact: the decimal point moves in the text, so that writing gives it back. */
export function readPercentage(text: string): number | undefined {
  const match = percentagePattern.exec(text);
  return match === null ? undefined : Number(`${match[1]!}e-2`);
}

export const percentagePattern = new RegExp(`^(${decimal}) ?%$`, 'u');
export const percentageForm = 'a percentage such as 0.5% or 70%';

/** 0.005 → `0.5%`. */
export function writePercentage(share: number): string {
  return `${plainDecimal(share, 2)}%`;
}

/** The shortest decimal of `value · 10^places` without an exponent, by moving the point in its text. */
function plainDecimal(value: number, places: number): string {
  const [mantissa, exponent] = String(Math.abs(value)).split('e');
  const [whole, fraction = ''] = mantissa!.split('.');
  const point = whole!.length + Number(exponent ?? 0) + places;
  const digits = whole! + fraction;
  const leading = digits.length - Math.min(point, 0);
  const padded = point > digits.length ? digits.padEnd(point, '0') : digits.padStart(leading, '0');
  const at = Math.max(point, 0);
  const head = padded.slice(0, at).replace(/^0+(?=\d)/u, '') || '0';
  const tail = padded.slice(at).replace(/0+$/u, '');
  return `${value < 0 ? '-' : ''}${head}${tail === '' ? '' : `.${tail}`}`;
}
