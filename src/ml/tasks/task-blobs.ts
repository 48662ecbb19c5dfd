/**
 * The blobs that learning tasks read and write, checked against the model of the task.
 *
 * A blob may come from anywhere: one that does not fit becomes `TaskRefused`, which says which it was.
 */
import type { BlobRef } from '../../kernel/blobs.ts';
import { limits } from '../../kernel/limits.ts';
import { TaskRefused } from '../../kernel/tasks.ts';
import type { TaskContext } from '../../kernel/tasks.ts';
import { decodeDataset, featuresPerSample } from '../data/dataset.ts';
import type { Dataset } from '../data/dataset.ts';
import { floatsOfBytes } from '../floats.ts';
import { isReachable } from '../merging/merge.ts';
import type { PartialSum } from '../merging/merge.ts';
import { inputsOf, parameterCount } from '../models/models.ts';
import type { Model, NetworkModel } from '../models/models.ts';
import { packSum, PackedSumRefused, unpackSum } from '../merging/packed-sums.ts';

/** The float32 vector of a blob, which must have one number for each parameter of the model. */
export function readVector(model: Model, ref: BlobRef, what: string, context: TaskContext): Float32Array {
  const expectedBytes = 4 * parameterCount(model);
  if (ref.bytes !== expectedBytes) {
    throw new TaskRefused(`${what}: ${ref.bytes} bytes, but model ${model.name} has ${expectedBytes}`);
  }
  return floatsOfBytes(context.read(ref));
}

/** The dataset of a blob, which must have the inputs and classes of the model, and a sample. */
export function readDataset(model: NetworkModel, ref: BlobRef | null, what: string, context: TaskContext): Dataset {
  if (ref === null) throw new TaskRefused(`${what}: model ${model.name} needs data, and there is none`);
  const dataset = decodeDataset(context.read(ref), what);
  const features = featuresPerSample(dataset);
  if (features !== inputsOf(model) || dataset.classes !== model.classes) {
    const found = `${features} inputs and ${dataset.classes} classes`;
    throw new TaskRefused(`${what}: ${found}, but the model has ${inputsOf(model)} and ${model.classes}`);
  }
  if (model.name === 'cnn' && (dataset.height !== model.height || dataset.width !== model.width)) {
    const found = `images of ${dataset.height} × ${dataset.width}`;
    throw new TaskRefused(`${what}: ${found}, but the model has ${model.height} × ${model.width}`);
  }
  if (dataset.labels.length === 0) throw new TaskRefused(`${what}: there is no sample in it`);
  return dataset;
}

/** The packed sum of a blob, of as many samples as its sender said, and one that updates can have. */
export function readSum(model: Model, ref: BlobRef, samples: number, what: string, context: TaskContext): PartialSum {
  const sum = unpacked(context.read(ref), parameterCount(model), what);
  if (sum.samples !== samples) throw new TaskRefused(`${what}: it is of ${sum.samples} samples, not of ${samples}`);
  if (!isReachable(sum)) throw new TaskRefused(`${what}: no updates of ${samples} samples add up to it`);
  return sum;
}

function unpacked(bytes: Uint8Array, dimensions: number, what: string): PartialSum {
  try {
    return unpackSum(bytes, dimensions);
  } catch (error) {
    if (error instanceof PackedSumRefused) throw new TaskRefused(`${what}: ${error.message}`);
    throw error;
  }
}

/** Keeps a sum as a packed one. */
export function writeSum(sum: PartialSum, context: TaskContext): BlobRef {
  const bytes = packSum(sum);
  if (bytes.length > limits.blobBytesMax) {
    throw new TaskRefused(`a sum of ${bytes.length} bytes is larger than a blob of ${limits.blobBytesMax} bytes`);
  }
  return context.write(bytes);
}
