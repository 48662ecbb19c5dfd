import { beforeAll, describe, expect, test } from 'vitest';
import type { BlobRef } from '../../../src/kernel/blobs.ts';
import { encode } from '../../../src/kernel/codec.ts';
import type { Value, ValueMap } from '../../../src/kernel/codec.ts';
import { TaskRefused } from '../../../src/kernel/tasks.ts';
import { startBackend } from '../../../src/ml/backend.ts';
import { decodeDataset, encodeDataset } from '../../../src/ml/data/dataset.ts';
import { drawDigits } from '../../../src/ml/data/digits.ts';
import { bytesOfFloats } from '../../../src/ml/floats.ts';
import type { Evaluation } from '../../../src/ml/training/evaluation.ts';
import { learningTasks } from '../../../src/ml/tasks/tasks.ts';
import { makeStore, runTask } from '../federation.ts';
import { wasmFolder } from '../wasm-folder.ts';

const model = { name: 'mlp', inputs: 784, hidden: 8, classes: 10 };
const bowl = { name: 'bowl', dimensions: 1_000 };
const store = makeStore();
const data = drawDigits(1, 200, 50);
const train = store.put(encodeDataset(data.train));
const testSet = store.put(encodeDataset(data.test));
const workers = ['worker-00', 'worker-01', 'worker-02'];
const settings = { seed: 1, worker: 'worker-01', round: 3, epochs: 2, batch: 32, rate: 0.1, momentum: 0.9 };
const merging = { before: null, rule: { name: 'mean' } };

const run = <Result>(name: string, input: Value): Result => runTask<Result>(store, name, input);
const firstWeights = (): BlobRef => run<{ weights: BlobRef }>('first-weights', { model, seed: 1 }).weights;
const trainInput = (change: ValueMap = {}): ValueMap => {
  return { model, weights: firstWeights(), shard: train, ...settings, ...change };
};

interface Shard {
  readonly shard: BlobRef | null;
  readonly samples: number;
}

/** The shards of some workers over the 200 training samples. */
function cutShards(workerIds: readonly string[]): Shard[] {
  const common = { model, train, seed: 1, workers: workerIds };
  return workerIds.map((worker) => run<Shard>('cut-shard', { ...common, worker }));
}

const taskNamed = (name: string) => learningTasks.find((task) => task.name === name)!;

beforeAll(() => startBackend(wasmFolder));

test('names are unique, stand under learning/, and results are plain values', () => {
  expect(learningTasks.map(({ name }) => name)).toEqual(
    [
      'first-weights', 'cut-shard', 'train', 'merge', 'sum-updates', 'inspect-updates', 'merge-sums', 'apply-sum',
      'evaluate', 'forge',
    ].map((name) => `learning/${name}`),
  );
  const result = run<Value>('train', trainInput());
  expect(() => encode(result)).not.toThrow();
  expect(result).toEqual(run('train', trainInput()));
});

test.each([['mlp', model], ['bowl', bowl]])('a worker that restarts trains its %s to the same bytes', (_, ofModel) => {
  /** All that a life computes up to its update, with nothing left from another life. */
  const updateOfALife = (round: number): ValueMap => {
    const memory = makeStore();
    const compute = <Result>(name: string, input: Value): Result => runTask<Result>(memory, name, input);
    const all = memory.put(encodeDataset(drawDigits(1, 200, 50).train));
    const { shard } = compute<Shard>('cut-shard', { model: ofModel, train: all, seed: 1, workers, worker: 'worker-01' });
    const { weights } = compute<{ weights: BlobRef }>('first-weights', { model: ofModel, seed: 1 });
    return compute<ValueMap>('train', { model: ofModel, weights, shard, ...settings, round });
  };
  expect(updateOfALife(3)).toEqual(updateOfALife(3));
});

test('shards are datasets that share the training set out', () => {
  const shards = cutShards(workers);
  expect(shards.reduce((sum, { samples }) => sum + samples, 0)).toBe(200);
  for (const { shard, samples } of shards) {
    const { mean, deviation } = data.train;
    expect(decodeDataset(store.get(shard!), 'shard')).toMatchObject({ labels: { length: samples }, mean, deviation });
  }
});

