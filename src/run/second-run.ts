/**
 * The second run of `--twice`: a fresh process, an empty cache, one compute thread, every input
 * stepped twice. Whatever a run depends on beside its scenario and seed shows as a difference.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstDifference } from '../judge/first-difference.ts';
import type { Finding } from '../judge/verdict.ts';
import { openRunFolder } from './folder/open.ts';
import { runFiles } from './folder/place.ts';
import { parseVerdictFile } from './folder/verdict-file.ts';
import type { VerdictFile } from './folder/verdict-file.ts';
import { findingOfDifference } from './difference.ts';
import type { RunOptions } from './result.ts';
import { sha256Node } from './sha256-node.ts';

const launcher = fileURLToPath(new URL('../../bin/orrery.mjs', import.meta.url));

/** Runs the scenario of a finished folder again elsewhere; undefined when both runs are the same. */
export async function differenceOfSecondRun(folder: string, { signal }: Pick<RunOptions, 'signal'>): Promise<Finding | undefined> {
  const place = mkdtempSync(join(tmpdir(), 'orrery-twice-'));
  try {
    const second = join(place, 'run');
    const scenario = join(folder, runFiles.scenario);
    const arguments_ = ['run', scenario, '--out', second, '--pure', '--threads', '1', '--json', '--quiet'];
    const verdict = await verdictOfProcess(arguments_, signal);
    if (typeof verdict === 'string') return differs(`the second run gave no verdict: ${verdict}`);
    return compare(folder, second, verdict);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function differs(message: string, from: Partial<Finding> = {}): Finding {
  return { class: 'nondeterministic', property: '', at: 0, node: '', event: 0, facts: [], ...from, message };
}

function compare(first: string, second: string, verdict: VerdictFile): Finding | undefined {
  const left = openRunFolder(first, { sha256: sha256Node });
  try {
    const crash = verdict.findings.find((finding) => finding.class === 'crash');
    if (crash !== undefined && left.verdict.verdict !== 'crash') {
      const { at, node, event, message } = crash;
      return differs(`the second run crashed where the first did not: ${message}`, { at, node, event });
    }
    if (verdict.trace === left.verdict.trace && verdict.modelHash === left.verdict.modelHash) return undefined;
    const right = openRunFolder(second, { sha256: sha256Node });
    try {
      if (left.trace === null || right.trace === null) return differs('one of the two runs has no trace');
      const difference = firstDifference(left.trace.reader, right.trace.reader);
      if (difference === undefined) return differs('the models differ although the traces do not');
      return findingOfDifference(difference, ['first', 'second']);
    } finally {
      right.close();
    }
  } finally {
    left.close();
  }
}

/** The verdict that a process printed as JSON, or why there is none, as the end of a sentence. */
function verdictOfProcess(arguments_: readonly string[], signal: AbortSignal): Promise<VerdictFile | string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [launcher, ...arguments_], { stdio: ['ignore', 'pipe', 'pipe'], signal });
    let output = '';
    let words = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-2_000)));
    child.on('error', (error) => resolve(String(error)));
    child.on('close', (code) => {
      const parsed = parseVerdictFile(output.trim().split('\n').at(-1) ?? '');
      resolve('verdict' in parsed ? parsed.verdict : `it ended with code ${code}: ${words.trim()}`);
    });
  });
}
