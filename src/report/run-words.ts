/**
 * The words of a run's report: the head, what was found, what was promised, what the faults did.
 *
 * Markup without charts. Texts of a scenario or of a stored run reach the page through preact, which
 * escapes them.
 */
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { measureWords } from '../judge/measures.ts';
import { counted } from '../judge/plain-words.ts';
import type { VerdictClass } from '../judge/verdict.ts';
import { toSecondsText } from '../kernel/time.ts';
import type { VerdictFile } from '../run/folder/verdict-file.ts';
import type { Expectation } from '../run/resolved.ts';
import { recordsOf } from './table.ts';
import type { RunTables } from './run-tables/run-tables.ts';
import type { StoredScenario } from './run-tables/stored-scenario.ts';

type Finding = VerdictFile['findings'][number];

/** What each verdict means, as a sentence. */
const verdictMeanings: Readonly<Record<VerdictClass, string>> = {
  pass: 'Everything that was promised held, and every fault was hit.',
  invalid: 'The run could not be judged.',
  fail: 'A promise was broken.',
  crash: 'A part of the program contradicted itself.',
  stalled: 'Something that was promised never came, and nodes had not finished.',
  vacuous: 'Nothing was broken, but something that the run should have shown never happened.',
  nondeterministic: 'The same run, taken twice, was not the same.',
  bounded: 'The search ended at its bound.',
  interrupted: 'The run was cut short; what it did not show means nothing.',
};

/** Green for a pass, orange for what is wrong, ochre for what is merely not shown. */
export function toneOf(verdict: VerdictClass): 'good' | 'bad' | 'alert' {
  if (verdict === 'pass') return 'good';
  return verdict === 'vacuous' || verdict === 'bounded' || verdict === 'interrupted' ? 'alert' : 'bad';
}

/** The top of a report: verdict, scenario, the line to paste, and what names the run. */
export function headOf(verdict: VerdictFile, scenario: StoredScenario): VNode {
  return html`
    <header class="head">
      <div class="title">
        <span class=${`verdict ${toneOf(verdict.verdict)}`}>${verdict.verdict}</span>
        <h1>${scenario.name}</h1>
        <span class="quiet">seed ${verdict.seed}</span>
      </div>
      <p class="about">${scenario.about}</p>
      <p>${verdictMeanings[verdict.verdict]}</p>
      <div class="paste">
        <code id="replay">${verdict.replay}</code>
        <button type="button" data-copy="replay" hidden>Copy</button>
      </div>
      <dl class="facts">${factsOf(verdict, scenario).map(({ name, value, form }) => html`
        <div class=${form === 'long' || value.length > 40 ? 'long' : ''}>
          <dt>${name}</dt><dd>${form === 'hash' ? html`<code>${value}</code>` : value}</dd>
        </div>`)}
      </dl>
    </header>
  ` as VNode;
}

/** A fact of the head; what is `long` takes the room of three, what is a `hash` stands in fixed-width letters. */
interface HeadFact {
  readonly name: string;
  readonly value: string;
  readonly form?: 'long' | 'hash';
}

function factsOf(verdict: VerdictFile, { nodes, sections }: StoredScenario): HeadFact[] {
  const total = Object.values(nodes).reduce((sum, indices) => sum + indices.length, 0);
  const roles = Object.entries(nodes).map(([role, indices]) => `${indices.length} ${role}`).join(', ');
  const training = sections['training'];
  const { rounds, accuracy } = verdict;
  const facts: HeadFact[] = [{ name: 'nodes', value: `${total}: ${roles}`, form: 'long' }];
  if (training !== undefined) facts.push({ name: 'training', value: trainingWords(training), form: 'long' });
  facts.push(
    { name: 'virtual time', value: `${toSecondsText(Math.round(verdict.virtualSeconds * 1_000_000))} s` },
    { name: 'wall time', value: `${verdict.wallSeconds.toFixed(3)} s` },
    { name: 'events', value: grouped(verdict.events) },
    { name: 'messages', value: grouped(verdict.messages) },
  );
  if (rounds !== null) facts.push({ name: 'rounds', value: String(rounds) });
  if (accuracy !== null) facts.push({ name: 'accuracy', value: accuracy.toFixed(4) });
  facts.push({ name: 'world', value: verdict.world }, { name: 'id', value: verdict.id, form: 'hash' });
  facts.push({ name: 'trace', value: verdict.trace, form: 'hash' });
  if (verdict.modelHash !== null) facts.push({ name: 'model', value: verdict.modelHash, form: 'hash' });
  return facts;
}

