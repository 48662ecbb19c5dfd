/** The leader's side: what it sends when, what answers change, and when it gives up. */
import { describe, expect, it } from 'vitest';
import type { EntriesAppended } from '../../../src/protocols/round-commit/messages.ts';
import { entriesPerFrameMax } from '../../../src/protocols/round-commit/messages.ts';
import { offerEvidence, propose, publish } from '../../../src/protocols/round-commit/replication.ts';
import { blobOf, modelNumber, roundDecree } from '../../support/committee-seat.ts';
import { CommitteeWorld } from '../../support/committee-world.ts';

const [a, b, c] = ['aggregator-00', 'aggregator-01', 'aggregator-02'] as const;

function led(count = 3): CommitteeWorld {
  const world = new CommitteeWorld(count);
  world.elect(a);
  return world;
}

const frames = (world: CommitteeWorld, to: string) => world.flying(a, to) as readonly EntriesAppended[];
const followerOf = (world: CommitteeWorld, node: string) => world.state(a).followers.find((one) => one.node === node)!;

describe('a proposal', () => {
  it('is sent to everybody once it is on the own disk, with the model for whoever did not compute it', () => {
    const world = led();
    world.propose(a, roundDecree(3));
    expect(frames(world, b)).toEqual([]);
    world.save(a);
    for (const other of [b, c]) {
      expect(frames(world, other)).toMatchObject([
        { previousIndex: 1, previousTerm: 1, entries: [{ index: 2, term: 1, decree: roundDecree(3) }] },
      ]);
      expect(frames(world, other)[0]!.evidence).toEqual([{ index: 2, evidence: { kind: 'model', model: blobOf(modelNumber(3)) } }]);
    }
  });

  it('takes the evidence that it was proposed with, or that was offered later', () => {
    const world = led();
    const evidence = { kind: 'updates' as const, updates: [] };
    world.give(a, (state) => propose(state, roundDecree(3), evidence, blobOf(modelNumber(3)), 0));
    expect(world.state(a).log.at(-1)).toMatchObject({ evidence, verified: true, stored: false });
    const model = { kind: 'model' as const, model: blobOf(modelNumber(3)) };
    expect(offerEvidence(world.state(a), 2, model).log.at(-1)!.evidence).toEqual(model);
  });

  it('follows another without waiting for its answer', () => {
    const world = led();
    for (const model of [1, 2]) {
      world.propose(a, roundDecree(model, model));
      world.save(a);
    }
    expect(frames(world, b).map(({ entries }) => entries.map(({ index }) => index))).toEqual([[2], [3]]);
    world.settle();
    for (const node of [a, b, c]) expect(world.state(node).commitIndex, node).toBe(3);
  });

  it('of a member that does not lead is none', () => {
    const world = led();
    world.propose(b, roundDecree(3));
    world.give(b, (state) => publish(state, { version: 4, serving: [b] }, 0));
    expect(world.state(b)).toMatchObject({ log: [{ index: 1 }], bulletin: { version: 0 } });
    expect(world.seat(b).pending).toEqual([]);
  });
});

describe('a follower that lacks entries', () => {
  it('gets them in frames of bounded size, the next with each answer', () => {
    const world = led();
    world.cut([b]);
    const count = 2 * entriesPerFrameMax + 5;
    for (let model = 1; model <= count; model += 1) world.propose(a, { kind: 'termBegun' });
    world.settle();
    world.cut([]);
    world.beat(a);
    const lengths: number[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      lengths.push(...frames(world, b).map(({ entries }) => entries.length));
      while (world.deliver(a, b));
      world.saveAll(b);
      while (world.deliver(b, a));
    }
    expect(lengths.filter((length) => length > 0)).toEqual([entriesPerFrameMax, entriesPerFrameMax, 5]);
    expect(world.state(b).log).toHaveLength(count + 1);
    expect(followerOf(world, b)).toMatchObject({ matchIndex: count + 1, nextIndex: count + 2 });
  });

  it('gets again what a broken connection lost, once a later frame shows it', () => {
    const world = led();
    world.propose(a, roundDecree(1));
    world.save(a);
    world.breakConnections(b);
    world.settle();
    expect(world.state(b).log).toHaveLength(1);
    world.beat(a);
    world.settle();
    expect(world.state(b).log).toHaveLength(2);
  });

  it('makes the leader go back once, however many frames it refuses', () => {
    const world = led();
    world.cut([b]);
    world.propose(a, roundDecree(1));
    world.settle();
    world.cut([]);
    for (let beats = 0; beats < 3; beats += 1) world.beat(a);
    while (world.deliver(a, b));
    expect(world.flying(b, a)).toMatchObject([{ accepted: false, index: 2 }, { accepted: false }, { accepted: false }]);
    while (world.deliver(b, a));
    expect(frames(world, b)).toMatchObject([{ entries: [{ index: 2 }] }]);
  });

  it('that pretends to hold more or less than can be changes nothing', () => {
    const world = led();
    world.settle();
    const answer = { kind: 'EntriesAnswered' as const, term: 1, sequence: 99, accepted: false, index: 50, crashVector: [0, 0, 0] };
    world.hear(a, b, answer);
    world.hear(a, b, { ...answer, accepted: true });
    expect(followerOf(world, b)).toMatchObject({ matchIndex: 1, nextIndex: 2 });
    expect(frames(world, b)).toEqual([]);
    world.hear(a, b, { ...answer, index: 0 });
    expect(frames(world, b)).toMatchObject([{ previousIndex: 0, entries: [{ index: 1 }] }]);
    expect(followerOf(world, b)).toMatchObject({ matchIndex: 1, nextIndex: 2 });
  });
});

describe('a heartbeat', () => {
  it('carries the commit index and the bulletin', () => {
    const world = led();
    world.give(a, (state) => publish(state, { version: 1, serving: [a, b] }, 0));
    expect(frames(world, c)).toMatchObject([{ entries: [], commitIndex: 1, bulletin: { version: 1, serving: [a, b] } }]);
    world.settle();
    expect(world.state(c).bulletin).toEqual({ version: 1, serving: [a, b] });
  });

  it('of a leader that no majority answers is its last (dissertation §6.2)', () => {
    const world = led(5);
    world.cut([a, b]);
    world.nowUs += world.options.electionTimeout;
    world.beat(a);
    world.settle();
    expect(world.leaders()).toEqual([a]);
    world.nowUs += 2 * world.options.electionTimeout + 1;
    world.beat(a);
    expect(world.leaders()).toEqual([]);
    expect(world.kinds('leader-stepped-down')).toMatchObject([{ node: a, data: { term: 1, reason: 'noMajority' } }]);
    expect(world.state(a)).toMatchObject({ standing: 'follower', leader: null });
  });

  it('of a follower is none', () => {
    const world = led();
    world.beat(b);
    expect(world.flying(b, a)).toEqual([]);
  });
});
