/**
 * A table: what a chart shows, and what its reader gets as CSV.
 *
 * Every chart of a report is drawn from tables of this shape, and the same tables are written out as
 * its numbers, so a picture can never say anything that its numbers do not. Nothing is drawn here.
 */
import Papa from 'papaparse';
import { assert } from '../kernel/assert.ts';

/** One value; null where there is none. */
export type Cell = string | number | boolean | null;

export interface Table {
  /** Names of the columns, each once. */
  readonly columns: readonly string[];
  /** One array a row, with a cell for each column. */
  readonly rows: readonly (readonly Cell[])[];
}

/** Makes a table of records; a column that a record lacks holds null. */
export function tableOf(columns: readonly string[], records: Iterable<Readonly<Record<string, Cell>>>): Table {
  return { columns, rows: Array.from(records, (record) => columns.map((column) => record[column] ?? null)) };
}

/**
 * What a spreadsheet would take for a formula and compute when a file is opened (OWASP, "CSV Injection"). Texts
 * may come from a stranger's run; a number is a number, whatever its sign.
 */
const formulaForm = /^(?:[=@\t\r]|[+-](?![\d.]+$))/u;

/**
 * The table as comma-separated values with a line of names (RFC 4180, CRLF); null is an empty field, and a text
 * that looks like a formula has an apostrophe before it.
 */
export function csvOf({ columns, rows }: Table): string {
  for (const row of rows) assert(row.length === columns.length, 'a row has a cell for each column');
  const text = Papa.unparse({ fields: [...columns], data: rows.map((row) => [...row]) }, { escapeFormulae: formulaForm });
  // papaparse leaves the last line without an end, unless there are no rows.
  return rows.length === 0 ? text : `${text}\r\n`;
}

/** The rows as objects, a key for each column, as vega takes them. */
export function recordsOf({ columns, rows }: Table): Record<string, Cell>[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])));
}
