/** Forged updates: when a liar forges, from what, and what its worker believes to have learned. */
import { describe, expect, it } from 'vitest';
import { compute } from '../../../src/actors/define.ts';
import type { AdversaryCommand } from '../../../src/actors/adversaries/define.ts';
import type { InputEvent } from '../../../src/kernel/contract.ts';
import { blobNamed } from '../../support/stepped-actor.ts';
import { overheard, SteppedLiar, submitted, trained, training } from '../../support/stepped-liar.ts';

const honest = ['worker-01', 'worker-02', 'worker-03'];
const liars = ['worker-00', 'worker-04'];
const [own, lie] = [blobNamed('a'), blobNamed('b')];
const updateOf = (worker: string) => blobNamed(worker.slice(-1));
const patience: InputEvent = { type: 'adversary/patience' };
const tasksIn = (said: readonly AdversaryCommand[]) => said.flatMap((command) => (command.type === 'compute' ? [command] : []));
const kinds = (said: readonly AdversaryCommand[]) => said.map(({ type }) => type);
/** What the forging task reads of others, by the command that asks for it. */
const readIn = (said: readonly AdversaryCommand[]) =>
  tasksIn(said).map(({ input }) => (input as unknown as { honest: readonly unknown[] }).honest);

/** The result of a forgery, under the key of the command that asked for it. */
const forged = (round: number): InputEvent =>
  ({ type: 'computed', task: 'learning/forge', key: `adversary/round-${round}`, result: { update: lie } }) as unknown as InputEvent;
const given = (event: InputEvent) => ({ give: [{ copy: 0, event }], say: [] });

/** A liar whose worker has asked for the training of a round. */
function asked(name: string, round = 1): SteppedLiar {
  const liar = new SteppedLiar(name, { honest, liars, ...(name === 'alie' ? { options: { deviations: 1.5 } } : {}) });
  expect(liar.says(training(round))).toEqual([training(round)]);
  return liar;
}

describe('a forger that reads nobody', () => {
  it.each([
    ['sign-flip', { name: 'sign-flip', factor: 1 }], ['scaling', { name: 'scaling', factor: 10 }], ['zero', { name: 'zero' }],
    ['gaussian', { name: 'gaussian', mean: 0, deviation: 1 }], ['non-finite', { name: 'non-finite', share: 0.01 }],
  ])('%s: forges at once, without waiting or reading', (name, attack) => {
    const liar = asked(name, 4);
    const { give, say } = liar.hears(trained(4, own));
    expect(give).toEqual([]);
    expect(say).toEqual([compute('learning/forge', 'adversary/round-4', {
      attack, own, honest: [], model: { name: 'bowl', dimensions: 16 }, seed: 1, worker: 'worker-00', round: 4, workers: 2, liars: 2,
    } as never)]);
    expect(liar.notices(forged(4))).toEqual({
      give: [{ copy: 0, event: trained(4, lie) }], say: [{ type: 'act', what: 'sent a forged update' }],
    });
  });

  it('lets everything else pass, and what its worker sends then', () => {
    const liar = asked('sign-flip');
    const other: InputEvent = { type: 'computed', task: 'learning/evaluate', key: 'round-1', result: 1 };
    const failed: InputEvent = { type: 'computeFailed', task: 'learning/train', key: 'round-1', reason: 'no' };
    for (const event of [other, failed, { type: 'linkUp', peer: 'worker-01' }]) expect(liar.hears(event)).toEqual(given(event));
    expect(liar.says(submitted(1, lie))).toEqual([submitted(1, lie)]);
  });

  it('is honest where its forgery is refused', () => {
    const liar = asked('sign-flip');
    liar.hears(trained(1, own));
    const refusal = { type: 'computeFailed', task: 'learning/forge', key: 'adversary/round-1', reason: 'not finite' };
    expect(liar.notices(refusal)).toEqual(given(trained(1, own)));
    expect(liar.notices(forged(1))).toEqual({ give: [], say: [] });
  });

  it('forgets a round when the next one begins, whatever comes late of it', () => {
    const liar = asked('sign-flip', 1);
    liar.hears(trained(1, own));
    liar.says(training(2));
    expect(liar.notices(forged(1))).toEqual({ give: [], say: [] });
    // Its worker had gone on to round 2 before the training of round 1 ended.
    expect(liar.hears(trained(1, own))).toEqual(given(trained(1, own)));
    expect(tasksIn(liar.hears(trained(2, own)).say)).toMatchObject([{ key: 'adversary/round-2' }]);
    expect(liar.notices(forged(2)).give).toEqual([{ copy: 0, event: trained(2, lie) }]);
  });
});

const readers = ['ipm', 'alie'];