test('a share is cut by the partition that is asked for, iid where none is', () => {
  const common = { model, train, seed: 1, workers, worker: 'worker-00' };
  const iid = run<Shard>('cut-shard', common);
  expect(run<Shard>('cut-shard', { ...common, partition: { name: 'iid' } })).toEqual(iid);
  const sorted = run<Shard>('cut-shard', { ...common, partition: { name: 'sorted' } });
  expect(new Set(decodeDataset(store.get(sorted.shard!), 'shard').labels).size).toBeLessThanOrEqual(5);
  expect(new Set(decodeDataset(store.get(iid.shard!), 'shard').labels).size).toBe(10);
});

test('training starts from given weights where there are any', () => {
  const start = store.put(bytesOfFloats(new Float32Array(784 * 8 + 8 + 8 * 10 + 10).fill(0.25)));
  expect(run('first-weights', { model, seed: 1, start })).toEqual({ weights: start });
  expect(run('first-weights', { model, seed: 1, start: null })).toEqual({ weights: firstWeights() });
});

test('a worker for whom no block is left gets no shard', () => {
  const crowd = Array.from({ length: 90 }, (_, index) => `worker-${String(index).padStart(2, '0')}`);
  expect(cutShards(crowd)).toContainEqual({ shard: null, samples: 0 });
});

test('merging does not depend on the order of the updates, and moves the weights by their mean', () => {
  const weights = firstWeights();
  const updates = workers.map((worker, index) => {
    const { update } = run<{ update: BlobRef }>('train', trainInput({ worker }));
    return { update, samples: 10 * (index + 1), worker };
  });
  const merged = run('merge', { ...merging, model, weights, updates });
  expect(run('merge', { ...merging, model, weights, updates: updates.toReversed() })).toEqual(merged);
  expect(merged).not.toEqual({ weights });
});

test('training lowers the loss and raises the accuracy', () => {
  const weights = firstWeights();
  const { update } = run<{ update: BlobRef }>('train', trainInput({ epochs: 20, rate: 0.02 }));
  const updates = [{ update, samples: 200, worker: 'worker-01' }];
  const { weights: trained } = run<{ weights: BlobRef }>('merge', { ...merging, model, weights, updates });
  const before = run<Evaluation>('evaluate', { model, weights, test: testSet, seed: 1 });
  const after = run<Evaluation>('evaluate', { model, weights: trained, test: testSet, seed: 1 });
  expect(after.loss).toBeLessThan(before.loss);
  expect(after.accuracy).toBeGreaterThan(before.accuracy + 0.3);
});

test('the bowl needs neither data nor backend and is small', () => {
  const { weights } = run<{ weights: BlobRef }>('first-weights', { model: bowl, seed: 1 });
  expect(weights.bytes).toBe(4_000);
  const cut = run('cut-shard', { model: bowl, train: null, seed: 1, workers, worker: 'worker-00' });
  expect(cut).toEqual({ shard: null, samples: 200 });
  const result = run<{ samples: number }>('train', { model: bowl, weights, shard: null, ...settings });
  expect(result.samples).toBe(200);
  expect(run<Evaluation>('evaluate', { model: bowl, weights, test: null, seed: 1 }).accuracy).toBe(0);
  for (const task of learningTasks) {
    expect(task.small({ model: bowl })).toBe(true);
    expect(task.small({ model })).toBe(false);
    expect(task.small(null)).toBe(false);
  }
});

test('work is counted in floating-point operations, from the input alone', () => {
  const parameters = 784 * 8 + 8 + 8 * 10 + 10;
  expect(taskNamed('learning/train').work(trainInput())).toBe(6 * parameters * 200 * 2);
  const evaluation = { model, weights: firstWeights(), test: testSet, seed: 1 };
  expect(taskNamed('learning/evaluate').work(evaluation)).toBe(2 * parameters * 50);
  expect(taskNamed('learning/train').work({ model: 'nonsense' })).toBe(0);
});

