/**
 * The launcher, tried as an older Node starts it: same arguments, streams, exit code and signals.
 *
 * Each test copies the launcher into a folder of its own, beside a small command line that says what
 * it was given. The older Node is whatever the machine has besides ours; without one, those tests
 * are skipped.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../tidy/sources.ts';

const commandLine = `
export async function main(argv) {
  if (argv[0] === 'wait') {
    process.on('SIGINT', () => { process.stdout.write('interrupted '); clearInterval(timer); process.exitCode = 130; });
    const timer = setInterval(() => {}, 1000);
    process.stdout.write('ready ');
    return 0;
  }
  if (argv[0] === 'die') process.kill(process.pid, 'SIGKILL');
  process.stdout.write(JSON.stringify({ argv, version: process.versions.node, from: import.meta.url }));
  return Number(argv.at(-1));
}
`;

const oldNode = findOldNode();
const noOldNode = 'this machine has no Node older than 24';
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-launcher-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A Node from PATH that is too old for Orrery. */
function findOldNode(): string | undefined {
  for (const place of (process.env['PATH'] ?? '').split(delimiter)) {
    const node = join(place, 'node');
    if (!existsSync(node)) continue;
    const major = Number.parseInt(execFileSync(node, ['--version'], { encoding: 'utf8' }).slice(1), 10);
    if (major < 24) return node;
  }
  return undefined;
}

/** Lays out an Orrery under `root`, a checkout or an installed package, and names its launcher. */
function layOut(root: string, built: boolean): string {
  const code = join(root, built ? 'dist' : 'src', 'cli');
  mkdirSync(code, { recursive: true });
  mkdirSync(join(root, 'bin'));
  cpSync(join(repositoryRoot, 'bin', 'orrery.mjs'), join(root, 'bin', 'orrery.mjs'));
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(code, built ? 'main.js' : 'main.ts'), commandLine);
  return join(root, 'bin', 'orrery.mjs');
}

function linkBundledNode(): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(join(repositoryRoot, 'node_modules', 'node'), join(folder, 'node_modules', 'node'));
}

describe('under a Node that is new enough', () => {
  test('the command line of the checkout runs in the same process', () => {
    const launcher = layOut(folder, false);
    const result = spawnSync(process.execPath, [launcher, 'a b', '7'], { encoding: 'utf8' });
    const told = JSON.parse(result.stdout) as { argv: string[]; from: string };
    expect({ status: result.status, argv: told.argv }).toEqual({ status: 7, argv: ['a b', '7'] });
    expect(told.from).toMatch(/\/src\/cli\/main\.ts$/u);
  });

  test('an installed package runs what was built, even where sources lie beside it', () => {
    const root = join(folder, 'node_modules', 'orrery');
    layOut(root, true);
    mkdirSync(join(root, 'src', 'cli'), { recursive: true });
    writeFileSync(join(root, 'src', 'cli', 'main.ts'), 'throw new Error("the sources were read");');
    const result = spawnSync(process.execPath, [join(root, 'bin', 'orrery.mjs'), '0'], { encoding: 'utf8' });
    expect({ status: result.status, stderr: result.stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('under an older Node', () => {
  test('the same command runs under the bundled one, also when that is hoisted', ({ skip }) => {
    skip(oldNode === undefined, noOldNode);
    const launcher = layOut(join(folder, 'node_modules', 'orrery'), true);
    linkBundledNode();
    const result = spawnSync(oldNode!, [launcher, '--flag', 'ünïcode', '23'], { encoding: 'utf8' });
    const told = JSON.parse(result.stdout) as { argv: string[]; version: string };
    expect(told.argv).toEqual(['--flag', 'ünïcode', '23']);
    expect(told.version).toMatch(/^24\./u);
    expect(result.status).toBe(23);
  });

  test('a signal reaches the command line, which decides what it means', async ({ skip }) => {
    skip(oldNode === undefined, noOldNode);
    const launcher = layOut(folder, false);
    linkBundledNode();
    const child = spawn(oldNode!, [launcher, 'wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output === '') child.kill('SIGINT');
      output += text;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, output }).toEqual({ code: 130, output: 'ready interrupted ' });
  });

  test('a command line that a signal ended is reported as ended by it', ({ skip }) => {
    skip(oldNode === undefined, noOldNode);
    const launcher = layOut(folder, false);
    linkBundledNode();
    expect(spawnSync(oldNode!, [launcher, 'die']).signal).toBe('SIGKILL');
  });

  test('without a bundled Node it says in one sentence what to install', ({ skip }) => {
    skip(oldNode === undefined, noOldNode);
    const result = spawnSync(oldNode!, [layOut(folder, false), '--help'], { encoding: 'utf8' });
    expect({ status: result.status, stdout: result.stdout }).toEqual({ status: 2, stdout: '' });
    expect(result.stderr).toMatch(/^Orrery needs Node 24 or later and this is v\d+\.\d+\.\d+: install it[^\n]*\n$/u);
  });
});
