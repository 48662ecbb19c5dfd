import { expect, test } from 'vitest';
import { evaluateBowl, firstPosition, trainBowl } from '../../../src/ml/models/bowl.ts';
import { runFederation } from '../federation.ts';

const model = { name: 'bowl', dimensions: 1_000 } as const;
const options = { seed: 1, worker: 'worker-00', epochs: 2, rate: 0.1, momentum: 0.9 };

test.each([1, 2, 3])('seed %i: forty workers pass 0.90 between rounds 5 and 10, and never fall back', (seed) => {
  const { accuracies } = runFederation({ model, seed, workers: 40, rounds: 20 });
  const passed = accuracies.findIndex((accuracy) => accuracy >= 0.9) + 1;
  expect(passed).toBeGreaterThanOrEqual(5);
  expect(passed).toBeLessThanOrEqual(10);
  for (let round = 1; round < 15; round += 1) expect(accuracies[round]!).toBeGreaterThan(accuracies[round - 1]!);
});

test('the start has accuracy 0, the optimum 1, and a worse place than the start still 0', () => {
  const start = firstPosition(1_000, 1);
  expect(evaluateBowl(start, 1).accuracy).toBe(0);
  expect(evaluateBowl(new Float32Array(1_000), 1)).toEqual({ accuracy: 1, loss: 0 });
  expect(evaluateBowl(start.map((value) => value * 2), 1).accuracy).toBe(0);
});

test('workers pull differently, each the same way every time', () => {
  const start = firstPosition(1_000, 1);
  const kept = start.slice();
  const first = trainBowl(start, options);
  expect(start).toEqual(kept);
  expect(trainBowl(start, options)).toEqual(first);
  expect(trainBowl(start, { ...options, worker: 'worker-01' }).update).not.toEqual(first.update);
});

test('alone, a worker ends near its own optimum and not in the common one', () => {
  const position = firstPosition(1_000, 1);
  for (let round = 0; round < 200; round += 1) {
    const { update } = trainBowl(position, options);
    for (let index = 0; index < position.length; index += 1) position[index]! += update[index]!;
  }
  expect(trainBowl(position, options).loss).toBeLessThan(1e-6);
  expect(evaluateBowl(position, 1).accuracy).toBeLessThan(0.97);
});
