/** Tasks in virtual time: when results come, when they do not, and that whoever computes leaves no mark. */
import { describe, expect, test } from 'vitest';
import type { BlobStore } from '../../../src/kernel/blobs.ts';
import type { TaskRunner } from '../../../src/worlds/sim/compute.ts';
import { InlineRunner } from '../../../src/worlds/sim/inline-runner.ts';
import { TaskCache } from '../../../src/worlds/sim/task-cache.ts';
import { sha256Node } from '../../../src/run/sha256-node.ts';
import { LateRunner } from '../../support/late-runner.ts';
import { speech, upTo } from '../../support/puppet.ts';
import { contentOf, fault, nodes, simulated, SimulatedRun } from '../../support/sim-world.ts';
import type { Setting } from '../../support/sim-world.ts';

const [first, second] = ['puppet-00', 'puppet-01'] as const;
const compute = (key: string, value: number, work = 500_000) =>
  ({ type: 'compute' as const, task: 'test/double', key, input: { work, value } });
/** At 1 Mflop/s: half a second. */
const parts = {
  [first]: { lives: [[{ afterMs: 100, commands: [compute('a', 4), compute('b', -1)] }], [{ afterMs: 100, commands: [compute('a', 5)] }]] },
  [second]: { lives: [speech(first, upTo(20), 50)] },
};

async function awaited(run: SimulatedRun): Promise<{ run: SimulatedRun; waits: number }> {
  let waits = 0;
  run.world.begin();
  for (;;) {
    const progress = run.world.advance(1_000);
    if (progress.kind === 'done') return { run, waits };
    if (progress.kind !== 'waiting') continue;
    waits += 1;
    expect(run.world.advance(1_000)).toMatchObject({ kind: 'waiting' });
    await progress.job.ready();
  }
}

describe('a task', () => {
  test('is answered at its virtual due time and not before, whatever came in between', () => {
    const run = simulated({ parts });
    expect(run.timesAt(first, 'computed')).toEqual([600_000]);
    expect(contentOf(run.inputsOf(first, 'computed')[0]!)).toEqual({ type: 'computed', task: 'test/double', key: 'a', result: 8 });
    expect(contentOf(run.inputsOf(first, 'computeFailed')[0]!)).toEqual({
      type: 'computeFailed', task: 'test/double', key: 'b', reason: 'a negative number is not doubled',
    });
    expect(run.timesAt(first, 'Said').some((at) => at > 100_000 && at < 600_000)).toBe(true);
  });

  test('takes longer on a slower node, and a node keeps its speed whoever else is there', () => {
    const durations = (more: Setting['parts']) => {
      const part = { lives: [[{ afterMs: 100, commands: [compute('a', 1)] }]] };
      const all = Object.fromEntries(upTo(5).map((index) => [`puppet-0${index}`, part]));
      const run = simulated({ parts: { ...all, ...more }, device: { sigma: 0.5 } });
      return upTo(5).map((index) => run.timesAt(`puppet-0${index}`, 'computed')[0]! - 100_000);
    };
    expect(new Set(durations({})).size).toBe(5);
    expect(durations({ 'puppet-09': {} })).toEqual(durations({}));
  });

  test('whose node dies is answered to nobody, the next life of the node included', () => {
    const kill = fault('kill', { kind: 'kill', who: nodes(first), restartAfterUs: 50_000 }, 300_000);
    const run = simulated({ parts, faults: [kill] });
    expect(run.inputsOf(first, 'computed').map((one) => contentOf(one)['result'])).toEqual([10]);
    expect(run.timesAt(first, 'computed')).toEqual([950_000]);
  });

  test('asked for twice with one key, one after the other, draws twice', () => {
    const lives = [[{ afterMs: 100, commands: [compute('a', 1)] }, { afterMs: 900, commands: [compute('a', 1)] }]];
    const dice = simulated({ parts: { [first]: { lives } } }).inputsOf(first, 'computed').map(({ input }) => input.dice);
    expect(dice).toHaveLength(2);
    expect(dice[0]).not.toBe(dice[1]);
  });

  test('that is not ready at its due time is waited for, and that leaves no mark', async () => {
    const { run, waits } = await awaited(new SimulatedRun({ parts, runnerFor: (blobs) => new LateRunner(blobs) }));
    expect(waits).toBe(2);
    expect(run.hashes()).toEqual(simulated({ parts }).hashes());
  });

  test('that nobody needs any more is not waited for', async () => {
    const kill = fault('kill', { kind: 'kill', who: nodes(first) }, 300_000);
    const { waits } = await awaited(new SimulatedRun({ parts, faults: [kill], runnerFor: (blobs) => new LateRunner(blobs) }));
    expect(waits).toBe(0);
  });

  test('that is pending in a checkpoint is begun again', async () => {
    let runner: LateRunner | undefined;
    const setting: Setting = { parts, runnerFor: (blobs) => (runner = new LateRunner(blobs)) };
    const before = new SimulatedRun(setting);
    before.world.begin();
    while (before.world.now < 300_000) before.world.advance(1);
    const after = new SimulatedRun(setting).resume(before.save());
    expect(runner!.begun).toBe(2);
    for (;;) {
      const progress = after.world.advance(1_000);
      if (progress.kind === 'done') break;
      if (progress.kind === 'waiting') await progress.job.ready();
    }
    expect(after.hashes()).toEqual(simulated({ parts }).hashes());
  });
});

describe('a task cache', () => {
  const cacheOf = (bytesMax: number) => new TaskCache({ sha256: sha256Node, numerics: 'none', bytesMax });
  const lives = upTo(1).map(() => upTo(8).map((index) => ({ afterMs: 600, commands: [compute(`k${index}`, index % 3)] })));
  const repeated = { [first]: { lives }, [second]: { lives } };
  const over = (cache: TaskCache) => (blobs: BlobStore): TaskRunner => cache.over(new InlineRunner(blobs), blobs);

  test('changes no hash, empty or full, roomy or with no room at all', () => {
    const plain = simulated({ parts: repeated }).hashes();
    const cache = cacheOf(1e6);
    expect(simulated({ parts: repeated, runnerFor: over(cache) }).hashes()).toEqual(plain);
    const hitsOfFirst = cache.hits;
    expect(simulated({ parts: repeated, runnerFor: over(cache) }).hashes()).toEqual(plain);
    expect(cache.hits - hitsOfFirst).toBe(16);
    const none = cacheOf(0);
    expect(simulated({ parts: repeated, runnerFor: over(none) }).hashes()).toEqual(plain);
    expect(none.hits).toBe(0);
  });
});
