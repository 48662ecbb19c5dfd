import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeNodeId } from '../../../src/kernel/ids.ts';
import {
  admittedCount, answeredCount, fallenSilent, faultOfUpdate, hasQuorum, isAcknowledged, isCounted, nobodyAwaited, quorumOf,
  rendezvous, weightOf,
} from '../../../src/protocols/training/rules.ts';
import type { Member } from '../../../src/protocols/training/rules.ts';
import { blobNamed } from '../../support/stepped-actor.ts';

const silentMember: Member = {
  node: 'worker-00', attempt: 1, shard: null, samples: 200, assigned: true, admitted: true, suspected: false, left: false,
  heardUs: 0, openedUs: null, update: null,
};
const answered: Member = { ...silentMember, update: { update: blobNamed('a'), samples: 200 } };
const suspected: Member = { ...silentMember, suspected: true };
const gone: Member = { ...silentMember, left: true };
const unconfirmed: Member = { ...silentMember, admitted: false };

describe('quorums', () => {
  it.each([
    [0.7, 40, 28],
    [0.7, 39, 28],
    [0.7, 35, 25],
    [0.55, 20, 11], // 0.55 · 20 is 11.000000000000002 in binary64
    [1, 3, 3],
    [0.01, 1, 1],
    [0.7, 0, 1],
  ])('a share of %d of %d nodes is %d', (share, count, expected) => {
    expect(quorumOf(share, count)).toBe(expected);
  });

  it('whole percentages give the smallest number that is enough', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 10_000 }), (percent, count) => {
      const quorum = quorumOf(percent / 100, count);
      expect(quorum * 100).toBeGreaterThanOrEqual(percent * count);
      expect((quorum - 1) * 100).toBeLessThan(percent * count);
    }));
  });
});

describe('closing a round', () => {
  it.each([
    ['everybody answered', [answered, answered], true, true],
    ['one is awaited', [answered, silentMember], false, false],
    ['one is suspected', [answered, answered, answered, suspected], true, true],
    ['too many are suspected', [answered, suspected, suspected], true, false],
    ['one left before answering', [answered, gone], true, true],
    ['one is not admitted yet', [answered, unconfirmed], true, true],
    ['nobody is there', [], true, false],
    ['nobody who is there has answered', [suspected, gone], true, false],
  ])('%s', (_, members, complete, quorum) => {
    expect(nobodyAwaited(members)).toBe(complete);
    expect(hasQuorum(members, 0.7)).toBe(quorum);
  });

  it('counts who takes part and who answered', () => {
    const members = [answered, silentMember, suspected, gone, unconfirmed];
    expect(admittedCount(members)).toBe(3);
    expect(answeredCount(members)).toBe(1);
  });
});

describe('updates', () => {
  const update = { round: 5, update: blobNamed('b'), samples: 200 };

  it.each([
    ['a right one', update, silentMember, undefined, true, true],
    ['from nobody', update, undefined, 'foreignUpdate', false, false],
    ['from one who is not admitted', update, unconfirmed, 'foreignUpdate', false, false],
    ['from one who left', update, gone, 'foreignUpdate', false, false],
    ['too late', { ...update, round: 4 }, silentMember, 'lateUpdate', false, true],
    ['too early', { ...update, round: 6 }, silentMember, 'futureUpdate', false, false],
    ['twice', update, answered, 'duplicateUpdate', false, true],
    ['of the wrong size', { ...update, update: blobNamed('b', 60) }, silentMember, 'misshapenUpdate', false, false],
    ['of no samples', { ...update, samples: 0 }, silentMember, 'emptyUpdate', false, false],
    ['of too many samples', { ...update, samples: 201 }, silentMember, 'overweightUpdate', true, true],
    ['from a suspected worker', update, suspected, undefined, true, true],
  ] as const)('%s', (_, message, member, fault, counted, acknowledged) => {
    expect(faultOfUpdate(message, member, 5, 64)).toBe(fault);
    expect(isCounted(fault)).toBe(counted);
    expect(isAcknowledged(fault)).toBe(acknowledged);
  });

  it('weighs no more than what was assigned', () => {
    expect(weightOf(1_000, 200)).toBe(200);
    expect(weightOf(150, 200)).toBe(150);
  });
});

describe('suspicion', () => {
  it('falls on admitted members that were silent for longer than the time-out, once', () => {
    const members = [silentMember, { ...silentMember, node: 'worker-01', heardUs: 1 }, suspected, gone, unconfirmed];
    expect(fallenSilent(members, 101, 100).map(({ node }) => node)).toEqual(['worker-00']);
    expect(fallenSilent(members, 100, 100)).toEqual([]);
  });
});

describe('rendezvous', () => {
  const candidates = Array.from({ length: 5 }, (_, index) => makeNodeId('aggregator', index));

  it('finds nobody among nobody', () => {
    expect(rendezvous('worker-00', [])).toBeUndefined();
  });

  it('whoever goes away moves only those that had turned to it', () => {
    fc.assert(fc.property(fc.nat(999), fc.nat(4), (index, removed) => {
      const worker = makeNodeId('worker', index);
      const before = rendezvous(worker, candidates);
      const after = rendezvous(worker, candidates.toReversed().filter((candidate) => candidate !== candidates[removed]));
      expect(after === before).toBe(before !== candidates[removed]);
    }));
  });

  it('spreads nodes over all candidates', () => {
    const chosen = new Set(Array.from({ length: 60 }, (_, index) => rendezvous(makeNodeId('worker', index), candidates)));
    expect(chosen.size).toBe(5);
  });
});