describe.each(readers)('%s, which reads the honest', (name) => {
  it('waits until every honest worker of the round was overheard, and forges once, in id order', () => {
    const liar = asked(name);
    const order = ['worker-03', 'worker-01', 'worker-02'];
    const said = order.slice(0, 2).flatMap((worker) => liar.notices(overheard(worker, 1, updateOf(worker))).say);
    expect(said).toEqual([]);
    const waiting = liar.hears(trained(1, own));
    expect(waiting.give).toEqual([]);
    expect(waiting.say).toEqual([{ type: 'arm', id: 'adversary/patience', delayUs: 1_000_000, event: 'adversary/patience' }]);
    const { say } = liar.notices(overheard(order[2]!, 1, updateOf(order[2]!)));
    expect(kinds(say)).toEqual(['compute', 'cancel']);
    expect(readIn(say)).toEqual([honest.map(updateOf)]);
    expect(tasksIn(say)[0]!.input).toMatchObject({ workers: 5, liars: 2, own });
    expect(liar.notices(overheard('worker-01', 1, updateOf('worker-01')))).toEqual({ give: [], say: [] });
    expect(liar.notices(patience)).toEqual({ give: [], say: [] });
  });

  it('forges at once where it has overheard all before its own training ended', () => {
    const liar = asked(name);
    for (const worker of honest) liar.notices(overheard(worker, 1, updateOf(worker)));
    expect(readIn(liar.hears(trained(1, own)).say)).toEqual([honest.map(updateOf)]);
  });

  it('forges of what there is when its patience is over, and of nothing more then', () => {
    const liar = asked(name);
    expect(liar.notices(patience)).toEqual({ give: [], say: [] });
    liar.hears(trained(1, own));
    liar.notices(overheard('worker-02', 1, updateOf('worker-02')));
    expect(readIn(liar.notices(patience).say)).toEqual([[updateOf('worker-02')]]);
    for (const worker of honest) expect(liar.notices(overheard(worker, 1, updateOf(worker))).say).toEqual([]);
    expect(liar.notices(patience).say).toEqual([]);
  });

});

describe.each(readers)('%s and what it overhears', (name) => {
  it.each([
    ['of a fellow liar', 'worker-04', 1], ['of a round before', 'worker-03', 0], ['of a node that is no worker', 'client-00', 1],
  ])('does not count an update %s', (_, from, round) => {
    const liar = asked(name);
    for (const worker of honest.slice(0, 2)) liar.notices(overheard(worker, 1, updateOf(worker)));
    liar.hears(trained(1, own));
    const before = liar.memory;
    expect(liar.notices(overheard(from, round, lie))).toEqual({ give: [], say: [] });
    expect(liar.memory).toEqual(before);
  });

  it('counts the first of two updates of one worker', () => {
    const liar = asked(name);
    liar.hears(trained(1, own));
    for (const update of [updateOf('worker-01'), lie]) liar.notices(overheard('worker-01', 1, update));
    expect(readIn(liar.notices(patience).say)).toEqual([[updateOf('worker-01')]]);
  });

  it('drops what it overheard of a round when it overhears a later one', () => {
    const liar = asked(name, 1);
    for (const worker of honest) liar.notices(overheard(worker, 1, updateOf(worker)));
    liar.notices(overheard('worker-01', 2, lie));
    // Round 1 is over elsewhere, so that there is nothing left to read of it.
    expect(kinds(liar.hears(trained(1, own)).say)).toEqual(['arm']);
    liar.says(training(2));
    liar.hears(trained(2, own));
    for (const worker of honest.slice(1)) liar.notices(overheard(worker, 1, updateOf(worker)));
    expect(readIn(liar.notices(patience).say)).toEqual([[lie]]);
  });

  it('does not begin the next round with the update of the one before', () => {
    const liar = asked(name, 1);
    liar.hears(trained(1, own));
    liar.says(training(2));
    for (const worker of honest) expect(liar.notices(overheard(worker, 2, updateOf(worker))).say).toEqual([]);
    expect(liar.notices(patience).say).toEqual([]);
    expect(liar.hears(trained(1, own))).toEqual(given(trained(1, own)));
    expect(tasksIn(liar.hears(trained(2, own)).say)).toMatchObject([{ key: 'adversary/round-2', input: { round: 2, own } }]);
  });
});

it('waits as long as its options say', () => {
  const liar = new SteppedLiar('ipm', { honest, liars, options: { patience: 250_000, factor: 3 } });
  liar.says(training(1));
  expect(liar.hears(trained(1, own)).say).toMatchObject([{ type: 'arm', delayUs: 250_000 }]);
  expect(tasksIn(liar.notices(patience).say)[0]!.input).toMatchObject({ attack: { name: 'ipm', tau: 3 } });
});
