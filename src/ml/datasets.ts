/**
 * The datasets that a scenario may name, and how each becomes a training and a test set.
 *
 * A dataset states the files it needs; whoever may read files brings their bytes, packed or not,
 * and a port that unpacks gzip. Adding a dataset is one entry in the table below.
 */
import { DatasetRefused } from './dataset.ts';
import type { DatasetSplit } from './dataset.ts';
import { drawDigits } from './digits.ts';
import { parseIdx, splitEveryFifth } from './mnist.ts';
import type { NamedFile } from './mnist.ts';

/** Unpacks gzip; throws on bytes that are none. */
export type Gunzip = (bytes: Uint8Array) => Uint8Array;

export interface DatasetInput {
  /** Bytes of each file that the dataset named, as they lie on disk. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly gunzip: Gunzip;
  /** Seed of datasets that are drawn; the others do not look at it. */
  readonly seed: number;
}

export interface DatasetDefinition {
  readonly name: string;
  readonly about: string;
  /** Names of the files in the data folder; empty for a dataset that is drawn. */
  readonly files: readonly string[];
  /** Makes both sets. Throws `DatasetRefused` with the name of the file at fault. */
  load(input: DatasetInput): DatasetSplit;
}

const t10kImages = 't10k-images-idx3-ubyte.gz';
const t10kLabels = 't10k-labels-idx1-ubyte.gz';

/** All datasets, in the order in which they are listed to people. */
export const datasets: readonly DatasetDefinition[] = [
  {
    name: 'digits',
    about: 'drawn from the seed: 8,000 training and 2,000 test images of ten digits, 28 × 28',
    files: [],
    load: (input) => drawDigits(input.seed),
  },
  {
    name: 'mnist',
    about: 'the 10,000 images of MNIST t10k; every fifth is for testing',
    files: [t10kImages, t10kLabels],
    load: (input) => splitEveryFifth(parseIdx(unpackedFile(input, t10kImages), unpackedFile(input, t10kLabels))),
  },
];

/** The dataset of a name; undefined when there is none. */
export function findDataset(name: string): DatasetDefinition | undefined {
  return datasets.find((dataset) => dataset.name === name);
}

/** A file of the input, unpacked when it begins with the two bytes of gzip (RFC 1952 §2.3.1). */
function unpackedFile(input: DatasetInput, name: string): NamedFile {
  const bytes = input.files.get(name);
  if (bytes === undefined) throw new DatasetRefused(name, 'the file is missing from the data folder');
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return { name, bytes };
  try {
    return { name, bytes: input.gunzip(bytes) };
  } catch {
    throw new DatasetRefused(name, 'the gzip file is damaged and cannot be unpacked');
  }
}
