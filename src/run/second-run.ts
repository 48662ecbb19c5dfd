/**
 * The second run of `--twice`: a fresh process, an empty cache, one compute thread, every input
 * stepped twice. Whatever a run depends on beside its scenario and seed shows as a difference.
 *
 * The process stays in this one's group, so that a terminal's Ctrl-C reaches both; a second run that
 * was interrupted has shown nothing, and is never taken for a difference.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from '../judge/verdict.ts';
import { differenceOfRuns } from './compare-runs.ts';
import { runFiles } from './folder/place.ts';
import { parseVerdictFile } from './folder/verdict-file.ts';
import type { VerdictFile } from './folder/verdict-file.ts';
import type { RunOptions } from './result.ts';

const launcher = fileURLToPath(new URL('../../bin/orrery.mjs', import.meta.url));

/**
 * Runs the scenario of a finished folder again elsewhere: undefined when both runs are the same, else
 * the finding `nondeterministic`, or `interrupted` when the second run was cut short.
 */
export async function findingOfSecondRun(folder: string, { signal }: Pick<RunOptions, 'signal'>): Promise<Finding | undefined> {
  if (signal.aborted) return interrupted();
  const place = mkdtempSync(join(tmpdir(), 'orrery-twice-'));
  try {
    const second = join(place, 'run');
    const scenario = join(folder, runFiles.scenario);
    const arguments_ = ['run', scenario, '--out', second, '--pure', '--threads', '1', '--json', '--quiet', '--no-report'];
    const verdict = await verdictOfProcess(arguments_, signal);
    // A terminal's Ctrl-C may end the second process before this one has heard of it.
    if (signal.aborted || (typeof verdict !== 'string' && verdict.partial === true)) return interrupted();
    if (typeof verdict === 'string') return finding('nondeterministic', `the second run gave no verdict: ${verdict}`);
    const refused = verdict.findings.find((one) => one.class === 'invalid');
    if (refused !== undefined) return finding('nondeterministic', `the second run could not begin or go on: ${refused.message}`);
    return differenceOfRuns(folder, second);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function finding(verdict: Finding['class'], message: string): Finding {
  return { class: verdict, property: '', at: 0, node: '', event: 0, message, facts: [] };
}

function interrupted(): Finding {
  return finding('interrupted', 'the second run was interrupted before its end, so nothing was compared');
}

/**
 * The verdict that a process printed as JSON, or why there is none, as the end of a sentence. The
 * signal asks the process to end by itself, and its end is awaited, so that it leaves nothing behind.
 */
function verdictOfProcess(arguments_: readonly string[], signal: AbortSignal): Promise<VerdictFile | string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [launcher, ...arguments_], { stdio: ['ignore', 'pipe', 'pipe'] });
    // SIGINT may have reached it from the terminal, and a second one would kill it; SIGTERM is heard once more.
    const stop = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', stop, { once: true });
    let output = '';
    let words = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-2_000)));
    child.on('error', (error) => resolve(String(error)));
    child.on('close', (code) => {
      signal.removeEventListener('abort', stop);
      const parsed = parseVerdictFile(output.trim().split('\n').at(-1) ?? '');
      resolve('verdict' in parsed ? parsed.verdict : `it ended with code ${code}: ${words.trim()}`);
    });
  });
}
