/**
 * Compares two run folders of one scenario: everything that must repeat, the telling parts first.
 *
 * Traces come first, because their first difference names node and event; then the observations,
 * which have a chain of their own; then the numbers of the verdicts, which either chain explains
 * unless something outside of both went into them. Wall time and paths are not compared.
 */
import { firstDifference, firstDifferingPath } from '../judge/first-difference.ts';
import type { Finding } from '../judge/verdict.ts';
import type { ValueMap } from '../kernel/codec.ts';
import { findingOfDifference } from './difference.ts';
import { openRunFolder } from './folder/open.ts';
import type { OpenRun } from './folder/open.ts';
import type { VerdictFile } from './folder/verdict-file.ts';
import { sha256Node } from './sha256-node.ts';

/** The first difference of two whole runs; undefined when there is none. Throws `FolderRefused`. */
export function differenceOfRuns(first: string, second: string): Finding | undefined {
  const left = openRunFolder(first, { sha256: sha256Node });
  try {
    const right = openRunFolder(second, { sha256: sha256Node });
    try {
      return newCrash(left.verdict, right.verdict) ?? differingChain(left, right) ?? differingResult(left.verdict, right.verdict);
    } finally {
      right.close();
    }
  } finally {
    left.close();
  }
}

function differs(message: string, from: Partial<Finding> = {}): Finding {
  return { class: 'nondeterministic', property: '', at: 0, node: '', event: 0, facts: [], ...from, message };
}

/** The second run steps each input twice, so it may crash over what the first could not see. */
function newCrash(first: VerdictFile, second: VerdictFile): Finding | undefined {
  const crash = second.findings.find((finding) => finding.class === 'crash');
  if (crash === undefined || first.verdict === 'crash') return undefined;
  const { at, node, event, message } = crash;
  return differs(`the second run crashed where the first did not: ${message}`, { at, node, event });
}

function differingChain(left: OpenRun, right: OpenRun): Finding | undefined {
  for (const chain of ['trace', 'observations'] as const) {
    const [first, second] = [left[chain], right[chain]];
    if (first === null && second === null) continue;
    if (first === null || second === null) return differs('one of the two runs has no trace');
    const difference = firstDifference(first.reader, second.reader);
    if (difference !== undefined) return findingOfDifference(difference, ['first', 'second']);
  }
  return undefined;
}

/** What of a verdict must repeat. */
function resultOf(verdict: VerdictFile): ValueMap {
  const { trace, modelHash, events, messages, virtualSeconds, rounds, accuracy, rejected, sometimes, faultHits } = verdict;
  return { verdict: verdict.verdict, trace, modelHash, events, messages, virtualSeconds, rounds, accuracy, rejected, sometimes, faultHits };
}

function differingResult(first: VerdictFile, second: VerdictFile): Finding | undefined {
  const [left, right] = [resultOf(first), resultOf(second)];
  const path = firstDifferingPath(left, right);
  if (path === undefined) return undefined;
  const key = path.split('.')[0]!;
  const text = (side: ValueMap): string => JSON.stringify(side[key] ?? null);
  return differs(`the results differ at ${path} although the traces do not; first run: ${text(left)}; second run: ${text(right)}`);
}
