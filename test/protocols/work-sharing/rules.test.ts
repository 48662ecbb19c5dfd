import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/kernel/contract.ts';
import { inIdOrder, makeNodeId } from '../../../src/kernel/ids.ts';
import { firstPulse } from '../../../src/protocols/membership/suspicion.ts';
import {
  areEquivocal, faultOfUpdate, hasQuorum, isAcknowledged, isAwaited, isTaken, membersFor, partsNow, statementOf, workersOf,
} from '../../../src/protocols/work-sharing/rules.ts';
import type { ServedWorker, TakenUpdate } from '../../../src/protocols/work-sharing/rules.ts';
import { signedFrame } from '../../support/signatures.ts';
import { blobNamed } from '../../support/stepped-actor.ts';

const submission = (digit: string, samples = 200, round = 5): Message =>
  ({ kind: 'UpdateSubmitted', round, update: blobNamed(digit), samples });
const claim = (digit: string, samples = 200, round = 5): Message =>
  ({ kind: 'UpdateClaimed', round, digest: digit.repeat(64), samples });
const frame = (message: Message, from = 'worker-00', to = 'aggregator-00', incarnation = 0) =>
  signedFrame({ from, incarnation, to, message });

const silent: ServedWorker = {
  node: 'worker-00', among: 3, cut: 'known', shard: null, samples: 200, asked: null, holds: true, pulse: firstPulse(0, 1_000_000),
  suspected: false, openedUs: null, update: null, previous: null, leaving: null,
};
/** It claimed 300 samples and was given the 200 that it has. */
const greedy: TakenUpdate = { update: blobNamed('a'), samples: 200, frame: frame(submission('a', 300)) };
const taken: TakenUpdate = { ...greedy, frame: frame(submission('a')) };
const answered: ServedWorker = { ...silent, update: taken };
const leaving: ServedWorker = { ...silent, leaving: 'left' };

const members = Array.from({ length: 5 }, (_, index) => makeNodeId('aggregator', index));
const workers = Array.from({ length: 60 }, (_, index) => makeNodeId('worker', index));

describe('who serves whom', () => {
  it('every member stands in the order once, whatever order they come in', () => {
    fc.assert(fc.property(fc.nat(9_999), fc.shuffledSubarray(members), (index, serving) => {
      const worker = makeNodeId('worker', index);
      const order = membersFor(worker, serving);
      expect(inIdOrder(order)).toEqual(inIdOrder(serving));
      expect(membersFor(worker, inIdOrder(serving))).toEqual(order);
    }));
  });

  it('a member that falls out moves its own workers only, to their witness', () => {
    fc.assert(fc.property(fc.nat(9_999), fc.nat(4), (index, gone) => {
      const worker = makeNodeId('worker', index);
      const before = membersFor(worker, members);
      const after = membersFor(worker, members.filter((member) => member !== members[gone]));
      expect(after).toEqual(before.filter((member) => member !== members[gone]));
    }));
  });

  it('every worker is served by exactly one member, and no member by far the most', () => {
    const shares = members.map((member) => workersOf(member, workers, members));
    expect(inIdOrder(shares.flat())).toEqual(workers);
    for (const share of shares) expect(share.length).toBeGreaterThan(0);
    for (const share of shares) expect(share.length).toBeLessThan(30);
  });

  it('names workers in id order, and nobody for a member that does not serve', () => {
    const mine = workersOf(members[0]!, workers.toReversed(), members);
    expect(mine).toEqual(inIdOrder(mine));
    expect(workersOf(members[0]!, workers, members.slice(1))).toEqual([]);
    expect(membersFor('worker-00', [])).toEqual([]);
  });
});

describe('whom the open round waits for', () => {
  it.each<[string, ServedWorker, boolean]>([
    ['one that is silent', silent, true],
    ['one that does not hold its share yet', { ...silent, holds: false, cut: 'wanted' }, true],
    ['one that answered', answered, false],
    ['one whose update cannot be counted', { ...silent, update: 'refused' }, false],
    ['one that is suspected', { ...silent, suspected: true }, false],
    ['one that leaves', leaving, false],
  ])('%s', (_, worker, awaited) => {
    expect(isAwaited(worker)).toBe(awaited);
  });
});

