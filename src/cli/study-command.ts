/** The verb `study` and its flags, declared; what it does is in verbs/study, imported when asked for. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { StudyFlags, Surroundings } from './surroundings.ts';

/** More processes than any machine that this was meant for has processors. */
const jobsMax = 256;

function parseJobs(text: string): number {
  const jobs = Number(text);
  const right = /^\d+$/u.test(text) && jobs >= 1 && jobs <= jobsMax;
  if (!right) throw new InvalidArgumentError(`jobs are a whole number from 1 to ${jobsMax}.`);
  return jobs;
}

const collect = (value: string, values: readonly string[]): readonly string[] => [...values, value];

/** Declares `orrery study`. */
export function addStudy(program: Command, surroundings: Surroundings, end: (exitCode: number) => void): void {
  program
    .command('study')
    .description('run a scenario over axes and seeds, and draw what comes out')
    .argument('[files...]', 'study files (.yaml)')
    .option('--out <dir>', 'folder of the results (default: studies/<name>)')
    .addOption(new Option('--jobs <n>', 'processes that make runs (default: one a processor)').argParser(parseJobs))
    .option('--seeds <seeds>', 'other seeds than the file names, such as 1..3')
    .addOption(
      new Option('--set <path=value>', 'replace one value of the study file; may be repeated')
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(new Option('--grid <grid>', 'all values, or the few of the key "small"').choices(['full', 'small']).default('full'))
    .option('--ledger <file>', 'where runs that were made are kept', 'studies/ledger.sqlite')
    .option('--again', 'make runs that the ledger has as well, and compare their traces')
    .option('--gallery <dir>', 'write tables and charts to be kept under version control, with both grids, instead')
    .option('--measures', 'list what a study can measure')
    .addOption(new Option('--quiet', 'no progress on standard error'))
    .action(async (files: readonly string[], flags: StudyFlags) => {
      const { study } = await import('./verbs/study.ts');
      end(await study(files, flags, surroundings));
    });
}
