/**
 * The tasks of training: first weights, shards, local training, evaluation.
 *
 * Networks are computed by tfjs, which must have been started in the thread; the bowl needs plain
 * arithmetic only. What happens to updates afterwards is merging-tasks.ts.
 */
import type { BlobRef } from '../../kernel/blobs.ts';
import { limits } from '../../kernel/limits.ts';
import { TaskRefused } from '../../kernel/tasks.ts';
import { flipLabels } from '../attacks/flipped-labels.ts';
import { bowlSamplesPerWorker, evaluateBowl, trainBowl } from '../models/bowl.ts';
import { encodeDataset, samplesInBytes, selectSamples } from '../data/dataset.ts';
import { evaluateNetwork } from '../training/evaluation.ts';
import { firstWeights } from '../models/first-weights.ts';
import { bytesOfFloats } from '../floats.ts';
import { isMergeable } from '../merging/merge.ts';
import { forwardOperations, inputsOf, parameterCount } from '../models/models.ts';
import type { Model } from '../models/models.ts';
import { networkOf } from '../models/network.ts';
import { samplesOfShare } from '../data/partitions.ts';
import { readDataset, readVector } from './task-blobs.ts';
import { defineLearningTask } from './task-definition.ts';
import { CutShardInput, EvaluateInput, FirstWeightsInput, TrainInput } from './task-inputs.ts';
import { trainNetwork } from '../training/training.ts';

/** Samples of an encoded dataset by its length; the bowl counts as its usual number. */
function samplesOf(model: Model, ref: BlobRef | null): number {
  return model.name === 'bowl' ? bowlSamplesPerWorker : samplesInBytes(ref?.bytes ?? 0, inputsOf(model));
}

/** after − before, in float32; refused where a merge would refuse it. */
function changeBetween(before: Float32Array, after: Float32Array): Float32Array {
  const change = new Float32Array(after.length);
  for (let index = 0; index < after.length; index += 1) {
    change[index] = after[index]! - before[index]!;
    if (!isMergeable(change[index]!)) {
      throw new TaskRefused(`training diverged: coordinate ${index} of the update is ${change[index]}; lower the rate`);
    }
  }
  return change;
}

export const firstWeightsTask = defineLearningTask({
  name: 'first-weights',
  version: 1,
  input: FirstWeightsInput,
  work: ({ model }) => 4 * parameterCount(model),
  run({ model, seed, start }, context) {
    const parameters = parameterCount(model);
    if (4 * parameters > limits.blobBytesMax) {
      throw new TaskRefused(`${parameters} parameters are larger than a blob of ${limits.blobBytesMax} bytes`);
    }
    const weights = start === null ? firstWeights(model, seed) : readVector(model, start, 'weights to start from', context);
    return { weights: context.write(bytesOfFloats(weights)) };
  },
});

export const cutShardTask = defineLearningTask({
  name: 'cut-shard',
  version: 1,
  input: CutShardInput,
  work: ({ train }) => train?.bytes ?? 1, // It copies bytes; one a floating-point operation is near enough.
  run({ model, train, seed, partition, workers, worker }, context) {
    if (!workers.includes(worker) || new Set(workers).size !== workers.length) {
      throw new TaskRefused(`workers: each is named once, and ${worker} is among them`);
    }
    if (model.name === 'bowl') return { shard: null, samples: bowlSamplesPerWorker };
    const dataset = readDataset(model, train, 'training set', context);
    const indices = samplesOfShare({ partition, seed, workers, data: train?.blob ?? '' }, dataset, worker);
    if (indices.length === 0) return { shard: null, samples: 0 };
    return { shard: context.write(encodeDataset(selectSamples(dataset, indices))), samples: indices.length };
  },
});

export const trainTask = defineLearningTask({
  name: 'train',
  version: 1,
  input: TrainInput,
  // Backward there are two products for each one forward: by the weights and by the inputs.
  work: ({ model, shard, epochs }) => 3 * forwardOperations(model) * samplesOf(model, shard) * epochs,
  run(input, context) {
    const { model, shard } = input;
    const weights = readVector(model, input.weights, 'weights', context);
    if (model.name === 'bowl') {
      if (input.labels === 'flipped') throw new TaskRefused('labels: the bowl has none that could be flipped');
      const { update, loss } = trainBowl(weights, input);
      return { update: context.write(bytesOfFloats(update)), samples: bowlSamplesPerWorker, loss };
    }
    const given = readDataset(model, shard, 'shard', context);
    const data = input.labels === 'flipped' ? flipLabels(given) : given;
    const trained = trainNetwork(networkOf(model), weights, data, input);
    const update = changeBetween(weights, trained.weights);
    return { update: context.write(bytesOfFloats(update)), samples: data.labels.length, loss: trained.loss };
  },
});

export const evaluateTask = defineLearningTask({
  name: 'evaluate',
  version: 1,
  input: EvaluateInput,
  work: ({ model, test }) => forwardOperations(model) * samplesOf(model, test),
  run({ model, weights, test, seed }, context) {
    const parameters = readVector(model, weights, 'weights', context);
    if (model.name === 'bowl') return { ...evaluateBowl(parameters, seed) };
    return { ...evaluateNetwork(networkOf(model), parameters, readDataset(model, test, 'test set', context)) };
  },
});
