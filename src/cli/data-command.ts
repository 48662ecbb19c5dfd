/** The verb `data` with its parts, declared; what they do is in verbs/data and verbs/data-show, imported when asked for. */
import { Option } from 'commander';
import type { Command } from 'commander';
import type { DataFetchFlags, DataShowFlags, Surroundings } from './surroundings.ts';

const partitionOption = (): Option =>
  new Option('--partition <name>', 'how they are divided').choices(['iid', 'dirichlet', 'similarity', 'sorted']).default('iid');

/** Declares `orrery data` with its parts. */
export function addData(program: Command, surroundings: Surroundings, end: (exitCode: number) => void): void {
  const data = program.command('data').description('list the data sets that scenarios may name, and fetch their files').helpCommand(false);
  data
    .command('list')
    .description('list the data sets, and what is there of them')
    .action(async () => {
      const { listData } = await import('./verbs/data.ts');
      end(await listData(surroundings));
    });
  data
    .command('show')
    .description('show how the samples of a data set are divided among workers')
    .argument('<name>', 'a data set, csv:FILE among them')
    .option('--workers <n>', 'how many workers', '10')
    .addOption(partitionOption())
    .option('--alpha <number>', 'concentration of dirichlet', '0.5')
    .option('--gamma <number>', 'share that similarity divides at random', '0.5')
    .option('--seed <n>', 'the training seed', '1')
    .action(async (name: string, flags: DataShowFlags) => {
      const { showData } = await import('./verbs/data-show.ts');
      end(await showData(name, flags, surroundings));
    });
  data
    .command('fetch')
    .description('fetch the files of data sets, checked against their published checksums')
    .argument('<names...>', 'names of data sets')
    .option('--from <url>', 'a mirror that has the files under their names, instead of the publishers')
    .option('--to <dir>', "the folder to fill (default: orrery/data in the user's cache folder)")
    .action(async (names: readonly string[], flags: DataFetchFlags) => {
      const { fetchData } = await import('./verbs/data.ts');
      end(await fetchData(names, flags, surroundings));
    });
}
