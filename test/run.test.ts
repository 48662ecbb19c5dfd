/**
 * The script behind `npm test`, tried on small projects of its own: what it says, its last line and
 * its exit code, when all is well and when several things are not.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { repositoryRoot } from './tidy/sources.ts';

const scripts = ['test/run.mjs', 'test/support/reporter.ts'];
const settings = ['vitest.config.ts', 'vitest.long.config.ts', 'tsconfig.json', '.oxlintrc.json'];
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-tests-'));
  for (const path of [...scripts, ...settings]) cpSync(join(repositoryRoot, path), join(folder, path));
  symlinkSync(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'));
  write('package.json', '{ "type": "module" }');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Runs the script as npm would, without what this run of vitest has put into the environment. */
function runTests(...options: string[]): { status: number | null; output: string; lastLine: string | undefined } {
  const ownNames = /^(?:VITEST|TEST$|NODE_)/u;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ownNames.test(name)));
  const args = [join(folder, 'test', 'run.mjs'), ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...env, NO_COLOR: '1' },
  });
  return { status, output: stdout + stderr, lastLine: stdout.trimEnd().split('\n').at(-1) };
}

const half = 'export function half(x: number): number {\n  return x / 2;\n}\n';
const importVitest = "import { expect, test } from 'vitest';\n";
const testHalf = `${importVitest}import { half } from '../src/kernel/half.ts';
test('halves as told', () => { expect(half(4)).toBe(2); });\n`;

test('all is well: quiet about what passes, the count last, code 0', () => {
  write('src/kernel/half.ts', half);
  write('test/half.test.ts', testHalf);
  const { status, output, lastLine } = runTests();
  expect({ status, lastLine }).toEqual({ status: 0, lastLine: '1 passed, 0 failed' });
  expect(output).not.toContain('halves as told');
});

test('type errors, failing tests and files that cannot be loaded all count, and skips are named', () => {
  write('src/kernel/half.ts', `${half}export const wrong: string = 1;\n`);
  write('test/half.test.ts', testHalf);
  write('test/bad.test.ts', `${importVitest}test('sees one', () => { expect(1).toBe(2); });\n`);
  write('test/broken.test.ts', "throw new Error('cannot be loaded');\n");
  const waits = "test('waits', ({ skip }) => { skip(true, 'no data here'); expect(1).toBe(1); });";
  write('test/skipped.test.ts', `${importVitest}${waits}\n`);
  const { status, output, lastLine } = runTests();
  expect({ status, lastLine }).toEqual({ status: 1, lastLine: '1 passed, 3 failed' });
  expect(output).toContain("Type 'number' is not assignable to type 'string'");
  expect(output).toContain('FAILED type check');
  expect(output).toContain('sees one');
  expect(output).toContain('cannot be loaded');
  expect(output).toMatch(/skipped test\/skipped\.test\.ts > waits: no data here/u);
});

test('code of pure rooms that no test runs is a failure', () => {
  write('src/kernel/half.ts', half);
  write('test/other.test.ts', `${importVitest}test('is', () => { expect(1).toBe(1); });\n`);
  const { status, output, lastLine } = runTests();
  expect({ status, lastLine }).toEqual({ status: 1, lastLine: '1 passed, 1 failed' });
  expect(output).toMatch(/Coverage for lines \(0%\) does not meet global threshold \(95%\)/u);
});

test('long tests run with --long, and only then', () => {
  write('src/kernel/half.ts', half);
  write('test/half.test.ts', testHalf);
  write('test/years.long.test.ts', `${importVitest}test('is', () => { expect(1).toBe(2); });\n`);
  expect(runTests().lastLine).toBe('1 passed, 0 failed');
  expect(runTests('--long').lastLine).toBe('0 passed, 1 failed');
});
