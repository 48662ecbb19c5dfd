import * as Schema from 'effect/Schema';
import { describe, expect, it } from 'vitest';
import { BlobStore } from '../../../src/kernel/blobs.ts';
import type { ValueMap } from '../../../src/kernel/codec.ts';
import { bytesOfFloats } from '../../../src/ml/floats.ts';
import { writeSafetensors } from '../../../src/ml/models/safetensors.ts';
import { SectionRefused } from '../../../src/protocols/define.ts';
import { declaredCount, trainingSection } from '../../../src/protocols/training/options.ts';
import { sha256Node } from '../../../src/run/sha256-node.ts';
import { decodeSection } from '../../support/simulate.ts';

const everybody = { bootstrap: 3, aggregator: 5, worker: 40, client: 2 };
const prepare = (words: object, counts: Readonly<Record<string, number>> = everybody, blobs = new BlobStore(sha256Node)) =>
  decodeSection(trainingSection, words, counts, blobs);

function refusalOf(run: () => unknown): SectionRefused {
  try {
    run();
  } catch (error) {
    if (error instanceof SectionRefused) return error;
    throw error;
  }
  throw new Error('the section was not refused');
}

describe('the section training', () => {
  it('has the defaults of the plan', () => {
    expect(prepare({ model: 'bowl' })).toMatchObject({
      rounds: 20, quorum: 0.7, roundTimeout: 4_000_000, localEpochs: 2, batch: 32, rate: 0.1, momentum: 0.9, seed: 1,
      suspectAt: 8, deviationMin: 250_000, aggregate: { name: 'mean' }, model: { name: 'bowl', dimensions: 1_000 }, train: null, test: null,
    });
  });

  it('draws the digits, writes both parts and fixes the shape of the model', () => {
    const blobs = new BlobStore(sha256Node);
    const prepared = prepare({ dataset: 'digits', hidden: 7 }, everybody, blobs);
    expect(prepared['model']).toEqual({ name: 'mlp', inputs: 784, hidden: 7, classes: 10 });
    expect(blobs.has(prepared['train'] as never)).toBe(true);
    expect(blobs.has(prepared['test'] as never)).toBe(true);
    expect(prepare({ model: 'softmax' })['model']).toEqual({ name: 'softmax', inputs: 784, classes: 10 });
  });

  it('asks only for the files of a dataset that is read', () => {
    const files = trainingSection.files!;
    expect(files({ model: 'bowl', dataset: 'mnist', start: 'drawn' })).toEqual([]);
    expect(files({ model: 'mlp', dataset: 'digits', start: 'drawn' })).toEqual([]);
    expect(files({ model: 'mlp', dataset: 'mnist', start: 'drawn' })).toHaveLength(2);
  });

  it('names a partition with its own number only', () => {
    expect(prepare({ model: 'bowl' })['partition']).toEqual({ name: 'iid' });
    expect(prepare({ model: 'bowl', partition: 'sorted' })['partition']).toEqual({ name: 'sorted' });
    expect(prepare({ model: 'bowl', partition: 'dirichlet', alpha: 0.1 })['partition']).toEqual({ name: 'dirichlet', alpha: 0.1 });
    expect(prepare({ model: 'bowl', partition: 'similarity' })['partition']).toEqual({ name: 'similarity', gamma: 0.5 });
  });

  it.each([
    [{ partition: 'shards' }, /partition/u],
    [{ alpha: 0 }, /alpha/u],
    [{ alpha: -1 }, /alpha/u],
    [{ alpha: Infinity }, /alpha/u],
    [{ gamma: 1.01 }, /gamma/u],
    [{ gamma: -0.01 }, /gamma/u],
    [{ dataset: 'csv:../outside.csv' }, /csv:FILE/u],
    [{ dataset: 'csv:/absolute.csv' }, /csv:FILE/u],
    [{ dataset: 'csv:' }, /csv:FILE/u],
    [{ start: 'model.bin' }, /\.safetensors/u],
    [{ start: '.hidden.safetensors' }, /\.safetensors/u],
  ])('refuses %j', (words, message) => {
    expect(() => prepare({ model: 'bowl', ...words })).toThrow(message);
  });

  it('asks for the file of its first weights, and takes them only where they fit', () => {
    const words = { model: 'bowl', dimensions: 3, start: 'models/start.safetensors' };
    expect(trainingSection.files!({ ...words, dataset: 'digits' })).toEqual(['models/start.safetensors']);
    const blobs = new BlobStore(sha256Node);
    const values = Float32Array.of(0.5, -1, 2);
    const file = writeSafetensors([{ name: 'position', shape: [3], values }]);
    const from = (bytes: Uint8Array, change: object = {}) =>
      decodeSection(trainingSection, { ...words, ...change }, everybody, blobs, new Map([['models/start.safetensors', bytes]]));
    expect(blobs.get(from(file)['start'] as never)).toEqual(bytesOfFloats(values));
    expect(prepare({ model: 'bowl' })['start']).toBeNull();
    const wide = refusalOf(() => from(file, { dimensions: 4 }));
    expect(wide.message).toBe('models/start.safetensors: tensor "position" has the shape [3], but model bowl has [4]');
    expect(wide.path).toEqual(['start']);
    expect(refusalOf(() => from(file.subarray(1))).message).toMatch(/^models\/start\.safetensors: /u);
  });

  it('makes a cnn of images, and of nothing else', () => {
    expect(prepare({ model: 'cnn' })['model']).toEqual({ name: 'cnn', channels: 1, height: 28, width: 28, classes: 10 });
    const table = new TextEncoder().encode('x,y,label\n1,2,a\n2,3,b\n3,1,a\n4,4,b\n5,0,a\n');
    const files = new Map([['own/table.csv', table]]);
    const words = (model: string) => ({ model, dataset: 'csv:own/table.csv', hidden: 4 });
    const onTable = (model: string) => decodeSection(trainingSection, words(model), everybody, new BlobStore(sha256Node), files);
    expect(onTable('mlp')['model']).toEqual({ name: 'mlp', inputs: 2, hidden: 4, classes: 2 });
    const refusal = refusalOf(() => onTable('cnn'));
    expect([refusal.path, refusal.message]).toEqual([['model'], expect.stringContaining('no height and width')]);
  });

  it('refuses more samples than the weights of a round can add up to', () => {
    const rows = Array.from({ length: 163_840 }, (_, row) => `${row % 7},${row % 2}`);
    const files = new Map([['large.csv', new TextEncoder().encode(`x,label\n${rows.join('\n')}\n`)]]);
    const words = { dataset: 'csv:large.csv' };
    const refusal = refusalOf(() => decodeSection(trainingSection, words, everybody, new BlobStore(sha256Node), files));
    expect(refusal.path).toEqual(['dataset']);
    expect(refusal.message).toBe('131072 training samples are more than the 131071 that a round can weigh');
  });

  it('warns of a step at which a cnn does not learn steadily', () => {
    const decode = Schema.decodeUnknownSync(trainingSection.schema);
    const advice = (words: object) => trainingSection.advise!(decode(words) as ValueMap, everybody);
    expect(advice({ model: 'cnn', rate: 0.1 })).toContainEqual(expect.stringContaining('training.rate 0.1 with momentum 0.9'));
    expect(advice({ model: 'cnn' })).toEqual([]);
    expect(advice({ model: 'mlp' })).toEqual([]);
  });

  it.each([
    ['a dataset whose files are missing', { dataset: 'mnist' }, everybody, ['dataset'], /missing from the data folder/u],
    ['a quorum of nobody', { model: 'bowl', quorum: '0%' }, everybody, ['quorum'], /quorum of 0 of 40 workers/u],
    ['no aggregator', { model: 'bowl' }, { ...everybody, aggregator: 0 }, [], /at least one aggregator/u],
    ['no worker', { model: 'bowl' }, { bootstrap: 1, aggregator: 1, client: 1 }, [], /at least one worker/u],
    ['no client', { model: 'bowl' }, { ...everybody, client: 0 }, [], /at least one client/u],
    ['more workers than a frame names', { model: 'bowl' }, { ...everybody, worker: 401 }, [], /at most 400 workers.* has 401/u],
    ['suspicion without heartbeats', { model: 'bowl', heartbeatEvery: 'off' }, everybody, ['heartbeatEvery'], /suspectAt: off/u],
  ])('refuses %s in words', (_, words, counts, path, message) => {
    const refusal = refusalOf(() => prepare(words, counts));
    expect(refusal.message).toMatch(message);
    expect(refusal.path).toEqual(path);
  });

  it('refuses a quorum above 100 %, which the units do not let through', () => {
    expect(() => prepare({ model: 'bowl', quorum: '101%' })).toThrow(/101%/u);
    expect(() => trainingSection.prepare!({ ...prepare({ model: 'bowl' }), model: 'bowl', quorum: 1.5 }, {
      files: new Map(), counts: everybody, gunzip: (bytes) => bytes, write: () => ({ blob: '', bytes: 0 }),
    })).toThrow(/60 of 40 workers can never be met/u);
  });

  it('switches every timer off', () => {
    const timers = ['roundTimeout', 'joinTimeout', 'heartbeatEvery', 'suspectAt', 'followEvery', 'retryAfter'];
    const off = Object.fromEntries(timers.map((timer) => [timer, 'off']));
    const prepared = prepare({ model: 'bowl', ...off });
    for (const key of timers) expect(prepared[key]).toBeNull();
  });

  it.each([[0], [1_001], ['never'], ['8s']])('refuses to suspect at %j', (suspectAt) => {
    expect(() => prepare({ model: 'bowl', suspectAt })).toThrow(/suspectAt/u);
  });

  it('knows how many nodes a role has', () => {
    expect(declaredCount({ counts: { worker: 4 } }, 'worker')).toBe(4);
    expect(declaredCount({ counts: {} }, 'worker')).toBe(0);
  });
});
