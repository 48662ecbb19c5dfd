/** Roles with a planted bug: what they read or keep outside of the treaty is caught and named. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { orrery, verdictIn, verdictLineOf } from './orrery-process.ts';
import { writeCountingRole } from './scenario-files.ts';

interface Found {
  readonly class: string;
  readonly node: string;
  readonly message: string;
}

const findingsIn = (folder: string): readonly Found[] => verdictIn(folder)['findings'] as Found[];

test('the same role without a bug passes twice', async () => {
  const folder = temporaryFolder();
  const file = writeCountingRole(folder, 'context.said');
  const { stdout, stderr, exitCode } = await orrery(['run', file, '--twice'], { folder });
  expect({ exitCode, verdict: verdictLineOf(stdout)['verdict'] }, stderr).toEqual({ exitCode: 0, verdict: 'pass' });
});

test('a module-level counter is found by --twice, with node, role and event', async () => {
  const folder = temporaryFolder();
  const file = writeCountingRole(folder, '(counter += 1)', 'let counter = 0;');
  const { stdout, stderr, exitCode } = await orrery(['run', file, '--twice', '--out', 'out'], { folder });
  expect({ exitCode, verdict: verdictLineOf(stdout)['verdict'] }, stderr).toEqual({ exitCode: 24, verdict: 'nondeterministic' });
  const [found] = findingsIn(join(folder, 'out'));
  expect(found).toMatchObject({ class: 'nondeterministic', node: expect.stringMatching(/^counting-0[01]$/u) });
  expect(found!.message).toMatch(/role counting/u);
  expect(found!.message).toContain('event xstate.after.pause.counting.pausing');
  expect(found!.message).toContain('state outside its snapshot');
  expect(stderr).toContain('npx orrery');
});

test('the number of its process in an observation is found by --twice, although the traces are the same', async () => {
  const folder = temporaryFolder();
  const file = writeCountingRole(folder, 'process.pid');
  const { stdout, stderr, exitCode } = await orrery(['run', file, '--twice', '--out', 'out'], { folder });
  expect({ exitCode, verdict: verdictLineOf(stdout)['verdict'] }, stderr).toEqual({ exitCode: 24, verdict: 'nondeterministic' });
  const [found] = findingsIn(join(folder, 'out'));
  expect(found!.message).toMatch(/^the observations differ from record \d+ on at value\..*number; first run: /u);
});

describe('what reads the machine is a crash that names node, role, event and API', () => {
  test.each([
    ['Math.random()', 'Math.random'],
    ['Date.now()', 'Date.now'],
    ['new Date().getTime()', 'new Date()'],
    ['crypto.getRandomValues(new Uint8Array(1))[0]', 'crypto.getRandomValues'],
    ['(() => { try { return performance.now(); } catch { return 0; } })()', 'performance.now'],
    ['Number(process.hrtime.bigint() % 7n)', 'process.hrtime.bigint'],
    ['randomInt(7)', 'node:crypto.randomInt'],
    ['Math.exp(context.said)', 'Math.exp'],
  ])('%s', async (expression, api) => {
    const folder = temporaryFolder();
    const file = writeCountingRole(folder, expression, "import { randomInt } from 'node:crypto';");
    const { stdout, stderr, exitCode } = await orrery(['run', file, '--out', 'out'], { folder });
    expect({ exitCode, verdict: verdictLineOf(stdout)['verdict'] }, stderr).toEqual({ exitCode: 21, verdict: 'crash' });
    const [found] = findingsIn(join(folder, 'out'));
    expect(found).toMatchObject({ class: 'crash', node: expect.stringMatching(/^counting-0[01]$/u) });
    expect(found!.message).toContain(`${api} was used by ${found!.node} (role counting) while it handled`);
    expect(stderr).not.toMatch(/\n\s+at /u);
  });
});
