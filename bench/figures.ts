/** Figures that are not events a second: whole commands, a process that runs many times, and rules of aggregation. */
import type { FigureSource } from './figure.ts';
import { hundredRuns } from './hundred-runs.ts';
import { helpCommand, mainJob } from './commands.ts';
import { reportCommand } from './report.ts';
import { ruleFigures } from './rules.ts';
import { studySpeed } from './study.ts';

export const figures: readonly FigureSource[] = [
  { name: 'main-job', take: mainJob },
  { name: 'help', take: helpCommand },
  { name: 'report', take: reportCommand },
  { name: 'hundred-runs', take: hundredRuns },
  { name: 'rules', take: ruleFigures },
  { name: 'study', take: studySpeed },
];
