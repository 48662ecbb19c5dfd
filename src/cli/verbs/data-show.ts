/**
 * `orrery data show NAME`: how the training samples of a data set are divided among workers.
 *
 * A line a worker with the samples of each class, as a run with the same training seed and as many workers
 * would give them. It draws and divides, and trains nothing.
 */
import { limits } from '../../kernel/limits.ts';
import { makeNodeId } from '../../kernel/ids.ts';
import { DatasetRefused } from '../../ml/data/dataset.ts';
import type { DatasetSplit } from '../../ml/data/dataset.ts';
import { alphaBounds, samplesOfShare } from '../../ml/data/partitions.ts';
import type { Partition } from '../../ml/data/partitions.ts';
import { readNamedFiles } from '../../run/data-files.ts';
import { dataFoldersOf } from '../../run/data-folders.ts';
import { gunzipData } from '../../run/gunzip-node.ts';
import { CommandRefused } from '../command-refused.ts';
import { exitCodes } from '../exit-codes.ts';
import type { DataShowFlags, Surroundings } from '../surroundings.ts';
import { datasetNamed } from './dataset-named.ts';

/** Prints the shape of a data set, and a line a worker. Throws `CommandRefused`. */
export async function showData(name: string, flags: DataShowFlags, { terminal }: Surroundings): Promise<number> {
  const seed = wholeNumber('--seed', flags.seed, 0, Number.MAX_SAFE_INTEGER);
  const count = wholeNumber('--workers', flags.workers, 1, limits.nodesMax);
  const partition = partitionOf(flags);
  const { train, test } = await load(name, seed, dataFoldersOf(terminal.environment));
  const { channels, height, width, classes } = train;
  const samples = `${train.labels.length} samples for training and ${test.labels.length} for testing`;
  terminal.words(`${name}: ${samples}, each ${channels} × ${height} × ${width}, ${classes} classes`);
  const workers = Array.from({ length: count }, (_, index) => makeNodeId('worker', index));
  const division = { partition, seed, workers, data: name };
  terminal.result(['worker', 'samples', ...Array.from({ length: classes }, (_, label) => `class ${label}`)].join('\t'));
  for (const worker of workers) {
    const share = samplesOfShare(division, train, worker);
    const counts = new Uint32Array(classes);
    for (const sample of share) counts[train.labels[sample]!]! += 1;
    terminal.result([worker, share.length, ...counts].join('\t'));
  }
  return exitCodes.pass;
}

function wholeNumber(flag: string, text: string, minimum: number, maximum: number): number {
  const number = Number(text);
  if (/^\d+$/u.test(text) && number >= minimum && number <= maximum) return number;
  throw new CommandRefused(`${flag} is a whole number from ${minimum} to ${maximum}, not ${text}`);
}

function numberBetween(flag: string, text: string, { minimum, maximum }: { minimum: number; maximum: number }): number {
  const number = text.trim() === '' ? NaN : Number(text);
  if (number >= minimum && number <= maximum) return number;
  throw new CommandRefused(`${flag} is a number from ${minimum} to ${maximum}, not ${text}`);
}

function partitionOf({ partition, alpha, gamma }: DataShowFlags): Partition {
  if (partition === 'dirichlet') return { name: partition, alpha: numberBetween('--alpha', alpha, alphaBounds) };
  if (partition === 'similarity') return { name: partition, gamma: numberBetween('--gamma', gamma, { minimum: 0, maximum: 1 }) };
  return { name: partition };
}

async function load(name: string, seed: number, folders: string | undefined): Promise<DatasetSplit> {
  const dataset = datasetNamed(name);
  const { files, problems } = await readNamedFiles(dataset.files, folders);
  if (problems.length > 0) throw new CommandRefused(`${name} needs the data file ${problems[0]}`);
  try {
    return dataset.load({ files, gunzip: gunzipData, seed });
  } catch (error) {
    if (error instanceof DatasetRefused) throw new CommandRefused(error.message);
    throw error;
  }
}
