/** Figures that are not events a second: whole commands, and a process that runs many times. */
import { hundredRuns } from './hundred-runs.ts';
import { helpCommand, mainJob } from './commands.ts';
import type { Spread } from './spread.ts';

export interface Figure {
  readonly name: string;
  /** What was measured, such as `wall`. */
  readonly what: string;
  readonly unit: string;
  readonly digits: number;
  readonly spread: Spread;
}

export interface FigureSource {
  readonly name: string;
  readonly take: (repeat: number) => Promise<readonly Figure[]>;
}

export const figures: readonly FigureSource[] = [
  { name: 'main-job', take: mainJob },
  { name: 'help', take: helpCommand },
  { name: 'hundred-runs', take: hundredRuns },
];
