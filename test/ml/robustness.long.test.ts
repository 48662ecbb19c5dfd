/**
 * Part of a published kind of table, reproduced: rules of aggregation against attacks, on MNIST.
 *
 * Softmax regression on t10k (8,000 for training, 2,000 for testing), 40 honest workers and 10 liars, one step
 * a round on a batch of 32 with client momentum 0.9 and rate 0.1, 200 rounds. The reference was computed
 * apart from this code, by NumPy with the aggregators of ByzFL; its shards, batches and noise are others, so
 * accuracies agree to ±0.03. Ours is deterministic and stands beside it to the last test image.
 *
 * Cells that cannot tell good from bad are left out: on a convex task with data alike on all workers the plain
 * mean survives most attacks.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Attack } from '../../src/ml/attacks/attack.ts';
import { meanOf } from '../../src/ml/attacks/honest-moments.ts';
import type { PixelDataset } from '../../src/ml/data/dataset.ts';
import { findDataset } from '../../src/ml/data/datasets.ts';
import { aggregateUpdates, aggregationRuleOf } from '../../src/ml/rules/aggregation-rule.ts';
import type { AggregationRuleName } from '../../src/ml/rules/aggregation-rule.ts';
import { descend } from './softmax-descent.ts';

const folder = process.env['ORRERY_DATA'];
const mnist = findDataset('mnist')!;
const present = folder !== undefined && mnist.files.every((file) => existsSync(join(folder, file)));

function loadMnist() {
  const files = new Map(mnist.files.map((file) => [file, new Uint8Array(readFileSync(join(folder ?? '', file)))]));
  return mnist.load({ files, gunzip: (bytes) => gunzipSync(bytes), seed: 1 }) as { train: PixelDataset; test: PixelDataset };
}

const liars = 10;
const settings = {
  byzantine: liars, clippingRadius: 1, clippingIterations: 3, smoothing: 1e-6, smoothingIterations: 8,
};

function aggregatorOf(name: AggregationRuleName) {
  return (updates: readonly Float32Array[], last: Float32Array | undefined): Float32Array => {
    const rule = aggregationRuleOf(name, settings);
    return rule.name === 'mean' ? Float32Array.from(meanOf(updates)) : aggregateUpdates(rule, updates, last);
  };
}

type Deed = Attack | 'no liars' | 'label-flip';
const ipm = (tau: number): Attack => ({ name: 'ipm', tau });
const noise: Attack = { name: 'gaussian', mean: 0, deviation: 1 };
const signFlip: Attack = { name: 'sign-flip', factor: 1 };

/** Rule, attack, accuracy of the reference, accuracy of this code. */
const cells: readonly (readonly [AggregationRuleName, Deed, number, number])[] = [
  ['mean', 'no liars', 0.915, 0.9175],
  ['mean', ipm(100), 0.127, 0.1265],
  ['mean', noise, 0.882, 0.8795],
  ['mean', 'label-flip', 0.875, 0.862],
  ['median', ipm(100), 0.878, 0.878],
  ['median', signFlip, 0.88, 0.88],
  ['trimmed-mean', ipm(100), 0.846, 0.8385],
  ['geometric-median', ipm(0.1), 0.875, 0.8795],
  ['krum', ipm(100), 0.83, 0.8455],
  ['multi-krum', ipm(100), 0.915, 0.915],
  ['multi-krum', 'label-flip', 0.914, 0.915],
  ['centered-clipping', ipm(100), 0.882, 0.888],
];

describe.skipIf(!present)('40 honest workers and 10 liars on MNIST (skipped where ORRERY_DATA has none)', () => {
  test.each(cells)('%s against %o ends near %f, here at %f', (name, deed, reference, ours) => {
    const accuracy = descend({
      ...loadMnist(), seed: 1, honest: 40, liars: deed === 'no liars' ? 0 : liars,
      attack: typeof deed === 'string' ? null : deed, rounds: 200, batch: 32, rate: 0.1, aggregate: aggregatorOf(name),
    });
    expect(Math.abs(accuracy - reference)).toBeLessThanOrEqual(0.03);
    expect(accuracy).toBe(ours);
  });
});
