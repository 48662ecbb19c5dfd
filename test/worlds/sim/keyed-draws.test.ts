/**
 * Keyed draws: taking back one event, or adding an idle one, changes no draw of anything else.
 *
 * The identity of each frame is worked out here from what actors sent, and its dice from the
 * identity, so that a counter hidden anywhere in the simulator would show.
 */
import { describe, expect, test } from 'vitest';
import { ringMember, ringProtocol, ringStarter } from '../../../examples/ring/ring.ts';
import { frameIdentityText, FrameKeys } from '../../../src/host/frames.ts';
import type { NodeSpecification } from '../../../src/host/node.ts';
import { drawDice, seedKey } from '../../../src/kernel/draws.ts';
import { makeNodeId } from '../../../src/kernel/ids.ts';
import { declaredKey } from '../../../src/protocols/define.ts';
import { speech, upTo } from '../../support/puppet.ts';
import { fault, nodes, simulated } from '../../support/sim-world.ts';
import type { Sent, Setting, SimulatedRun } from '../../support/sim-world.ts';

const seed = 5;
const members = [makeNodeId('ring-starter', 0), ...upTo(4).map((index) => makeNodeId('ring-member', index))];

function ring(): NodeSpecification[] {
  const known = { 'ring-starter': members.slice(0, 1), 'ring-member': members.slice(1) };
  const config = { ring: { tokens: 4, laps: 12, repeatAfter: 100_000 }, known };
  return members.map((id, index) => ({ id, role: index === 0 ? ringStarter : ringMember, config }));
}

const definitions = ringProtocol.messages;

/** Dice of every identity that a run sent, by identity. */
function diceOf(sends: readonly Sent[]): Map<string, number> {
  const keys = new FrameKeys(seedKey(seed, 0));
  const counts = new Map<string, number>();
  const dice = new Map<string, number>();
  for (const { from, to, message } of sends) {
    const key = declaredKey(definitions.find(({ kind }) => kind === message.kind)!, message);
    const tuple = `${from} ${to} ${message.kind} ${key}`;
    const occurrence = counts.get(tuple) ?? 0;
    counts.set(tuple, occurrence + 1);
    const identity = frameIdentityText({ from, incarnation: 0, to, kind: message.kind, key, occurrence });
    dice.set(identity, drawDice(keys.keyOf(`${from}#0>${to} ${message.kind}`, key, occurrence)));
  }
  return dice;
}

const messagesOf = (run: SimulatedRun) => run.given.filter(({ input }) => 'message' in input.event);

/** Every identity of both runs must have the same fate in both, but for one. */
function expectSameFates(one: SimulatedRun, other: SimulatedRun, fate: string, except: string): void {
  const [before, after] = [diceOf(one.sends), diceOf(other.sends)];
  const [fatesBefore, fatesAfter] = [new Set(one.fates(fate)), new Set(other.fates(fate))];
  let shared = 0;
  for (const identity of before.keys()) {
    if (!after.has(identity) || identity === except) continue;
    shared += 1;
    expect(fatesAfter.has(identity), identity).toBe(fatesBefore.has(identity));
  }
  expect(shared).toBeGreaterThan(20);
}

describe('a lost datagram that is taken back', () => {
  const setting: Setting = {
    seed, others: ring(), network: { loss: 0.04, latency: { kind: 'exponential', meanUs: 5_000, minUs: 100 } },
  };
  const base = simulated(setting);
  const lost = base.fates('lost');

  test('is lost often enough for this test to mean something', () => {
    expect(lost.length).toBeGreaterThan(10);
    expect(base.of('ring-complete')).toHaveLength(1);
  });

  test('leaves every other draw alone, whichever it is', () => {
    for (const frame of lost) {
      const run = simulated({ ...setting, faults: [fault('take-back', { kind: 'frame', frame, verdict: 'pass' })] });
      expect(run.hits('take-back')).toBe(1);
      expect(run.fates('lost')).not.toContain(frame);
      expectSameFates(base, run, 'lost', frame);
      // The dice of a message are those of its identity, in this run as in the other.
      const dice = new Set(diceOf(run.sends).values());
      for (const { input } of messagesOf(run)) expect(dice.has(input.dice)).toBe(true);
    }
  });

  test('keeps its latency and that of all others', () => {
    const lives = [speech('puppet-01', upTo(200), 5, (number) => ({ kind: 'Posted', number, text: '' }))];
    const plain: Setting = { seed, parts: { 'puppet-00': { lives }, 'puppet-01': {} }, network: setting.network! };
    const arrivals = (run: SimulatedRun) => new Map(run.inputsOf('puppet-01', 'Posted').map((one) => [one.input.dice, one.atUs]));
    const before = simulated(plain);
    const [frame] = before.fates('lost');
    const after = arrivals(simulated({ ...plain, faults: [fault('take-back', { kind: 'frame', frame: frame!, verdict: 'pass' })] }));
    expect(after.size).toBe(arrivals(before).size + 1);
    for (const [dice, at] of arrivals(before)) expect(Math.abs(after.get(dice)! - at)).toBeLessThanOrEqual(2);
  });
});

