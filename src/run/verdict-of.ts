/** Puts an execution into words: verdict.json and the failure report. Pure. */
import type { Fault } from '../host/faults.ts';
import { failureReport } from '../judge/failure-report.ts';
import { shellWord } from '../judge/plain-words.ts';
import { inOrderOfWeight, verdictOf } from '../judge/verdict.ts';
import type { Finding } from '../judge/verdict.ts';
import { microsPerSecond } from '../kernel/time.ts';
import type { Execution } from './execute.ts';
import type { VerdictFile } from './folder/verdict-file.ts';
import type { ResolvedScenario, Wrap } from './resolved.ts';

export interface Naming {
  readonly id: string;
  /** The line to paste that repeats the run. */
  readonly replayLine: string;
  /** The folder of the run, as the user would name it; null where there is none. */
  readonly folder: string | null;
}

/** The verdict with all findings, weightiest first; `further` come from comparisons with other runs. */
export function verdictFileOf(
  scenario: ResolvedScenario,
  execution: Execution,
  naming: Naming,
  further: readonly Finding[] = [],
): VerdictFile {
  const { summary, outcome, hashes } = execution;
  // An interrupted or crashed run never reached its end, so what it did not show means nothing.
  const findings = inOrderOfWeight([...execution.findings, ...further, ...summary.findings]);
  return {
    verdict: verdictOf(findings),
    scenario: scenario.name,
    seed: scenario.seed,
    world: scenario.world,
    trace: hashes.trace,
    id: naming.id,
    events: execution.events,
    messages: execution.messages,
    virtualSeconds: execution.virtualUs / microsPerSecond,
    wallSeconds: Math.round(execution.wallSeconds * 1_000) / 1_000,
    rounds: outcome.rounds,
    accuracy: outcome.measures['accuracy'] ?? null,
    modelHash: outcome.modelHash,
    faultHits: summary.faultHits,
    sometimes: summary.sometimes,
    rejected: execution.rejected,
    findings,
    replay: naming.replayLine,
    ...(findings.some((finding) => finding.class === 'interrupted') ? { partial: true as const } : {}),
  };
}

const ancestorsMax = 7;

/** One screen about a run that did not pass; null for one that did. */
export function reportOf(scenario: ResolvedScenario, execution: Execution, verdict: VerdictFile, folder: string | null): string | null {
  if (verdict.verdict === 'pass') return null;
  const findings = verdict.findings.map((finding) => ({ facts: [], ...finding }));
  const first = findings[0];
  const hit = (fault: Fault): boolean => (verdict.faultHits[fault.id] ?? 0) > 0 || execution.activeFaults.includes(fault.id);
  const commands: [string, string][] = [];
  if (folder !== null && verdict.partial !== true) commands.push(['replay', `npx orrery replay ${shellWord(folder)}`]);
  commands.push(['run it again', verdict.replay]);
  return failureReport({
    verdict: verdict.verdict,
    scenario: verdict.scenario,
    seed: verdict.seed,
    world: verdict.world,
    findings,
    faults: [
      ...scenario.wrap.filter(({ nodes }) => nodes.length > 0).map((wrap) => ({ id: wrap.id, words: wrapWords(wrap) })),
      ...scenario.faults.filter(hit).map((fault) => ({ id: fault.id, words: faultWords(fault) })),
    ].map((fault) => ({ ...fault, hits: verdict.faultHits[fault.id] ?? 0 })),
    ancestors: first === undefined ? [] : execution.ancestors(first.event, ancestorsMax),
    trace: verdict.trace,
    id: verdict.id,
    events: verdict.events,
    virtualUs: execution.virtualUs,
    commands,
  });
}

/** Who lies, shortly. */
export function wrapWords({ as, role, nodes }: Wrap): string {
  return `${nodes.length} of role ${role} lie as ${as}`;
}

/** What a fault does, shortly: its effect and whom it concerns. */
export function faultWords({ effect }: Fault): string {
  const who = (selection: { nodes?: readonly string[]; role?: string; state?: string }): string =>
    selection.nodes === undefined ? `the ${selection.role} that is ${selection.state}` : selection.nodes.join(', ');
  switch (effect.kind) {
    case 'partition':
      return `partition ${effect.sides.map(who).join(' | ')}`;
    case 'gate':
    case 'link':
      return `${effect.kind} from ${who(effect.from)} to ${who(effect.to)}`;
    case 'frame':
      return `${effect.verdict} the frame ${effect.frame}`;
    default:
      return `${effect.kind} ${who(effect.who)}`;
  }
}
