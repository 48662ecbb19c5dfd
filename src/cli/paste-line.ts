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

/** `npx orrery run scenarios/a.yaml --seed 7 --set network.loss=1%` */
export function pasteLine({ verb, scenario, seed, overrides, world }: PastedRun): string {
  const sets = overrides.flatMap((override) => ['--set', override]);
  const worlds = world === 'sim' ? [] : ['--world', world];
  return ['npx', 'orrery', verb, scenario, '--seed', String(seed), ...worlds, ...sets].map(shellWord).join(' ');
}
