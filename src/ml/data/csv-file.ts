/**
 * Tables from CSV files (RFC 4180): a header line, numbers, and the label in the last column.
 *
 * Labels are whole numbers or names; classes are the different ones, whole numbers in their order,
 * names in that of their characters. Whatever is wrong is said with the line of the file, as an editor
 * counts it. A byte order mark, CRLF and empty lines are let through.
 */
import Papa from 'papaparse';
import { compareText } from '../../kernel/ids.ts';
import { DatasetRefused, sampleSideMax, samplesMax } from './dataset.ts';
import type { NamedFile } from './dataset.ts';
import type { LabelledTable } from './standardised-features.ts';

/** What the last column is called. */
export const labelColumn = 'label';
const classesMax = 256;

interface Row {
  /** Line in which the row begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** A whole or decimal number, with or without an exponent. */
const numberForm = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/u;
/** A whole number that a double holds exactly; longer ones, such as numbers of articles, are names. */
const wholeForm = /^[+-]?\d{1,15}$/u;
/** Longer words of a file are cut where they are quoted. */
const quotedMax = 40;
const quoted = (text: string): string => JSON.stringify(text.length > quotedMax ? `${text.slice(0, quotedMax)}…` : text);

/** The table of a file. Throws `DatasetRefused`. */
export function parseCsv(file: NamedFile): LabelledTable {
  const [header, ...rows] = rowsOf(file);
  const columns = columnsOf(file.name, header);
  const features = columns.length - 1;
  if (rows.length > samplesMax) throw new DatasetRefused(file.name, `${rows.length} rows are more than ${samplesMax}`);
  // Before there is a table: many short rows under a wide header would ask for more memory than there is.
  for (const { line, fields } of rows) {
    if (fields.length === columns.length) continue;
    throw refusal(file.name, line, `${fields.length} fields, but the header has ${columns.length}`);
  }
  const values = new Float64Array(rows.length * features);
  const names = rows.map(({ line, fields }, row) => {
    for (let feature = 0; feature < features; feature += 1) {
      values[row * features + feature] = numberOf(file.name, line, columns[feature]!, fields[feature]!);
    }
    const label = fields[features]!.trim();
    if (label === '') throw refusal(file.name, line, 'the label is empty');
    return label;
  });
  const classNames = classNamesOf(file.name, names);
  const classOf = new Map(classNames.map((name, index) => [name, index]));
  return {
    name: file.name,
    shape: { channels: 1, height: 1, width: features },
    classes: classNames.length,
    labels: Uint8Array.from(names, (name) => classOf.get(canonicalLabel(name))!),
    values,
    featureName: (feature) => `column ${quoted(columns[feature]!)}`,
  };
}

function refusal(name: string, line: number, reason: string): DatasetRefused {
  return new DatasetRefused(`${name}:${line}`, reason);
}

/** The rows that are not empty. */
function rowsOf({ name, bytes }: NamedFile): Row[] {
  const text = textOf(name, bytes).replaceAll(/\r\n?/gu, '\n');
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: ',', newline: '\n' });
  const rows: Row[] = [];
  const lines: number[] = [];
  let line = 1;
  for (const fields of data) {
    lines.push(line);
    if (fields.length > 1 || fields[0] !== '') rows.push({ line, fields });
    line += 1;
    for (const field of fields) if (field.includes('\n')) line += field.split('\n').length - 1;
  }
  const [first] = errors;
  if (first !== undefined) throw refusal(name, lines[first.row ?? 0] ?? 1, first.message.toLowerCase());
  return rows;
}

function textOf(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes); // It leaves a byte order mark out.
  } catch {
    throw new DatasetRefused(name, 'is no UTF-8 text');
  }
}

/** Names of the columns, the label's last. */
function columnsOf(name: string, header: Row | undefined): readonly string[] {
  if (header === undefined) throw new DatasetRefused(name, 'is empty; a header line was expected');
  const { line } = header;
  const columns = header.fields.map((column) => column.trim());
  if (columns.at(-1) !== labelColumn) {
    throw refusal(name, line, `the last column is called ${quoted(columns.at(-1) ?? '')}; it must be "${labelColumn}"`);
  }
  if (columns.length < 2) throw refusal(name, line, 'there is no column before the label');
  if (columns.length - 1 > sampleSideMax) {
    throw refusal(name, line, `${columns.length - 1} columns of features are more than ${sampleSideMax}`);
  }
  const seen = new Set<string>();
  for (const column of columns) {
    if (column === '') throw refusal(name, line, 'a column has no name');
    if (seen.has(column)) throw refusal(name, line, `two columns are called ${quoted(column)}`);
    seen.add(column);
  }
  return columns;
}

function numberOf(name: string, line: number, column: string, field: string): number {
  const text = field.trim();
  if (text === '') throw refusal(name, line, `column ${quoted(column)} is empty`);
  const value = Number(text);
  if (numberForm.test(text) && Number.isFinite(Math.fround(value))) return value;
  throw refusal(name, line, `column ${quoted(column)} holds ${quoted(text)}, which is no number that fits`);
}

/** Whole numbers that are written differently, such as 1 and 01, are one class. */
function canonicalLabel(label: string): string {
  return wholeForm.test(label) ? String(Number(label)) : label;
}

function classNamesOf(name: string, labels: readonly string[]): readonly string[] {
  const different = [...new Set(labels.map(canonicalLabel))];
  if (different.length < 2) {
    const found = different.length === 0 ? 'there are no rows' : `every label is ${quoted(different[0]!)}`;
    throw new DatasetRefused(name, `${found}; at least 2 classes are needed`);
  }
  if (different.length > classesMax) {
    throw new DatasetRefused(name, `there are ${different.length} different labels; at most ${classesMax} are possible`);
  }
  const whole = different.every((label) => wholeForm.test(label));
  return different.sort(whole ? (a, b) => Number(a) - Number(b) : compareText);
}
