/**
 * A compute thread for tests of the pool: it knows the puppets' task, and one word that kills it.
 *
 * It speaks the same messages as run/compute-thread and computes nothing that takes long.
 */
import { parentPort } from 'node:worker_threads';
import { BlobStore } from '../../src/kernel/blobs.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import { runTask } from '../../src/worlds/sim/inline-runner.ts';
import type { FromThread, ToThread } from '../../src/worlds/sim/thread-messages.ts';
import { doubling } from './puppet.ts';

/** A value at which a thread dies without a word, one at which its task throws, one at which it hangs. */
const [deadly, faulty, endless] = [666, 667, 668];

parentPort!.on('message', ({ number, input, blobs }: ToThread) => {
  const { value } = input as { value: number };
  if (value === deadly) process.exit(3);
  if (value === endless) return;
  const given = new Map(blobs.map(([ref, bytes]) => [ref.blob, bytes]));
  const store = new BlobStore(sha256Node);
  const made: Uint8Array[] = [];
  const answer = runTask(doubling, input, {
    get: (ref) => given.get(ref.blob)!,
    put: (bytes) => {
      made.push(bytes);
      return store.put(bytes);
    },
  });
  const answered: FromThread = { kind: 'answered', number, answer, blobs: made };
  const threw: FromThread = { kind: 'threw', number, words: 'a planted bug' };
  parentPort!.postMessage(value === faulty ? threw : answered, []);
});
