/**
 * Charts: vega-lite specifications read from reports/charts, compiled, and drawn to SVG.
 *
 * A specification holds no data: it names tables (`"data": { "name": "table" }`), which are given when
 * it is drawn. Drawing needs no canvas and no window, and gives the same bytes for the same tables. A
 * chart that cannot be drawn as asked is refused in words, before anything is drawn.
 */
import { readFile } from 'node:fs/promises';
import * as vega from 'vega';
import * as vegaLite from 'vega-lite';
import type { TopLevelSpec } from 'vega-lite';
import { recordsOf } from './table.ts';
import type { Table } from './table.ts';
import { chartConfiguration, withColours } from './theme.ts';
import type { ThemeName } from './theme.ts';

/** A vega-lite 6 specification as it stands in its file. */
export type ChartSpecification = Readonly<Record<string, unknown>> & { readonly $schema: string };

/** The tables of a chart, by the names that its specification gives them. */
export type ChartTables = Readonly<Record<string, Table>>;

/** A chart that cannot be drawn, in words for whoever wrote its specification or its data. */
export class ChartRefused extends Error {
  static override readonly name = 'ChartRefused';
  override readonly name = 'ChartRefused';
}

const schemaPattern = /^https:\/\/vega\.github\.io\/schema\/vega-lite\/v6(?:\.\d+)*\.json$/u;

/** Reads reports/charts/NAME.json. Throws `ChartRefused` for what is no specification. */
export async function readChart(name: string): Promise<ChartSpecification> {
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/u.test(name)) throw new ChartRefused(`"${name}" is no name of a chart`);
  const file = new URL(`../../reports/charts/${name}.json`, import.meta.url);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new ChartRefused(`there is no chart "${name}": reports/charts/${name}.json cannot be read`);
  }
  return parseChart(text, name);
}

/** A specification from its text. Throws `ChartRefused`. */
export function parseChart(text: string, name: string): ChartSpecification {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ChartRefused(`the chart "${name}" is not JSON: ${(error as Error).message}`);
  }
  const schema = typeof json === 'object' && json !== null ? (json as { $schema?: unknown }).$schema : undefined;
  if (typeof schema === 'string' && schemaPattern.test(schema)) return json as ChartSpecification;
  throw new ChartRefused(`the chart "${name}" is not a vega-lite 6 specification: its $schema says ${JSON.stringify(schema)}`);
}

/** The specification with its time axis, if it has one, from 0 to the end of a run and a little more, for marks at the end. */
export function withTimeAxis(specification: ChartSpecification, endSeconds: number): ChartSpecification {
  return withParameters(specification, { end_s: endSeconds * 1.005 });
}

/** The specification with other values for some of its own top-level parameters. */
function withParameters(specification: ChartSpecification, values: Readonly<Record<string, number>>): ChartSpecification {
  const parameters = specification['params'] as readonly { readonly name: string }[] | undefined;
  const params = parameters?.map((one) => (one.name in values ? { ...one, value: values[one.name] } : one));
  return params === undefined ? specification : { ...specification, params };
}

/** Compiles a specification to vega, `width` pixels wide. Throws `ChartRefused` where vega-lite warns or fails. */
export function compileChart(specification: ChartSpecification, width?: number): vega.Spec {
  const sized = { ...specification, ...(width === undefined ? {} : { width }) } as unknown as TopLevelSpec;
  try {
    return vegaLite.compile(sized, { config: chartConfiguration as never, logger: refusingLogger }).spec as vega.Spec;
  } catch (error) {
    if (error instanceof ChartRefused) throw error;
    throw new ChartRefused(`the chart cannot be compiled: ${(error as Error).message}`);
  }
}

/**
 * Draws a chart as an SVG document in the colours of a theme. Throws `ChartRefused` when a table or
 * column is missing, or no table has a row.
 */
export async function drawSvg(
  specification: ChartSpecification,
  tables: ChartTables,
  theme: ThemeName = 'light',
): Promise<string> {
  checkTables(specification, tables);
  const svg = await drawCompiled(compileChart(specification), tables, 'chart');
  return withColours(svg, theme);
}

