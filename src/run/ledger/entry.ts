/**
 * What a ledger knows of one run: its key, how it ended, and its figures.
 *
 * A run is named by code, scenario and seed, all of them known before it begins, so that a study or
 * a hunt can ask whether it was made already. What is read back from a file passes the schema here,
 * since a ledger may come from elsewhere or be damaged.
 */
import * as Schema from 'effect/Schema';
import { exitCodes } from '../../judge/verdict.ts';
import type { VerdictClass } from '../../judge/verdict.ts';

const Digest = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/u));
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0));
const Classes = Object.keys(exitCodes) as VerdictClass[];

/** Names one run before it is made. */
export interface RunKey {
  /** Digest of the code, `codeId` of run/identity. */
  readonly code: string;
  /** Digest of the resolved scenario with its roles and data, `scenarioId` of run/identity. */
  readonly scenario: string;
  readonly seed: number;
}

/** A finding, as far as runs are told apart by it. */
const FindingEntry = Schema.Struct({
  class: Schema.Literals(Classes),
  property: Schema.String,
  message: Schema.String,
});

/** Figures of a run by name; null where the run did not come to one. */
const Figures = Schema.Record(Schema.String, Schema.NullOr(Schema.Finite));

/** One run that was made, or that was begun and lost. */
export const LedgerEntry = Schema.Struct({
  code: Digest,
  scenario: Digest,
  seed: Count,
  /** `lost`: the process that made the run died, hung or ran out of memory; it may be tried again. */
  verdict: Schema.Literals([...Classes, 'lost']),
  /** Null where the run came to no trace. */
  trace: Schema.NullOr(Digest),
  /** The hash of the trace without its header (see judge/trace). */
  traceWithoutHeader: Schema.NullOr(Digest),
  /** The run's id, twelve hexadecimal digits. */
  id: Schema.String.check(Schema.isPattern(/^[0-9a-f]{12}$/u)),
  events: Count,
  virtualUs: Count,
  wallSeconds: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)),
  /** How often the run was begun. */
  attempts: Count,
  findings: Schema.Array(FindingEntry),
  measures: Figures,
});
export type LedgerEntry = typeof LedgerEntry.Type;

/** One row of the table, as SQLite gives it. */
const LedgerRow = Schema.Struct({
  ...LedgerEntry.fields,
  findings: Schema.String,
  measures: Schema.String,
});

export type LedgerRow = typeof LedgerRow.Type;

const decodeRow = Schema.decodeUnknownSync(LedgerRow, { onExcessProperty: 'error' });
const decodeEntry = Schema.decodeUnknownSync(LedgerEntry, { onExcessProperty: 'error' });

/** The entry of a row. Throws when the row is not what a ledger of this version holds. */
export function entryOfRow(row: unknown): LedgerEntry {
  const { findings, measures, ...plain } = decodeRow(row);
  return decodeEntry({ ...plain, findings: JSON.parse(findings) as unknown, measures: JSON.parse(measures) as unknown });
}

/** The row of an entry. */
export function rowOfEntry(entry: LedgerEntry): LedgerRow {
  return { ...entry, findings: JSON.stringify(entry.findings), measures: JSON.stringify(entry.measures) };
}
