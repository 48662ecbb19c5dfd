/** Figures that are not events a second: whole commands, a process that runs many times, and rules of aggregation. */
import { hundredRuns } from './hundred-runs.ts';
import { helpCommand, mainJob } from './commands.ts';
import { reportCommand } from './report.ts';
import { ruleFigures } from './rules.ts';
import type { Spread } from './spread.ts';
import { studySpeed } from './study.ts';

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
  { name: 'report', take: reportCommand },
  { name: 'hundred-runs', take: hundredRuns },
  { name: 'rules', take: ruleFigures },
  { name: 'study', take: studySpeed },
];
