/** The real command line as a child process, in a folder of its own: what a user would see. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { repositoryRoot } from '../tidy/sources.ts';

const launcher = join(repositoryRoot, 'bin', 'orrery.mjs');

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  /** The working folder, in which `runs` appears. */
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The Node that runs it; that of the tests where none is named. */
  readonly node?: string;
  /** Whether a run is to write its report, too, which costs it most of a second. */
  readonly report?: boolean;
}

/** Starts `orrery` with these arguments; the test's end ends it too. */
export function startOrrery(parameters: readonly string[], surroundings: Surroundings): ChildProcess {
  const { folder, environment = {}, node = process.execPath, report = false } = surroundings;
  const flags = parameters[0] === 'run' && !report ? ['--no-report'] : [];
  const { ORRERY_DATA: _, NODE_OPTIONS: __, ...inherited } = process.env;
  const child = spawn(node, [launcher, ...parameters, ...flags], {
    cwd: folder,
    // Data that the user of this machine has fetched are none of a test's business.
    env: { ...inherited, XDG_CACHE_HOME: join(folder, 'cache'), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Waits for the end of a process and for all that it said. */
export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

/** Runs `orrery` to its end. */
export function orrery(parameters: readonly string[], surroundings: Surroundings): Promise<Ended> {
  return ended(startOrrery(parameters, surroundings));
}

/** The parts of the verdict line in their order (DESIGN §6), each with the form of its value. */
const verdictLineParts: readonly (readonly [key: string, value: string])[] = [
  ['verdict', '[a-z]+'],
  ['scenario', String.raw`[\w.-]+`],
  ['seed', String.raw`\d+`],
  ['world', 'sim'],
  ['trace', '-|[0-9a-f]{64}'],
  ['id', '-|[0-9a-f]{12}'],
  ['events', String.raw`\d+`],
  ['virtual', String.raw`\d+\.\d+`],
  ['wall', String.raw`\d+\.\d+`],
];

const verdictLinePattern = new RegExp(
  `^${verdictLineParts.map(([key, value]) => `${key}=(?<${key}>${value})`).join(' ')}\n$`,
  'u',
);

/** The parts of the verdict line, which must be all that was printed; an empty object when it is not. */
export function verdictLineOf(stdout: string): Readonly<Record<string, string>> {
  return verdictLinePattern.exec(stdout)?.groups ?? {};
}

/** verdict.json of a run folder. */
export function verdictIn(folder: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(join(folder, 'verdict.json'), 'utf8')) as Record<string, unknown>;
}

const node26 = join(repositoryRoot, 'node_modules', 'node26', 'bin', 'node');

/** The second Node of cross-checks; undefined where it was not installed, as it is optional. */
export const secondNode: string | undefined = existsSync(node26) ? node26 : undefined;
