/** Triggers, selections, spans and hits of faults. */
import { describe, expect, test } from 'vitest';
import type { Trigger } from '../../../src/host/faults.ts';
import type { IssuedCommand } from '../../../src/actors/define.ts';
import { said, speech, upTo, words } from '../../support/puppet.ts';
import { fault, nodes, simulated } from '../../support/sim-world.ts';

const [first, second, third] = ['puppet-00', 'puppet-01', 'puppet-02'] as const;
const mark = (kind: string, data: Record<string, number> = {}): IssuedCommand => ({ type: 'record', kind, data });
const onRecord = (record: string, where: Record<string, number> = {}, offsetUs = 0): Trigger =>
  ({ kind: 'record', record, where, offsetUs });
const killTimes = (run: ReturnType<typeof simulated>) => run.of('world-killed').map(({ node, at }) => [node, at]);

/** A node that records rounds 1, 2, 3 at 1, 2 and 3 seconds, and sends a word right behind each record. */
const rounds = {
  lives: [upTo(3).map((index) => ({
    afterMs: 1_000,
    commands: [mark('round', { number: index + 1 }), { type: 'send' as const, to: second, message: said(index + 1) }],
  }))],
};

describe('a trigger', () => {
  test('that is a time strikes at that time', () => {
    const kill = fault('k', { kind: 'kill', who: nodes(first) }, 1_234_567);
    expect(killTimes(simulated({ parts: { [first]: {} }, faults: [kill] }))).toEqual([[first, 1_234_567]]);
  });

  test('that is a record strikes at the first that matches, and once', () => {
    const kill = fault('k', { kind: 'kill', who: nodes(third), restartAfterUs: 1 }, onRecord('round', { number: 2 }));
    const any = fault('any', { kind: 'pause', who: nodes(third), forUs: 10 }, onRecord('round'));
    const run = simulated({ parts: { [first]: rounds, [second]: {}, [third]: {} }, faults: [kill, any] });
    expect(killTimes(run)).toEqual([[third, 2_000_000]]);
    expect(run.hits('any')).toBe(1);
  });

  test('that is a record with an offset strikes so much later', () => {
    const kill = fault('k', { kind: 'kill', who: nodes(third) }, onRecord('round', { number: 2 }, 250_000));
    expect(killTimes(simulated({ parts: { [first]: rounds, [second]: {}, [third]: {} }, faults: [kill] }))).toEqual([[third, 2_250_000]]);
  });

  test('strikes before the step’s remaining commands leave: they meet the fault, or never leave', () => {
    const gate = fault('gate', { kind: 'gate', from: nodes(first), to: nodes(second), forUs: 500_000 }, onRecord('round', { number: 2 }));
    const held = simulated({ parts: { [first]: rounds, [second]: {} }, faults: [gate] });
    expect(held.timesAt(second, 'Said')[1]).toBeGreaterThan(2_500_000);
    const kill = fault('kill', { kind: 'kill', who: nodes(first) }, onRecord('round', { number: 2 }));
    const killed = simulated({ parts: { [first]: rounds, [second]: {} }, faults: [kill] });
    expect(killed.numbersAt(second, 'Said')).toEqual([1]);
    expect(killed.sends.map(({ message }) => message['number'])).toEqual([1]);
  });

  test('of a word that nobody records never fires', () => {
    const kill = fault('k', { kind: 'kill', who: nodes(first) }, onRecord('rounds'));
    const run = simulated({ parts: { [first]: rounds, [second]: {} }, faults: [kill] });
    expect([killTimes(run), run.hits('k')]).toEqual([[], 0]);
  });
});

describe('a selection by state', () => {
  const acting = { lives: [speech(second, upTo(3), 1_000)] };

  test('takes the nodes that are in that state, or have that tag, at the instant of the fault', () => {
    const parts = { [first]: acting, [second]: {}, [third]: { lives: [speech(second, [1], 500)] } };
    const strike = (id: string, state: string, atUs: number) =>
      fault(id, { kind: 'pause', who: { kind: 'state', role: 'puppet', state }, forUs: 1 }, atUs);
    const faults = [
      strike('early', 'acting', 100_000), strike('late', 'acting', 700_000), strike('tag', 'idle', 700_000), strike('none', 'done', 1),
    ];
    const run = simulated({ parts, faults });
    expect(['early', 'late', 'tag', 'none'].map((id) => run.hits(id))).toEqual([2, 1, 2, 0]);
  });

  test('keeps those nodes until the fault ends', () => {
    const who = { kind: 'state', role: 'puppet', state: 'acting' } as const;
    const pause = fault('nap', { kind: 'pause', who, forUs: 2_000_000 }, 100_000);
    const run = simulated({ parts: { [first]: acting, [second]: {} }, faults: [pause] });
    expect(run.timesAt(second, 'Said')).toHaveLength(3);
    expect(run.timesAt(second, 'Said')[0]).toBeGreaterThan(2_100_000);
  });
});

