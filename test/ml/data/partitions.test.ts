import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeNodeId } from '../../../src/kernel/ids.ts';
import type { Labels } from '../../../src/ml/data/dataset.ts';
import { samplesOfShare } from '../../../src/ml/data/partitions.ts';
import type { Partition } from '../../../src/ml/data/partitions.ts';
import { samplesOfWorker } from '../../../src/ml/data/sharding.ts';

const workersUpTo = (count: number) => Array.from({ length: count }, (_, index) => makeNodeId('worker', index));

/** Samples whose labels run 0, 1, …, 0, 1, …. */
function evenLabels(samples: number, classes: number): Labels {
  return { classes, labels: Uint8Array.from({ length: samples }, (_, index) => index % classes) };
}

/** The samples of each worker. */
function sharesOf(partition: Partition, seed: number, workers: readonly string[], data: Labels): (readonly number[])[] {
  const division = { partition, seed, workers, data: `${data.labels.length} of ${data.classes}` };
  return workers.map((worker) => samplesOfShare(division, data, worker));
}

/** Who holds each sample. */
function ownersOf(partition: Partition, seed: number, workers: readonly string[], data: Labels): string[] {
  const owners: string[] = [];
  sharesOf(partition, seed, workers, data).forEach((share, index) => {
    for (const sample of share) owners[sample] = workers[index]!;
  });
  return owners;
}

/** How many samples of each class a share has. */
function histogram(share: readonly number[], { labels, classes }: Labels): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const sample of share) counts[labels[sample]!]! += 1;
  return counts;
}

/** Mean over the workers of the largest class's part of a share: 1 / classes when alike, 1 when each has one class. */
function dominance(partition: Partition, data: Labels, workers = 20, seed = 7): number {
  const shares = sharesOf(partition, seed, workersUpTo(workers), data).filter((share) => share.length > 0);
  const parts = shares.map((share) => Math.max(...histogram(share, data)) / share.length);
  return parts.reduce((sum, part) => sum + part, 0) / parts.length;
}

const partitions: fc.Arbitrary<Partition> = fc.oneof(
  fc.constantFrom<Partition>({ name: 'iid' }, { name: 'sorted' }),
  fc.double({ min: 0, max: 1, noNaN: true }).map((gamma): Partition => ({ name: 'similarity', gamma })),
  fc.double({ min: 0.001, max: 100, noNaN: true }).map((alpha): Partition => ({ name: 'dirichlet', alpha })),
);
const seeds = fc.nat();
const counts = fc.integer({ min: 2, max: 10 });
const sizes = fc.integer({ min: 1, max: 300 });

test('every sample has exactly one owner, and the order in which workers are named decides nothing', () => {
  fc.assert(
    fc.property(partitions, seeds, counts, sizes, (partition, seed, count, samples) => {
      const workers = workersUpTo(count);
      const data = evenLabels(samples, 4);
      const all = sharesOf(partition, seed, workers, data).flat();
      expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: samples }, (_, index) => index));
      const owners = ownersOf(partition, seed, workers, data);
      expect(ownersOf(partition, seed, workers.toReversed(), data)).toEqual(owners);
    }),
  );
});

test('iid and similarity at 1 are the sharding of old, similarity at 0 is sorted', () => {
  fc.assert(
    fc.property(seeds, counts, sizes, (seed, count, samples) => {
      const workers = workersUpTo(count);
      const data = evenLabels(samples, 4);
      const old = workers.map((worker) => samplesOfWorker(seed, workers, worker, samples));
      expect(sharesOf({ name: 'iid' }, seed, workers, data)).toEqual(old);
      expect(sharesOf({ name: 'similarity', gamma: 1 }, seed, workers, data)).toEqual(old);
      const sorted = sharesOf({ name: 'sorted' }, seed, workers, data);
      expect(sharesOf({ name: 'similarity', gamma: 0 }, seed, workers, data)).toEqual(sorted);
    }),
  );
});

describe('sorted', () => {
  test('gives ranges of equal length, so that most workers see one label or two', () => {
    const data = evenLabels(1_000, 10);
    const shares = sharesOf({ name: 'sorted' }, 3, workersUpTo(8), data);
    expect(shares.map((share) => share.length)).toEqual(shares.map(() => 125));
    for (const share of shares) expect(histogram(share, data).filter((count) => count > 0).length).toBeLessThanOrEqual(3);
  });

  test('does not hand labels out by name, and mixes the samples of one label', () => {
    const data = evenLabels(400, 4);
    const owners = (seed: number) => ownersOf({ name: 'sorted' }, seed, workersUpTo(8), data);
    expect(owners(1)).not.toEqual(owners(2));
    expect(owners(1).filter((_, sample) => sample % 4 === 0).slice(0, 50)).toContain(owners(1)[396]);
  });
});

