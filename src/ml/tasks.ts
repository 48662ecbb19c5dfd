/**
 * The learning tasks: what a role may `compute`, as pure functions of values and blobs.
 *
 * Networks are computed by tfjs, which must have been started in the thread; the bowl needs plain
 * arithmetic only. Whatever is wrong with an input or a blob becomes `TaskRefused`, in words.
 */
import * as Result from 'effect/Result';
import * as Schema from 'effect/Schema';
import type { BlobRef } from '../kernel/blobs.ts';
import type { Value } from '../kernel/codec.ts';
import { compareNodeIds } from '../kernel/ids.ts';
import { limits } from '../kernel/limits.ts';
import { TaskRefused } from '../kernel/tasks.ts';
import type { TaskContext, TaskDefinition } from '../kernel/tasks.ts';
import { bowlSamplesPerWorker, evaluateBowl, trainBowl } from './bowl.ts';
import { DatasetRefused, decodeDataset, encodeDataset } from './dataset.ts';
import { featuresPerSample, samplesInBytes, selectSamples } from './dataset.ts';
import type { Dataset } from './dataset.ts';
import { evaluateNetwork } from './evaluation.ts';
import { firstWeights } from './first-weights.ts';
import { bytesOfFloats, floatsOfBytes } from './floats.ts';
import { applySum, isMergeable, sumUpdates, UpdateRefused } from './merge.ts';
import { parameterCount } from './models.ts';
import type { Model, NetworkModel } from './models.ts';
import { networkOf } from './network.ts';
import { samplesOfWorker } from './sharding.ts';
import { CutShardInput, EvaluateInput, FirstWeightsInput, MergeInput, TrainInput } from './task-inputs.ts';
import { trainNetwork } from './training.ts';

interface LearningTask<Input extends { readonly model: Model }> {
  readonly name: string;
  readonly input: Schema.Codec<Input, unknown>;
  /** Floating-point operations. */
  work(input: Input): number;
  run(input: Input, context: TaskContext): Value;
}

/** What a schema found wrong, on one line. */
function wordsOf(error: Schema.SchemaError): string {
  return error.message.replaceAll(/\s*\n\s*/gu, ' ');
}

/** Ties a task to its schema, and turns refusals of this room into `TaskRefused`. */
function defineTask<Input extends { readonly model: Model }>(task: LearningTask<Input>): TaskDefinition {
  const decode = decodedOnce(Schema.decodeUnknownResult(task.input));
  return {
    name: `learning/${task.name}`,
    version: 1,
    work(value) {
      const decoded = decode(value);
      return Result.isSuccess(decoded) ? task.work(decoded.success) : 0; // Refusing costs nothing.
    },
    small(value) {
      return (value as { model?: { name?: unknown } } | null)?.model?.name === 'bowl';
    },
    run(value, context) {
      const decoded = decode(value);
      if (Result.isFailure(decoded)) throw new TaskRefused(`learning/${task.name}: ${wordsOf(decoded.failure)}`);
      try {
        return task.run(decoded.success, context);
      } catch (error) {
        if (error instanceof DatasetRefused || error instanceof UpdateRefused) throw new TaskRefused(error.message);
        throw error;
      }
    },
  };
}

/** An input is asked for its work and then run: it is the same object, and is decoded once. */
function decodedOnce<Output>(decode: (value: unknown) => Output): (value: unknown) => Output {
  const known = new WeakMap<object, Output>();
  return (value) => {
    if (typeof value !== 'object' || value === null) return decode(value);
    let decoded = known.get(value);
    if (decoded === undefined) known.set(value, (decoded = decode(value)));
    return decoded;
  };
}

/** The float32 vector of a blob, which must have one number for each parameter of the model. */
function readVector(model: Model, ref: BlobRef, what: string, context: TaskContext): Float32Array {
  const expectedBytes = 4 * parameterCount(model);
  if (ref.bytes !== expectedBytes) {
    throw new TaskRefused(`${what}: ${ref.bytes} bytes, but model ${model.name} has ${expectedBytes}`);
  }
  return floatsOfBytes(context.read(ref));
}

