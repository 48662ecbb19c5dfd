/**
 * Accuracies on real data, next to what scikit-learn reaches on the same split: on UCI digits logistic
 * regression 0.967 and an MLP of 64 units 0.978, on breast cancer logistic regression 1.000.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../src/ml/backend.ts';
import { featuresPerSample } from '../../src/ml/data/dataset.ts';
import { findDataset } from '../../src/ml/data/datasets.ts';
import { evaluateNetwork } from '../../src/ml/training/evaluation.ts';
import { firstWeights } from '../../src/ml/models/first-weights.ts';
import { networkOf } from '../../src/ml/models/network.ts';
import { trainNetwork } from '../../src/ml/training/training.ts';
import { wasmFolder } from './wasm-folder.ts';

const folder = process.env['ORRERY_DATA'];
const isThere = (name: string): boolean =>
  folder !== undefined && findDataset(name)!.files.every((file) => existsSync(join(folder, file)));

interface Training {
  /** Units of the hidden layer; undefined for softmax regression. */
  readonly hidden?: number;
  readonly rate: number;
  readonly epochs: number;
}

/** Test accuracy after training on the whole training set. */
function accuracyOf(name: string, { hidden, rate, epochs }: Training): number {
  const dataset = findDataset(name)!;
  const files = new Map(dataset.files.map((file) => [file, new Uint8Array(readFileSync(join(folder!, file)))]));
  const { train, test: testSet } = dataset.load({ files, gunzip: (bytes) => gunzipSync(bytes), seed: 1 });
  const shape = { inputs: featuresPerSample(train), classes: train.classes };
  const model = hidden === undefined ? ({ name: 'softmax', ...shape } as const) : ({ name: 'mlp', hidden, ...shape } as const);
  const network = networkOf(model);
  const options = { seed: 1, worker: 'worker-00', round: 1, batch: 32, momentum: 0.9, rate, epochs };
  return evaluateNetwork(network, trainNetwork(network, firstWeights(model, 1), train, options).weights, testSet).accuracy;
}

beforeAll(() => startBackend(wasmFolder));

describe.each([
  ['uci-digits', { rate: 0.02, epochs: 40 }, 0.955],
  ['uci-digits', { hidden: 64, rate: 0.02, epochs: 30 }, 0.97],
  ['breast-cancer', { rate: 0.05, epochs: 40 }, 0.98],
] as const)('%s', (name, training, least) => {
  const what = 'hidden' in training ? `an MLP of ${training.hidden}` : 'softmax regression';
  test.skipIf(!isThere(name))(`${what} passes ${least} (skipped where ORRERY_DATA has no files of it)`, () => {
    expect(accuracyOf(name, training)).toBeGreaterThanOrEqual(least);
  });
});
