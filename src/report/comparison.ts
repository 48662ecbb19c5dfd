/**
 * Two runs side by side: their verdicts, what their scenarios have different, and their charts with
 * the run as colour.
 *
 * Runs of one scenario and seed are compared by their traces too, and the first difference is named;
 * of other pairs the traces differ from the start and say nothing.
 */
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { describeDifference, firstDifference } from '../judge/first-difference.ts';
import { toSecondsText } from '../kernel/time.ts';
import { openRunFolder } from '../run/folder/open.ts';
import type { VerdictFile } from '../run/folder/verdict-file.ts';
import { sha256Node } from '../run/sha256-node.ts';
import { comparisonCharts } from './comparison-charts.ts';
import { pageOf } from './page.ts';
import type { RunMaterial } from './run-report.ts';
import { grouped, toneOf } from './run-words.ts';
import { scenarioDifferences } from './scenario-differences.ts';

/** One of the two runs. */
export interface ComparedRun {
  /** The folder, as the user named it. */
  readonly folder: string;
  readonly material: RunMaterial;
}

/** The page that compares two runs. Throws `FolderRefused` for a folder whose trace cannot be read. */
export async function comparisonOf(left: ComparedRun, right: ComparedRun): Promise<string> {
  const [a, b] = [left.material, right.material];
  const charts = await comparisonCharts(a, b);
  const names = [a, b].map(({ scenario, verdict }) => `${scenario.name}, seed ${verdict.seed}`);
  return pageOf({
    title: `A: ${names[0]} · B: ${names[1]}`,
    head: html`<header class="head"><h1>Two runs side by side</h1></header>` as VNode,
    sections: [
      { title: 'Verdicts', body: verdictTable(left, right) },
      { title: 'Scenarios', ...scenarioWords(a, b) },
      { title: 'Traces', lead: traceWords(left, right) },
      ...charts,
    ],
  });
}

type Row = readonly [name: string, value: (verdict: VerdictFile) => string | number];

const rows: readonly Row[] = [
  ['seed', ({ seed }) => seed],
  ['rounds', ({ rounds }) => rounds ?? '–'],
  ['accuracy', ({ accuracy }) => accuracy?.toFixed(4) ?? '–'],
  ['virtual time', ({ virtualSeconds }) => `${toSecondsText(Math.round(virtualSeconds * 1_000_000))} s`],
  ['wall time', ({ wallSeconds }) => `${wallSeconds.toFixed(3)} s`],
  ['events', ({ events }) => grouped(events)],
  ['messages', ({ messages }) => grouped(messages)],
  ['findings', ({ findings }) => findings.map((one) => `${one.class}: ${one.property || one.message}`).join('; ') || 'none'],
  ['id', ({ id }) => id],
  ['trace', ({ trace }) => trace.slice(0, 16)],
  ['model', ({ modelHash }) => modelHash?.slice(0, 16) ?? '–'],
  ['line to paste', ({ replay }) => replay],
];

function verdictTable(left: ComparedRun, right: ComparedRun): VNode {
  const sides = [left, right];
  return html`<div class="table"><table>
    <thead><tr><th></th>${sides.map(({ folder }, index) => html`<th>${'AB'[index]}: ${folder}</th>`)}</tr></thead>
    <tbody>
      <tr><th>verdict</th>${sides.map(({ material }) => verdictCell(material.verdict.verdict))}</tr>
      <tr><th>scenario</th>${sides.map(({ material }) => html`<td>${material.scenario.name}</td>`)}</tr>
      ${rows.map(([name, value]) => html`
        <tr><th>${name}</th>${sides.map(({ material }) => html`<td>${value(material.verdict)}</td>`)}</tr>`)}
    </tbody>
  </table></div>` as VNode;
}

function verdictCell(verdict: VerdictFile['verdict']): VNode {
  return html`<td class=${`outcome ${toneOf(verdict)}`}>${verdict}</td>` as VNode;
}

function scenarioWords(a: RunMaterial, b: RunMaterial): { readonly lead?: string; readonly body?: VNode } {
  const differences = scenarioDifferences(a.scenarioText, b.scenarioText);
  if (differences.length === 0) return { lead: 'Both runs have the same scenario, key by key.' };
  const cell = (text: string | undefined): unknown =>
    text === undefined ? html`<span class="quiet">absent</span>` : html`<code>${text}</code>`;
  const body = html`<div class="table"><table>
    <thead><tr><th>key</th><th>A</th><th>B</th></tr></thead>
    <tbody>${differences.map(({ key, left, right }) => html`<tr><td>${key}</td><td>${cell(left)}</td><td>${cell(right)}</td></tr>`)}</tbody>
  </table></div>` as VNode;
  return { body };
}

function traceWords(left: ComparedRun, right: ComparedRun): string {
  const first = openRunFolder(left.folder, { sha256: sha256Node });
  try {
    const second = openRunFolder(right.folder, { sha256: sha256Node });
    try {
      for (const chain of ['trace', 'observations'] as const) {
        const difference = firstDifference(first[chain]!.reader, second[chain]!.reader);
        if (difference?.part === 'header') {
          return `The traces are of different runs (their headers differ at ${difference.path}), so where they part says nothing.`;
        }
        if (difference !== undefined) {
          const [head, a, b] = describeDifference(difference);
          return `The runs should be the same, and ${head}. A: ${a!.replace(/^left:\s+/u, '')}. B: ${b!.replace(/^right:\s+/u, '')}.`;
        }
      }
      return 'Both runs have the same trace and the same observations, byte for byte.';
    } finally {
      second.close();
    }
  } finally {
    first.close();
  }
}
