import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../src/ml/backend.ts';
import { drawDigits } from '../../src/ml/data/digits.ts';
import { runFederation } from './federation.ts';
import { wasmFolder } from './wasm-folder.ts';

const model = { name: 'mlp', inputs: 784, hidden: 100, classes: 10 } as const;

beforeAll(() => startBackend(wasmFolder));

test('ten workers with a quarter of digits pass 90 % within eight rounds', () => {
  const { accuracies } = runFederation({ model, data: drawDigits(1, 2_000, 500), seed: 1, workers: 10, rounds: 8 });
  expect(accuracies.at(-1)).toBeGreaterThan(0.9);
  expect(accuracies[0]).toBeLessThan(accuracies.at(-1)!);
});