describe('the span of a fault', () => {
  test('ends after `for`, counted from its beginning', () => {
    const cut = fault('cut', { kind: 'partition', sides: [nodes(first), nodes(second)], forUs: 300_000 }, onRecord('round', { number: 1 }));
    const lives = [[words(500, second, [0]), ...rounds.lives[0]!]];
    const run = simulated({ parts: { [first]: { lives }, [second]: {} }, faults: [cut] });
    expect(run.numbersAt(second, 'Said')).toEqual([0, 1, 2, 3]);
    expect(run.timesAt(second, 'Said')[1]).toBeGreaterThanOrEqual(1_800_000);
    expect(run.world.activeFaults()).toEqual([]);
  });

  test('lasts to the end of the run without `for`, and is told then', () => {
    const slow = fault('slow', { kind: 'slow', who: nodes(first), factor: 2 });
    const cut = fault('cut', { kind: 'partition', sides: [nodes(first), nodes(second)] });
    const kill = fault('kill', { kind: 'kill', who: nodes(third) }, 10);
    const run = simulated({ parts: { [first]: {}, [second]: {}, [third]: {} }, faults: [slow, cut, kill] });
    // A kill is over when it has struck: it is in no force any more.
    expect(run.world.activeFaults()).toEqual(['cut', 'slow']);
  });

  test('of two cuts of one pair is that of the longer', () => {
    const cut = (id: string, atUs: number, forUs: number) =>
      fault(id, { kind: 'partition', sides: [nodes(first), nodes(second)], forUs }, atUs);
    const faults = [cut('one', 1_000_000, 500_000), cut('two', 1_200_000, 1_000_000)];
    const run = simulated({ parts: { [first]: { lives: [speech(second, upTo(30), 100)] }, [second]: {} }, faults });
    expect(run.timesAt(second, 'Said').filter((at) => at > 1_000_000 && at < 2_200_000)).toEqual([]);
    expect(run.numbersAt(second, 'Said')).toEqual(upTo(30));
  });

  test('of a partition separates those who are on different sides, and nobody else', () => {
    const cut = fault('cut', { kind: 'partition', sides: [nodes(first), nodes(second)] });
    const both = [words(100, second, [1]), words(0, third, [1])];
    const other = { lives: [[words(100, third, [2])]] };
    const run = simulated({ parts: { [first]: { lives: [both] }, [second]: other, [third]: {} }, faults: [cut] });
    expect(run.numbersAt(third, 'Said').toSorted((x, y) => x - y)).toEqual([1, 2]);
    expect(run.numbersAt(second, 'Said')).toEqual([]);
  });
});

describe('a link fault', () => {
  test('concerns the kinds of messages that it names, and no others', () => {
    const link = { kind: 'link', from: nodes(first), to: nodes(second), link: { delayUs: 300_000 }, messages: ['Sang'] } as const;
    const run = simulated({ parts: { [first]: { lives: [speech(second, upTo(5), 100)] }, [second]: {} }, faults: [fault('l', link)] });
    expect(run.hits('l')).toBe(0);
  });

  test('of delay adds to the delay of another', () => {
    const slower = (id: string, delayUs: number) => fault(id, { kind: 'link', from: nodes(first), to: nodes(second), link: { delayUs } });
    const parts = { [first]: { lives: [speech(second, upTo(5), 1_000)] }, [second]: {} };
    const calm = simulated({ parts });
    const run = simulated({ parts, faults: [slower('one', 30_000), slower('two', 40_000)] });
    expect(run.timesAt(second, 'Said').map((at, index) => at - calm.timesAt(second, 'Said')[index]!)).toEqual(upTo(5).map(() => 70_000));
    expect([run.hits('one'), run.hits('two')]).toEqual([5, 5]);
  });
});
