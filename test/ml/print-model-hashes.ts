/**
 * A program: trains small federations of each kind of model and prints one line a model hash. It is
 * run under several versions of Node, whose lines must be equal.
 */
import { startBackend } from '../../src/ml/backend.ts';
import { drawDigits } from '../../src/ml/data/digits.ts';
import { runFederation } from './federation.ts';
import { wasmFolder } from './wasm-folder.ts';

await startBackend(wasmFolder);
const data = drawDigits(5, 600, 100);
const shape = { inputs: 784, classes: 10 };
const runs = [
  runFederation({ model: { name: 'mlp', hidden: 100, ...shape }, data, seed: 5, workers: 6, rounds: 2 }),
  runFederation({ model: { name: 'softmax', ...shape }, data, seed: 5, workers: 6, rounds: 2 }),
  runFederation({ model: { name: 'cnn', channels: 1, height: 28, width: 28, classes: 10 }, data, seed: 5, workers: 6, rounds: 1 }),
  runFederation({ model: { name: 'bowl', dimensions: 1_000 }, seed: 5, workers: 6, rounds: 2 }),
];
for (const { modelHash, accuracies } of runs) process.stdout.write(`${modelHash} ${accuracies.join(' ')}\n`);
