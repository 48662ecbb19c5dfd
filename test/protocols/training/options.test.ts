import { describe, expect, it } from 'vitest';
import { BlobStore } from '../../../src/kernel/blobs.ts';
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
      suspectAt: 8, deviationMin: 250_000, aggregate: 'mean', model: { name: 'bowl', dimensions: 1_000 }, train: null, test: null,
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
    expect(files({ model: 'bowl', dataset: 'mnist' })).toEqual([]);
    expect(files({ model: 'mlp', dataset: 'digits' })).toEqual([]);
    expect(files({ model: 'mlp', dataset: 'mnist' })).toHaveLength(2);
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
