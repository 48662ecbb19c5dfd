/**
 * The report of a run of fifty nodes: wall time of the whole command, and the size of its page.
 *
 * The run itself is made once before and is not counted. Start-up, reading the trace, loading vega,
 * drawing and writing all are.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { inTemporaryFolder, launcher, runCommand, scenario } from './commands.ts';
import type { Figure } from './figure.ts';
import { spreadOf } from './spread.ts';

const megabyte = 1_000_000;

export function reportCommand(repeat: number): Promise<readonly Figure[]> {
  return inTemporaryFolder(async (folder) => {
    const surrogate = ['--set', 'training.model=bowl', '--out', 'run', '--quiet', '--no-report'];
    await runCommand(process.execPath, [launcher, 'run', scenario, ...surrogate], folder);
    const wall: number[] = [];
    for (let repetition = 0; repetition < repeat; repetition += 1) {
      wall.push((await runCommand(process.execPath, [launcher, 'report', 'run'], folder)).wallSeconds);
    }
    const { size } = statSync(join(folder, 'run', 'report.html'));
    const name = 'report';
    return [
      { name, what: 'wall', unit: 's', digits: 2, spread: spreadOf(wall) },
      { name, what: 'size of the page', unit: 'MB', digits: 2, spread: spreadOf([size / megabyte]) },
    ];
  });
}
