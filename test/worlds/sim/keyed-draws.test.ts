/**
 * Keyed draws: taking back one event, or adding an idle one, changes no draw of anything else.
 *
 * Two runs are compared by the identities that their own traces give their inputs, and no key is
 * worked out here, so that a counter hidden anywhere in the simulator would show.
 */
import { describe, expect, test } from 'vitest';
import { ringMember, ringProtocol, ringStarter } from '../../../examples/ring/ring.ts';
import type { NodeSpecification } from '../../../src/host/node.ts';
import { makeNodeId } from '../../../src/kernel/ids.ts';
import { identifiedInputs } from '../../support/identities.ts';
import type { IdentifiedInput } from '../../support/identities.ts';
import { posted, protocols, said, speech, upTo } from '../../support/puppet.ts';
import { fault, nodes, simulated } from '../../support/sim-world.ts';
import type { Setting, SimulatedRun } from '../../support/sim-world.ts';

const seed = 5;
const members = [makeNodeId('ring-starter', 0), ...upTo(4).map((index) => makeNodeId('ring-member', index))];

function ring(): NodeSpecification[] {
  const known = { 'ring-starter': members.slice(0, 1), 'ring-member': members.slice(1) };
  const config = { ring: { tokens: 4, laps: 12, repeatAfter: 100_000 }, known };
  return members.map((id, index) => ({ id, role: index === 0 ? ringStarter : ringMember, config }));
}

/** Ring and puppets: datagrams, streams, timers, saves, tasks, links, and one node that lives twice. */
function busySetting(): Setting {
  const save = { type: 'save' as const, key: 'k', value: 1, ticket: '' };
  const task = { type: 'compute' as const, task: 'test/double', key: 'only', input: { work: 20, value: 1 } };
  const answer = { type: 'send' as const, to: 'puppet-02', message: said(0) };
  const parts = {
    'puppet-00': { lives: [speech('puppet-01', upTo(150), 9, posted)] },
    'puppet-01': { reactions: { Posted: [save, task], computed: [answer] } },
    'puppet-02': {
      lives: [speech('puppet-00', upTo(20), 25), speech('puppet-00', upTo(20), 25)],
      reactions: { Said: [save] },
    },
  };
  const network = { loss: 0.04, latency: { kind: 'exponential', meanUs: 5_000, minUs: 100 } } as const;
  const kill = fault('kill', { kind: 'kill', who: nodes('puppet-02'), restartAfterUs: 50_000 }, 700_000);
  return { seed, others: ring(), parts, network, faults: [kill] };
}

const identified = (run: SimulatedRun) => identifiedInputs(run, [ringProtocol, ...protocols]);
const isStreamed = (identity: string): boolean => identity.includes(' Said ');

describe('a lost frame that is taken back', () => {
  const setting = busySetting();
  const base = simulated(setting);
  const before = identified(base);
  /** Datagrams that chance took; what goes over a stream is lost with the life of its receiver only. */
  const lostByChance = (run: SimulatedRun) => run.fates('lost').filter((frame) => !isStreamed(frame));
  const lost = lostByChance(base);

  /** The same run without the loss of one frame. */
  function takenBack(frame: string): SimulatedRun {
    const takeBack = fault('take-back', { kind: 'frame', frame, verdict: 'pass' });
    const run = simulated({ ...setting, faults: [...setting.faults!, takeBack] });
    expect([frame, run.hits('take-back'), run.fates('lost').includes(frame)]).toEqual([frame, 1, false]);
    return run;
  }

  test('is one of many, in a run that has all sorts of inputs', () => {
    expect(lost.length).toBeGreaterThan(10);
    expect(base.fates('retransmitted').length).toBeGreaterThan(3);
    expect(base.of('ring-complete')).toHaveLength(1);
    const counts: Record<string, number> = {};
    for (const { sort } of before.values()) counts[sort] = (counts[sort] ?? 0) + 1;
    for (const sort of ['message', 'timer', 'saved', 'computed']) expect(counts[sort], sort).toBeGreaterThan(100);
    expect(counts).toMatchObject({ start: 9, restored: 9 });
    expect(counts['linkUp']).toBeGreaterThan(3);
    expect(counts['linkDown']).toBeGreaterThan(1);
  });

  test.each(lost)('%s: every other input keeps its dice', (frame) => {
    const after = identified(takenBack(frame));
    expect([...after.keys()].filter((identity) => !before.has(identity))).toContain(frame);
    const shared = [...before.values()].filter(({ identity }) => after.has(identity));
    expect(shared.length).toBeGreaterThan(before.size * 0.9);
    const dice = (inputs: ReadonlyMap<string, IdentifiedInput>) => shared.map(({ identity }) => [identity, inputs.get(identity)!.dice]);
    expect(dice(after)).toEqual(dice(before));
  });

  test.each(lost)('%s: every other datagram keeps its latency and its fate', (frame) => {
    const run = takenBack(frame);
    const after = identified(run);
    const datagrams = [...before.values()].filter(({ travelUs, identity }) => travelUs !== undefined && !isStreamed(identity));
    const shared = datagrams.filter(({ identity }) => after.has(identity));
    expect(shared.length).toBeGreaterThan(datagrams.length * 0.9);
    // A microsecond or two is what a frame waits behind another that uses the same wire.
    for (const { identity, travelUs } of shared) {
      expect(Math.abs(after.get(identity)!.travelUs! - travelUs!), identity).toBeLessThanOrEqual(2);
    }
    // What was lost in one run and sent in the other is lost there too: it arrives in neither.
    expect(lost.filter((other) => after.has(other))).toEqual([frame]);
    expect(lostByChance(run).filter((other) => before.has(other))).toEqual([]);
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
