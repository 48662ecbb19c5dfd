/**
 * Commands measured from outside: wall time of the whole, processor time and memory as the process
 * itself reports them when it ends (see report-usage.ts), its threads included.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.ts';
import { spreadOf } from './spread.ts';

/** The command line's own file, and the scenario that stands for a whole job. */
export const launcher = fileURLToPath(new URL('../bin/orrery.mjs', import.meta.url));
export const scenario = fileURLToPath(new URL('../scenarios/kill-five-workers.yaml', import.meta.url));
const reporter = new URL('./report-usage.ts', import.meta.url).href;

interface Usage {
  readonly wallSeconds: number;
  /** What the process wrote to descriptor 3 when it ended; empty where nothing was loaded to write it. */
  readonly report: string;
}

/** Runs a command to its end. Throws when it fails, since a failed command's time means nothing. */
export function runCommand(program: string, parameters: readonly string[], folder: string): Promise<Usage> {
  return new Promise((resolve, reject) => {
    const from = performance.now();
    const child = spawn(program, parameters, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    let words = '';
    let report = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (words += text));
    child.stdio[3]!.on('data', (bytes: Buffer) => (report += bytes.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      const wallSeconds = (performance.now() - from) / 1_000;
      if (code === 0) resolve({ wallSeconds, report });
      else reject(new Error(`${[program, ...parameters].join(' ')} ended with code ${code}: ${words}`));
    });
  });
}

/** A folder that is there while the work lasts. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first scenario, with real training, as `npm start` runs it under the Node of this process. */
export function mainJob(repeat: number): Promise<readonly Figure[]> {
  return inTemporaryFolder(async (folder) => {
    const wall: number[] = [];
    const userShare: number[] = [];
    const peakMebibytes: number[] = [];
    for (let repetition = 0; repetition < repeat; repetition += 1) {
      const parameters = ['--import', reporter, launcher, 'run', scenario, '--quiet'];
      const { wallSeconds, report } = await runCommand(process.execPath, parameters, folder);
      const { userCPUTime, maxRSS } = JSON.parse(report) as NodeJS.ResourceUsage;
      wall.push(wallSeconds);
      userShare.push(userCPUTime / 1_000_000 / wallSeconds);
      peakMebibytes.push(maxRSS / 1_024);
    }
    const name = 'main-job';
    return [
      { name, what: 'wall', unit: 's', digits: 2, spread: spreadOf(wall) },
      { name, what: 'user processor time', unit: '× wall', digits: 2, spread: spreadOf(userShare) },
      { name, what: 'peak memory', unit: 'MiB', digits: 0, spread: spreadOf(peakMebibytes) },
    ];
  });
}

/** `orrery --help` under the machine's own Node, however old: with the launcher's second start, if it needs one. */
export function helpCommand(repeat: number): Promise<readonly Figure[]> {
  return inTemporaryFolder(async (folder) => {
    const wall: number[] = [];
    for (let repetition = 0; repetition < repeat; repetition += 1) {
      const { wallSeconds } = await runCommand(systemNode(), [launcher, '--help'], folder);
      wall.push(wallSeconds);
    }
    return [{ name: 'help', what: 'wall', unit: 's', digits: 3, spread: spreadOf(wall) }];
  });
}

/** The first Node on the path that npm did not put there; the Node of this process when there is no other. */
function systemNode(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  return folders.map((folder) => join(folder, binary)).find(existsSync) ?? process.execPath;
}
