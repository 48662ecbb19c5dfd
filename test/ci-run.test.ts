/**
 * What continuous integration runs, tried with an npm that only says what it was asked: the order of
 * the commands, the sum in the last line, and the exit code.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { repositoryRoot } from './tidy/sources.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-ci-'));
  cpSync(join(repositoryRoot, '.ci', 'run'), join(folder, 'clone', '.ci', 'run'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs .ci/run with an npm whose commands end as given: a line to say, and an exit code. */
function runWith(commands: Readonly<Record<'ci' | 'test' | 'run test:long', readonly [string, number]>>) {
  const cases = Object.entries(commands).map(([asked, [line, code]]) => `'${asked}') echo '${line}'; exit ${code} ;;`);
  const say = 'echo "npm $* data=${ORRERY_DATA:-none}"';
  const script = ['#!/usr/bin/env bash', say, 'case "$*" in', ...cases, 'esac', 'exit 99', ''].join('\n');
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'npm'), script);
  chmodSync(join(folder, 'bin', 'npm'), 0o755);
  const { ORRERY_DATA: _, ...others } = process.env;
  const env = { ...others, PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}` };
  const { status, stdout } = spawnSync(join(folder, 'clone', '.ci', 'run'), { encoding: 'utf8', env });
  return { status, stdout, lastLine: stdout.trimEnd().split('\n').at(-1) };
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
