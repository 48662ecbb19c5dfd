/**
 * A whole federated training without a network: the learning tasks called one after another, as the
 * roles would ask for them. Used by the tests here and by the program that prints its hash.
 */
import { createHash } from 'node:crypto';
import { BlobStore } from '../../src/kernel/blobs.ts';
import type { BlobRef } from '../../src/kernel/blobs.ts';
import type { Value } from '../../src/kernel/codec.ts';
import { makeNodeId } from '../../src/kernel/ids.ts';
import type { TaskContext } from '../../src/kernel/tasks.ts';
import { encodeDataset } from '../../src/ml/data/dataset.ts';
import type { DatasetSplit } from '../../src/ml/data/dataset.ts';
import type { Model } from '../../src/ml/models/models.ts';
import { learningTasks } from '../../src/ml/tasks/tasks.ts';

export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

export function makeStore(): BlobStore {
  return new BlobStore(sha256);
}

export function contextOf(store: BlobStore): TaskContext {
  return { read: (ref) => store.get(ref), write: (bytes) => store.put(bytes) };
}

/** Runs one task by its name under `learning/`. */
export function runTask<Result>(store: BlobStore, name: string, input: Value): Result {
  const task = learningTasks.find((candidate) => candidate.name === `learning/${name}`);
  if (task === undefined) throw new Error(`there is no task learning/${name}`);
  return task.run(input, contextOf(store)) as Result;
}

export interface FederationOptions {
  readonly model: Model;
  /** Absent for the bowl. */
  readonly data?: DatasetSplit;
  readonly seed: number;
  readonly workers: number;
  readonly rounds: number;
}

export interface Federation {
  /** SHA-256 of the last model. */
  readonly modelHash: string;
  /** Test accuracy after each round. */
  readonly accuracies: readonly number[];
}

/** Trains with the house's defaults: 2 local epochs, batch 32, rate 0.1, momentum 0.9. */
export function runFederation({ model, data, seed, workers, rounds }: FederationOptions): Federation {
  const store = makeStore();
  const train = data === undefined ? null : store.put(encodeDataset(data.train));
  const test = data === undefined ? null : store.put(encodeDataset(data.test));
  const names = Array.from({ length: workers }, (_, index) => makeNodeId('worker', index));
  const shards = names.map((worker) =>
    runTask<{ shard: BlobRef | null }>(store, 'cut-shard', { model, train, seed, workers: names, worker }),
  );
  let { weights } = runTask<{ weights: BlobRef }>(store, 'first-weights', { model, seed });
  const accuracies: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const updates = names.map((worker, index) => {
      const options = { seed, worker, round, epochs: 2, batch: 32, rate: 0.1, momentum: 0.9 };
      const { shard } = shards[index]!;
      const input = { model, weights, shard, ...options };
      const { update, samples } = runTask<{ update: BlobRef; samples: number }>(store, 'train', input);
      return { update, samples, worker };
    });
    const merging = { model, weights, before: null, updates, rule: { name: 'mean' } };
    ({ weights } = runTask<{ weights: BlobRef }>(store, 'merge', merging));
    accuracies.push(runTask<{ accuracy: number }>(store, 'evaluate', { model, weights, test, seed }).accuracy);
    store.collect([train, test, weights, ...shards.map(({ shard }) => shard)]);
  }
  return { modelHash: weights.blob, accuracies };
}
