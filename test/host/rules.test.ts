/** Rules on frames: what each says, which of several wins, and that a weaker one hits a subset. */
import { fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { LinkFault } from '../../src/host/faults.ts';
import type { Frame } from '../../src/host/frames.ts';
import { frameIdentityText } from '../../src/host/frames.ts';
import { bandwidthOf, judgeFrame, lossOf, reorderOf, verdictOf } from '../../src/host/rules.ts';
import type { FrameRule, NamedFrames } from '../../src/host/rules.ts';
import { childKey, seedKey } from '../../src/kernel/draws.ts';

const root = seedKey(1, 0);

function frameOf(number: number, transport: Frame['transport'] = 'stream'): Frame {
  return {
    from: 'puppet-00', incarnation: 0, to: 'puppet-01', kind: 'Said', key: `number=${number}`, occurrence: 0,
    drawKey: childKey(root, `frame ${number}`), protocol: 'talk', transport, message: { kind: 'Said', number },
    bytes: new Uint8Array(8), sizeBytes: 72, cause: 0,
  };
}

function rule(fault: string, link: LinkFault, more: Partial<FrameRule> = {}): FrameRule {
  return { fault, word: fault.length * 7_919, from: new Set(['puppet-00']), to: new Set(['puppet-01']), link, ...more };
}

const nobody: NamedFrames = new Map();
const kindsOf = (link: LinkFault, transport: Frame['transport'], count = 500) =>
  Array.from({ length: count }, (_, number) => verdictOf(rule('one', link), frameOf(number, transport)).kind);

describe('a rule', () => {
  test('concerns only frames between its nodes, and of its kinds', () => {
    const frame = frameOf(1);
    expect(verdictOf(rule('one', { hold: true }), frame)).toEqual({ kind: 'hold' });
    expect(verdictOf(rule('one', { hold: true }, { from: new Set(['puppet-01']) }), frame)).toEqual({ kind: 'pass' });
    expect(verdictOf(rule('one', { hold: true }, { to: new Set(['puppet-00']) }), frame)).toEqual({ kind: 'pass' });
    expect(verdictOf(rule('one', { hold: true }, { messages: ['Sang'] }), frame)).toEqual({ kind: 'pass' });
    expect(verdictOf(rule('one', { hold: true }, { messages: ['Said'] }), frame)).toEqual({ kind: 'hold' });
  });

  test('corrupts and doubles datagrams only', () => {
    expect(new Set(kindsOf({ corrupt: 1, duplicate: 1 }, 'stream'))).toEqual(new Set(['pass']));
    expect(new Set(kindsOf({ corrupt: 1 }, 'datagram'))).toEqual(new Set(['corrupt']));
    expect(new Set(kindsOf({ duplicate: 1 }, 'datagram'))).toEqual(new Set(['duplicate']));
  });

  test('that is weaker hits a subset of what a stronger one hits', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(fc.property(fc.constantFrom('break', 'tamper', 'corrupt', 'duplicate'), share, share, (chance, one, other) => {
      const weak = kindsOf({ [chance]: Math.min(one, other) }, 'datagram', 80);
      const strong = kindsOf({ [chance]: Math.max(one, other) }, 'datagram', 80);
      expect(weak.filter((kind, index) => kind === chance && strong[index] !== chance)).toEqual([]);
    }));
  });

  test('hits about as often as its chance', () => {
    const hits = kindsOf({ break: 0.25 }, 'stream', 2_000).filter((kind) => kind === 'break').length;
    expect(hits).toBeGreaterThan(420);
    expect(hits).toBeLessThan(580);
  });

  test('of one fault decides apart from that of another', () => {
    const hitBy = (fault: string) => Array.from({ length: 500 }, (_, number) => number)
      .filter((number) => verdictOf(rule(fault, { break: 0.5 }), frameOf(number)).kind === 'break');
    const [one, other] = [hitBy('one'), new Set(hitBy('other'))];
    const both = one.filter((number) => other.has(number)).length;
    expect(both).toBeGreaterThan(80);
    expect(both).toBeLessThan(170);
  });
});

describe('several rules', () => {
  const judged = (...rules: FrameRule[]) => judgeFrame(rules, nobody, frameOf(1, 'datagram'));

  test('give the strongest verdict, whichever began first, and of equals the first', () => {
    const [tamper, hold, duplicate] = [rule('tamper', { tamper: 1 }), rule('hold', { hold: true }), rule('duplicate', { duplicate: 1 })];
    expect(judged(tamper, hold, duplicate)).toMatchObject({ verdict: { kind: 'hold' }, fault: 'hold' });
    expect(judged(duplicate, tamper)).toMatchObject({ verdict: { kind: 'tamper' }, fault: 'tamper' });
    expect(judged(hold, rule('later', { hold: true }))).toMatchObject({ fault: 'hold' });
    expect(judged()).toMatchObject({ verdict: { kind: 'pass' }, fault: '', named: false });
  });

  test('add up their delays, beside any verdict', () => {
    const [slow, slower] = [rule('slow', { delayUs: 3 }), rule('slower', { delayUs: 4, tamper: 1 })];
    expect(judged(slow, slower)).toMatchObject({ verdict: { kind: 'tamper' }, fault: 'slower', delayUs: 7, delayedBy: ['slow', 'slower'] });
  });

  test('give the strongest loss and reordering and the narrowest bandwidth, and who gave it', () => {
    const mild = rule('mild', { loss: 0.1, bandwidthBitsPerSecond: 900, reorder: 0.2 });
    const rules = [mild, rule('hard', { loss: 0.4, bandwidthBitsPerSecond: 500, reorder: 0.1 })];
    expect(lossOf(rules, frameOf(1), 0.05)).toEqual({ loss: 0.4, fault: 'hard' });
    expect(lossOf(rules, frameOf(1), 0.5)).toEqual({ loss: 0.5, fault: '' });
    expect(bandwidthOf(rules, frameOf(1), 1_000)).toEqual({ bitsPerSecond: 500, fault: 'hard' });
    expect(bandwidthOf(rules, frameOf(1), 100)).toEqual({ bitsPerSecond: 100, fault: '' });
    expect(reorderOf(rules, frameOf(1), 0)).toEqual({ reorder: 0.2, fault: 'mild' });
  });
});

describe('a name', () => {
  const named = (verdict: 'pass' | 'drop') => new Map([[frameIdentityText(frameOf(7)), { fault: 'name', verdict: { kind: verdict } }]]);
  const everything = [rule('hold', { hold: true, delayUs: 9 })];

  test('decides alone over its frame, and over no other', () => {
    const passes = { verdict: { kind: 'pass' }, fault: 'name', delayUs: 0, delayedBy: [], named: true };
    expect(judgeFrame(everything, named('pass'), frameOf(7))).toEqual(passes);
    expect(judgeFrame([], named('drop'), frameOf(7))).toMatchObject({ verdict: { kind: 'drop' }, fault: 'name', named: true });
    expect(judgeFrame(everything, named('pass'), frameOf(8))).toMatchObject({ verdict: { kind: 'hold' }, named: false });
  });

  test('that delays gives its delay and lets nothing else happen', () => {
    const delay = new Map([[frameIdentityText(frameOf(7)), { fault: 'name', verdict: { kind: 'delay' as const, delayUs: 5 } }]]);
    const late = { verdict: { kind: 'pass' }, delayUs: 5, delayedBy: ['name'], named: true };
    expect(judgeFrame(everything, delay, frameOf(7))).toMatchObject(late);
  });
});