describe('a named frame', () => {
  const parts = { 'puppet-00': { lives: [speech('puppet-01', upTo(150), 20)] }, 'puppet-01': {} };
  const setting: Setting = { seed, parts, network: { loss: 0.1 } };
  const base = simulated(setting);

  test('is retransmitted no more on a stream, and no other retransmission changes', () => {
    const lost = base.fates('retransmitted');
    expect(lost.length).toBeGreaterThan(8);
    for (const frame of lost) {
      const run = simulated({ ...setting, faults: [fault('take-back', { kind: 'frame', frame, verdict: 'pass' })] });
      expect(run.fates('retransmitted')).toEqual(lost.filter((other) => other !== frame));
      expect(run.numbersAt('puppet-01', 'Said')).toEqual(upTo(150));
    }
  });

  test('can be dropped or delayed against all chance, rules included', () => {
    const frame = 'puppet-00#0>puppet-01 Said number=70 /0';
    const hold = fault('hold', { kind: 'link', from: nodes('puppet-00'), to: nodes('puppet-01'), link: { delayUs: 30_000 } });
    const dropped = simulated({ ...setting, faults: [hold, fault('one', { kind: 'frame', frame, verdict: 'drop' })] });
    expect(dropped.numbersAt('puppet-01', 'Said')).toEqual(upTo(150).filter((number) => number !== 70));
    expect([dropped.fates('dropped'), dropped.hits('one')]).toEqual([[frame], 1]);
    const calm = { parts, seed };
    const delayed = simulated({ ...calm, faults: [fault('one', { kind: 'frame', frame, verdict: 'delay', delayUs: 123_000 })] });
    expect(delayed.timesAt('puppet-01', 'Said')[70]! - simulated(calm).timesAt('puppet-01', 'Said')[70]!).toBe(123_000);
    expect(delayed.hits('one')).toBe(1);
  });
});

describe('what does nothing', () => {
  const save = { type: 'save' as const, key: 'k', value: 1, ticket: '' };
  const parts = {
    'puppet-00': { lives: [speech('puppet-01', upTo(100), 15)] },
    'puppet-01': { lives: [speech('puppet-00', upTo(100), 11)], reactions: { Said: [save] } },
    'puppet-02': {},
  };
  const weather = { loss: 0.05, latency: { kind: 'logNormal', medianUs: 20_000, sigma: 0.5 } } as const;
  const clock = { skewMaxUs: 1_000, driftMaxPpm: 50 };
  const setting: Setting = { seed, parts, network: weather, clock, device: { sigma: 0.3, serviceUs: 50 } };
  const base = simulated(setting);

  test('as a fault that never fires changes no record', () => {
    const neverSaid = { kind: 'record', record: 'never-said', where: {}, offsetUs: 0 } as const;
    const never = fault('never', { kind: 'kill', who: nodes('puppet-00') }, neverSaid);
    const unused = fault('unused', { kind: 'frame', frame: 'puppet-00#0>puppet-01 Said number=7777 /0', verdict: 'drop' });
    const link = { loss: 1, hold: true };
    const elsewhere = fault('elsewhere', { kind: 'link', from: nodes('puppet-02'), to: nodes('puppet-00'), link });
    const sides = [nodes('puppet-02'), nodes('puppet-00', 'puppet-01')];
    const idle = fault('idle', { kind: 'partition', sides, forUs: 500_000 }, 300_000);
    const run = simulated({ ...setting, faults: [never, unused, elsewhere, idle] });
    expect(run.hashes()).toEqual(base.hashes());
  });

  test('as an idle node changes no draw of another node', () => {
    const run = simulated({ ...setting, parts: { ...parts, 'puppet-03': {} } });
    const others = run.given.filter(({ node }) => node !== 'puppet-03');
    const plain = (given: SimulatedRun['given']) => given.map(({ node, atUs, input }) => [node, atUs, input]);
    expect(plain(others)).toEqual(plain(base.given));
    expect(run.fates('retransmitted')).toEqual(base.fates('retransmitted'));
  });
});

describe('a reseed', () => {
  const parts = { 'puppet-00': { lives: [speech('puppet-01', upTo(100), 15)] }, 'puppet-01': {} };
  const atUs = 700_000;
  const [plain, reseeded] = [[], [{ atUs, salt: 9 }]].map((reseed) => simulated({ seed, parts, reseed }));
  const diceBy = (run: SimulatedRun, node: string) => run.inputsOf(node).map(({ input, atUs: at }) => ({ dice: input.dice, at }));

  test('changes nothing that was created before it: timers that are armed, frames under way', () => {
    const [timers, before] = [diceBy(reseeded!, 'puppet-00'), diceBy(plain!, 'puppet-00')];
    // The timer that is armed at the moment of the reseed fires after it, with its old draws.
    const armedBefore = timers.filter(({ at }) => at < atUs + 15_000).length;
    expect(timers.slice(0, armedBefore)).toEqual(before.slice(0, armedBefore));
    expect(timers.slice(armedBefore).map(({ dice }) => dice)).not.toEqual(before.slice(armedBefore).map(({ dice }) => dice));
    const [frames, framesBefore] = [diceBy(reseeded!, 'puppet-01'), diceBy(plain!, 'puppet-01')];
    const sentBefore = frames.filter(({ at }) => at < atUs + 10_000).length;
    expect(frames.slice(0, sentBefore)).toEqual(framesBefore.slice(0, sentBefore));
    expect(frames.slice(sentBefore).some(({ dice }, index) => dice === framesBefore[sentBefore + index]!.dice)).toBe(false);
  });
});
