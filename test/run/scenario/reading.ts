/** Reads scenario text in tests: the resolved scenario, or the problems as lines. */
import { assert } from '../../../src/kernel/assert.ts';
import type { ResolvedScenario } from '../../../src/run/resolved.ts';
import { problemText } from '../../../src/run/scenario/problems.ts';
import { openScenario, resolveScenario } from '../../../src/run/scenario/resolve.ts';
import type { ResolveOptions } from '../../../src/run/scenario/resolve.ts';
import { registry } from './roles.ts';

export const baseText = `name: base
about: A scenario that is right.
nodes: { bootstrap: 3, aggregator: 1, worker: 40, client: 2 }
training: { rounds: 20, quorum: 70%, roundTimeout: 4s }
network: { profile: wan, loss: 0.5% }
faults:
  - { id: massacre, at: round 5, kill: { worker: 5 } }
expect:
  - always: one model per round
  - sometimes: a round closed without full attendance
  - eventually: { accuracy: ">= 0.90", within: 20 rounds }
`;

/** The base scenario with one fault instead of its own. */
export function withFault(fault: string): string {
  return baseText.replace('{ id: massacre, at: round 5, kill: { worker: 5 } }', fault);
}

/** The problems of a text, a line each; none when it resolves. */
export function problemsOf(text: string, overrides: readonly string[] = [], vocabulary = registry): string[] {
  const opened = openScenario(text, 'base.yaml', overrides);
  if (opened.kind === 'refused') return opened.problems.map(problemText);
  const resolution = resolveScenario(opened.root, vocabulary);
  return resolution.kind === 'refused' ? resolution.problems.map(problemText) : [];
}

/** The scenario of a text that must be right. */
export function resolved(
  text: string,
  overrides: readonly string[] = [],
  options: ResolveOptions = {},
  vocabulary = registry,
): ResolvedScenario {
  const opened = openScenario(text, 'base.yaml', overrides);
  assert(opened.kind === 'opened', opened.kind === 'refused' ? opened.problems.map(problemText).join('\n') : '');
  const resolution = resolveScenario(opened.root, vocabulary, options);
  assert(resolution.kind === 'resolved', resolution.kind === 'refused' ? resolution.problems.map(problemText).join('\n') : '');
  return resolution.scenario;
}
