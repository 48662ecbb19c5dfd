/**
 * What a scenario may set of what is learned: data, their division, the model, and where it starts.
 *
 * Preparing loads the dataset, writes both of its parts as blobs and fixes the shape of the model. Files
 * are named by their paths under the data folder (docs/data.md), never outside of it.
 */
import * as Schema from 'effect/Schema';
import { present } from '../../kernel/assert.ts';
import type { BlobRef } from '../../kernel/blobs.ts';
import { unfitForConvolution } from '../../ml/models/convolution-shape.ts';
import { DatasetRefused, encodeDataset, featuresPerSample } from '../../ml/data/dataset.ts';
import type { Dataset, DatasetSplit } from '../../ml/data/dataset.ts';
import { csvPrefix, datasets, findDataset } from '../../ml/data/datasets.ts';
import { bytesOfFloats } from '../../ml/floats.ts';
import { mergedSamplesMax } from '../../ml/merging/merge.ts';
import { parametersOfFile } from '../../ml/models/model-file.ts';
import type { Model, NetworkModel } from '../../ml/models/models.ts';
import { alphaBounds } from '../../ml/data/partitions.ts';
import type { Partition } from '../../ml/data/partitions.ts';
import { SafetensorsRefused } from '../../ml/models/safetensors-reader.ts';
import { SectionRefused } from '../define.ts';
import type { PrepareInput } from '../define.ts';
import { withDefault } from '../quantities.ts';

const integer = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }));
const about = (text: string) => ({ description: text });

/** A path under the data folder: plain names with "/" between them, none of which begins with a dot. */
const filePath = String.raw`\w[\w.-]*(?:/\w[\w.-]*)*`;
const csvForm = 'csv:FILE with a path under the data folder';
const startForm = 'drawn, or the path of a .safetensors file under the data folder';

const CsvDataset = Schema.String.annotate({ expected: csvForm, description: csvForm }).check(
  Schema.isPattern(new RegExp(`^${csvPrefix}${filePath}$`, 'u'), { expected: csvForm }),
);
const Start = Schema.String.annotate({ expected: startForm, description: startForm }).check(
  Schema.isPattern(new RegExp(String.raw`^(?:drawn|${filePath}\.safetensors)$`, 'u'), { expected: startForm }),
);

/** The part of the section `training` that is about what is learned. */
export const learningWords = {
  dataset: withDefault(Schema.Union([Schema.Literals(datasets.map(({ name }) => name)), CsvDataset]), 'digits')
    .annotateKey(about('What is learned; the bowl needs none.')),
  model: withDefault(Schema.Literals(['mlp', 'softmax', 'cnn', 'bowl']), 'mlp')
    .annotateKey(about('What learns: two layers, one layer, two small convolutions, or a surrogate without data.')),
  hidden: withDefault(integer(1, 10_000), 100).annotateKey(about('Width of the hidden layer of the mlp.')),
  dimensions: withDefault(integer(1, 1_000_000), 1_000).annotateKey(about('Dimensions of the bowl.')),
  start: withDefault(Start, 'drawn')
    .annotateKey(about('The first weights: drawn from the training seed, or those of a .safetensors file.')),
  partition: withDefault(Schema.Literals(['iid', 'dirichlet', 'similarity', 'sorted']), 'iid')
    .annotateKey(about('How samples are divided among workers: at random, or by label.')),
  alpha: withDefault(Schema.Finite.check(Schema.isBetween(alphaBounds)), 0.5)
    .annotateKey(about('Concentration of the dirichlet partition: the smaller, the more unlike the workers.')),
  gamma: withDefault(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })), 0.5)
    .annotateKey(about('Share of the samples that the similarity partition divides at random.')),
  rate: withDefault(Schema.Union([Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1_000 })), Schema.Literal('auto')]), 'auto')
    .annotateKey(about('Learning rate; auto is 0.03 for the cnn and 0.1 for every other model.')),
} as const;

const LearningWords = Schema.Struct({ ...learningWords, seed: Schema.Int, momentum: Schema.Finite });
type LearningWords = typeof LearningWords.Type;