/**
 * Draws a compiled chart whose colours stay CSS variables, for a page that sets them. Names inside of
 * the drawing begin with `name`, so that several drawings can stand on one page.
 */
export async function drawCompiled(compiled: vega.Spec, tables: ChartTables, name: string): Promise<string> {
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logLevel: vega.Error });
  try {
    for (const [table, content] of Object.entries(tables)) view.data(table, recordsOf(content));
    return withNamesOf(name, await view.toSVG());
  } finally {
    view.finalize();
  }
}

/** vega counts what it clips over the life of the process; here the count begins anew in each drawing. */
function withNamesOf(name: string, svg: string): string {
  const numbers = new Map<string, number>();
  return svg.replaceAll(/(?<=id="|url\(#)((?:clip|gradient_)\d+)/gu, (counted) => {
    if (!numbers.has(counted)) numbers.set(counted, numbers.size);
    return `${name}-part-${numbers.get(counted)}`;
  });
}

/** Says whether a chart has anything to show: all of its tables are there, and one has a row. */
export function hasData(specification: ChartSpecification, tables: ChartTables): boolean {
  const names = tableNamesOf(specification);
  return names.every((name) => tables[name] !== undefined) && names.some((name) => tables[name]!.rows.length > 0);
}

/** Throws `ChartRefused` where a chart's tables do not fit it. */
export function checkTables(specification: ChartSpecification, tables: ChartTables): void {
  const names = tableNamesOf(specification);
  const missing = names.find((name) => tables[name] === undefined);
  if (missing !== undefined) throw new ChartRefused(`the chart's table "${missing}" is missing`);
  const unused = Object.keys(tables).find((name) => !names.includes(name));
  if (unused !== undefined) throw new ChartRefused(`the chart shows no table "${unused}"`);
  if (!hasData(specification, tables)) throw new ChartRefused('the chart has no data: its tables have no rows');
  const columns = new Set(Object.values(tables).flatMap((table) => table.columns));
  const known = [...columns].join(', ');
  const made = new Set(textsUnder(specification, 'as'));
  const unknown = textsUnder(specification, 'field').find((field) => !columns.has(field) && !made.has(field));
  if (unknown !== undefined) throw new ChartRefused(`the chart shows a column "${unknown}"; its tables have ${known}`);
}

/** Names of the tables that a specification shows, each once. */
export function tableNamesOf(specification: ChartSpecification): string[] {
  const names: string[] = [];
  visit(specification, (key, value) => {
    if (key !== 'data' || typeof value !== 'object' || value === null) return;
    const { name } = value as { name?: unknown };
    if (typeof name === 'string' && !names.includes(name)) names.push(name);
  });
  return names;
}

/** Every text that stands under a key, directly or in a list. */
function textsUnder(specification: ChartSpecification, wanted: string): string[] {
  const texts: string[] = [];
  visit(specification, (key, value) => {
    if (key !== wanted) return;
    texts.push(...[value].flat().filter((part) => typeof part === 'string'));
  });
  return texts;
}

function visit(value: unknown, look: (key: string, value: unknown) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    look(key, part);
    visit(part, look);
  }
}

/**
 * vega-lite warns of what it leaves out or guesses, and a chart says what it means instead. One warning
 * means nothing: it comes for `fit-x` too, which asks for no height, where rows have heights.
 */
const refusingLogger: vega.LoggerInterface = {
  level: (() => refusingLogger) as never,
  error: (...words: readonly unknown[]) => refuse(words),
  warn: (...words: readonly unknown[]) => refuse(words),
  info: () => refusingLogger,
  debug: () => refusingLogger,
};

function refuse(words: readonly unknown[]): vega.LoggerInterface {
  if (String(words[0]).startsWith('Dropping "fit-y"')) return refusingLogger;
  throw new ChartRefused(`vega-lite says: ${words.join(' ')}`);
}
