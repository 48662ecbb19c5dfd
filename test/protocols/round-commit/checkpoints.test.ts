/** Checkpoints on disk and from the leader (§7, Figure 13). */
import { describe, expect, it } from 'vitest';
import { encode } from '../../../src/kernel/codec.ts';
import {
  chunkRecords, completeCheckpoints, headerKey, headerRecord, newestCheckpoint,
} from '../../../src/protocols/round-commit/checkpoint-records.ts';
import { saveCheckpoint } from '../../../src/protocols/round-commit/checkpoints.ts';
import { committedAfter } from '../../../src/protocols/round-commit/commitment.ts';
import { applyEntry, firstLedger } from '../../../src/protocols/round-commit/ledger.ts';
import type { CheckpointState } from '../../../src/protocols/round-commit/messages.ts';
import { blobOf, modelNumber, removeKey } from '../../support/committee-seat.ts';
import { CommitteeWorld } from '../../support/committee-world.ts';

const [a, b, c] = ['aggregator-00', 'aggregator-01', 'aggregator-02'] as const;
const workerNames = (count: number, from = 0) =>
  Array.from({ length: count }, (_, number) => `worker-${String(from + number).padStart(2, '0')}`);

const ledgerOf = (world: CommitteeWorld, node: string): CheckpointState => {
  const state = world.state(node);
  return committedAfter(state, state.checkpoint.index).reduce(applyEntry, state.checkpoint);
};
const takeCheckpoint = (world: CommitteeWorld, node: string) => world.give(node, (state) => saveCheckpoint(state, ledgerOf(world, node)));

/** A committee that has admitted some workers; `a` leads. */
function admitted(batches: number): CommitteeWorld {
  const world = new CommitteeWorld(3);
  world.elect(a);
  for (let batch = 0; batch < batches; batch += 1) {
    world.propose(a, { kind: 'workersAdmitted', workers: workerNames(30, batch * 30), among: 30 });
  }
  world.settle();
  return world;
}

describe('records of a checkpoint', () => {
  const checkpoint: CheckpointState = {
    index: 9, term: 2, round: 3, model: blobOf(modelNumber(4)), modelBefore: blobOf(modelNumber(3)), stopReason: null,
    workers: workerNames(60).map((worker, place) => ({ worker, among: 60, removed: place % 3 === 0 ? 'equivocation' : '' })),
  };
  const recordsOf = (one: CheckpointState, version: number) =>
    ({ ...Object.fromEntries(chunkRecords(one, version)), [headerKey(version)]: headerRecord(one, version) });

  it('fit a disk each, and are read back', () => {
    const records = recordsOf(checkpoint, 3);
    expect(Object.keys(records)).toEqual(['checkpoint-odd/000', 'checkpoint-odd/001', 'checkpoint-odd/002', 'checkpoint-odd/header']);
    for (const record of Object.values(records)) expect(encode(record).length).toBeLessThanOrEqual(1_024);
    expect(completeCheckpoints(records)).toEqual([{ version: 3, checkpoint }]);
  });

  it('fit a disk even with the longest names', () => {
    const worker = `${'w'.repeat(40)}-000001`;
    const workers = Array.from({ length: 50 }, () => ({ worker, among: 100_000, removed: 'r'.repeat(32) }));
    for (const record of Object.values(recordsOf({ ...checkpoint, workers }, 1))) expect(encode(record).length).toBeLessThanOrEqual(1_024);
  });

  it('count only together', () => {
    const records = recordsOf(checkpoint, 3);
    for (const key of Object.keys(records)) expect(completeCheckpoints(removeKey(records, key)), key).toEqual([]);
    const mixed = { ...records, ...Object.fromEntries(chunkRecords({ ...checkpoint, index: 12 }, 3).slice(0, 1)) };
    expect(completeCheckpoints(mixed)).toEqual([]);
  });

  it('of two slots the newest counts', () => {
    const older = { ...checkpoint, index: 5 };
    const found = completeCheckpoints({ ...recordsOf(checkpoint, 3), ...recordsOf(older, 2) });
    expect(found.map((one) => one.checkpoint.index)).toEqual([5, 9]);
    expect(newestCheckpoint(found)?.checkpoint).toEqual(checkpoint);
    expect(newestCheckpoint([])).toBe(undefined);
  });
});

describe('a checkpoint of its own', () => {
  it('takes the place of the log once its header is on disk, which is saved last', () => {
    const world = admitted(2);
    takeCheckpoint(world, a);
    const keys = () => world.seat(a).pending.map(({ key }) => key);
    expect(keys()).toEqual(['checkpoint-odd/000', 'checkpoint-odd/001', 'checkpoint-odd/002']);
    for (let chunk = 0; chunk < 3; chunk += 1) world.save(a);
    expect(keys()).toEqual(['checkpoint-odd/header']);
    expect(world.state(a)).toMatchObject({ checkpoint: { index: 0 }, log: { length: 3 } });
    world.save(a);
    expect(world.state(a)).toMatchObject({ checkpoint: { index: 3 }, log: [], savingCheckpoint: null, checkpointVersion: 1 });
    world.saveAll(a);
    expect(Object.keys(world.seat(a).records).some((key) => key.startsWith('log/'))).toBe(false);
    expect(world.kinds('checkpoint-saved')).toMatchObject([{ node: a, data: { index: 3, round: 0 } }]);
  });

  it('is restored after a crash at any moment, or the one before is', () => {
    const total = 12;
    for (let saves = 0; saves <= total; saves += 1) {
      const world = admitted(1);
      takeCheckpoint(world, a);
      world.saveAll(a);
      world.propose(a, { kind: 'workersAdmitted', workers: workerNames(30, 60), among: 30 });
      world.settle();
      const before = ledgerOf(world, a);
      takeCheckpoint(world, a);
      for (let save = 0; save < saves; save += 1) world.save(a);
      world.crash(a, saves % 2);
      world.restart(a);
      const state = world.state(a);
      expect(state.standing).toBe('follower');
      expect([2, 3]).toContain(state.checkpoint.index);
      expect(state.log.reduce(applyEntry, state.checkpoint), `${saves} saves`).toEqual(before);
    }
  });

  it('waits for the one before it, and is of something decided and new', () => {
    const world = admitted(1);
    const ledger = ledgerOf(world, a);
    for (const unfit of [{ ...ledger, index: 99 }, firstLedger()]) {
      expect(saveCheckpoint(world.state(a), unfit).commands).toEqual([]);
    }
    takeCheckpoint(world, a);
    expect(saveCheckpoint(world.state(a), ledger).commands).toEqual([]);
  });
});