/** What a prepared section has in the place of these words. */
export interface LearningOptions {
  readonly model: Model;
  readonly partition: Partition;
  readonly rate: number;
  /** The weights to start from; null where they are drawn. */
  readonly start: BlobRef | null;
  /** Both parts of the dataset; null for the bowl. */
  readonly train: BlobRef | null;
  readonly test: BlobRef | null;
}

/** Names of the files that a section asks for. */
export function learningFiles({ dataset, model, start }: Pick<LearningWords, 'dataset' | 'model' | 'start'>): readonly string[] {
  const ofDataset = model === 'bowl' ? [] : (findDataset(dataset)?.files ?? []);
  return start === 'drawn' ? ofDataset : [...ofDataset, start];
}

/** rate / (1 − momentum) beyond which federated training of the cnn on `digits` was measured to jump and fall back. */
const cnnStepMax = 0.6;

/** A cnn's gradients add up over all places of an image, so that its steps are shorter. */
function rateOf({ model, rate }: Pick<LearningWords, 'model' | 'rate'>): number {
  if (rate !== 'auto') return rate;
  return model === 'cnn' ? 0.03 : 0.1;
}

/** What is allowed and seldom meant, a sentence each. */
export function learningAdvice(words: Pick<LearningWords, 'model' | 'rate' | 'momentum'>): readonly string[] {
  const { model, momentum } = words;
  const rate = rateOf(words);
  if (model !== 'cnn' || rate <= cnnStepMax * (1 - momentum)) return [];
  return [`A cnn seldom learns steadily at training.rate ${rate} with momentum ${momentum}; 0.03 with 0.9 does.`];
}

/** Loads what is learned, as blobs. Throws `SectionRefused` in words. */
export function prepareLearning(words: LearningWords, input: PrepareInput): LearningOptions {
  const [partition, rate] = [partitionOf(words), rateOf(words)];
  if (words.model === 'bowl') {
    const model: Model = { name: 'bowl', dimensions: words.dimensions };
    return { model, partition, rate, start: startOf(words, model, input), train: null, test: null };
  }
  const { train, test } = loadParts(words, input);
  const model = modelFor(words, train);
  const start = startOf(words, model, input);
  return { model, partition, rate, start, train: input.write(encodeDataset(train)), test: input.write(encodeDataset(test)) };
}

function loadParts(words: LearningWords, { files, gunzip }: PrepareInput): DatasetSplit {
  const definition = present(findDataset(words.dataset), `dataset ${words.dataset}`);
  try {
    const parts = definition.load({ files, gunzip, seed: words.seed });
    refuseTooMany(parts.train.labels.length);
    return parts;
  } catch (error) {
    if (error instanceof DatasetRefused) throw new SectionRefused(error.message, ['dataset']);
    throw error;
  }
}

/** Beyond this no round could count the updates of everybody, whose weights are their samples. */
function refuseTooMany(samples: number): void {
  if (samples < mergedSamplesMax) return;
  throw new SectionRefused(`${samples} training samples are more than the ${mergedSamplesMax - 1} that a round can weigh`, ['dataset']);
}

/** The model of a name, with the inputs and classes of the data. */
function modelFor({ model, hidden }: LearningWords, data: Dataset): NetworkModel {
  const { channels, height, width, classes } = data;
  const inputs = featuresPerSample(data);
  if (model === 'softmax') return { name: 'softmax', inputs, classes };
  if (model !== 'cnn') return { name: 'mlp', inputs, hidden, classes };
  const unfit = unfitForConvolution(data);
  if (unfit !== undefined) throw new SectionRefused(unfit, ['model']);
  return { name: 'cnn', channels, height, width, classes };
}

function startOf({ start }: LearningWords, model: Model, { files, write }: PrepareInput): BlobRef | null {
  if (start === 'drawn') return null;
  try {
    return write(bytesOfFloats(parametersOfFile(model, present(files.get(start), `the file ${start}`))));
  } catch (error) {
    if (error instanceof SafetensorsRefused) throw new SectionRefused(`${start}: ${error.message}`, ['start']);
    throw error;
  }
}

function partitionOf({ partition, alpha, gamma }: LearningWords): Partition {
  switch (partition) {
    case 'dirichlet':
      return { name: partition, alpha };
    case 'similarity':
      return { name: partition, gamma };
    default:
      return { name: partition };
  }
}
