/** Whoever reads the output may stop reading: no stack, and the exit code of the verb. */
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startOrrery } from './orrery-process.ts';
import { smallText, writeScenario } from './scenario-files.ts';

/** Starts a command whose standard output nobody reads; gives its exit code and its words. */
function withClosedOutput(parameters: readonly string[], folder: string): Promise<{ exitCode: number | null; words: string }> {
  const child = startOrrery(parameters, { folder });
  child.stdout!.destroy();
  let words = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (words += text));
  return new Promise((resolve) => child.on('close', (exitCode) => resolve({ exitCode, words })));
}

test('doctor --properties | head -0 ends quietly', async () => {
  expect(await withClosedOutput(['doctor', '--properties'], temporaryFolder())).toEqual({ exitCode: 0, words: '' });
});

test('a run whose verdict line nobody reads keeps its exit code', async () => {
  const folder = temporaryFolder();
  const file = writeScenario(folder, `${smallText}  - eventually: { accuracy: "> 2", within: 3 rounds }\n`);
  const { exitCode, words } = await withClosedOutput(['run', file], folder);
  expect(exitCode).toBe(20);
  expect(words).not.toContain('EPIPE');
});