describe("the leader's checkpoint", () => {
  /** `b` missed everything, and the leader has only its checkpoint left. */
  function behind(): CommitteeWorld {
    const world = new CommitteeWorld(3);
    world.elect(a);
    world.cut([b]);
    world.propose(a, { kind: 'workersAdmitted', workers: workerNames(30), among: 30 });
    world.settle();
    takeCheckpoint(world, a);
    world.settle();
    world.cut([]);
    world.beat(a);
    world.deliver(a, b);
    world.deliver(b, a);
    return world;
  }

  it('is sent to a follower that lacks what is gone, installed at once, and acknowledged once it is on disk', () => {
    const world = behind();
    expect(world.flying(a, b)).toMatchObject([{ kind: 'CheckpointSent', checkpoint: { index: 2 } }]);
    world.deliver(a, b);
    expect(world.state(b)).toMatchObject({ checkpoint: { index: 2 }, commitIndex: 2, log: [] });
    expect(world.flying(b, a)).toMatchObject([{ kind: 'EntriesAnswered', accepted: true, index: 0 }]);
    expect(world.kinds('checkpoint-installed')).toEqual([]);
    world.saveAll(b);
    expect(world.flying(b, a).at(-1)).toMatchObject({ accepted: true, index: 2 });
    expect(world.kinds('checkpoint-installed')).toMatchObject([{ node: b, data: { index: 2, round: 0, from: a } }]);
    expect(Object.keys(world.seat(b).records).some((key) => key.startsWith('log/'))).toBe(false);
  });

  it('counts for nothing before it is on disk: neither acknowledgement nor candidacy', () => {
    const world = behind();
    world.deliver(a, b);
    world.propose(a, { kind: 'termBegun' });
    world.save(a);
    world.deliver(a, b);
    expect(world.flying(b, a).map((message) => message.kind === 'EntriesAnswered' && message.index)).toEqual([0, 0]);
    world.timeOut(b);
    expect(world.state(b).standing).toBe('follower');
    expect(world.flying(b, c)).toEqual([]);
    world.settle();
    expect(world.state(b)).toMatchObject({ log: [{ index: 3, stored: true }], commitIndex: 3 });
  });

  it('keeps what follows the entry that it ends with, and only that (receiver 6 and 7)', () => {
    for (const keeps of [true, false]) {
      const world = admitted(1);
      world.judging = false;
      const { log, term } = world.state(b);
      const extra = { ...log[1]!, index: 3 };
      world.place(b, { log: [...log, extra], commitIndex: 0 });
      const checkpoint = { ...firstLedger(), index: 2, term: keeps ? log[1]!.term : 0 };
      const bulletin = { version: 0, serving: [] };
      world.hear(b, a, { kind: 'CheckpointSent', term, sequence: 9, checkpoint, bulletin, crashVector: [0, 0, 0] });
      expect(world.state(b).log.map(({ index }) => index)).toEqual(keeps ? [3] : []);
      world.saveAll(b);
      expect(world.state(b).checkpointVersion).toBe(1);
    }
  });

  it('that is not news changes nothing', () => {
    const world = admitted(1);
    const { term, log } = world.state(b);
    const checkpoint = { ...firstLedger(), index: 1, term };
    const bulletin = { version: 0, serving: [] };
    world.hear(b, a, { kind: 'CheckpointSent', term, sequence: 9, checkpoint, bulletin, crashVector: [0, 0, 0] });
    expect(world.state(b)).toMatchObject({ log, checkpoint: { index: 0 }, savingCheckpoint: null });
    expect(world.flying(b, a)).toMatchObject([{ accepted: true, index: 2, sequence: 9 }]);
  });

  it('takes the place of an own one that is on its way', () => {
    const world = admitted(1);
    takeCheckpoint(world, b);
    const { term } = world.state(b);
    const checkpoint = { ...ledgerOf(world, b), index: 7, term };
    const bulletin = { version: 0, serving: [] };
    world.hear(b, a, { kind: 'CheckpointSent', term, sequence: 9, checkpoint, bulletin, crashVector: [0, 0, 0] });
    world.saveAll(b);
    expect(world.state(b)).toMatchObject({ checkpoint: { index: 7 }, checkpointVersion: 1, savingCheckpoint: null, owedSaves: [] });
    expect(completeCheckpoints(world.seat(b).records)).toEqual([{ version: 1, checkpoint }]);
    expect(Object.keys(world.seat(b).records).some((key) => key.startsWith('log/'))).toBe(false);
  });
});
