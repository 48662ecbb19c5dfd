/** The line to paste: a command that repeats a run, quoted for a POSIX shell. */

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

/** A word as a shell reads it back: quoted when it holds anything but harmless characters. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_./:=%@,+-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
