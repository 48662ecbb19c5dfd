/**
 * The charts of a study: specifications of reports/charts/study-*.json with the study's own words.
 *
 * A specification holds `"$x"`, `"$y"` and so on where the study's titles belong; each such text is
 * replaced as a whole by a value, so nothing of a study can become a part of a specification.
 */
import { present } from '../../kernel/assert.ts';
import type { StudySummary } from '../../run/study/summary.ts';
import type { Axis } from '../../run/study/grid.ts';
import type { ChartWords } from '../../run/study/words.ts';
import { readChart } from '../chart.ts';
import type { ChartSpecification } from '../chart.ts';
import type { PageChart } from '../figure.ts';
import { heatTable, measureTitle, seriesTable } from './tables.ts';

type Words = Readonly<Record<string, unknown>>;

/** All charts that a study asks for, in its order. Throws `ChartRefused`. */
export async function studyCharts(summary: StudySummary): Promise<PageChart[]> {
  const charts: PageChart[] = [];
  for (const [index, words] of summary.plan.charts.entries()) charts.push(await studyChart(summary, words, index));
  return charts;
}

async function studyChart(summary: StudySummary, words: ChartWords, index: number): Promise<PageChart> {
  const specification = await readChart(words.chart);
  const { plan } = summary;
  const axis = (name: string): Axis => present(plan.axes.find((one) => one.name === name), `the axis "${name}"`);
  const x = axis(words.x);
  const seeds = plan.seeds.length === 1 ? 'one seed' : `${plan.seeds.length} seeds`;
  if (words.chart === 'study-heat') {
    const [y, column] = [axis(words.y), words.colour!];
    return {
      name: `${index + 1}-${column}`,
      title: words.title ?? `${column} by ${x.title} and ${y.title}`,
      caption: `${titleOf(summary, column)}: the mean over ${seeds}; the fuller the colour, the higher.`,
      specification: withWords(specification, { x: x.title, y: y.title }),
      tables: { table: heatTable(summary, x, y, column) },
    };
  }
  const colour = words.colour === undefined ? undefined : axis(words.colour);
  const table = seriesTable(summary, { x, colour, column: words.y });
  const isNumeric = x.values.every(({ label }) => typeof label === 'number');
  const series = new Set(table.rows.map((row) => row.at(-1)));
  return {
    name: `${index + 1}-${words.y}`,
    title: words.title ?? `${words.y} by ${x.title}`,
    caption: `${titleOf(summary, words.y)}: the mean over ${seeds}${plan.seeds.length > 1 ? ' with its 95 % interval' : ''}.`,
    specification: withWords(specification, {
      x: x.title,
      y: titleOf(summary, words.y),
      colour: colour?.title ?? 'series',
      xType: isNumeric ? 'quantitative' : 'ordinal',
      xScale: isNumeric ? { zero: false, nice: false } : {},
      legend: series.size > 1 ? legendOf(colour) : null,
    }),
    tables: { table },
  };
}

/** Rows of four names fit a chart's width; without full symbols the legend would be as pale as the bands. */
function legendOf(colour: Axis | undefined): Words {
  return { title: colour?.title ?? null, titleLimit: 400, columns: 4, symbolOpacity: 1 };
}

function titleOf({ plan }: StudySummary, column: string): string {
  return measureTitle(present(plan.measures.find((measure) => measure.column === column), `the measure "${column}"`));
}

/** The specification with every text `$word` replaced by that word's value. */
function withWords(specification: ChartSpecification, words: Words): ChartSpecification {
  const replaced = (value: unknown): unknown => {
    if (typeof value === 'string') return value.startsWith('$') && Object.hasOwn(words, value.slice(1)) ? words[value.slice(1)] : value;
    if (Array.isArray(value)) return value.map(replaced);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, replaced(part)]));
  };
  return replaced(specification) as ChartSpecification;
}
