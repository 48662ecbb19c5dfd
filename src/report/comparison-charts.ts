/** The charts of two runs, laid over each other with the run as colour, or set below each other. */
import { hasData, readChart, withTimeAxis } from './chart.ts';
import type { ChartTables } from './chart.ts';
import { capitalized, slugOf } from './figure.ts';
import type { PageChart } from './figure.ts';
import type { PageSection } from './page.ts';
import type { RunMaterial } from './run-report.ts';
import { seconds } from './run-tables/reading.ts';
import { recordsOf, tableOf } from './table.ts';
import type { Cell, Table } from './table.ts';

type Rows = Readonly<Record<string, Cell>>[];

/** Sections with charts; one without data on both sides is left out. Throws `ChartRefused`. */
export async function comparisonCharts(a: RunMaterial, b: RunMaterial): Promise<PageSection[]> {
  const endSeconds = seconds(Math.max(a.tables.endUs, b.tables.endUs));
  type Plan = Omit<PageChart, 'specification' | 'tables'>;
  const chart = async (file: string, tables: ChartTables, plan: Plan): Promise<PageChart[]> => {
    const specification = withTimeAxis(await readChart(file), endSeconds);
    return hasData(specification, tables) ? [{ ...plan, tables, specification }] : [];
  };
  const strips = await Promise.all([a, b].map(({ tables }, index) => chart('timeline', { timeline: tables.timeline }, {
    name: `timeline-${'ab'[index]}`, title: `Timeline of ${'AB'[index]}`,
    caption: 'Faults, leaders, rounds and findings, on the same scale of time.',
  })));
  const names = [...new Set([a, b].flatMap(({ tables }) => tables.measures.map(({ measure }) => measure.name)))];
  const measured = await Promise.all(names.map((name) => chart('compared-measure', { measure: measureRows(a, b, name) }, {
    name: `compared-${slugOf(name)}`, title: `${capitalized(name)} by round`, caption: aboutOf(a, b, name), span: 'half',
  })));
  const delays = await chart('compared-measure', { measure: commitRows(a, b) }, {
    name: 'compared-commit-delay', title: 'Last update to decided model', span: 'half',
    caption: 'Milliseconds until the first member knew a round’s model.',
  });
  const traffic = await chart('compared-traffic', { kinds: overlaid(a.tables.trafficByKind, b.tables.trafficByKind) }, {
    name: 'compared-traffic', title: 'Traffic by kind', caption: 'Bytes in the whole run.', span: 'half',
  });
  const delivery = await chart('compared-delay', { delays: overlaid(a.tables.deliveryDelays, b.tables.deliveryDelays) }, {
    name: 'compared-delay', title: 'Delay from sending to handling', span: 'half',
    caption: 'The dot is the median, the bar holds eight frames of ten.',
  });
  return [
    { title: 'Timelines', charts: strips.flat() },
    { title: 'Rounds', charts: [...measured.flat(), ...delays] },
    { title: 'Network', charts: [...traffic, ...delivery] },
  ].filter(({ charts }) => charts.length > 0);
}

function aboutOf(a: RunMaterial, b: RunMaterial, name: string): string {
  const all = [...a.tables.measures, ...b.tables.measures];
  return all.find(({ measure }) => measure.name === name)?.measure.about ?? '';
}

/** Two tables of the same columns as one, with a column `run` in front. */
function overlaid(a: Table, b: Table): Table {
  const rows = [a, b].flatMap((table, index) => table.rows.map((row) => ['AB'[index]!, ...row]));
  return { columns: ['run', ...a.columns], rows };
}

function measureRows(a: RunMaterial, b: RunMaterial, name: string): Table {
  return perRound([a, b].map(({ tables }) => {
    const found = tables.measures.find(({ measure }) => measure.name === name);
    return found === undefined ? [] : recordsOf(found.table);
  }));
}

function commitRows(a: RunMaterial, b: RunMaterial): Table {
  return perRound([a, b].map(({ tables }) => recordsOf(tables.commitDelays)
    .filter(({ until }) => until === 'the first member')
    .map((row) => ({ ...row, value: row['delay_ms']! }))));
}

/** Columns: run, round, value. The last value of each round of each run. */
function perRound(sides: readonly Rows[]): Table {
  const rows = sides.flatMap((records, index) => {
    const last = new Map<Cell, Cell>();
    for (const record of records) if (record['round'] !== null) last.set(record['round']!, record['value']!);
    return [...last].map(([round, value]) => ({ run: 'AB'[index]!, round, value }));
  });
  return tableOf(['run', 'round', 'value'], rows);
}