describe('similarity', () => {
  test('makes shares more alike as γ grows', () => {
    const data = evenLabels(4_000, 10);
    const measured = [0, 0.25, 0.5, 0.75, 1].map((gamma) => dominance({ name: 'similarity', gamma }, data));
    expect(measured).toEqual(measured.toSorted((a, b) => b - a));
    expect(measured[0]).toBeGreaterThan(0.9);
    expect(measured.at(-1)).toBeLessThan(0.2);
  });

  test('what is random at one γ is random at every greater one', () => {
    const data = evenLabels(500, 5);
    const workers = workersUpTo(6);
    const iid = ownersOf({ name: 'iid' }, 5, workers, data);
    const agreement = [0.2, 0.6, 0.9].map((gamma) => {
      const owners = ownersOf({ name: 'similarity', gamma }, 5, workers, data);
      return owners.filter((owner, sample) => owner === iid[sample]).length;
    });
    [0.2, 0.6, 0.9].forEach((gamma, index) => expect(agreement[index]).toBeGreaterThanOrEqual(gamma * 500));
  });
});

describe('dirichlet', () => {
  test('a small α gives workers few classes, a large one gives all of them alike', () => {
    const data = evenLabels(8_000, 10);
    const measured = [0.05, 0.5, 5, 1_000].map((alpha) => dominance({ name: 'dirichlet', alpha }, data));
    expect(measured).toEqual(measured.toSorted((a, b) => b - a));
    expect(measured[0]).toBeGreaterThan(0.75);
    expect(measured.at(-1)).toBeLessThan(0.2);
  });

  test('with a large α a worker has its part of every class', () => {
    const data = evenLabels(8_000, 10);
    for (const share of sharesOf({ name: 'dirichlet', alpha: 1e6 }, 2, workersUpTo(8), data)) {
      // 100 are expected of each class; a binomial deviation is 9.4.
      for (const count of histogram(share, data)) expect(Math.abs(count - 100)).toBeLessThan(45);
    }
  });

  test('shares of a class have the spread of Dir(α): variance (1/n)(1 − 1/n) / (αn + 1)', () => {
    const workers = workersUpTo(10);
    const data = evenLabels(2_000, 2);
    const parts = Array.from({ length: 40 }, (_, seed) => sharesOf({ name: 'dirichlet', alpha: 0.5 }, seed, workers, data))
      .flatMap((shares) => shares.map((share) => histogram(share, data)[0]! / 1_000));
    const variance = parts.reduce((sum, part) => sum + (part - 0.1) * (part - 0.1), 0) / parts.length;
    expect(variance / ((0.1 * 0.9) / 6)).toBeGreaterThan(0.75);
    expect(variance / ((0.1 * 0.9) / 6)).toBeLessThan(1.25);
  });

  test('nobody is empty-handed where there are enough samples', () => {
    fc.assert(
      fc.property(seeds, counts, fc.constantFrom(0.001, 0.01, 1), (seed, count, alpha) => {
        const shares = sharesOf({ name: 'dirichlet', alpha }, seed, workersUpTo(count), evenLabels(count + 3, 3));
        expect(Math.min(...shares.map((share) => share.length))).toBeGreaterThan(0);
      }),
    );
    const crowd = sharesOf({ name: 'dirichlet', alpha: 0.1 }, 1, workersUpTo(9), evenLabels(4, 2));
    expect(crowd.flat().length).toBe(4);
  });

  test('a worker that leaves moves its own samples only', () => {
    fc.assert(
      fc.property(seeds, counts, fc.nat(), (seed, count, choice) => {
        const workers = workersUpTo(count);
        const leaver = workers[choice % count]!;
        const data = evenLabels(2_000, 4); // So many that nobody comes out empty-handed at α = 5.
        const before = ownersOf({ name: 'dirichlet', alpha: 5 }, seed, workers, data);
        const others = workers.filter((worker) => worker !== leaver);
        const after = ownersOf({ name: 'dirichlet', alpha: 5 }, seed, others, data);
        expect(after.map((owner, index) => (before[index] === leaver ? leaver : owner))).toEqual(before);
      }),
      { numRuns: 30 },
    );
  });
});

test('seeds divide differently', () => {
  const data = evenLabels(300, 3);
  for (const partition of [{ name: 'sorted' }, { name: 'similarity', gamma: 0.5 }, { name: 'dirichlet', alpha: 1 }] as const) {
    expect(ownersOf(partition, 1, workersUpTo(5), data)).not.toEqual(ownersOf(partition, 2, workersUpTo(5), data));
  }
});

test('a worker that takes no part, or one named twice, is a programmer error', () => {
  const share = (workers: readonly string[], worker: string) => () =>
    samplesOfShare({ partition: { name: 'sorted' }, seed: 1, workers, data: '' }, evenLabels(10, 2), worker);
  expect(share(workersUpTo(2), 'worker-07')).toThrow('worker-07 is not among');
  expect(share(['worker-00', 'worker-00'], 'worker-00')).toThrow('named once');
});
