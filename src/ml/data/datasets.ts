/**
 * The datasets that a scenario may name, and how each becomes a training and a test set.
 *
 * A dataset states the files it needs; whoever may read files brings their bytes, packed or not,
 * and a port that unpacks gzip. Adding a dataset is one entry in the table below. Where the files come
 * from, and their checksums, is run/data-catalogue.ts.
 */
import { parseCsv } from './csv-file.ts';
import { DatasetRefused } from './dataset.ts';
import type { DatasetSplit, NamedFile, PixelDataset } from './dataset.ts';
import { drawDigits } from './digits.ts';
import { parseIdx, splitAsPublished, splitEveryFifth } from './mnist.ts';
import { standardisedSplit } from './standardised-features.ts';
import { parseXy } from './xy-file.ts';

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
  /** Files under the data folder, with "/" between folders; empty for a dataset that is drawn. */
  readonly files: readonly string[];
  /** Makes both sets. Throws `DatasetRefused` with the name of the file at fault. */
  load(input: DatasetInput): DatasetSplit;
}

const trainImages = 'train-images-idx3-ubyte.gz';
const trainLabels = 'train-labels-idx1-ubyte.gz';
const t10kImages = 't10k-images-idx3-ubyte.gz';
const t10kLabels = 't10k-labels-idx1-ubyte.gz';

/** All datasets that have a name of their own, in the order in which they are listed to people. */
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
    load: (input) => splitEveryFifth(idxOf(input, t10kImages, t10kLabels)),
  },
  publishedSplit('mnist-60k', 'MNIST: 60,000 training and 10,000 test images of ten digits, 28 × 28', ''),
  publishedSplit('fashion-mnist', 'Fashion-MNIST: 60,000 and 10,000 images of ten kinds of clothing, 28 × 28', 'fashion-mnist/'),
  {
    name: 'uci-digits',
    about: 'optical digits of UCI: 1,797 images of 8 × 8; every fifth is for testing',
    files: ['digits.xy'],
    load: (input) =>
      standardisedSplit(parseXy(fileOf(input, 'digits.xy'), { shape: { channels: 1, height: 8, width: 8 }, classes: 10 })),
  },
  {
    name: 'breast-cancer',
    about: 'WDBC of UCI: 569 rows of 30 measures, two classes; every fifth is for testing',
    files: ['breast_cancer.xy'],
    load: (input) =>
      standardisedSplit(parseXy(fileOf(input, 'breast_cancer.xy'), { shape: { channels: 1, height: 1, width: 30 }, classes: 2 })),
  },
];

/** What stands before the path of a CSV file in a dataset's name. */
export const csvPrefix = 'csv:';

/** The dataset of a name, `csv:FILE` among them; undefined when there is none. */
export function findDataset(name: string): DatasetDefinition | undefined {
  return name.startsWith(csvPrefix) ? csvDataset(name) : datasets.find((dataset) => dataset.name === name);
}

function csvDataset(name: string): DatasetDefinition {
  const file = name.slice(csvPrefix.length);
  return {
    name,
    about: 'a table of numbers with its labels in the last column; every fifth row is for testing',
    files: [file],
    load: (input) => standardisedSplit(parseCsv(fileOf(input, file))),
  };
}

/** A dataset in four IDX files, whose publisher split it. */
function publishedSplit(name: string, about: string, folder: string): DatasetDefinition {
  const [images, labels, testImages, testLabels] = [trainImages, trainLabels, t10kImages, t10kLabels].map((file) => folder + file) as
    [string, string, string, string];
  return {
    name,
    about,
    files: [images, labels, testImages, testLabels],
    load: (input) => splitAsPublished(idxOf(input, images, labels), idxOf(input, testImages, testLabels), testImages),
  };
}

function idxOf(input: DatasetInput, images: string, labels: string): PixelDataset {
  return parseIdx(unpackedFile(input, images), unpackedFile(input, labels));
}

function fileOf({ files }: DatasetInput, name: string): NamedFile {
  const bytes = files.get(name);
  if (bytes === undefined) throw new DatasetRefused(name, 'the file is missing from the data folder');
  return { name, bytes };
}

/** A file of the input, unpacked when it begins with the two bytes of gzip (RFC 1952 §2.3.1). */
function unpackedFile(input: DatasetInput, name: string): NamedFile {
  const file = fileOf(input, name);
  if (file.bytes[0] !== 0x1f || file.bytes[1] !== 0x8b) return file;
  try {
    return { name, bytes: input.gunzip(file.bytes) };
  } catch {
    throw new DatasetRefused(name, 'the gzip file is damaged and cannot be unpacked');
  }
}
