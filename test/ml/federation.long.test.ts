import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../src/ml/backend.ts';
import { findDataset } from '../../src/ml/data/datasets.ts';
import { runFederation } from './federation.ts';
import { wasmFolder } from './wasm-folder.ts';

const folder = process.env['ORRERY_DATA'];

/** Twenty rounds of forty workers, as the main scenario has them, without the network. */
function accuracyAfterTwentyRounds(name: string, seed: number): number {
  const dataset = findDataset(name)!;
  const files = new Map(dataset.files.map((file) => [file, new Uint8Array(readFileSync(join(folder ?? '', file)))]));
  const data = dataset.load({ files, gunzip: (bytes) => gunzipSync(bytes), seed });
  const model = { name: 'mlp', inputs: 784, hidden: 100, classes: 10 } as const;
  return runFederation({ model, data, seed, workers: 40, rounds: 20 }).accuracies.at(-1)!;
}

beforeAll(() => startBackend(wasmFolder));

test.each([1, 2])('digits, seed %i: forty workers pass 95 % in twenty rounds', (seed) => {
  expect(accuracyAfterTwentyRounds('digits', seed)).toBeGreaterThan(0.95);
});

const present = folder !== undefined && findDataset('mnist')!.files.every((file) => existsSync(join(folder, file)));

test.skipIf(!present)('MNIST: forty workers pass 90 % in twenty rounds (skipped where ORRERY_DATA has none)', () => {
  expect(accuracyAfterTwentyRounds('mnist', 1)).toBeGreaterThan(0.9);
});
