/** How connections end: breaks, cuts, kills, power cuts, leaving; and dialing. */
import { describe, expect, test } from 'vitest';
import { speech, upTo, words } from '../../support/puppet.ts';
import type { Part } from '../../support/puppet.ts';
import { contentOf, fault, nodes, simulated } from '../../support/sim-world.ts';
import type { Setting, SimulatedRun } from '../../support/sim-world.ts';

const talker = 'puppet-00';
const listener = 'puppet-01';

/** A talker that says a word every 50 ms for ten seconds, and what happens to it. */
function talk(setting: Setting, listening: Part = {}): SimulatedRun {
  const lives = [speech(listener, upTo(200), 50)];
  return simulated({ parts: { [talker]: { lives }, [listener]: listening }, ...setting });
}

const reasonsAt = (run: SimulatedRun, node: string) => run.inputsOf(node, 'linkDown').map((one) => contentOf(one)['reason']);
const expectPrefix = (numbers: readonly number[]) => expect(numbers).toEqual(upTo(numbers.length));

/** Words that arrived over two connections: a prefix over the first, and all from some word on over the second. */
function expectOneGap(numbers: readonly number[]): void {
  const gap = numbers.findIndex((number, index) => number !== index);
  expect(gap < 0 ? upTo(200).slice(0, numbers.length) : [...upTo(gap), ...upTo(200).slice(numbers[gap])]).toEqual(numbers);
}

describe('a break', () => {
  const breaking = (seed: number) => talk({
    seed, network: { latency: { kind: 'constant', valueUs: 400_000 } },
    faults: [fault('break', { kind: 'link', from: nodes(talker), to: nodes(listener), link: { break: 1 }, forUs: 50_000 }, 2_975_000)],
  });

  test('delivers a prefix of what is in flight, loses the rest, tells both ends, and the next send dials anew', () => {
    const sizes = new Set<number>();
    for (const seed of upTo(12)) {
      const run = breaking(seed);
      const numbers = run.numbersAt(listener, 'Said');
      const gap = numbers.findIndex((number, index) => number !== index);
      sizes.add(gap);
      expect(run.fates('broke')).toHaveLength(1);
      expect(run.fates('lost').length).toBeGreaterThan(0);
      expect(reasonsAt(run, talker)).toEqual(['broken']);
      expect(reasonsAt(run, listener)).toEqual(['broken']);
      expect(run.inputsOf(talker, 'linkUp')).toHaveLength(2);
      // After the break nobody repeats anything, and all that is sent over the new connection arrives in order.
      expectOneGap(numbers);
    }
    expect(sizes.size).toBeGreaterThan(2);
  });
});

describe('a cut', () => {
  const cut = (forUs: number) => fault('cut', { kind: 'partition', sides: [nodes(talker), nodes(listener)], forUs }, 2_000_000);

  test('that heals before the keep-alive loses nothing', () => {
    const run = talk({ faults: [cut(3_500_000)] });
    expect(run.numbersAt(listener, 'Said')).toEqual(upTo(200));
    expect(run.inputsOf(talker, 'linkDown')).toEqual([]);
    expect(run.inputsOf(listener, 'linkDown')).toEqual([]);
    expect(run.timesAt(listener, 'Said').filter((at) => at > 2_000_000 && at < 5_500_000)).toEqual([]);
    expect(run.hits('cut')).toBeGreaterThan(10);
  });

  test('that lasts is learned by each end from its own keep-alive; dials fail after the dial time-out', () => {
    const run = talk({ faults: [cut(20_000_000)] });
    expectPrefix(run.numbersAt(listener, 'Said'));
    const [atTalker] = run.timesAt(talker, 'linkDown');
    const [atListener] = run.timesAt(listener, 'linkDown');
    for (const at of [atTalker!, atListener!]) {
      expect(at).toBeGreaterThanOrEqual(6_000_000);
      expect(at).toBeLessThan(7_000_001);
    }
    expect(atTalker).not.toBe(atListener);
    expect(reasonsAt(run, listener)).toEqual(['keepAlive']);
    expect(reasonsAt(run, talker).slice(0, 2)).toEqual(['keepAlive', 'unreachable']);
    const dialAt = run.timesAt(talker, 'linkDown')[1]! - 3_000_000;
    expect(dialAt).toBeGreaterThanOrEqual(atTalker!);
    expect(dialAt).toBeLessThan(atTalker! + 50_001);
  });

  test('delivers no more than a prefix when it heals after one end gave up and before the other', () => {
    for (const seed of upTo(8)) {
      const run = talk({ seed, faults: [cut(4_500_000)], network: { latency: { kind: 'uniform', minUs: 1_000, maxUs: 900_000 } } });
      expectOneGap(run.numbersAt(listener, 'Said'));
    }
  });

  test('hides the death of a process until the keep-alive', () => {
    const run = talk({ faults: [cut(20_000_000), fault('kill', { kind: 'kill', who: nodes(listener) }, 3_000_000)] });
    expect(reasonsAt(run, talker)[0]).toBe('keepAlive');
    expect(run.timesAt(talker, 'linkDown')[0]).toBeGreaterThanOrEqual(6_000_000);
  });
});