function trainingWords(training: StoredScenario['sections'][string]): string {
  const shown = ['dataset', 'model', 'rounds', 'aggregate'].filter((key) => ['string', 'number'].includes(typeof training[key]));
  return shown.map((key) => `${key} ${String(training[key])}`).join(', ');
}

/** 41250 → `41,250`, whatever the locale. */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/gu, ',');
}

/** Every finding with the facts that conflict. */
export function findingsOf(findings: readonly Finding[]): VNode {
  return html`<div>${findings.map((finding) => html`
    <div class=${`finding ${toneOf(finding.class)}`}>
      <p class="what">${finding.class}${finding.property === '' ? '' : `: ${finding.property}`}</p>
      <p>${finding.message}</p>
      <p class="where">${placeOf(finding)}</p>
      ${(finding.facts ?? []).length === 0 ? null : html`<ul>${finding.facts!.map(factItem)}</ul>`}
    </div>`)}</div>` as VNode;
}

function factItem({ at, sequence, node, words }: NonNullable<Finding['facts']>[number]): VNode {
  const where = `${toSecondsText(at)} s, event ${sequence}, ${node === '' ? 'the world' : node}:`;
  return html`<li><span class="quiet">${where}</span> ${words}</li>` as VNode;
}

function placeOf({ at, event, node }: Finding): string {
  return `${node === '' ? 'the whole run' : node}, event ${event}, at ${toSecondsText(at)} s`;
}

/** What the scenario promised, line by line, and what became of it. */
export function promisesOf({ expect }: StoredScenario, verdict: VerdictFile): VNode {
  return table(['promise', 'what came of it'], expect.map((expectation) => {
    const name = promiseName(expectation);
    const [words, tone] = outcomeOf(expectation, name, verdict);
    return html`<tr><td class="wide">${name.startsWith(expectation.kind) ? '' : `${expectation.kind}: `}${name}</td>
      <td class=${`outcome ${tone}`}>${words}</td></tr>`;
  }));
}

function promiseName(expectation: Expectation): string {
  return 'phrase' in expectation ? expectation.phrase : measureWords(expectation.measure, expectation);
}

function outcomeOf({ kind }: Expectation, name: string, verdict: VerdictFile): [words: string, tone: string] {
  const finding = verdict.findings.find(({ property }) => property === name);
  if (finding !== undefined) return [finding.class === 'fail' ? 'broken' : finding.class, toneOf(finding.class)];
  if (kind === 'breaks') return ['broken, as expected', 'good'];
  if (kind !== 'sometimes') return verdict.verdict === 'interrupted' ? ['open', 'alert'] : ['held', 'good'];
  const times = verdict.sometimes[name] ?? 0;
  return times === 0 ? ['never seen', 'alert'] : [`seen ${counted(times, 'time')}`, 'good'];
}

/** What each fault did. */
export function faultsOf({ faults }: RunTables, verdict: VerdictFile): VNode {
  const missing = Object.entries(verdict.faultHits).filter(([id, hits]) => hits === 0 && !faults.some((fault) => fault.id === id));
  return table(['fault', 'what it does', 'began', 'ended', 'hits'], [
    ...faults.map(({ id, words, beginUs, endUs, hits }) => html`<tr><td>${id}</td><td class="wide">${words}</td>
      <td class="number">${toSecondsText(beginUs)} s</td>
      <td class="number">${endUs > beginUs ? `${toSecondsText(endUs)} s` : 'at once'}</td><td class="number">${grouped(hits)}</td></tr>`),
    ...missing.map(([id]) => html`
      <tr><td>${id}</td><td class="wide alert">never took place</td><td></td><td></td><td class="number">0</td></tr>`),
  ]);
}

/** Every kind of observation with what it says. */
export function observationsOf({ observationsByKind }: RunTables): VNode {
  return table(['kind', 'what it says', 'count', 'first', 'last'], recordsOf(observationsByKind).map((row) => html`
    <tr><td><code>${row['kind']}</code></td><td class="wide">${row['about']}</td>
      <td class="number">${grouped(Number(row['count']))}</td>
      <td class="number">${Number(row['first_s']).toFixed(3)} s</td><td class="number">${Number(row['last_s']).toFixed(3)} s</td></tr>`));
}

const numberHeads: ReadonlySet<string> = new Set(['began', 'ended', 'hits', 'count', 'first', 'last']);

function table(heads: readonly string[], rows: readonly unknown[]): VNode {
  return html`<div class="table"><table>
    <thead><tr>${heads.map((head) => html`<th class=${numberHeads.has(head) ? 'number' : ''}>${head}</th>`)}</tr></thead>
    <tbody>${rows}</tbody>
  </table></div>` as VNode;
}
