/** Disks: what is acknowledged, what a crash keeps, and what declared faults take away. */
import { fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { acknowledgedRecordsComeBack, deadNodesAcknowledgeNothing } from '../../../src/judge/house.ts';
import { limits } from '../../../src/kernel/limits.ts';
import type { DiskFault } from '../../../src/host/faults.ts';
import type { Value } from '../../../src/kernel/codec.ts';
import { Disk } from '../../../src/worlds/sim/storage.ts';
import { upTo } from '../../support/puppet.ts';
import type { Part, Step } from '../../support/puppet.ts';
import { contentOf, fault, nodes, simulated } from '../../support/sim-world.ts';
import type { Setting, SimulatedRun } from '../../support/sim-world.ts';

const keeper = 'puppet-00';
const save = (key: string, value: Value, ticket = '') => ({ type: 'save' as const, key, value, ticket });
/** Twenty saves at once, 10 ms each: a crash soon after finds most of them unacknowledged. */
const busy: Step = { afterMs: 100, commands: upTo(20).map((index) => save(`key-${index}`, index)) };
const slowDisk = { saveUs: 10_000 };
const diskFault = (disk: DiskFault, forUs?: number) =>
  fault('disk', { kind: 'disk', who: nodes(keeper), disk, ...(forUs === undefined ? {} : { forUs }) });
const kill = (atUs: number) => fault(`kill ${atUs}`, { kind: 'kill', who: nodes(keeper), restartAfterUs: 50_000 }, atUs);

function kept(part: Part, setting: Setting): SimulatedRun {
  const run = simulated({ parts: { [keeper]: part }, ...setting });
  expectHousePromises(run);
  return run;
}

/** What every world promises of disks and lives holds, judged as a run would judge it. */
function expectHousePromises(run: SimulatedRun): void {
  for (const property of [acknowledgedRecordsComeBack, deadNodesAcknowledgeNothing]) {
    const state = property.start();
    for (const observation of run.observations) {
      if (!property.watches.includes(observation.kind)) continue;
      expect(property.observe(state as never, observation)).toMatchObject({ holds: true });
    }
  }
}

type Restored = { records: Record<string, Value>; damaged: string[] };
const restored = (run: SimulatedRun, life = 1) => contentOf(run.inputsOf(keeper, 'restored')[life]!) as Restored;
const recordsAfter = (run: SimulatedRun) => Object.keys(restored(run).records).map((key) => Number(key.slice(4))).toSorted((a, b) => a - b);
const acknowledgedKeys = (run: SimulatedRun) => run.inputsOf(keeper, 'saved').map((one) => String(contentOf(one)['key']));

describe('a disk', () => {
  test('acknowledges saves in order, one after the other', () => {
    const run = kept({ lives: [[busy]] }, { disk: slowDisk });
    expect(run.timesAt(keeper, 'saved')).toEqual(upTo(20).map((index) => 100_000 + (index + 1) * 10_000));
    expect(acknowledgedKeys(run)).toEqual(upTo(20).map((index) => `key-${index}`));
  });

  test('acknowledges in order even when a save takes no time', () => {
    const run = kept({ lives: [[busy]] }, { disk: { saveUs: 0 } });
    expect(acknowledgedKeys(run)).toEqual(upTo(20).map((index) => `key-${index}`));
  });

  test('keeps a prefix of the unacknowledged saves in a crash, and all that it acknowledged', () => {
    const sizes = new Set<number>();
    for (const seed of upTo(15)) {
      const run = kept({ lives: [[busy]] }, { seed, disk: slowDisk, faults: [kill(155_000)] });
      const numbers = recordsAfter(run);
      expect(numbers).toEqual(upTo(numbers.length));
      expect(numbers.length).toBeGreaterThanOrEqual(5);
      sizes.add(numbers.length);
    }
    expect(sizes.size).toBeGreaterThan(4);
  });

  test('that reorders keeps any subset', () => {
    let holes = 0;
    for (const seed of upTo(10)) {
      const run = kept({ lives: [[busy]] }, { seed, disk: slowDisk, faults: [diskFault({ reorder: true }), kill(155_000)] });
      const numbers = recordsAfter(run);
      expect(numbers.slice(0, 5)).toEqual(upTo(5));
      if (numbers.some((number, index) => number !== index)) holes += 1;
      expect(run.hits('disk')).toBe(1);
    }
    expect(holes).toBeGreaterThan(5);
  });

  test('with torn writes brings one key back damaged, never its bytes', () => {
    let torn = 0;
    for (const seed of upTo(10)) {
      const run = kept({ lives: [[busy]] }, { seed, disk: slowDisk, faults: [diskFault({ tornWrites: true }), kill(155_000)] });
      const { records, damaged } = restored(run);
      expect(damaged.length).toBe(run.hits('disk'));
      for (const key of damaged) expect(records).not.toHaveProperty(key);
      torn += damaged.length;
    }
    expect(torn).toBeGreaterThan(5);
  });

  test('with bit rot brings keys back damaged, which a new save heals', () => {
    const saveAll = (value: number) => upTo(40).map((index) => save(`key-${index}`, value));
    const lives = [[{ afterMs: 100, commands: saveAll(1) }], [{ afterMs: 10, commands: saveAll(-1) }]];
    const rot = diskFault({ bitRot: 0.3 }, 800_000);
    const run = kept({ lives }, { faults: [rot, kill(500_000), kill(1_000_000)] });
    const first = restored(run, 1);
    expect(first.damaged.length).toBeGreaterThan(4);
    expect(first.damaged.length + Object.keys(first.records).length).toBe(40);
    expect(run.hits('disk')).toBe(first.damaged.length);
    expect(restored(run, 2)).toMatchObject({ damaged: [], records: { 'key-0': -1, 'key-39': -1 } });
  });

  test('that is full fails saves, and keeps what it had', () => {
    const lives = [[{ afterMs: 10, commands: [save('key-1', 1)] }, { afterMs: 100, commands: [save('key-1', 2, 'second')] }]];
    const full = fault('disk', { kind: 'disk', who: nodes(keeper), disk: { full: true }, forUs: 100_000 }, 50_000);
    const run = kept({ lives }, { faults: [full, kill(500_000)] });
    const [failure] = run.inputsOf(keeper, 'saveFailed').map(contentOf);
    expect(failure).toEqual({ type: 'saveFailed', key: 'key-1', ticket: 'second', reason: 'diskFull' });
    expect(restored(run).records).toEqual({ 'key-1': 1 });
    expect(run.hits('disk')).toBe(1);
  });

  test('has a size, within which saves under way count too', () => {
    const text = 'x'.repeat(900);
    const lives = [[{ afterMs: 10, commands: upTo(12).map((index) => save(`key-${index}`, text)) }]];
    const run = kept({ lives }, { disk: { bytesMax: 10_000 } });
    expect(run.inputsOf(keeper, 'saved')).toHaveLength(11);
    expect(run.inputsOf(keeper, 'saveFailed')).toHaveLength(1);
  });

  test('has room for so many records and says no to more; removed ones do not count', () => {
    const disk = new Disk({ saveUs: 1, bytesMax: 1e9 });
    const put = (key: string, value: Value) => {
      const { revision, failed } = disk.accept(save(key, value), 0, {});
      if (failed === '') disk.acknowledge(revision, '');
      return failed;
    };
    for (const index of upTo(limits.recordsPerNodeMax)) expect(put(`key-${index}`, 1)).toBe('');
    expect(put('one-more', 1)).toBe('tooManyRecords');
    expect(put('key-7', 2)).toBe('');
    expect(put('key-8', null)).toBe('');
    expect(put('one-more', 1)).toBe('');
  });

  test('that lies about its sync loses acknowledged saves, and each is counted', () => {
    let lost = 0;
    for (const seed of upTo(10)) {
      // The lie is over when the crash comes: what it cost is still its fault.
      const run = kept({ lives: [[busy]] }, { seed, faults: [diskFault({ lyingSync: true }, 400_000), kill(500_000)] });
      expect(run.inputsOf(keeper, 'saved')).toHaveLength(20);
      expect(20 - recordsAfter(run).length).toBe(run.hits('disk'));
      lost += run.hits('disk');
    }
    expect(lost).toBeGreaterThan(20);
  });

  test('that lied is flushed by the next honest save', () => {
    const lives = [[busy, { afterMs: 500, commands: [save('key-20', 20)] }]];
    const run = kept({ lives }, { faults: [diskFault({ lyingSync: true }, 400_000), kill(900_000)] });
    expect(recordsAfter(run)).toEqual(upTo(21));
    expect(run.hits('disk')).toBe(0);
  });

  test('that stalls holds its answers and then gives them in order', () => {
    const stall = fault('disk', { kind: 'disk', who: nodes(keeper), disk: { stall: true }, forUs: 145_000 }, 130_000);
    const run = kept({ lives: [[busy]] }, { disk: slowDisk, faults: [stall] });
    expect(acknowledgedKeys(run)).toEqual(upTo(20).map((index) => `key-${index}`));
    const times = run.timesAt(keeper, 'saved');
    expect(times.filter((at) => at > 130_000 && at < 275_000)).toEqual([]);
    expect(times.filter((at) => at === 275_000).length).toBeGreaterThan(10);
    expect(times.at(-1)).toBe(300_000);
    expect(run.hits('disk')).toBeGreaterThan(10);
  });

  test('that stalls when its node dies has acknowledged none of what it held', () => {
    const run = kept({ lives: [[busy]] }, { disk: slowDisk, faults: [diskFault({ stall: true }), kill(250_000)] });
    expect(run.inputsOf(keeper, 'saved')).toEqual([]);
    expect(run.inputsOf(keeper, 'restored')).toHaveLength(2);
  });

  test('that is slow takes its factor of time', () => {
    const run = kept({ lives: [[busy]] }, { disk: slowDisk, faults: [diskFault({ slowFactor: 3 })] });
    expect(run.timesAt(keeper, 'saved')[0]).toBe(130_000);
    expect(run.hits('disk')).toBe(20);
  });

  test('forgets a removed record and remembers that it was removed', () => {
    const lives = [[{ afterMs: 10, commands: [save('key-1', 1), save('key-2', 2)] }, { afterMs: 10, commands: [save('key-1', null)] }]];
    const run = kept({ lives }, { faults: [kill(100_000)] });
    expect(restored(run).records).toEqual({ 'key-2': 2 });
    expect(run.of('world-restored')[0]!.data).toMatchObject({ removed: { 'key-1': 3 }, revisions: { 'key-2': 2 } });
  });

  test('keeps its promises at whatever moment the node dies', () => {
    const moments = [fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 100_000, max: 400_000 }), fc.boolean(), fc.boolean()] as const;
    const keeps = fc.property(...moments, (seed, at, tornWrites, powerOff) => {
      const death = fault('death', { kind: powerOff ? 'powerOff' : 'kill', who: nodes(keeper), restartAfterUs: 10_000 }, at);
      const again = { afterMs: 30, commands: upTo(10).map((index) => save(`key-${index}`, index % 2 === 0 ? null : -index)) };
      const faults = [diskFault({ tornWrites }), death, kill(at + 130_000)];
      const run = kept({ lives: [[busy, again], [again], [again]] }, { seed, disk: slowDisk, faults });
      expect(run.inputsOf(keeper, 'start')).toHaveLength(3);
    });
    fc.assert(keeps, { numRuns: 25 });
  });
});
