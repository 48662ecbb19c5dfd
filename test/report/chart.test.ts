/** Charts: the specifications that ship, what drawing refuses, and that the same tables give the same bytes. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkTables, compileChart, drawCompiled, drawSvg, parseChart, readChart, tableNamesOf } from '../../src/report/chart.ts';
import type { ChartSpecification } from '../../src/report/chart.ts';
import type { Table } from '../../src/report/table.ts';
import { repositoryRoot } from '../tidy/sources.ts';

const folder = join(repositoryRoot, 'reports', 'charts');
/** Charts of runs; those of studies learn from their study what they show, and have tests of their own. */
const names = readdirSync(folder).map((file) => file.replace(/\.json$/u, '')).filter((name) => !name.startsWith('study-'));

const specification: ChartSpecification = {
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  data: { name: 'table' },
  mark: { type: 'line', clip: true },
  encoding: { x: { field: 'round', type: 'quantitative' }, y: { field: 'value', type: 'quantitative' } },
};
const table: Table = { columns: ['round', 'value'], rows: [[1, 0.2], [2, 0.6], [3, 0.9]] };

describe.each(names)('the chart %s', (name) => {
  it('is a specification that compiles, says what it shows, and holds no data', async () => {
    const chart = await readChart(name);
    expect(chart['description']).toMatch(/\.$/u);
    expect(tableNamesOf(chart).length).toBeGreaterThan(0);
    expect(readFileSync(join(folder, `${name}.json`), 'utf8')).not.toMatch(/"(?:values|url)": ?(?:\[\s*\{|")/u);
    expect(compileChart(chart).marks?.length).toBeGreaterThan(0);
  });
});

describe('drawing', () => {
  it('gives the same bytes again, whatever was drawn in between', async () => {
    const first = await drawSvg(specification, { table });
    await drawSvg(specification, { table: { ...table, rows: table.rows.slice(1) } });
    expect(await drawSvg(specification, { table })).toBe(first);
    expect(first).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/u);
  });

  it('puts the colours of a theme into a file, and leaves none open', async () => {
    const [light, dark] = [await drawSvg(specification, { table }), await drawSvg(specification, { table }, 'dark')];
    expect(light).toContain('#0072b2');
    expect(dark).toContain('#56b4e9');
    expect(light + dark).not.toContain('var(');
  });

  it('names its parts after the chart, so that several can stand on one page', async () => {
    const svg = await drawCompiled(compileChart(specification), { table }, 'accuracy');
    expect(svg).toContain('id="accuracy-part-0"');
    expect(svg).toContain('url(#accuracy-part-0)');
    expect(svg).not.toMatch(/"clip\d|#clip\d/u);
  });

  it('draws a mark for each row', async () => {
    const points = await drawSvg({ ...specification, mark: 'point' }, { table });
    expect(points.match(/aria-roledescription="point"/gu)).toHaveLength(3);
  });
});

describe('what cannot be drawn is refused in words', () => {
  it.each<[string, () => void, string]>([
    ['a missing table', () => checkTables(specification, {}), 'the chart\'s table "table" is missing'],
    ['a table too many', () => checkTables(specification, { table, other: table }), 'the chart shows no table "other"'],
    ['no rows', () => checkTables(specification, { table: { ...table, rows: [] } }), 'the chart has no data'],
    [
      'a missing column',
      () => checkTables(specification, { table: { columns: ['round'], rows: [[1]] } }),
      'the chart shows a column "value"; its tables have round',
    ],
    ['no JSON', () => void parseChart('{', 'mine'), 'the chart "mine" is not JSON'],
    [
      'another grammar',
      () => void parseChart('{ "$schema": "vega" }', 'mine'),
      'is not a vega-lite 6 specification: its $schema says "vega"',
    ],
    ['an empty specification', () => void parseChart('null', 'mine'), 'its $schema says undefined'],
    ['a mark that does not exist', () => void compileChart({ ...specification, mark: 'blob' }), 'the chart cannot be compiled'],
    [
      'a warning of vega-lite',
      () => void compileChart({ ...specification, encoding: { ...(specification['encoding'] as object), size: {} } }),
      'vega-lite says: ',
    ],
  ])('%s', (_, attempt, words) => {
    expect(attempt).toThrow(words);
  });

  it.each(['nothing-of-the-kind', '../package', 'a/b', ''])('the name "%s"', async (name) => {
    await expect(readChart(name)).rejects.toThrow(name === 'nothing-of-the-kind' ? 'there is no chart' : 'is no name of a chart');
  });
});
