/** study.html: what a study asked, what came out as charts and tables, and how to make it again. */
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { failureText } from '../../run/study/summary.ts';
import type { StudySummary } from '../../run/study/summary.ts';
import { seedsText } from '../../run/study/seeds.ts';
import { unreadText } from '../../run/study/unread.ts';
import type { PageChart } from '../figure.ts';
import { pageOf } from '../page.ts';
import type { PageSection } from '../page.ts';
import { readerTables } from './tables.ts';
import type { ReaderTable } from './tables.ts';

/** Failed runs that are told one by one. */
const toldFailuresMax = 20;

/** The page as HTML. `command` is the line that makes the study again. */
export function studyPage(summary: StudySummary, charts: readonly PageChart[], command: string): Promise<string> {
  const { plan } = summary;
  const figures: PageSection[] = charts.length === 0 ? [] : [{ title: 'Charts', charts }];
  const lead = plan.seeds.length > 1 ? 'Mean over seeds ± half of its 95 % interval.' : 'One seed.';
  const tables = readerTables(summary).map((table): PageSection => ({ title: table.title, lead, body: tableNode(table) }));
  return pageOf({
    title: plan.name,
    head: html`<header class="head"><h1>${plan.name}</h1><p class="lead">${plan.about}</p></header>` as VNode,
    sections: [...figures, ...notes(summary), ...tables, howTo(summary, command)],
  });
}

function tableNode({ corner, across, rows }: ReaderTable): VNode {
  return html`
    <table>
      <thead><tr><th scope="col">${corner}</th>${across.map((label) => html`<th scope="col">${label}</th>`)}</tr></thead>
      <tbody>
        ${rows.map(([name, ...cells]) => html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}
      </tbody>
    </table>
  ` as VNode;
}

/** What a reader must know before believing a figure: parameters that nobody read, runs that failed. */
function notes({ unread, failures }: StudySummary): PageSection[] {
  const lines = [...unread.map(unreadText), ...failures.slice(0, toldFailuresMax).map(failureText)];
  const hidden = failures.length - toldFailuresMax;
  if (hidden > 0) lines.push(`… and ${hidden} more runs that failed.`);
  if (lines.length === 0) return [];
  const body = html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>` as VNode;
  return [{ title: 'To be known first', body }];
}

function howTo({ plan, verdicts }: StudySummary, command: string): PageSection {
  const ends = Object.entries(verdicts).map(([verdict, count]) => `${verdict} ${count}`).join(', ');
  const size = `${plan.cells.length} cells × ${plan.seeds.length} seeds (${seedsText(plan.seeds)}) of ${plan.scenarioFile}`;
  const body = html`<p>${size}; verdicts: ${ends}.</p><pre><code>${command}</code></pre>`;
  return { title: 'How to make it again', body: html`<div>${body}</div>` as VNode };
}
