/** Updates that a committee must not count: each is refused by its reason, and the rounds go on. */
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/kernel/contract.ts';
import { workersThatSay, workersThatSpoil } from '../support/spoiled-workers.ts';
import type { Saying } from '../support/spoiled-workers.ts';
import {
  attendances, committeeOfFive, expectOneModelARound, expectPassing, fault, ids, inRound, namesIn, nodes,
} from '../support/training-stories.ts';

const seeds = [1, 2];
const rules = ['mean', 'median'] as const;
const spoiled = ['worker-03', 'worker-07'];
const everybody = Array.from({ length: 6 }, () => 12);

/** The update that a worker is about to send, with some fields changed; what it claims stays as it is. */
const withUpdate = (change: (message: Extract<Saying['message'], { kind: 'UpdateSubmitted' }>) => Message) =>
  (said: readonly Saying[]) =>
    said.map(({ to, message }) => ({ to, message: message.kind === 'UpdateSubmitted' ? change(message) : message as Message }));

describe.each(rules)('with the %s', (aggregate) => {
  describe.each(seeds)('and seed %d', (seed) => {
    it.each([
      ['not a number', NaN, 'nonFiniteUpdate'],
      ['infinite', Infinity, 'nonFiniteUpdate'],
      ['too large for any merge', 64, 'overflowingUpdate'],
    ] as const)('updates that are %s are left out when the part is made', (_, value, reason) => {
      const run = expectPassing({
        seed, sections: { training: { aggregate } }, roles: [workersThatSpoil(spoiled, { value })],
        phrases: ['training finished', 'a round closed without full attendance'],
      });
      expectOneModelARound(run);
      expect(run.rejected).toEqual({ [reason]: 12 });
      expect(namesIn(run, 'update-refused', 'worker')).toEqual(spoiled);
      // The round is complete without them: nobody waits for its time to be over.
      expect(attendances(run)).toEqual(everybody.map((count) => count - 2));
      expect(run.of('round-overdue')).toEqual([]);
    });
  });
});

it('the median learns, one model a round, the same in whatever number of aggregators', () => {
  const models = [1, 3, 5].map((aggregator) => {
    const counts = { ...committeeOfFive, aggregator };
    const run = expectPassing({ counts, sections: { training: { aggregate: 'median', rounds: 12, dimensions: 64 } } });
    expectOneModelARound(run, 12);
    expect(attendances(run)).toEqual([...everybody, ...everybody]);
    expect(Number(run.of('round-evaluated').at(-1)!.data['accuracy'])).toBeGreaterThan(0.8);
    return new Set(run.of('round-closed').map(({ data }) => data['weights']));
  });
  expect(models[1]).toEqual(models[0]);
  expect(models[2]).toEqual(models[0]);
});

describe.each(seeds)('with seed %d', (seed) => {
  const hasty = { training: { roundTimeout: '300ms', retryAfter: '400ms', rounds: 6 } };

  it.each([
    ['more bytes than the model has', 8, 'oversizedUpdate'],
    ['fewer bytes than the model has', -8, 'misshapenUpdate'],
  ] as const)('updates of %s never count, and rounds close at their time', (_, extraBytes, reason) => {
    const run = expectPassing({
      seed, sections: hasty, roles: [workersThatSpoil(spoiled, { value: 0.1, extraBytes })],
      phrases: ['training finished', 'a round was overdue', 'a round closed without full attendance'],
    });
    expectOneModelARound(run);
    expect(attendances(run)).toEqual(everybody.map((count) => count - 2));
    expect(run.rejected[reason]).toBeGreaterThanOrEqual(12);
  });

  it('updates of no samples never count', () => {
    const run = expectPassing({
      seed, sections: hasty, roles: [workersThatSay(spoiled, withUpdate((message) => ({ ...message, samples: 0 })))],
    });
    expect(attendances(run)).toEqual(everybody.map((count) => count - 2));
    expect(run.rejected['emptyUpdate']).toBeGreaterThanOrEqual(12);
  });

  it('updates that claim too much weight count with what was assigned', () => {
    const greedy = (said: readonly Saying[]) =>
      said.map(({ to, message }) => ({ to, message: { ...message, samples: 100_000 } as Message }));
    const run = expectPassing({ seed, roles: [workersThatSay(spoiled, greedy)] });
    expect(attendances(run)).toEqual(everybody);
    expect(run.rejected['overweightUpdate']).toBe(12);
    const samples = run.of('update-counted').map(({ data }) => data['samples']);
    expect(new Set(samples)).toEqual(new Set([200]));
    const models = (one: typeof run) => one.of('round-closed').map(({ data }) => `${String(data['round'])} ${String(data['weights'])}`);
    expect(new Set(models(run))).toEqual(new Set(models(expectPassing({ seed }))));
  });

  it('updates that are repeated before an answer can have come count once', () => {
    const run = expectPassing({ seed, sections: { training: { retryAfter: '30ms' } } });
    expect(run.rejected['duplicateUpdate']).toBeGreaterThan(0);
    expect(attendances(run)).toEqual(everybody);
  });

  it('updates that come too late do not count, and their senders take part again', () => {
    const slow = fault(inRound(2), { kind: 'slow', who: nodes('worker', 2, 5), factor: 8_000, forUs: 1_500_000 });
    const run = expectPassing({ seed, sections: { training: { ...hasty.training, rounds: 12 } }, faults: [slow] });
    expectOneModelARound(run, 12);
    expect(run.rejected['lateUpdate']).toBeGreaterThan(0);
    expect(Math.min(...attendances(run))).toBeLessThan(12);
    expect(attendances(run).at(-1)).toBe(12);
  });

  it('updates for a round to come do not count yet', () => {
    const early = withUpdate((message) => ({ ...message, round: message.round + 100 }));
    const run = expectPassing({ seed, sections: hasty, roles: [workersThatSay(['worker-03'], (said) => early(said.slice(0, 1)))] });
    expect(run.rejected['futureUpdate']).toBeGreaterThan(0);
    expectOneModelARound(run);
  });

  it('updates that a worker sends to all aggregators count where it is served, once', () => {
    const toAll = (said: readonly Saying[]) => {
      const submission = said[0]!.message as Message;
      return ids('aggregator', 5).map((to) => ({ to, message: submission }));
    };
    const run = expectPassing({ seed, roles: [workersThatSay(ids('worker', 6, 6), toAll)] });
    expect(run.rejected['foreignUpdate']).toBeGreaterThan(0);
    expect(attendances(run)).toEqual(everybody);
    expect(run.of('equivocation-proved')).toEqual([]);
  });
});
