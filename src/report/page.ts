/**
 * A page: one HTML file that opens from disk, asks for nothing, and reads in light, dark and print.
 *
 * Style, scripts, charts and numbers all stand in the file. Each chart is there as a finished drawing,
 * so the page can be read and printed without JavaScript; where scripts run, page-behaviour.ts puts an
 * interactive chart of the same specification and tables in its place. What a page says is its
 * caller's business; all text goes through preact, which escapes it.
 *
 * The page's Content-Security-Policy forbids every connection and every script but its own two, which
 * are named by their digests. vega makes functions of the expressions of a specification, hence
 * 'unsafe-eval': specifications come from reports/charts and never from the data of a run, and a page
 * that can neither send nor fetch has nothing to leak to.
 */
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { renderToStaticMarkup } from 'preact-render-to-string';
import { chartFigure, drawChart } from './figure.ts';
import type { PageChart } from './figure.ts';
import { digestForPolicy, inlineScript, vegaScript } from './page-scripts.ts';
import { behaviourScript } from './page-behaviour.ts';
import { pageStyle } from './page-style.ts';

/** A part of a page: a heading, then charts, then words. */
export interface PageSection {
  readonly title: string;
  /** A sentence or two on what is shown. */
  readonly lead?: string;
  readonly body?: VNode;
  readonly charts?: readonly PageChart[];
}

export interface PageContent {
  readonly title: string;
  /** What stands above the sections; a heading with the title where nothing is given. */
  readonly head?: VNode;
  readonly sections: readonly PageSection[];
}

/** The page as one HTML text. The same content gives the same bytes. Throws `ChartRefused`. */
export async function pageOf({ title, head, sections }: PageContent): Promise<string> {
  const drawn: VNode[] = [];
  for (const section of sections) drawn.push(await drawSection(section));
  const hasCharts = sections.some(({ charts = [] }) => charts.length > 0);
  const scripts = hasCharts ? [await vegaScript(), behaviourScript()] : [behaviourScript()];
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src 'unsafe-eval' ${scripts.map(digestForPolicy).join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const document = html`
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content=${policy} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style dangerouslySetInnerHTML=${{ __html: pageStyle() }}></style>
      </head>
      <body>
        <main>
          ${head ?? html`<header class="head"><h1>${title}</h1></header>`}
          ${drawn}
        </main>
        <footer><p>Written by Orrery. This page is one file and asks the network for nothing.</p></footer>
        ${scripts.map((script) => inlineScript(script))}
      </body>
    </html>
  `;
  return `<!doctype html>\n${renderToStaticMarkup(document as VNode)}\n`;
}

async function drawSection({ title, lead, body, charts = [] }: PageSection): Promise<VNode> {
  const figures: VNode[] = [];
  for (const chart of charts) figures.push(chartFigure(await drawChart(chart)));
  return html`
    <section>
      <h2>${title}</h2>
      ${lead === undefined ? null : html`<p class="lead">${lead}</p>`}
      ${figures.length === 0 ? null : html`<div class="figures">${figures}</div>`}
      ${body ?? null}
    </section>
  ` as VNode;
}