describe('what cannot be served is refused in words', () => {
  const short = store.put(new Uint8Array(8));
  const empty = store.put(encodeDataset({ ...data.train, labels: new Uint8Array(0), pixels: new Uint8Array(0) }));
  const elevenClasses = store.put(encodeDataset({ ...data.train, classes: 11 }));
  const mergeInput = (delta: Float32Array): ValueMap => {
    const update = store.put(bytesOfFloats(delta));
    return { ...merging, model, weights: firstWeights(), updates: [{ update, samples: 5, worker: 'worker-02' }] };
  };
  const parameters = 784 * 8 + 8 + 8 * 10 + 10;
  const cnn = { name: 'cnn', channels: 1, height: 28, width: 28, classes: 10 };
  // 16 × 49 becomes 6 × 22 and 1 × 9, of 16 channels.
  const cnnWeights = store.put(bytesOfFloats(new Float32Array(208 + 3_216 + 1_450)));
  const cutInput = { model, train, seed: 1, workers, worker: 'worker-00' };
  const broken = store.put(bytesOfFloats(new Float32Array(parameters).fill(NaN)));
  const cases: readonly (readonly [string, string, () => ValueMap, string])[] = [
    ['an unknown model', 'first-weights', () => ({ model: { name: 'rnn' }, seed: 1 }), 'model'],
    ['a cnn of tiny images', 'first-weights', () => ({ model: { ...cnn, height: 8 }, seed: 1 }), '16'],
    ['images of another shape', 'train', () => trainInput({ model: { ...cnn, height: 16, width: 49 }, weights: cnnWeights }), '28 × 28'],
    ['a start of another model', 'first-weights', () => ({ model, seed: 1, start: short }), 'weights to start from: 8 bytes'],
    ['an α of 0', 'cut-shard', () => ({ ...cutInput, partition: { name: 'dirichlet', alpha: 0 } }), 'alpha'],
    ['a γ above 1', 'cut-shard', () => ({ ...cutInput, partition: { name: 'similarity', gamma: 1.1 } }), 'gamma'],
    ['an unknown partition', 'cut-shard', () => ({ ...cutInput, partition: { name: 'shards' } }), 'partition'],
    ['a huge model', 'first-weights', () => ({ model: { ...model, inputs: 1e6, hidden: 1e4 }, seed: 1 }), 'larger'],
    ['a missing field', 'train', () => ({ model, weights: short }), 'shard'],
    ['weights of another model', 'train', () => trainInput({ weights: short }), 'weights: 8 bytes'],
    ['no shard', 'train', () => trainInput({ shard: null }), 'there is none'],
    ['a shard that is none', 'train', () => trainInput({ shard: short }), 'fewer than the header'],
    ['an empty shard', 'train', () => trainInput({ shard: empty }), 'no sample'],
    ['another shape', 'train', () => trainInput({ shard: elevenClasses }), '11 classes'],
    ['endless epochs', 'train', () => trainInput({ epochs: 1e9 }), 'epochs'],
    ['a rate that diverges', 'train', () => trainInput({ rate: 1_000 }), 'training diverged: coordinate'],
    ['weights that are no numbers', 'train', () => trainInput({ weights: broken }), 'is NaN; lower the rate'],
    ['a worker that is not there', 'cut-shard', () => ({ model, train, seed: 1, workers, worker: 'worker-77' }), '77'],
    ['no updates', 'merge', () => ({ ...merging, model, weights: firstWeights(), updates: [] }), 'updates'],
    ['a short update', 'merge', () => mergeInput(new Float32Array(2)), 'update of worker-02'],
    ['a poisoned update', 'merge', () => mergeInput(new Float32Array(parameters).fill(NaN)), 'coordinate 0 is NaN'],
    ['no test set', 'evaluate', () => ({ model, weights: firstWeights(), test: null, seed: 1 }), 'test set'],
  ];

  test('what a schema finds is said on one line, with the place', () => {
    const input = { model: { name: 'softmax', classes: 10 }, seed: 1 };
    expect(() => run('first-weights', input)).toThrow(/^learning\/first-weights: Missing key at .*"inputs"\]$/u);
  });

  test.each(cases)('%s', (_what, name, input, words) => {
    expect(() => run(name, input())).toThrow(TaskRefused);
    expect(() => run(name, input())).toThrow(words);
  });
});
