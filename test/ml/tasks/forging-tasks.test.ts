import { beforeAll, describe, expect, test } from 'vitest';
import type { BlobRef } from '../../../src/kernel/blobs.ts';
import type { Value, ValueMap } from '../../../src/kernel/codec.ts';
import { TaskRefused } from '../../../src/kernel/tasks.ts';
import { attacks } from '../../../src/ml/attacks/attack.ts';
import { startBackend } from '../../../src/ml/backend.ts';
import { encodeDataset } from '../../../src/ml/data/dataset.ts';
import { drawDigits } from '../../../src/ml/data/digits.ts';
import { bytesOfFloats, floatsOfBytes } from '../../../src/ml/floats.ts';
import { learningTasks } from '../../../src/ml/tasks/tasks.ts';
import { makeStore, runTask } from '../federation.ts';
import { wasmFolder } from '../wasm-folder.ts';

const store = makeStore();
const blobOf = (...values: number[]): BlobRef => store.put(bytesOfFloats(Float32Array.from(values)));
const task = learningTasks.find(({ name }) => name === 'learning/forge')!;

const bowl = { name: 'bowl', dimensions: 3 };
const known = {
  model: bowl, seed: 1, worker: 'worker-02', round: 5, own: blobOf(1, 2, 3), honest: [blobOf(1, 1, 1), blobOf(3, 3, 3)],
  workers: 50, liars: 10,
};
const forgeInput = (change: ValueMap): ValueMap => ({ ...known, attack: { name: 'sign-flip', factor: 1 }, ...change });
const forge = (change: ValueMap): Float32Array =>
  floatsOfBytes(store.get(runTask<{ update: BlobRef }>(store, 'forge', forgeInput(change)).update));

beforeAll(() => startBackend(wasmFolder));

describe('learning/forge', () => {
  const usual = attacks.flatMap(({ usual: attack }) => (attack === null ? [] : [attack]));

  test('writes the update of each attack with its usual parameters', () => {
    expect(usual.length).toBe(attacks.length - 1);
    for (const attack of usual) expect(forge({ attack }).length).toBe(3);
    expect(forge({})).toEqual(Float32Array.of(-1, -2, -3));
    expect(forge({ attack: { name: 'ipm', tau: 10 } })).toEqual(Float32Array.of(-20, -20, -20));
  });

  test('costs something, and more where more is looked at', () => {
    for (const attack of usual) expect(task.work(forgeInput({ attack }))).toBeGreaterThan(0);
    const { honest } = known;
    for (const name of ['ipm', 'alie']) {
      const attack = { name, tau: 1, z: 1 };
      expect(task.work(forgeInput({ attack, honest: [...honest, ...honest] }))).toBeGreaterThan(task.work(forgeInput({ attack })));
    }
  });

  const cases: readonly (readonly [string, ValueMap, string])[] = [
    ['an unknown attack', { attack: { name: 'charm' } }, 'attack'],
    ['a parameter out of range', { attack: { name: 'ipm', tau: -1 } }, 'tau'],
    ['a parameter that is missing', { attack: { name: 'alie' } }, 'z'],
    ['no liars', { liars: 0 }, 'liars'],
    ['no own update', { own: null }, 'sign-flip needs the own update of worker-02'],
    ['a short own update', { own: blobOf(1) }, 'own update: 4 bytes'],
    ['a short honest update', { honest: [known.honest[0]!, blobOf(1)] }, 'honest update 2: 4 bytes'],
    ['no honest updates', { attack: { name: 'alie', z: null }, honest: [] }, 'alie needs honest updates'],
    ['an honest update that is no number', { attack: { name: 'ipm', tau: 1 }, honest: [blobOf(1, NaN, 1)] }, 'is NaN'],
  ];

  test.each(cases)('%s is refused in words', (_what, change, words) => {
    expect(() => forge(change)).toThrow(TaskRefused);
    expect(() => forge(change)).toThrow(words);
  });
});

describe('learning/train on flipped labels', () => {
  const data = drawDigits(1, 120, 60);
  const flippedTrain = { ...data.train, labels: data.train.labels.map((label) => 9 - label) };
  const flippedTest = { ...data.test, labels: data.test.labels.map((label) => 9 - label) };
  const model = { name: 'softmax', inputs: 784, classes: 10 };
  const shard = store.put(encodeDataset(data.train));
  const settings = { model, seed: 1, worker: 'worker-01', round: 1, epochs: 4, batch: 32, rate: 0.01, momentum: 0.9 };

  const train = (change: ValueMap): Value => {
    const { weights } = runTask<{ weights: BlobRef }>(store, 'first-weights', { model, seed: 1 });
    return runTask(store, 'train', { ...settings, weights, shard, ...change });
  };

  test('gives what training on a shard with those labels gives', () => {
    expect(train({ labels: 'flipped' })).toEqual(train({ shard: store.put(encodeDataset(flippedTrain)) }));
    expect(train({ labels: 'flipped' })).not.toEqual(train({}));
    expect(train({ labels: 'given' })).toEqual(train({}));
  });

  test('teaches the wrong labels', () => {
    const { weights } = runTask<{ weights: BlobRef }>(store, 'first-weights', { model, seed: 1 });
    const { update } = train({ labels: 'flipped' }) as unknown as { update: BlobRef };
    const change = floatsOfBytes(store.get(update));
    const taught = store.put(bytesOfFloats(floatsOfBytes(store.get(weights)).map((value, index) => value + change[index]!)));
    const accuracyOn = (samples: BlobRef): number =>
      runTask<{ accuracy: number }>(store, 'evaluate', { model, weights: taught, test: samples, seed: 1 }).accuracy;
    expect(accuracyOn(store.put(encodeDataset(flippedTest)))).toBeGreaterThan(0.5);
    expect(accuracyOn(store.put(encodeDataset(data.test)))).toBeLessThan(0.2);
  });

  test('the bowl has no labels, and says so', () => {
    const input = { ...settings, model: bowl, weights: blobOf(1, 1, 1), shard: null, labels: 'flipped' };
    expect(() => runTask(store, 'train', input)).toThrow(TaskRefused);
    expect(() => runTask(store, 'train', input)).toThrow('the bowl has none that could be flipped');
  });
});
