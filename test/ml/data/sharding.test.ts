import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeNodeId } from '../../../src/kernel/ids.ts';
import { samplesOfWorker, samplesPerBlock } from '../../../src/ml/data/sharding.ts';

const workersUpTo = (count: number) => Array.from({ length: count }, (_, index) => makeNodeId('worker', index));

/** Who holds each sample. */
function owners(seed: number, workers: readonly string[], samples: number): string[] {
  const found: string[] = [];
  for (const worker of workers) {
    for (const index of samplesOfWorker(seed, workers, worker, samples)) found[index] = worker;
  }
  return found;
}

test.each([1, 2, 3, 4, 5])('seed %i: forty workers of 8,000 samples all have a fair share', (seed) => {
  const workers = workersUpTo(40);
  const shares = workers.map((worker) => samplesOfWorker(seed, workers, worker, 8_000).length);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBe(8_000);
  expect(Math.min(...shares)).toBeGreaterThanOrEqual(60);
  expect(Math.max(...shares)).toBeLessThanOrEqual(400);
});

const seeds = fc.nat();
const counts = fc.integer({ min: 2, max: 12 });
const sizes = fc.integer({ min: 1, max: 700 });

test('every sample has exactly one owner, whole blocks at a time', () => {
  fc.assert(
    fc.property(seeds, counts, sizes, (seed, count, samples) => {
      const workers = workersUpTo(count);
      const all = workers.flatMap((worker) => samplesOfWorker(seed, workers, worker, samples));
      expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: samples }, (_, index) => index));
      const found = owners(seed, workers, samples);
      expect(found).toEqual(found.map((_, index) => found[index - (index % samplesPerBlock)]));
    }),
  );
});

test('a worker that leaves moves its own blocks only', () => {
  fc.assert(
    fc.property(seeds, counts, sizes, fc.nat(), (seed, count, samples, choice) => {
      const workers = workersUpTo(count);
      const leaver = workers[choice % count]!;
      const before = owners(seed, workers, samples);
      const after = owners(seed, workers.filter((worker) => worker !== leaver), samples);
      expect(after).not.toContain(leaver);
      expect(after.map((owner, index) => (before[index] === leaver ? leaver : owner))).toEqual(before);
    }),
  );
});

test('the order in which workers are named decides nothing', () => {
  fc.assert(
    fc.property(seeds, counts, sizes, (seed, count, samples) => {
      const workers = workersUpTo(count);
      expect(owners(seed, workers.toReversed(), samples)).toEqual(owners(seed, workers, samples));
    }),
  );
});

test('seeds share the data out differently', () => {
  expect(owners(1, workersUpTo(5), 500)).not.toEqual(owners(2, workersUpTo(5), 500));
});

test('a worker that takes no part, or one named twice, is a programmer error', () => {
  expect(() => samplesOfWorker(1, workersUpTo(2), 'worker-07', 10)).toThrow('worker-07 is not among');
  expect(() => samplesOfWorker(1, ['worker-00', 'worker-00'], 'worker-00', 10)).toThrow('named once');
});
