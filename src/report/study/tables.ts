/**
 * The tables of a study: its estimates, its runs, and what its charts are drawn from.
 *
 * table.csv has a row for each cell and measure; runs.csv has one for each run. Neither holds a wall
 * time, a machine or a digest of the code but where runs.csv names its runs by their traces, so the
 * same study gives the same bytes wherever it is made.
 */
import { figureName } from '../../run/study/measures/define.ts';
import type { ChosenMeasure } from '../../run/study/measures/define.ts';
import type { Axis, Label } from '../../run/study/grid.ts';
import type { CellEstimate, StudySummary } from '../../run/study/summary.ts';
import type { Cell as TableCell, Table } from '../table.ts';
import { estimateText, figureText, tableNumber } from './numbers.ts';

/** One row a cell and measure: the axes, then mean with its 95 % interval, extremes, and what is not in it. */
export function estimatesTable({ plan, estimates }: StudySummary): Table {
  const axes = plan.axes.map(({ name }) => name);
  const columns = [...axes, 'measure', 'unit', 'n', 'mean', 'low', 'high', 'min', 'max', 'missing', 'failed'];
  const rows = estimates.map(({ cell, measure, estimate, missing, failed }): TableCell[] => [
    ...axes.map((axis) => cell.labels[axis]!),
    measure.column, measure.unit, estimate.n,
    ...[estimate.mean, estimate.low, estimate.high, estimate.min, estimate.max].map(tableNumber),
    missing, failed,
  ]);
  return { columns, rows };
}

/** One row a run, in the order of the plan. */
export function runsTable({ plan, entries }: StudySummary): Table {
  const axes = plan.axes.map(({ name }) => name);
  const columns = [...axes, 'seed', 'verdict', 'trace', 'virtualSeconds', ...plan.measures.map(({ column }) => column)];
  const rows = plan.runs.map(({ cell, seed }, index): TableCell[] => {
    const { verdict, trace, virtualUs, measures } = entries[index]!;
    return [
      ...axes.map((axis) => cell.labels[axis]!),
      seed, verdict, trace, virtualUs / 1_000_000,
      ...plan.measures.map((measure) => tableNumber(measures[figureName(measure)] ?? null)),
    ];
  });
  return { columns, rows };
}

/** Which of a study's axes and measures a chart shows. */
export interface ChartFields {
  readonly x: Axis;
  /** Lines or bars of their own; undefined where there is one alone. */
  readonly colour: Axis | undefined;
  /** The measure's name in the table. */
  readonly column: string;
}

/** What line and bar charts are drawn from: a row for each cell, further axes being told apart by colour as well. */
export function seriesTable(summary: StudySummary, { x, colour, column }: ChartFields): Table {
  const columns = ['x', 'y', 'low', 'high', 'n', 'colour'];
  const others = summary.plan.axes.filter((axis) => axis !== x && axis !== colour && axis.values.length > 1);
  const rows = estimatesOf(summary, column).map(({ cell, estimate }): TableCell[] => {
    const names = [...(colour === undefined ? [] : [colour]), ...others].map(({ name }) => cell.labels[name]!);
    const { mean, low, high, n } = estimate;
    return [cell.labels[x.name]!, ...[mean, low, high].map(tableNumber), n, names.join(' · ')];
  });
  return { columns, rows };
}

/** What a chart of two axes is drawn from. */
export function heatTable(summary: StudySummary, x: Axis, y: Axis, column: string): Table {
  const columns = ['x', 'y', 'colour', 'low', 'high', 'n', 'text'];
  const rows = estimatesOf(summary, column).map(({ cell, estimate: { mean, low, high, n } }): TableCell[] => [
    String(cell.labels[x.name]), String(cell.labels[y.name]), ...[mean, low, high].map(tableNumber), n, figureText(mean),
  ]);
  return { columns, rows };
}

/** A table for readers: names down and across, figures with their intervals as texts. */
export interface ReaderTable {
  readonly title: string;
  readonly corner: string;
  readonly across: readonly string[];
  readonly rows: readonly (readonly [down: string, ...cells: string[]])[];
}

/** The tables of a study for readers: of one axis all measures beside one another, else a table for each measure. */
export function readerTables(summary: StudySummary): ReaderTable[] {
  const { axes } = summary.plan;
  const measures = summary.plan.measures.filter((measure) => !alwaysPassed(summary, measure));
  const [only] = axes;
  if (axes.length > 1) return measures.map((measure) => crossTable(summary, measure));
  const rows = only!.values.map(({ label }): [string, ...string[]] => {
    const ofCell = summary.estimates.filter(({ cell, measure }) => cell.labels[only!.name] === label && measures.includes(measure));
    return [String(label), ...ofCell.map(cellText)];
  });
  return [{ title: 'Figures', corner: only!.title, across: measures.map(measureTitle), rows }];
}

/** Whether every run passed, which the verdicts say already. */
function alwaysPassed(summary: StudySummary, { column }: ChosenMeasure): boolean {
  return column === 'passed' && estimatesOf(summary, column).every(({ estimate }) => estimate.mean === 1);
}

/** A measure with the last axis across and the others down. */
function crossTable(summary: StudySummary, measure: ChosenMeasure): ReaderTable {
  const { axes } = summary.plan;
  const last = axes.at(-1)!;
  const down = axes.slice(0, -1);
  const rows = new Map<string, Map<Label, string>>();
  for (const estimate of estimatesOf(summary, measure.column)) {
    const { labels } = estimate.cell;
    const name = down.map((axis) => labels[axis.name]).join(' · ');
    const row = rows.get(name) ?? new Map<Label, string>();
    rows.set(name, row);
    row.set(labels[last.name]!, cellText(estimate));
  }
  const labels = last.values.map(({ label }) => label);
  return {
    title: measureTitle(measure),
    corner: down.map(({ title }) => title).join(' · '),
    across: labels.map((label) => `${last.title}: ${label}`),
    rows: [...rows].map(([name, row]) => [name, ...labels.map((label) => row.get(label) ?? '–')]),
  };
}

/** `0.853 ± 0.012 (1 never, 2 failed)` */
function cellText({ measure, estimate, missing, failed }: CellEstimate): string {
  const notes = [...(missing > 0 ? [`${missing} never`] : []), ...(failed > 0 ? [`${failed} failed`] : [])];
  const text = estimateText(estimate, measure.isShare);
  return notes.length === 0 ? text : `${text} (${notes.join(', ')})`;
}

/** `bytes-a-round (B)` */
export function measureTitle({ column, unit }: ChosenMeasure): string {
  return unit === '' ? column : `${column} (${unit})`;
}

function estimatesOf({ estimates }: StudySummary, column: string): readonly CellEstimate[] {
  return estimates.filter(({ measure }) => measure.column === column);
}
