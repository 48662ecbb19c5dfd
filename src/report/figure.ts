/**
 * A chart on a page: its drawing, what it says in words, its numbers as CSV, and what the page's
 * script needs to make it interactive.
 *
 * The chart is compiled here, so that a page carries vega but not vega-lite. Numbers are links to data
 * that stands in the page itself; following one is no request.
 */
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Spec } from 'vega';
import { ChartRefused, checkTables, compileChart, drawCompiled } from './chart.ts';
import type { ChartSpecification, ChartTables } from './chart.ts';
import { csvOf, recordsOf } from './table.ts';

export interface PageChart {
  /** Names the chart on its page, and the files of its numbers: lower-case words joined by dashes. */
  readonly name: string;
  readonly title: string;
  /** What is drawn, with units, and how to read it. */
  readonly caption: string;
  readonly specification: ChartSpecification;
  readonly tables: ChartTables;
  /** Whether it takes the whole width or stands beside another; whole where it is not said. */
  readonly span?: 'whole' | 'half';
}

/** A chart with its drawing. */
export interface DrawnChart extends PageChart {
  readonly compiled: Spec;
  readonly svg: string;
}

/** Widths in which charts are drawn for a page, in pixels; its script fits them to the window. */
const drawnWidths = { whole: 1_040, half: 500 } as const;

const zoomHint = 'Shift and wheel zooms, dragging moves, a double click resets.';

/** Draws a chart for a page. Throws `ChartRefused`, which names the chart. */
export async function drawChart(chart: PageChart): Promise<DrawnChart> {
  const { name, specification, tables, span = 'whole' } = chart;
  try {
    checkTables(specification, tables);
    const compiled = compileChart(specification, drawnWidths[span]);
    return { ...chart, compiled, svg: withoutMarkLabels(await drawCompiled(compiled, tables, name)) };
  } catch (error) {
    if (error instanceof ChartRefused) throw new ChartRefused(`chart "${name}": ${error.message}`);
    throw error;
  }
}

/** The figure is one picture with one label, so nobody is told of single marks; their labels were half of a long run's page. */
function withoutMarkLabels(svg: string): string {
  return svg.replaceAll(/ aria-label="[^"]*" role="graphics-symbol" aria-roledescription="[^"]*"/gu, '');
}

/** File names of a chart's tables that have rows: `accuracy.csv` of the first, `accuracy-bounds.csv` of a further one. */
export function tableFileNames({ name, tables }: Pick<PageChart, 'name' | 'tables'>): Map<string, string> {
  const files = Object.keys(tables).map((table, index) => [table, index === 0 ? `${name}.csv` : `${name}-${table}.csv`] as const);
  return new Map(files.filter(([table]) => tables[table]!.rows.length > 0));
}

/** A name as it stands in names of charts and files: lower-case words joined by dashes. */
export function slugOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/gu, '-');
}

export function capitalized(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** The figure of a chart. */
export function chartFigure({ name, title, caption, tables, span = 'whole', compiled, svg }: DrawnChart): VNode {
  const label = `Chart: ${title}. ${caption}`;
  const records = Object.fromEntries(Object.entries(tables).map(([table, content]) => [table, recordsOf(content)]));
  const links = [...tableFileNames({ name, tables })].map(
    ([table, file]) => html`<a download=${file} href=${csvLink(csvOf(tables[table]!))}>${file}</a> `,
  );
  return html`
    <figure class=${`chart ${span}`} id=${`chart-${name}`}>
      <figcaption><h3>${title}</h3><p>${caption}</p></figcaption>
      <div
        class="drawing" data-chart=${name} role="img" aria-label=${label} dangerouslySetInnerHTML=${{ __html: svg }}
      ></div>
      <p class="numbers"><span class="hint" hidden>${zoomHint} </span>Numbers: ${links}</p>
      ${jsonScript(`data-${name}`, { specification: compiled, tables: records })}
    </figure>
  ` as VNode;
}

function csvLink(csv: string): string {
  return `data:text/csv;charset=utf-8,${encodeURIComponent(csv)}`;
}

/** Data for the page's script. In JSON every `<` stands inside a text, where its escape means the same. */
function jsonScript(id: string, value: unknown): VNode {
  const json = JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
  return html`<script type="application/json" id=${id} dangerouslySetInnerHTML=${{ __html: json }}></script>` as VNode;
}