describe('the end of a node', () => {
  test('a killed process is learned of after one latency', () => {
    const run = talk({ faults: [fault('kill', { kind: 'kill', who: nodes(listener) }, 3_000_000)] });
    expect(run.timesAt(talker, 'linkDown')[0]).toBe(3_010_000);
    expect(reasonsAt(run, talker)[0]).toBe('reset');
    expect(reasonsAt(run, talker)[1]).toBe('refused');
  });

  test('a lost power supply is learned of by the keep-alive only', () => {
    const run = talk({ faults: [fault('dark', { kind: 'powerOff', who: nodes(listener) }, 3_000_000)] });
    const [at] = run.timesAt(talker, 'linkDown');
    expect(at).toBeGreaterThanOrEqual(7_000_000);
    expect(at).toBeLessThanOrEqual(8_000_000);
    expect(reasonsAt(run, talker)[0]).toBe('keepAlive');
    expect(reasonsAt(run, talker)[1]).toBe('unreachable');
  });

  test('a machine that is back before the keep-alive resets whoever still sends to it', () => {
    const run = talk({ faults: [fault('dark', { kind: 'powerOff', who: nodes(listener), restartAfterUs: 1_000_000 }, 3_000_000)] });
    expect(reasonsAt(run, talker)).toEqual(['reset']);
    const [at] = run.timesAt(talker, 'linkDown');
    expect(at).toBeGreaterThanOrEqual(4_000_000);
    expect(at).toBeLessThan(4_100_000);
    expect(run.numbersAt(listener, 'Said').at(-1)).toBe(199);
  });

  test('a peer that dialed anew tells the other end of its old link', () => {
    const run = simulated({
      parts: {
        [talker]: { lives: [[words(5, listener, [0])]] },
        [listener]: { lives: [[], [words(100, talker, [1])]] },
      },
      faults: [fault('dark', { kind: 'powerOff', who: nodes(listener), restartAfterUs: 1_000_000 }, 1_000_000)],
    });
    expect(reasonsAt(run, talker)).toEqual(['replaced']);
    expect(run.given.filter((one) => one.node === talker && one.type.startsWith('link')).map(({ type }) => type)).toEqual(
      ['linkUp', 'linkDown', 'linkUp'],
    );
    expect(run.numbersAt(talker, 'Said')).toEqual([1]);
  });

  test('a node that leaves has everything flushed before its peer learns linkDown', () => {
    const lives = [[words(5, listener, [0]), { ...words(100, listener, upTo(50)), finish: true }]];
    // At 1 Mbit/s fifty frames keep the wires busy long after the node is gone.
    const run = simulated({ parts: { [talker]: { lives }, [listener]: {} }, network: { bandwidthBitsPerSecond: 1e6 } });
    expect(run.numbersAt(listener, 'Said')).toEqual([0, ...upTo(50)]);
    expect(reasonsAt(run, listener)).toEqual(['closed']);
    expect(run.timesAt(listener, 'linkDown')[0]).toBeGreaterThan(run.timesAt(listener, 'Said').at(-1)!);
    expect(run.of('world-left')).toHaveLength(1);
  });

  test('last words of a node that was still dialing are delivered', () => {
    const lives = [[{ ...words(5, listener, [1, 2]), finish: true }]];
    const run = simulated({ parts: { [talker]: { lives }, [listener]: {} } });
    expect(run.numbersAt(listener, 'Said')).toEqual([1, 2]);
    expect(reasonsAt(run, listener)).toEqual(['closed']);
  });

  test('words of a node that left in a cut arrive when it heals, and then its farewell', () => {
    const lives = [[words(5, listener, [0]), { ...words(2_500, listener, upTo(5)), finish: true }]];
    const cut = fault('cut', { kind: 'partition', sides: [nodes(talker), nodes(listener)], forUs: 2_000_000 }, 2_000_000);
    const run = simulated({ parts: { [talker]: { lives }, [listener]: {} }, faults: [cut] });
    expect(run.numbersAt(listener, 'Said')).toEqual([0, ...upTo(5)]);
    expect(reasonsAt(run, listener)).toEqual(['closed']);
  });

  test('the words of a killed node that are on their way arrive as a prefix', () => {
    const sizes = new Set<number>();
    for (const seed of upTo(12)) {
      const run = talk({
        seed, network: { latency: { kind: 'constant', valueUs: 500_000 } },
        faults: [fault('kill', { kind: 'kill', who: nodes(talker) }, 4_000_000)],
      });
      const numbers = run.numbersAt(listener, 'Said');
      expectPrefix(numbers);
      sizes.add(numbers.length);
      expect(reasonsAt(run, listener)).toEqual(['reset']);
    }
    expect(sizes.size).toBeGreaterThan(2);
  });
});

