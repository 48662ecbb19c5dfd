/** The line to paste: a command that repeats a run, quoted for a POSIX shell. */
import { shellWord } from '../judge/plain-words.ts';

/** What a run was asked for on the command line. */
export interface PastedRun {
  readonly verb: 'run' | 'replay';
  readonly scenario: string;
  readonly seed: number;
  readonly overrides: readonly string[];
  readonly world: string;
}

/** What a study was asked for on the command line. */
export interface PastedStudy {
  readonly grid: 'full' | 'small';
  readonly seeds?: string;
  readonly set: readonly string[];
  readonly gallery?: string;
}

/** `npx orrery run scenarios/a.yaml --seed 7 --set network.loss=1%` */
export function pasteLine({ verb, scenario, seed, overrides, world }: PastedRun): string {
  const sets = overrides.flatMap((override) => ['--set', override]);
  const worlds = world === 'sim' ? [] : ['--world', world];
  return ['npx', 'orrery', verb, scenario, '--seed', String(seed), ...worlds, ...sets].map(shellWord).join(' ');
}

/** `npx orrery study sims/a.yaml --grid small`, with the flags that decide what comes out. */
export function studyPasteLine(files: readonly string[], flags: PastedStudy): string {
  const { grid, seeds, set, gallery } = flags;
  const words = [
    ...(grid === 'full' ? [] : ['--grid', grid]),
    ...(seeds === undefined ? [] : ['--seeds', seeds]),
    ...set.flatMap((override) => ['--set', override]),
    ...(gallery === undefined ? [] : ['--gallery', gallery]),
  ];
  return ['npx', 'orrery', 'study', ...files, ...words].map(shellWord).join(' ');
}
