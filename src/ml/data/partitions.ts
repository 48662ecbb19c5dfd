/**
 * Partitions: by which rule training samples are divided among workers.
 *
 * `iid` is the rendezvous hashing of sharding.ts. `sorted` and `similarity` go by labels (Karimireddy
 * et al., "SCAFFOLD", ICML 2020, §7.1: γ of the data at random, the rest sorted by label), `dirichlet`
 * by drawn shares of each class (dirichlet-partition.ts). Whatever the rule, a share follows from the
 * data, the seed and the set of workers, and the order in which workers are named decides nothing.
 * Under `iid` and `dirichlet` a worker that leaves moves none but its own samples (and under `dirichlet`
 * those of workers that would otherwise have none). Ranges of sorted data have borders, which move for
 * all when the number of workers changes; that is in the nature of `sorted` and `similarity`.
 */
import * as Schema from 'effect/Schema';
import { childKey, drawWord, purposes, seedKey } from '../../kernel/draws.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Labels } from './dataset.ts';
import { ownersByDirichlet } from './dirichlet-partition.ts';
import { ownersByBlock, placeAmong, rankWords, samplesOwned } from './sharding.ts';
import { permutation, streamOf } from '../streams.ts';

/** The least and the largest concentration of `dirichlet`: below, one worker has all of a class; above, shares are equal. */
export const alphaBounds = { minimum: 1e-3, maximum: 1e6 } as const;

const Alpha = Schema.Finite.check(Schema.isBetween(alphaBounds));
const Gamma = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }));

export const Partition = Schema.Union([
  Schema.Struct({ name: Schema.Literal('iid') }),
  Schema.Struct({ name: Schema.Literal('sorted') }),
  /** `gamma` is the share of the samples that is divided at random. */
  Schema.Struct({ name: Schema.Literal('similarity'), gamma: Gamma }),
  /** `alpha` is the concentration: the smaller, the more unlike the workers. */
  Schema.Struct({ name: Schema.Literal('dirichlet'), alpha: Alpha }),
]);
export type Partition = typeof Partition.Type;

/** Who divides what: the same for every worker of a training. */
export interface Division {
  readonly partition: Partition;
  readonly seed: number;
  /** Each named once, in any order. */
  readonly workers: readonly NodeId[];
  /** Names the data, so that equal names mean equal labels: the digest of its blob. */
  readonly data: string;
}

/** The division that was asked for last: its shares are cut one after another. What it holds is a pure function of its name. */
let latest: { readonly name: string; readonly owners: Uint32Array } | undefined;

/** Indices of the samples that `worker` holds, ascending; it must be one of the division's workers. */
export function samplesOfShare(division: Division, data: Labels, worker: NodeId): readonly number[] {
  const { ordered, own } = placeAmong(division.workers, worker);
  const name = JSON.stringify([division.partition, division.seed, division.data, ordered]);
  if (latest?.name !== name) latest = { name, owners: ownersOf({ ...division, workers: ordered }, data) };
  return samplesOwned(latest.owners, own);
}

/** The owner of each sample, as an index into the workers, which stand in id order. */
function ownersOf({ partition, seed, workers }: Division, data: Labels): Uint32Array {
  switch (partition.name) {
    case 'iid':
      return ownersByBlock(seed, workers, data.labels.length);
    case 'sorted':
      return ownersBySimilarity(seed, workers, data, 0);
    case 'similarity':
      return ownersBySimilarity(seed, workers, data, partition.gamma);
    case 'dirichlet':
      return ownersByDirichlet(seed, workers, data, partition.alpha);
  }
}

/**
 * γ of the samples go to the owner that `iid` would give them; the rest, sorted by label, is cut into
 * as many ranges as there are workers, of lengths that differ by at most one. What is random at one γ
 * is random at every greater one, at γ = 1 the partition is `iid`, and at γ = 0 it is `sorted`.
 */
function ownersBySimilarity(seed: number, workers: readonly NodeId[], data: Labels, gamma: number): Uint32Array {
  const samples = data.labels.length;
  const key = childKey(seedKey(seed, 0), 'partition by label');
  const shuffled = permutation(samples, streamOf(childKey(key, 'alike')));
  const alike = Math.round(gamma * samples);
  const owners = alike === 0 ? new Uint32Array(samples) : ownersByBlock(seed, workers, samples);
  const rest = sortedByLabel(shuffled.subarray(alike), data.labels, rankWords(childKey(key, 'samples'), samples));
  const ranges = inDrawnOrder(workers, childKey(key, 'workers'));
  rest.forEach((sample, position) => {
    owners[sample] = ranges[Math.floor((position * workers.length) / rest.length)]!;
  });
  return owners;
}

/** Samples by label, and those of one label by their drawn ranks, so that the order of the file does not show. */
function sortedByLabel(samples: Uint32Array, labels: Uint8Array, ranks: Uint32Array): Uint32Array {
  return samples.slice().sort((a, b) => labels[a]! - labels[b]! || ranks[a]! - ranks[b]! || a - b);
}

/** Indices of the workers by drawn rank, so that names do not decide who gets which label. */
function inDrawnOrder(workers: readonly NodeId[], key: DrawKey): readonly number[] {
  const ranks = workers.map((worker) => drawWord(childKey(key, worker), purposes.rank));
  return workers.map((_, index) => index).sort((a, b) => ranks[a]! - ranks[b]! || a - b);
}
