/**
 * `orrery data list` and `orrery data fetch NAME…`: the data sets, and their files from the network.
 *
 * What is there, or was fetched, is a result and goes to standard output, a line each; progress and words
 * go to standard error. Runs find the default folder by themselves (run/data-folders.ts).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { csvPrefix, datasets } from '../../ml/data/datasets.ts';
import type { DatasetDefinition } from '../../ml/data/datasets.ts';
import { isPublished, knownDataFile } from '../../run/data-catalogue.ts';
import type { KnownDataFile } from '../../run/data-catalogue.ts';
import { dataFoldersOf, fetchedDataFolder, splitFolders } from '../../run/data-folders.ts';
import { DownloadInterrupted, DownloadRefused } from '../../run/fetch/download.ts';
import { fetchDataFile } from '../../run/fetch/fetch-data.ts';
import { CommandRefused } from '../command-refused.ts';
import { exitCodes } from '../exit-codes.ts';
import type { DataFetchFlags, Surroundings } from '../surroundings.ts';
import type { Terminal } from '../terminal.ts';
import { datasetNamed } from './dataset-named.ts';

/** Lists every data set with its state. */
export async function listData({ terminal }: Surroundings): Promise<number> {
  const folders = splitFolders(dataFoldersOf(terminal.environment));
  const longest = Math.max(...datasets.map(({ name }) => name.length));
  for (const dataset of datasets) {
    terminal.result(`${dataset.name.padEnd(longest)}  ${await stateOf(dataset, folders)}  ${dataset.about}`);
  }
  const places = folders.length === 0 ? 'no folder (ORRERY_DATA is not set, and nothing was fetched)' : folders.join(', ');
  terminal.words(`Looked for in: ${places}`);
  return exitCodes.pass;
}

/** Whether a run would find all files of a data set; 8 columns wide. */
async function stateOf({ files }: DatasetDefinition, folders: readonly string[]): Promise<string> {
  if (files.length === 0) return 'drawn   ';
  let foreign = false;
  for (const name of files) {
    const bytes = await firstOf(folders.map((folder) => join(folder, name)));
    if (bytes === undefined) return 'absent  ';
    const known = knownDataFile(name);
    if (known !== undefined && !isPublished(known, bytes)) foreign = true;
  }
  return foreign ? 'changed ' : 'there   ';
}

async function firstOf(paths: readonly string[]): Promise<Uint8Array | undefined> {
  for (const path of paths) {
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

/** Fetches the files of the named data sets, one after another. Throws `CommandRefused`. */
export async function fetchData(names: readonly string[], flags: DataFetchFlags, { terminal }: Surroundings): Promise<number> {
  const files = [...new Set(names.flatMap(filesOf))];
  requireUrl(flags.from);
  const folder = flags.to ?? fetchedDataFolder(terminal.environment);
  if (folder === undefined) throw new CommandRefused('there is no home folder to fetch to: --to DIR names another');
  for (const file of files) {
    const progress = new FetchProgress(terminal, file.name);
    try {
      const fetched = await fetchDataFile(file, {
        folder,
        ...(flags.from === undefined ? {} : { mirror: flags.from }),
        signal: terminal.interrupted,
        onProgress: progress.show,
        onRetry: (reason) => terminal.words(`${file.name}: ${reason}; trying again`),
      });
      terminal.result(`${fetched} ${join(folder, file.name)}`);
    } catch (error) {
      if (error instanceof DownloadRefused) throw new CommandRefused(error.message);
      if (!(error instanceof DownloadInterrupted)) throw error;
      terminal.words(`Interrupted; the same command goes on with ${file.name} where it stopped.`);
      return exitCodes.interrupted;
    }
  }
  if (flags.to !== undefined) terminal.words(`Runs find these files with ORRERY_DATA=${flags.to}`);
  return exitCodes.pass;
}

/** The files of a data set that can be fetched. */
function filesOf(name: string): readonly KnownDataFile[] {
  if (name.startsWith(csvPrefix)) throw new CommandRefused(`${name} is a file of your own: put it into a data folder`);
  const dataset = datasetNamed(name);
  if (dataset.files.length === 0) throw new CommandRefused(`${name} is drawn by Orrery itself, so there is nothing to fetch`);
  return dataset.files.flatMap((file) => knownDataFile(file) ?? []);
}

function requireUrl(from: string | undefined): void {
  if (from === undefined) return;
  const url = URL.canParse(from) ? new URL(from) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw new CommandRefused(`--from is no address of a web server: ${from}`);
  // fetch takes no such address, and what is printed here may end up in somebody's log.
  if (url.username + url.password !== '') throw new CommandRefused('--from may not hold a user name or a password');
}

/** Least time between two lines. */
const intervalMs = 1_000;

/** How far a file is, in plain lines, at most one a second. */
class FetchProgress {
  readonly #terminal: Terminal;
  readonly #name: string;
  #shownAtMs: number;

  constructor(terminal: Terminal, name: string) {
    this.#terminal = terminal;
    this.#name = name;
    this.#shownAtMs = terminal.nowMs();
  }

  readonly show = (bytes: number, total: number | undefined): void => {
    const now = this.#terminal.nowMs();
    if (now - this.#shownAtMs < intervalMs) return;
    this.#shownAtMs = now;
    const whole = total === undefined ? '' : ` of ${megabytes(total)}`;
    this.#terminal.words(`${this.#name}: ${megabytes(bytes)}${whole} MB`);
  };
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);
