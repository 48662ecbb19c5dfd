/** Ctrl-C in mid-run leaves a folder that says so, and a verdict line. */
import { setTimeout as pause } from 'node:timers/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ended, startOrrery, verdictIn, verdictLineOf } from './orrery-process.ts';
import { smallText, writeScenario } from './scenario-files.ts';

/** So many rounds that a run of them does not end by itself while a test waits. */
const endless = smallText
  .replace('rounds: 4', 'rounds: 1000000')
  .replace('faults:', 'limits: { virtualTime: 240h, events: 1000000000 }\nfaults:');

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends a run with exit code 130 and a partial folder', async (signal) => {
  const folder = temporaryFolder();
  const child = startOrrery(['run', writeScenario(folder, endless), '--out', 'out'], { folder });
  // Progress with a round in it means that the run is under way. A second signal would end it at once.
  let words = '';
  child.stderr!.on('data', (bytes: Buffer) => {
    const wasUnderWay = words.includes('round ');
    words += bytes.toString();
    if (!wasUnderWay && words.includes('round ')) child.kill(signal);
  });
  const { exitCode, stdout, stderr } = await ended(child);
  expect({ exitCode, verdict: verdictLineOf(stdout)['verdict'] }, stderr).toEqual({ exitCode: 130, verdict: 'interrupted' });
  expect(verdictIn(join(folder, 'out'))).toMatchObject({ verdict: 'interrupted', partial: true });
  expect(existsSync(join(folder, 'out.tmp'))).toBe(false);
});

test('SIGINT during the second run of --twice is an interruption, and no difference', async () => {
  const folder = temporaryFolder();
  const long = smallText.replace('rounds: 4', 'rounds: 500').replace('faults:', 'limits: { virtualTime: 24h }\nfaults:');
  const child = startOrrery(['run', writeScenario(folder, long), '--out', 'out', '--twice', '--quiet'], { folder });
  const end = ended(child);
  // The first run's folder is in its place before the second run begins.
  while (!existsSync(join(folder, 'out')) && child.exitCode === null) await pause(10);
  child.kill('SIGINT');
  const { exitCode, stdout, stderr } = await end;
  expect({ exitCode, verdict: verdictLineOf(stdout)['verdict'] }, stderr).toEqual({ exitCode: 130, verdict: 'interrupted' });
  expect(verdictIn(join(folder, 'out'))).toMatchObject({ verdict: 'interrupted', partial: true });
});
