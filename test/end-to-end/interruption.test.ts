/** Ctrl-C in mid-run leaves a folder that says so, and a verdict line. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ended, startOrrery, verdictIn, verdictLineOf } from './orrery-process.ts';
import { smallText, writeScenario } from './scenario-files.ts';

/** So many rounds that a run of them does not end by itself while a test waits. */
const endless = smallText
  .replace('rounds: 4', 'rounds: 1000000')
  .replace('faults:', 'limits: { virtualTime: 720h, events: 1000000000 }\nfaults:');

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
