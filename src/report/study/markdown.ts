/** A study as Markdown, for a gallery that is kept under version control: words, charts by file, tables. */
import { failureText } from '../../run/study/summary.ts';
import type { StudySummary } from '../../run/study/summary.ts';
import { seedsText } from '../../run/study/seeds.ts';
import { unreadText } from '../../run/study/unread.ts';
import type { PageChart } from '../figure.ts';
import { readerTables } from './tables.ts';
import type { ReaderTable } from './tables.ts';

/** The text of a study's page. Charts are the files NAME.svg beside it. */
export function studyMarkdown(summary: StudySummary, charts: readonly PageChart[], command: string): string {
  const { plan, verdicts, unread, failures } = summary;
  const ends = Object.entries(verdicts).map(([verdict, count]) => `${verdict} ${count}`).join(', ');
  const figures = charts.flatMap(({ name, title, caption }) => [`## ${escaped(title)}`, picture(name, title), escaped(caption)]);
  const tables = readerTables(summary).flatMap((table) => [`## ${escaped(table.title)}`, tableText(table)]);
  const notes = [...unread.map(unreadText), ...failures.map(failureText)];
  const parts = [
    `# ${plan.name}`,
    plan.about,
    `${plan.cells.length} cells × ${plan.seeds.length} seeds (${seedsText(plan.seeds)}) of \`${plan.scenarioFile}\`; verdicts: ${ends}. ` +
      'Figures are means over seeds ± half of their 95 % intervals. All numbers: [table.csv](table.csv).',
    ...figures,
    ...(notes.length === 0 ? [] : ['## To be known first', notes.map((note) => `- ${escaped(note)}`).join('\n')]),
    ...tables,
    '## Make it again',
    `\`\`\`sh\n${command}\n\`\`\``,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The drawing for a light or a dark ground, whichever the reader has. */
function picture(name: string, title: string): string {
  const alternative = title.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  const dark = `<source media="(prefers-color-scheme: dark)" srcset="${name}.dark.svg">`;
  return `<picture>${dark}<img alt="${alternative}" src="${name}.svg"></picture>`;
}

function tableText({ corner, across, rows }: ReaderTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  return [line([corner, ...across]), line(['---', ...across.map(() => '---:')]), ...rows.map(line)].join('\n');
}

/** Text that stands in a table or list without being taken for Markdown. */
function escaped(text: string): string {
  return text.replaceAll(/[|<>*_`[\]\\]/gu, String.raw`\$&`);
}