describe('updates', () => {
  const update = { round: 5, update: blobNamed('a'), samples: 200 };
  const other = { ...update, update: blobNamed('b') };

  it.each([
    ['a right one', update, silent, undefined, true, true],
    ['from a suspected worker', update, { ...silent, suspected: true }, undefined, true, true],
    ['from nobody', update, undefined, 'foreignUpdate', false, false],
    ['from one that leaves', update, leaving, 'foreignUpdate', false, false],
    ['from one that leaves, too late', { ...update, round: 4 }, leaving, 'foreignUpdate', false, false],
    ['too late', { ...update, round: 4 }, silent, 'lateUpdate', false, true],
    ['too early', { ...update, round: 6 }, silent, 'futureUpdate', false, false],
    ['twice', update, answered, 'duplicateUpdate', false, true],
    ['twice, of too many samples both times', { ...update, samples: 300 }, { ...silent, update: greedy }, 'duplicateUpdate', false, true],
    ['after one that was refused', other, { ...silent, update: 'refused' }, 'duplicateUpdate', false, true],
    ['with other bytes than the first', other, answered, 'conflictingUpdate', false, false],
    ['of other samples than the first', { ...update, samples: 199 }, answered, 'conflictingUpdate', false, false],
    ['before its share is known', update, { ...silent, cut: 'underWay' }, 'unknownShare', false, false],
    ['before its share is asked for', update, { ...silent, cut: 'wanted' }, 'unknownShare', false, false],
    ['too large', { ...update, update: blobNamed('a', 65) }, silent, 'oversizedUpdate', false, false],
    ['too small', { ...update, update: blobNamed('a', 60) }, silent, 'misshapenUpdate', false, false],
    ['of no samples', { ...update, samples: 0 }, silent, 'emptyUpdate', false, false],
    ['of too many samples', { ...update, samples: 201 }, silent, 'overweightUpdate', true, true],
  ] as const)('%s', (_, message, worker, fault, isCounted, acknowledged) => {
    expect(faultOfUpdate(message, worker, 5, 64)).toBe(fault);
    expect(isTaken(fault)).toBe(isCounted);
    expect(isAcknowledged(fault)).toBe(acknowledged);
  });
});

describe('statements of workers', () => {
  const told = { worker: 'worker-00', round: 5, digest: 'a'.repeat(64), samples: 200 };

  it('are made by submitting an update and by claiming it', () => {
    expect(statementOf(frame(submission('a')))).toEqual(told);
    expect(statementOf(frame(claim('a'), 'worker-00', 'aggregator-01'))).toEqual(told);
  });

  it.each<[string, Message]>([
    ['another message of the training', { kind: 'WorkerLeft', round: 5 }],
    ['a message that nobody knows', { kind: 'Nonsense', round: 5 }],
    ['a submission without its update', { kind: 'UpdateSubmitted', round: 5, samples: 200 }],
    ['a claim whose digest is none', { kind: 'UpdateClaimed', round: 5, digest: 'abc', samples: 200 }],
    ['a claim with a word too many', { ...claim('a'), surprise: 1 }],
  ])('are not made by %s', (_, message) => {
    expect(statementOf(frame(message))).toBeUndefined();
    expect(areEquivocal(frame(message), frame(claim('b')))).toBe(false);
    expect(areEquivocal(frame(claim('b')), frame(message))).toBe(false);
  });

  it.each<[string, Message, Message, boolean]>([
    ['the same story in two words', submission('a'), claim('a'), false],
    ['another digest', submission('a'), claim('b'), true],
    ['another number of samples', submission('a'), claim('a', 199), true],
    ['two submissions', submission('a'), submission('b'), true],
    ['another round', submission('a', 200, 4), claim('b'), false],
  ])('contradict each other or not: %s', (_, first, second, equivocal) => {
    expect(areEquivocal(frame(first), frame(second, 'worker-00', 'aggregator-01'))).toBe(equivocal);
    expect(areEquivocal(frame(second, 'worker-00', 'aggregator-01'), frame(first))).toBe(equivocal);
  });

  it('of two workers do not contradict each other', () => {
    expect(areEquivocal(frame(claim('a')), frame(claim('b'), 'worker-01'))).toBe(false);
  });

  it('of two lives of one worker do, because training repeats itself', () => {
    expect(areEquivocal(frame(claim('a')), frame(claim('b'), 'worker-00', 'aggregator-00', 1))).toBe(true);
    expect(areEquivocal(frame(claim('a')), frame(claim('a'), 'worker-00', 'aggregator-00', 1))).toBe(false);
  });
});

describe('parts', () => {
  const part = { node: 'aggregator-01', term: 2, version: 3, round: 5 };
  const now = { term: 2, version: 3, round: 5, serving: ['aggregator-00', 'aggregator-01'] };

  it.each([
    ['of now', part, true],
    ['of an earlier term', { ...part, term: 1 }, false],
    ['of an earlier list of serving members', { ...part, version: 2 }, false],
    ['of an earlier round', { ...part, round: 4 }, false],
    ['of the round to come', { ...part, round: 6 }, false],
    ['of a member that serves no longer', { ...part, node: 'aggregator-02' }, false],
  ])('%s', (_, offered, counts) => {
    expect(partsNow([offered], now)).toEqual(counts ? [offered] : []);
  });

  it('keep their order', () => {
    const first = { ...part, node: 'aggregator-00' };
    expect(partsNow([first, { ...part, term: 1 }, part], now)).toEqual([first, part]);
  });
});

describe('a quorum of updates', () => {
  it.each([
    [28, 40, 0.7, true],
    [27, 40, 0.7, false],
    [0, 0, 0.7, false],
    [1, 1, 0.01, true],
    [3, 3, 1, true],
    [2, 3, 1, false],
  ])('%d of %d admitted at a share of %d: %s', (counted, admitted, share, met) => {
    expect(hasQuorum(counted, admitted, share)).toBe(met);
  });
});
