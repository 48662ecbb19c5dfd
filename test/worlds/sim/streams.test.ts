/** Streams: order, retransmission, stalls, held frames, full queues. */
import { fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../src/kernel/limits.ts';
import { sang, said, speech, upTo, words } from '../../support/puppet.ts';
import { contentOf, fault, nodes, simulated } from '../../support/sim-world.ts';

const talker = 'puppet-00';
const listener = 'puppet-01';
const path = { from: nodes(talker), to: nodes(listener) };
const isAscending = (numbers: readonly number[]) => numbers.every((number, index) => index === 0 || numbers[index - 1]! < number);

describe('streams', () => {
  test('a first word travels three trips of a handshake and one of its own', () => {
    const run = simulated({ parts: { [talker]: { lives: [[words(5, listener, [0])]] }, [listener]: {} } });
    expect(run.timesAt(talker, 'linkUp')).toEqual([35_000]);
    expect(run.timesAt(listener, 'linkUp')).toEqual([35_000]);
    // One microsecond for the wire, since the pair is fast but not infinitely so.
    expect(run.timesAt(listener, 'Said')).toEqual([45_001]);
  });

  test('a word that answers linkUp comes behind the words that waited for the dial', () => {
    const reactions = { linkUp: [{ type: 'send', to: listener, message: said(9) }] } as const;
    const run = simulated({ parts: { [talker]: { lives: [[words(5, listener, [0, 1])]], reactions }, [listener]: {} } });
    expect(run.numbersAt(listener, 'Said')).toEqual([0, 1, 9]);
  });

  test('each channel keeps its order under loss, delay, holds and cuts', () => {
    let stalled = 0;
    const keepsOrder = fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 0, max: 3 }), (seed, phase) => {
      const run = simulated({
        seed,
        parts: {
          [talker]: { lives: [[...speech(listener, upTo(60), 13), ...speech(listener, upTo(60), 13, sang)]] },
          [listener]: { lives: [speech(talker, upTo(100), 17)] },
        },
        network: { latency: { kind: 'exponential', meanUs: 30_000, minUs: 100 }, loss: 0.05, bandwidthBitsPerSecond: 1e6 },
        faults: [
          fault('slow-path', { kind: 'link', ...path, link: { delayUs: 70_000 }, forUs: 300_000 }, 200_000),
          fault('hold', { kind: 'link', from: nodes(listener), to: nodes(talker), link: { hold: true }, forUs: 250_000 }, 300_000 + phase),
          fault('cut', { kind: 'partition', sides: [nodes(talker), nodes(listener)], forUs: 333_000 }, 600_000 + phase * 50_000),
          fault('cut again', { kind: 'partition', sides: [nodes(talker), nodes(listener)], forUs: 60_000 }, 950_000 + phase * 50_000),
        ],
      });
      for (const [node, kind] of [[listener, 'Said'], [listener, 'Sang'], [talker, 'Said']] as const) {
        const numbers = run.numbersAt(node, kind);
        expect(numbers).toEqual(upTo(node === talker ? 100 : 60));
      }
      expect(run.inputsOf(talker, 'linkDown')).toEqual([]);
      stalled += run.fates('stalled').length;
    });
    fc.assert(keepsOrder, { numRuns: 12 });
    expect(stalled).toBeGreaterThan(0);
  });

  test('k losses in a row cost rto · (2^k − 1), and whatever is behind waits too', () => {
    const parts = { [talker]: { lives: [[words(5, listener, [0]), ...speech(listener, upTo(200), 100)]] }, [listener]: {} };
    const calm = simulated({ parts });
    const lossy = simulated({ parts, network: { loss: 0.3 } });
    expect(lossy.numbersAt(listener, 'Said')).toEqual(calm.numbersAt(listener, 'Said'));
    const costs = new Set([0, 200_000, 600_000, 1_400_000, 3_000_000, 6_200_000]);
    let free = 0;
    const seen = new Set<number>();
    for (const [index, at] of lossy.timesAt(listener, 'Said').entries()) {
      const own = at - calm.timesAt(listener, 'Said')[index]!;
      // A frame comes after its own losses, or just behind the one that held it up.
      const isOwn = costs.has(own);
      expect(isOwn || at - free <= 1, `frame ${index} came ${own} µs late`).toBe(true);
      if (isOwn) seen.add(own);
      free = at;
    }
    expect(seen.size).toBeGreaterThanOrEqual(3);
    expect(isAscending(lossy.timesAt(listener, 'Said'))).toBe(true);
  });

  test('a loss on one channel also holds up the other channel of the pair', () => {
    const lives = [[words(5, listener, [0]), { afterMs: 100, commands: [
      { type: 'send' as const, to: listener, message: said(1) }, { type: 'send' as const, to: listener, message: sang(2) },
    ] }]];
    const seeds = upTo(60);
    let heldUp = 0;
    for (const seed of seeds) {
      const run = simulated({ seed, parts: { [talker]: { lives }, [listener]: {} }, network: { loss: 0.2 } });
      const lost = run.fates('retransmitted');
      if (!lost.some((frame) => frame.includes('Said number=1')) || lost.some((frame) => frame.includes('Sang'))) continue;
      heldUp += 1;
      expect(run.timesAt(listener, 'Sang')[0]!).toBeGreaterThanOrEqual(run.timesAt(listener, 'Said').at(-1)!);
    }
    expect(heldUp).toBeGreaterThan(0);
  });

  test('a stream that cannot deliver breaks after the stall limit, and not before', () => {
    const run = simulated({
      parts: { [talker]: { lives: [[words(5, listener, [0]), words(1_000, listener, [1]), words(500, listener, [2])]] }, [listener]: {} },
      faults: [fault('dead-path', { kind: 'link', from: nodes(talker), to: nodes(listener), link: { loss: 1 } }, 500_000)],
    });
    expect(run.numbersAt(listener, 'Said')).toEqual([0]);
    expect(run.fates('lost')).toHaveLength(2);
    const [down] = run.inputsOf(talker, 'linkDown');
    expect(contentOf(down!)).toMatchObject({ peer: listener, reason: 'stalled' });
    expect(down!.atUs).toBeGreaterThanOrEqual(1_005_000 + 10_000_000);
    expect(run.timesAt(listener, 'linkDown')[0]).toBeGreaterThanOrEqual(1_005_000 + 10_000_000);
  });

  test('a one-way gate holds words one way and leaves the link up', () => {
    const parts = { [talker]: { lives: [speech(listener, upTo(20), 100)] }, [listener]: { lives: [speech(talker, upTo(20), 100)] } };
    const gate = fault('gate', { kind: 'gate', from: nodes(talker), to: nodes(listener), forUs: 20_000_000 }, 1_000_000);
    const run = simulated({ parts, faults: [gate] });
    expect(run.numbersAt(listener, 'Said')).toEqual(upTo(20));
    expect(run.timesAt(listener, 'Said').filter((at) => at > 1_010_001 && at < 21_000_000)).toEqual([]);
    expect(run.timesAt(talker, 'Said').at(-1)).toBeLessThan(2_100_000);
    expect([...run.inputsOf(talker, 'linkDown'), ...run.inputsOf(listener, 'linkDown')]).toEqual([]);
    expect(run.hits('gate')).toBeGreaterThan(5);
  });

  test('a slow path that began first does not open a gate', () => {
    const slow = fault('slow', { kind: 'link', from: nodes(talker), to: nodes(listener), link: { delayUs: 50_000 } });
    const gate = fault('gate', { kind: 'gate', from: nodes(talker), to: nodes(listener) }, 500_000);
    const run = simulated({ parts: { [talker]: { lives: [speech(listener, upTo(20), 100)] }, [listener]: {} }, faults: [slow, gate] });
    expect(run.numbersAt(listener, 'Said')).toEqual(upTo(4));
  });

  test('a full sender queue refuses, held frames included', () => {
    const gate = fault('gate', { kind: 'gate', from: nodes(talker), to: nodes(listener) }, 100_000);
    const lives = [[words(5, listener, [0]), words(200, listener, upTo(limits.sendQueueFramesMax + 3))]];
    const held = simulated({ parts: { [talker]: { lives }, [listener]: {} }, faults: [gate] });
    expect(held.inputsOf(talker, 'sendRefused').map((one) => contentOf(one)['reason'])).toEqual(['queueFull', 'queueFull', 'queueFull']);
    const atOnce = [[words(5, listener, upTo(limits.sendQueueFramesMax + 2))]];
    const dialing = simulated({ parts: { [talker]: { lives: atOnce }, [listener]: {} } });
    expect(dialing.inputsOf(talker, 'sendRefused')).toHaveLength(2);
    expect(dialing.numbersAt(listener, 'Said')).toHaveLength(limits.sendQueueFramesMax);
  });

  test('what is too large, or goes to nobody, comes back as sendRefused', () => {
    const commands = [
      { type: 'send' as const, to: listener, message: said(1, 'x'.repeat(limits.frameBytesMax)) },
      { type: 'send' as const, to: 'puppet-77', message: said(2) },
    ];
    const run = simulated({ parts: { [talker]: { lives: [[{ afterMs: 5, commands }]] }, [listener]: {} } });
    const refusals = run.inputsOf(talker, 'sendRefused').map(contentOf);
    expect(refusals).toEqual([
      { type: 'sendRefused', to: listener, kind: 'Said', reason: 'tooLarge' },
      { type: 'sendRefused', to: 'puppet-77', kind: 'Said', reason: 'unknownPeer' },
    ]);
    const dice = run.inputsOf(talker, 'sendRefused').map(({ input }) => input.dice);
    expect(new Set(dice).size).toBe(2);
  });

  test('a refusal in mid-step is handled after the step', () => {
    const commands = [
      { type: 'send' as const, to: 'puppet-77', message: said(1) },
      { type: 'record' as const, kind: 'after-refusal', data: {} },
    ];
    const reactions = { sendRefused: [{ type: 'record' as const, kind: 'refused', data: {} }] };
    const run = simulated({ parts: { [talker]: { lives: [[{ afterMs: 5, commands }]], reactions } } });
    const kinds = run.observations.map(({ kind }) => kind).filter((kind) => !kind.startsWith('world-'));
    expect(kinds).toEqual(['after-refusal', 'refused']);
  });

  test('what tampers with a frame changes its content, and the receiver counts what it rejects', () => {
    const tamper = fault('tamper', { kind: 'link', from: nodes(talker), to: nodes(listener), link: { tamper: 1 } });
    const run = simulated({ parts: { [talker]: { lives: [speech(listener, upTo(60), 20)] }, [listener]: {} }, faults: [tamper] });
    const rejected = run.rejected('schema') + run.rejected('unknownKind');
    const arrived = run.numbersAt(listener, 'Said');
    expect(run.hits('tamper')).toBe(60);
    expect(rejected + arrived.length).toBe(60);
    expect(rejected).toBeGreaterThan(20);
    const events = run.inputsOf(listener, 'Said').map((one) => one.input.event);
    expect(events).not.toContainEqual({ type: 'Said', from: talker, message: said(1) });
  });

  test('chances that a stream does not have hit nothing on it', () => {
    const link = { duplicate: 1, corrupt: 1, reorder: 1 };
    const odd = fault('odd', { kind: 'link', from: nodes(talker), to: nodes(listener), link });
    const run = simulated({ parts: { [talker]: { lives: [speech(listener, upTo(10), 20)] }, [listener]: {} }, faults: [odd] });
    expect(run.numbersAt(listener, 'Said')).toEqual(upTo(10));
    expect(run.hits('odd')).toBe(0);
  });
});
