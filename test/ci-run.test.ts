/**
 * What continuous integration runs, tried with an npm that only says what it was asked: the order of
 * the commands, the sum in the last line, and the exit code. Nothing is installed: the path holds a
 * browser or an apt-get that only says what it was asked, too.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { repositoryRoot } from './tidy/sources.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-ci-'));
  cpSync(join(repositoryRoot, '.ci', 'run'), join(folder, 'clone', '.ci', 'run'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Programs that .ci/run uses besides npm. */
const tools = ['bash', 'dirname', 'env', 'grep', 'mktemp', 'rm', 'tail', 'tee'];

const allWell = { ci: ['added', 0], test: ['40 passed, 0 failed', 0], 'run test:long': ['2 passed, 0 failed', 0] } as const;

/**
 * Runs .ci/run with an npm whose commands end as given: a line to say, and an exit code. `programs` are
 * the other programs on its path, by name, as shell scripts.
 */
function runWith(
  commands: Readonly<Record<'ci' | 'test' | 'run test:long', readonly [string, number]>>,
  programs: Readonly<Record<string, string>> = { chromium: 'exit 0' },
) {
  const cases = Object.entries(commands).map(([asked, [line, code]]) => `'${asked}') echo '${line}'; exit ${code} ;;`);
  const say = 'echo "npm $* data=${ORRERY_DATA:-none}"';
  const script = ['#!/usr/bin/env bash', say, 'case "$*" in', ...cases, 'esac', 'exit 99', ''].join('\n');
  mkdirSync(join(folder, 'bin'));
  write('npm', script);
  for (const [name, body] of Object.entries(programs)) write(name, `#!/usr/bin/env bash\n${body}\n`);
  for (const tool of tools) symlinkSync(onPath(tool), join(folder, 'bin', tool));
  const { ORRERY_DATA: _, ORRERY_CHROMIUM: __, ...others } = process.env;
  const env = { ...others, PATH: join(folder, 'bin') };
  const { status, stdout } = spawnSync(join(folder, 'clone', '.ci', 'run'), { encoding: 'utf8', env });
  return { status, stdout, lastLine: stdout.trimEnd().split('\n').at(-1) };
}

function write(name: string, script: string): void {
  writeFileSync(join(folder, 'bin', name), script);
  chmodSync(join(folder, 'bin', name), 0o755);
}

/** Where a program of this machine stands. */
function onPath(name: string): string {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((place) => join(place, name));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`${name} is not on the path`);
  return found;
}

test('installs, tests, tests long, and sums both', () => {
  const { status, stdout, lastLine } = runWith({
    ci: ['added', 0],
    test: ['40 passed, 0 failed', 0],
    'run test:long': ['2 passed, 0 failed', 0],
  });
  expect({ status, lastLine }).toEqual({ status: 0, lastLine: '42 passed, 0 failed' });
  const asked = ['npm ci data=none', 'npm test data=none', 'npm run test:long data=none'];
  expect(stdout.match(/^npm .*$/gmu)).toEqual(asked);
  expect(stdout).toContain('tests that read real data are skipped');
});

test('hands over the data that stands beside the clone', () => {
  mkdirSync(join(folder, 'shared', 'data'), { recursive: true });
  const { stdout } = runWith({
    ci: ['added', 0],
    test: ['1 passed, 0 failed', 0],
    'run test:long': ['1 passed, 0 failed', 0],
  });
  expect(stdout).toMatch(/^npm test data=\/.*\/shared\/data$/mu);
});

test('a failure in either run, or a run that ends without its count, is a failure', () => {
  const { status, lastLine } = runWith({
    ci: ['added', 0],
    test: ['40 passed, 2 failed', 1],
    'run test:long': ['killed', 137],
  });
  expect({ status, lastLine }).toEqual({ status: 1, lastLine: '40 passed, 3 failed' });
});

test('without an installation nothing is tested, and that is said', () => {
  const { status, stdout, lastLine } = runWith({
    ci: ['no network', 1],
    test: ['1 passed, 0 failed', 0],
    'run test:long': ['1 passed, 0 failed', 0],
  });
  expect({ status, lastLine }).toEqual({ status: 1, lastLine: '0 passed, 1 failed' });
  expect(stdout).not.toContain('npm test');
});

describe('the browser that tests of reports need', () => {
  const aptGet = 'echo "apt-get $*"';

  test('is left alone where there is one', () => {
    const { stdout } = runWith(allWell, { chromium: 'exit 0', 'apt-get': aptGet, id: 'echo 0' });
    expect(stdout).toContain('browser: there is one');
    expect(stdout).not.toContain('apt-get');
  });

  test('is installed by root where there is none', () => {
    const { status, stdout } = runWith(allWell, { 'apt-get': aptGet, id: 'echo 0' });
    expect(status).toBe(0);
    expect(stdout.match(/^(?:apt-get|browser:) .*$/gmu)).toEqual([
      'apt-get update -qq',
      'apt-get install -y -qq --no-install-recommends chromium',
      'browser: Chromium was installed',
    ]);
  });

  test.each([
    ['apt-get fails', { 'apt-get': 'exit 100', id: 'echo 0' }, 'Chromium could not be installed'],
    ['the user is not root', { 'apt-get': aptGet, id: 'echo 1000' }, 'only root can install it'],
    ['there is no apt-get', { id: 'echo 0' }, 'no Chromium and no apt-get'],
  ])('is gone without, in words, when %s; and the tests run', (_, programs, words) => {
    const { status, stdout, lastLine } = runWith(allWell, programs);
    expect({ status, lastLine }).toEqual({ status: 0, lastLine: '42 passed, 0 failed' });
    expect(stdout).toContain(words);
    expect(stdout).toContain('so tests in a browser are skipped');
  });
});