/** The dataset of a blob, which must have the inputs and classes of the model, and a sample. */
function readDataset(model: NetworkModel, ref: BlobRef | null, what: string, context: TaskContext): Dataset {
  if (ref === null) throw new TaskRefused(`${what}: model ${model.name} needs data, and there is none`);
  const dataset = decodeDataset(context.read(ref), what);
  const features = featuresPerSample(dataset);
  if (features !== model.inputs || dataset.classes !== model.classes) {
    const found = `${features} inputs and ${dataset.classes} classes`;
    throw new TaskRefused(`${what}: ${found}, but the model has ${model.inputs} and ${model.classes}`);
  }
  if (dataset.labels.length === 0) throw new TaskRefused(`${what}: there is no sample in it`);
  return dataset;
}

/** Samples of an encoded dataset by its length; the bowl counts as its usual number. */
function samplesOf(model: Model, ref: BlobRef | null): number {
  return model.name === 'bowl' ? bowlSamplesPerWorker : samplesInBytes(ref?.bytes ?? 0, model.inputs);
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

const firstWeightsTask = defineTask({
  name: 'first-weights',
  input: FirstWeightsInput,
  work: ({ model }) => 4 * parameterCount(model),
  run({ model, seed }, context) {
    const parameters = parameterCount(model);
    if (4 * parameters > limits.blobBytesMax) {
      throw new TaskRefused(`${parameters} parameters are larger than a blob of ${limits.blobBytesMax} bytes`);
    }
    return { weights: context.write(bytesOfFloats(firstWeights(model, seed))) };
  },
});

const cutShardTask = defineTask({
  name: 'cut-shard',
  input: CutShardInput,
  work: ({ train }) => train?.bytes ?? 1, // It copies bytes; one a floating-point operation is near enough.
  run({ model, train, seed, workers, worker }, context) {
    if (!workers.includes(worker) || new Set(workers).size !== workers.length) {
      throw new TaskRefused(`workers: each is named once, and ${worker} is among them`);
    }
    if (model.name === 'bowl') return { shard: null, samples: bowlSamplesPerWorker };
    const dataset = readDataset(model, train, 'training set', context);
    const indices = samplesOfWorker(seed, workers, worker, dataset.labels.length);
    if (indices.length === 0) return { shard: null, samples: 0 };
    return { shard: context.write(encodeDataset(selectSamples(dataset, indices))), samples: indices.length };
  },
});

const trainTask = defineTask({
  name: 'train',
  input: TrainInput,
  // Two operations a parameter forward, four backward (weights and inputs).
  work: ({ model, shard, epochs }) => 6 * parameterCount(model) * samplesOf(model, shard) * epochs,
  run(input, context) {
    const { model, shard } = input;
    const weights = readVector(model, input.weights, 'weights', context);
    if (model.name === 'bowl') {
      const { update, loss } = trainBowl(weights, input);
      return { update: context.write(bytesOfFloats(update)), samples: bowlSamplesPerWorker, loss };
    }
    const data = readDataset(model, shard, 'shard', context);
    const trained = trainNetwork(networkOf(model), weights, data, input);
    const update = changeBetween(weights, trained.weights);
    return { update: context.write(bytesOfFloats(update)), samples: data.labels.length, loss: trained.loss };
  },
});

const mergeTask = defineTask({
  name: 'merge',
  input: MergeInput,
  work: ({ model, updates }) => 3 * parameterCount(model) * updates.length,
  run({ model, weights, updates }, context) {
    const before = readVector(model, weights, 'weights', context);
    const ordered = [...updates].sort((a, b) => compareNodeIds(a.worker, b.worker));
    const deltas = ordered.map(({ update, samples, worker }) => {
      return { worker, samples, delta: readVector(model, update, `update of ${worker}`, context) };
    });
    const sum = sumUpdates(deltas, before.length);
    return { weights: context.write(bytesOfFloats(applySum(before, sum))) };
  },
});

const evaluateTask = defineTask({
  name: 'evaluate',
  input: EvaluateInput,
  work: ({ model, test }) => 2 * parameterCount(model) * samplesOf(model, test),
  run({ model, weights, test, seed }, context) {
    const parameters = readVector(model, weights, 'weights', context);
    if (model.name === 'bowl') return { ...evaluateBowl(parameters, seed) };
    return { ...evaluateNetwork(networkOf(model), parameters, readDataset(model, test, 'test set', context)) };
  },
});

/** All tasks of this room. */
export const learningTasks: readonly TaskDefinition[] = [
  firstWeightsTask,
  cutShardTask,
  trainTask,
  mergeTask,
  evaluateTask,
];