describe('dialing', () => {
  test('a node that has not started, or has died, refuses at once', () => {
    const kill = fault('kill', { kind: 'kill', who: nodes(listener) }, 1_000);
    const run = simulated({ parts: { [talker]: { lives: [[words(50, listener, [0])]] }, [listener]: {} }, faults: [kill] });
    expect(run.timesAt(talker, 'linkDown')).toEqual([80_000]);
    expect(reasonsAt(run, talker)).toEqual(['refused']);
    expect(run.fates('undialed')).toHaveLength(1);
  });

  test('a paused node keeps its dialer waiting until the time-out', () => {
    const pause = fault('pause', { kind: 'pause', who: nodes(listener), forUs: 10_000_000 }, 1_000);
    const run = simulated({ parts: { [talker]: { lives: [[words(50, listener, [0])]] }, [listener]: {} }, faults: [pause] });
    expect(run.timesAt(talker, 'linkDown')).toEqual([3_050_000]);
    expect(reasonsAt(run, talker)).toEqual(['timeout']);
  });

  test('a handshake that takes longer than a dial may is given up at the time-out', () => {
    const network = { latency: { kind: 'constant', valueUs: 1_500_000 } } as const;
    const run = simulated({ parts: { [talker]: { lives: [[words(50, listener, [0])]] }, [listener]: {} }, network });
    expect(run.timesAt(talker, 'linkDown')).toEqual([3_050_000]);
    expect(reasonsAt(run, talker)).toEqual(['timeout']);
    expect(run.inputsOf(listener, 'linkUp')).toEqual([]);
  });

  test('a dial that outlives its cut connects', () => {
    const cut = fault('cut', { kind: 'partition', sides: [nodes(talker), nodes(listener)], forUs: 1_000_000 });
    const run = simulated({ parts: { [talker]: { lives: [[words(50, listener, [0])]] }, [listener]: {} }, faults: [cut] });
    expect(run.numbersAt(listener, 'Said')).toEqual([0]);
    expect(run.inputsOf(talker, 'linkDown')).toEqual([]);
  });
});
