/**
 * Tables of what went over the network: bytes by time and kind, totals by kind, delays by kind.
 *
 * Bytes are those that links were charged: message, blobs, envelope and signature. Kinds that sent
 * little stand together as "other kinds" in the table by time, and alone in the table of totals.
 */
import { compareText } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import { tableOf } from '../table.ts';
import type { Table } from '../table.ts';
import type { FrameWitness } from './frame-ledger.ts';
import { milliseconds, seconds } from './reading.ts';

/** Kinds that have a colour of their own. */
const shownKindsMax = 7;
export const otherKinds = 'other kinds';

/** Widths of a bucket that people can name, in microseconds. */
const bucketWidthsUs = [1, 2, 5, 10, 20, 50, 100, 200, 500].flatMap((step) => [step * 1_000, step * 1_000_000]).sort((a, b) => a - b);
const bucketsWanted = 120;

/** The narrowest width that divides a run into at most `bucketsWanted` buckets. */
export function bucketWidthUs(endUs: Micros): Micros {
  return bucketWidthsUs.find((width) => endUs <= width * bucketsWanted) ?? Math.ceil(endUs / bucketsWanted);
}

interface KindTotals {
  frames: number;
  bytes: number;
  ended: number;
  /** Bytes by number of the bucket in which they were sent. */
  readonly bytesByBucket: Map<number, number>;
  readonly delaysUs: Micros[];
}

export class Traffic implements FrameWitness {
  readonly #widthUs: Micros;
  readonly #kinds = new Map<string, KindTotals>();

  /** `endUs` is when the run was over. */
  constructor(endUs: Micros) {
    this.#widthUs = bucketWidthUs(endUs);
  }

  #of(kind: string): KindTotals {
    let totals = this.#kinds.get(kind);
    if (totals === undefined) {
      totals = { frames: 0, bytes: 0, ended: 0, bytesByBucket: new Map(), delaysUs: [] };
      this.#kinds.set(kind, totals);
    }
    return totals;
  }

  sent(kind: string, at: Micros, bytes: number): void {
    const totals = this.#of(kind);
    const bucket = Math.floor(at / this.#widthUs);
    totals.frames += 1;
    totals.bytes += bytes;
    totals.bytesByBucket.set(bucket, (totals.bytesByBucket.get(bucket) ?? 0) + bytes);
  }

  arrived(kind: string, delayUs: Micros): void {
    this.#of(kind).delaysUs.push(delayUs);
  }

  ended(kind: string): void {
    this.#of(kind).ended += 1;
  }

  /** Kinds with the heaviest first. */
  #heaviest(): [string, KindTotals][] {
    return [...this.#kinds].sort(([a, left], [b, right]) => right.bytes - left.bytes || compareText(a, b));
  }

  /** Columns: kind, frames, bytes, bytes_per_frame, arrived, lost. A row a kind, the heaviest first. */
  byKind(): Table {
    const columns = ['kind', 'frames', 'bytes', 'bytes_per_frame', 'arrived', 'lost'];
    return tableOf(columns, this.#heaviest().map(([kind, { frames, bytes, ended, delaysUs }]) => ({
      kind, frames, bytes, bytes_per_frame: Math.round(bytes / Math.max(1, frames)), arrived: delaysUs.length, lost: ended,
    })));
  }

  /** Columns: start_s, end_s, kind, order, bytes, kilobytes_per_second. A row a bucket and kind in which something was sent. */
  byTime(): Table {
    const kinds = this.#heaviest();
    const shown = kinds.length <= shownKindsMax + 1 ? kinds.length : shownKindsMax;
    const groups = new Map<string, Map<number, number>>();
    for (const [index, [kind, { bytesByBucket }]] of kinds.entries()) {
      const name = index < shown ? kind : otherKinds;
      const sums = groups.get(name) ?? new Map<number, number>();
      for (const [bucket, bytes] of bytesByBucket) sums.set(bucket, (sums.get(bucket) ?? 0) + bytes);
      groups.set(name, sums);
    }
    const rows = [...groups].flatMap(([kind, sums], order) =>
      [...sums].sort(([a], [b]) => a - b).map(([bucket, bytes]) => ({
        start_s: seconds(bucket * this.#widthUs), end_s: seconds((bucket + 1) * this.#widthUs), kind, order, bytes,
        kilobytes_per_second: Math.round((bytes / this.#widthUs) * 1_000_000) / 1_000,
      })),
    );
    return tableOf(['start_s', 'end_s', 'kind', 'order', 'bytes', 'kilobytes_per_second'], rows);
  }

  /** Columns: kind, arrived, and the delay in ms at quantiles. A row a kind of which frames arrived, the quickest first. */
  delays(): Table {
    const rows = [...this.#kinds].filter(([, { delaysUs }]) => delaysUs.length > 0).map(([kind, { delaysUs }]) => {
      const sorted = Float64Array.from(delaysUs).sort();
      const at = (share: number): number => milliseconds(quantile(sorted, share));
      return { kind, arrived: sorted.length, p10_ms: at(0.1), median_ms: at(0.5), p90_ms: at(0.9), p99_ms: at(0.99), max_ms: at(1) };
    });
    rows.sort((a, b) => a.median_ms - b.median_ms || compareText(a.kind, b.kind));
    return tableOf(['kind', 'arrived', 'p10_ms', 'median_ms', 'p90_ms', 'p99_ms', 'max_ms'], rows);
  }
}

/** The least value that at least a share of all values does not exceed (nearest rank). */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
