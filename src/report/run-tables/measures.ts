/** Tables of measures: every number that a protocol lets scenarios put bounds on, as it was recorded. */
import type { Measure } from '../../protocols/define.ts';
import { tableOf } from '../table.ts';
import type { Cell, Table } from '../table.ts';
import { numberIn, seconds } from './reading.ts';
import type { RunReader, SeenObservation } from './reading.ts';

/** A measure and what was measured. */
export interface MeasuredTable {
  readonly measure: Measure;
  /** Columns: round (null where the measure counts none), time_s, node, value. */
  readonly table: Table;
}

export class Measures implements RunReader {
  readonly #liars: ReadonlySet<string>;
  readonly #rows = new Map<Measure, Record<string, Cell>[]>();
  readonly #byKind = new Map<string, Measure[]>();

  /** What `liars` say is passed over. */
  constructor(measures: Iterable<Measure>, liars: ReadonlySet<string>) {
    this.#liars = liars;
    for (const measure of measures) {
      this.#rows.set(measure, []);
      this.#byKind.set(measure.kind, [...(this.#byKind.get(measure.kind) ?? []), measure]);
    }
  }

  observation({ at, node, kind, data }: SeenObservation): void {
    if (this.#liars.has(node)) return;
    for (const measure of this.#byKind.get(kind) ?? []) {
      const value = numberIn(data, measure.field);
      if (value === undefined || !Number.isFinite(value)) continue;
      const round = measure.roundField === undefined ? undefined : numberIn(data, measure.roundField);
      this.#rows.get(measure)!.push({ round: round ?? null, time_s: seconds(at), node, value });
    }
  }

  /** Measures that were measured at least once, by name. */
  tables(): MeasuredTable[] {
    return [...this.#rows]
      .filter(([, rows]) => rows.length > 0)
      .map(([measure, rows]) => ({ measure, table: tableOf(['round', 'time_s', 'node', 'value'], rows) }));
  }
}
