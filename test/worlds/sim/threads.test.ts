/** The pool of compute threads: their number leaves no mark, and the death of one hangs nobody. */
import { afterEach, describe, expect, test } from 'vitest';
import { BlobStore } from '../../../src/kernel/blobs.ts';
import { sha256Node } from '../../../src/run/sha256-node.ts';
import { ThreadPool } from '../../../src/worlds/sim/threads.ts';
import { doubling, upTo } from '../../support/puppet.ts';
import { simulated, SimulatedRun } from '../../support/sim-world.ts';
import type { Setting } from '../../support/sim-world.ts';

const entry = new URL('../../support/compute-thread.ts', import.meta.url);
const pools: ThreadPool[] = [];

function pool(size: number): ThreadPool {
  const made = new ThreadPool(size, entry, { roleFiles: [] });
  pools.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((one) => one.close()));
});

const begin = (one: ThreadPool, value: number, blobs = new BlobStore(sha256Node)) => one.runner(blobs).begin(doubling, { work: 1, value });

const parts = Object.fromEntries(upTo(4).map((node) => [`puppet-0${node}`, {
  lives: [upTo(6).map((index) => ({
    afterMs: 100 + node,
    commands: [{ type: 'compute' as const, task: 'test/double', key: `k${index}`, input: { work: 70_000 + node, value: index } }],
  }))],
}]));

async function hashesWith(size: number): Promise<ReturnType<SimulatedRun['hashes']>> {
  const one = pool(size);
  const setting: Setting = { parts, runnerFor: (blobs) => one.runner(blobs) };
  const run = new SimulatedRun(setting);
  run.world.begin();
  for (;;) {
    const progress = run.world.advance(100);
    if (progress.kind === 'done') return run.hashes();
    if (progress.kind === 'waiting') await progress.job.ready();
  }
}

describe('a pool of threads', () => {
  test('gives one hash with one thread, with three, and with none', async () => {
    const plain = simulated({ parts }).hashes();
    expect(await hashesWith(1)).toEqual(plain);
    expect(await hashesWith(3)).toEqual(plain);
  });

  test('answers once it is ready, and not before', async () => {
    const job = begin(pool(1), 21);
    expect(job.answer()).toBeUndefined();
    await job.ready();
    expect(job.answer()).toEqual({ result: 42 });
  });

  test('that is killed in mid-task rejects every job that waits, and every later one', async () => {
    const one = pool(1);
    const jobs = [begin(one, 668), begin(one, 1), begin(one, 2), begin(one, 3)];
    await one.threads[0]!.terminate();
    for (const job of jobs) await expect(job.ready()).rejects.toMatchObject({ name: 'ThreadFailure', kind: 'crashed' });
    await expect(begin(one, 1).ready()).rejects.toMatchObject({ kind: 'crashed' });
  });

  test('whose thread dies of its task rejects instead of hanging', async () => {
    await expect(begin(pool(2), 666).ready()).rejects.toMatchObject({ kind: 'crashed' });
  });

  test('whose task throws says what it threw', async () => {
    await expect(begin(pool(1), 667).ready()).rejects.toMatchObject({ kind: 'crashed', message: 'a planted bug' });
  });

  test('serves a job whose input the store has forgotten since', async () => {
    const one = pool(1);
    const blobs = new BlobStore(sha256Node);
    const ref = blobs.put(new Uint8Array(2_000).fill(7));
    const jobs = upTo(5).map((value) => one.runner(blobs).begin(doubling, { work: 1, value, ref }));
    blobs.collect([]); // as if the nodes that asked had died
    for (const job of jobs) await job.ready();
    expect(jobs.map((job) => job.answer())).toEqual(upTo(5).map((value) => ({ result: value * 2 })));
  });
});
