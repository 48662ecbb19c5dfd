/** `orrery replay`: a recorded run repeats, and whatever was altered in its record is named. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recordOffsets } from '../../src/judge/trace-format.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { orrery, verdictLineOf } from './orrery-process.ts';
import { smallText, writeScenario } from './scenario-files.ts';

/** Runs the small scenario; gives the working folder and the run's folder. */
async function recorded(): Promise<{ folder: string; run: string; trace: string }> {
  const folder = temporaryFolder();
  const { stdout } = await orrery(['run', writeScenario(folder), '--quiet'], { folder });
  return { folder, run: join(folder, 'runs', 'small', '1'), trace: verdictLineOf(stdout)['trace']! };
}

test('the latest run replays to the same trace, wherever it is asked from', async () => {
  const { folder, run, trace } = await recorded();
  for (const which of [['replay', 'latest'], ['replay'], ['replay', run]]) {
    const { stdout, stderr, exitCode } = await orrery(which, { folder });
    expect({ exitCode, ...verdictLineOf(stdout) }, stderr).toMatchObject({ exitCode: 0, verdict: 'pass', trace });
  }
});

test('one edited line of the journal is named by its sequence number', async () => {
  const { folder, run } = await recorded();
  const journal = join(run, 'journal.jsonl');
  const lines = readFileSync(journal, 'utf8').split('\n');
  const edited = Math.floor(lines.length / 2);
  const entry = JSON.parse(lines[edited]!) as { sequence: number; mono: number };
  lines[edited] = JSON.stringify({ ...entry, mono: entry.mono + 1 });
  writeFileSync(journal, lines.join('\n'));
  const { stdout, stderr, exitCode } = await orrery(['replay', 'latest'], { folder });
  expect({ exitCode, verdict: verdictLineOf(stdout)['verdict'] }, stderr).toEqual({ exitCode: 24, verdict: 'nondeterministic' });
  expect(stderr).toContain(`line ${edited + 1}, input ${entry.sequence};`);
});

test('one flipped byte of the trace is named by its sequence number', async () => {
  const { folder, run } = await recorded();
  const file = join(run, 'trace');
  const bytes = readFileSync(file);
  // The first record behind the head, and then the fortieth: the last byte of its value is flipped.
  const wanted = 40;
  let at = 12 + bytes.readUInt32LE(8);
  for (let record = 0; record < wanted; record += 1) at += recordOffsets.kind + bytes.readUInt32LE(at);
  expect(Number(bytes.readBigUInt64LE(at + recordOffsets.sequence))).toBe(wanted);
  const last = at + recordOffsets.kind + bytes.readUInt32LE(at) - 1;
  bytes[last]! ^= 1;
  writeFileSync(file, bytes);
  const { stdout, stderr, exitCode } = await orrery(['replay', 'latest'], { folder });
  expect({ exitCode, verdict: verdictLineOf(stdout)['verdict'] }, stderr).toEqual({ exitCode: 24, verdict: 'nondeterministic' });
  expect(stderr).toContain(`the traces differ from record ${wanted} on`);
});

test('a scenario with its seed is replayed as a run that is made twice', async () => {
  const folder = temporaryFolder();
  const { stdout, stderr, exitCode } = await orrery(['replay', writeScenario(folder), '--seed', '5'], { folder });
  expect({ exitCode, ...verdictLineOf(stdout) }, stderr).toMatchObject({ exitCode: 0, verdict: 'pass', seed: '5' });
});

const needed = ['trace', 'journal.jsonl', 'verdict.json', 'scenario.resolved.yaml'];

test.each(needed)('a run without its %s is refused in one sentence', async (name) => {
  const { folder, run } = await recorded();
  rmSync(join(run, name));
  const { stderr, exitCode } = await orrery(['replay', 'latest', '--quiet'], { folder });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^orrery: .*\n$/u);
  expect(stderr).toContain(name);
});

test('where there is no run, that is said in one sentence', async () => {
  const folder = temporaryFolder();
  const { stderr, exitCode } = await orrery(['replay', 'latest'], { folder });
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: 'orrery: there is no run yet: runs/latest does not exist\n' });
});

test('the replay of a run that failed names the stored folder, which is still there', async () => {
  const folder = temporaryFolder();
  const file = writeScenario(folder, `${smallText}  - eventually: { accuracy: "> 2", within: 3 rounds }\n`);
  await orrery(['run', file, '--quiet', '--out', 'my run'], { folder });
  const { stderr, exitCode } = await orrery(['replay', 'my run'], { folder });
  expect(exitCode, stderr).toBe(20);
  expect(stderr).toContain("npx orrery replay 'my run'");
  expect(stderr).not.toContain('orrery-replay-');
});
