/**
 * `orrery report RUN`: the report of a finished run, written anew; with `--compare`, of two.
 *
 * The paths of what was written are results. A folder that is no run, or whose trace was cut or
 * edited, is refused in words with exit code 2, and then nothing is written.
 */
import { join } from 'node:path';
import type { ReportFlags, Surroundings } from '../surroundings.ts';
import { CommandRefused } from '../command-refused.ts';
import { exitCodes } from '../exit-codes.ts';

/** The page of a comparison, where the user names none. */
const comparisonFile = 'comparison.html';

/** Writes reports and gives the exit code. Throws `FolderRefused` and `CommandRefused`. */
export async function report(runs: readonly string[], flags: ReportFlags, { terminal, engine }: Surroundings): Promise<number> {
  const [first, second, ...more] = runs.map((run) => (run === 'latest' ? join('runs', 'latest') : run));
  if (first === undefined || more.length > 0) throw new CommandRefused('a report is of one run, or of two with --compare');
  if (second === undefined && flags.compare === true) throw new CommandRefused('--compare lays two runs side by side; one was named');
  if (second !== undefined && flags.compare !== true) throw new CommandRefused('two runs were named; --compare lays them side by side');
  if (flags.compare === true && (flags.svg ?? flags.csv) !== undefined) {
    throw new CommandRefused('--svg and --csv go with one run; a comparison is a page');
  }
  const { builtinRoles } = await engine();
  const files = await import('../../report/report-files.ts');
  if (second !== undefined) {
    const { comparisonOf } = await import('../../report/comparison.ts');
    const sides = [];
    for (const folder of [first, second]) sides.push({ folder, material: await files.readFinishedRun(folder, builtinRoles, 'whole') });
    const out = flags.out ?? comparisonFile;
    files.writeWhole(out, await comparisonOf(sides[0]!, sides[1]!));
    terminal.result(out);
    return exitCodes.pass;
  }
  const written = await files.reportOnFolder({
    folder: first,
    builtinRoles,
    ...(flags.out === undefined ? {} : { out: flags.out }),
    ...(flags.svg === undefined ? {} : { svgFolder: flags.svg }),
    ...(flags.csv === undefined ? {} : { csvFolder: flags.csv }),
  });
  for (const path of written) terminal.result(path);
  return exitCodes.pass;
}
