/**
 * Sharding: which worker holds which training samples, by rendezvous (highest random weight) hashing.
 *
 * Samples are cut into fixed blocks; each block goes to the worker whose keyed hash of it is highest
 * (D. G. Thaler, C. V. Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM
 * Transactions on Networking 6, 1998). So a worker that leaves gives up its own blocks only, one
 * that joins takes a few from each, and the order in which workers are named decides nothing.
 */
import { assert } from '../../kernel/assert.ts';
import { childKey, philox, seedKey } from '../../kernel/draws.ts';
import type { Block, DrawKey } from '../../kernel/draws.ts';
import { inIdOrder } from '../../kernel/ids.ts';
import type { NodeId } from '../../kernel/ids.ts';

/** Samples of one block: small enough for 40 workers to get similar shares of 8,000 samples. */
export const samplesPerBlock = 10;

const wordsPerCall = 4; // One Philox call ranks four things.

/** A 32-bit word for each of `count` things under one key; there may be a few words more than asked for. */
export function rankWords(key: DrawKey, count: number): Uint32Array {
  const hashes = new Uint32Array(Math.ceil(count / wordsPerCall) * wordsPerCall);
  const words: Block = [0, 0, 0, 0];
  for (let first = 0; first < count; first += wordsPerCall) {
    words[0] = first;
    words[1] = 0;
    words[2] = 0;
    words[3] = 0x73686172; // marks a rank, so that no other draw of this key equals it
    philox(words, key.low, key.high);
    for (let word = 0; word < wordsPerCall; word += 1) hashes[first + word] = words[word]!;
  }
  return hashes;
}

/** The owner of each block, as an index into `workers` in id order; the smaller id wins a tie. */
function ownersOfBlocks(seed: number, workers: readonly NodeId[], blocks: number): Uint32Array {
  const key = childKey(seedKey(seed, 0), 'sharding');
  const owners = new Uint32Array(blocks);
  const highest = new Float64Array(blocks).fill(-1);
  workers.forEach((worker, index) => {
    const hashes = rankWords(childKey(key, worker), blocks);
    for (let block = 0; block < blocks; block += 1) {
      if (hashes[block]! <= highest[block]!) continue;
      highest[block] = hashes[block]!;
      owners[block] = index;
    }
  });
  return owners;
}

/** The owner of each sample, as an index into `workers`, which stand in id order. The last block may be shorter. */
export function ownersByBlock(seed: number, workers: readonly NodeId[], samples: number): Uint32Array {
  const ofBlocks = ownersOfBlocks(seed, workers, Math.ceil(samples / samplesPerBlock));
  return Uint32Array.from({ length: samples }, (_, index) => ofBlocks[Math.floor(index / samplesPerBlock)]!);
}

/** The workers in id order, and the place of one of them, which must be among them, each named once. */
export function placeAmong(workers: readonly NodeId[], worker: NodeId): { ordered: readonly NodeId[]; own: number } {
  const ordered = inIdOrder(workers);
  const own = ordered.indexOf(worker);
  assert(own >= 0, `worker ${worker} is not among those that share the data`);
  assert(new Set(ordered).size === ordered.length, 'each worker is named once');
  return { ordered, own };
}

/** The samples of one owner, ascending. */
export function samplesOwned(owners: Uint32Array, own: number): readonly number[] {
  const indices: number[] = [];
  for (let index = 0; index < owners.length; index += 1) if (owners[index] === own) indices.push(index);
  return indices;
}

/**
 * Indices of the samples that `worker` holds among `workers`, ascending. With many more workers than
 * blocks the list may be empty.
 */
export function samplesOfWorker(
  seed: number,
  workers: readonly NodeId[],
  worker: NodeId,
  samples: number,
): readonly number[] {
  const { ordered, own } = placeAmong(workers, worker);
  return samplesOwned(ownersByBlock(seed, ordered, samples), own);
}
