/**
 * The results of a study as files: tables, charts, page; and as an entry of a gallery.
 *
 * Pure but for reading chart specifications: the same summary gives the same bytes.
 */
import { resolvedStudyText } from '../../run/study/resolved-file.ts';
import type { StudySummary } from '../../run/study/summary.ts';
import { drawSvg } from '../chart.ts';
import type { PageChart } from '../figure.ts';
import { csvOf } from '../table.ts';
import { studyCharts } from './charts.ts';
import type { Files } from './files.ts';
import { studyMarkdown } from './markdown.ts';
import { studyPage } from './page.ts';
import { estimatesTable, runsTable } from './tables.ts';

export interface ResultsRequest {
  readonly summary: StudySummary;
  /** The line that makes the study again. */
  readonly command: string;
}

/** The files of a study's own folder. */
export async function studyFiles({ summary, command }: ResultsRequest): Promise<Files> {
  const charts = await studyCharts(summary);
  const files = new Map([
    ['table.csv', csvOf(estimatesTable(summary))],
    ['runs.csv', csvOf(runsTable(summary))],
    ['study.resolved.yaml', resolvedStudyText(summary.plan)],
    ['study.html', await studyPage(summary, charts, command)],
  ]);
  for (const chart of charts) files.set(`charts/${chart.name}.svg`, await drawSvg(chart.specification, chart.tables));
  return files;
}

/** The files of a study in a gallery: what can be read and compared under version control. */
export async function galleryFiles({ summary, command }: ResultsRequest, small: StudySummary): Promise<Files> {
  const charts = await studyCharts(summary);
  const files = new Map([
    ['index.md', studyMarkdown(summary, charts, command)],
    ['table.csv', csvOf(estimatesTable(summary))],
    ['small.csv', csvOf(estimatesTable(small))],
  ]);
  for (const chart of charts) for (const [name, svg] of await bothThemes(chart)) files.set(name, svg);
  return files;
}

/** A chart for readers on a light and on a dark ground. */
async function bothThemes({ name, specification, tables }: PageChart): Promise<[name: string, svg: string][]> {
  return [
    [`${name}.svg`, await drawSvg(specification, tables)],
    [`${name}.dark.svg`, await drawSvg(specification, tables, 'dark')],
  ];
}
