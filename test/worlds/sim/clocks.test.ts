/** Two clocks a node: skew, drift and jumps on the wall; timers by the steady one. */
import { describe, expect, test } from 'vitest';
import { speech, upTo, words } from '../../support/puppet.ts';
import { fault, nodes, simulated } from '../../support/sim-world.ts';
import type { SimulatedRun } from '../../support/sim-world.ts';
import { NodeClock } from '../../../src/worlds/sim/clocks.ts';

const [first, second] = ['puppet-00', 'puppet-01'] as const;
const ticking = { [first]: { lives: [speech(second, upTo(10), 1_000)] }, [second]: {} };
const ticks = (run: SimulatedRun) => run.given.filter((one) => one.node === first && one.type.startsWith('xstate.after'));

describe('clocks', () => {
  test('without weather show true time', () => {
    for (const { input, atUs } of simulated({ parts: ticking }).given) {
      expect(input.at).toBe(atUs);
      expect(input.mono).toBe(atUs);
    }
  });

  test('are skewed within their bound, each node its own way, and timers do not mind', () => {
    const run = simulated({ parts: ticking, clock: { skewMaxUs: 500_000 } });
    const skews = [first, second].map((node) => run.inputsOf(node)[0]!).map(({ input, atUs }) => input.at - atUs);
    expect(new Set(skews).size).toBe(2);
    for (const skew of skews) expect(Math.abs(skew)).toBeLessThanOrEqual(500_000);
    expect(ticks(run).map(({ atUs }) => atUs)).toEqual(upTo(10).map((index) => (index + 1) * 1_000_000));
  });

  test('that drift run fast or slow, and their timers with them', () => {
    const run = simulated({ parts: ticking, clock: { driftMaxPpm: 200_000 } });
    const [tick] = ticks(run);
    const { input, atUs } = tick!;
    expect(Math.abs(atUs - 1_000_000)).toBeGreaterThan(1_000);
    expect(input.mono).toBeGreaterThanOrEqual(1_000_000);
    expect(input.mono).toBeLessThan(1_000_002);
  });

  test('that jump show another date, and no timer moves', () => {
    const jump = fault('jump', { kind: 'clock', who: nodes(first), clock: { jumpUs: -3_600_000_000 } }, 2_500_000);
    const run = simulated({ parts: ticking, faults: [jump] });
    expect(ticks(run).map(({ atUs }) => atUs)).toEqual(upTo(10).map((index) => (index + 1) * 1_000_000));
    expect(ticks(run).map(({ input, atUs }) => input.at - atUs)).toEqual(upTo(10).map((index) => (index < 2 ? 0 : -3_600_000_000)));
    expect(ticks(run).map(({ input }) => input.mono)).toEqual(upTo(10).map((index) => (index + 1) * 1_000_000));
    expect(run.hits('jump')).toBe(1);
  });

  test('are struck before their node has started, or between its lives, and not after its last', () => {
    const jump = (id: string, atUs: number, jumpUs: number) => fault(id, { kind: 'clock', who: nodes(second), clock: { jumpUs } }, atUs);
    const kill = (id: string, atUs: number, more: { restartAfterUs?: number }) =>
      fault(id, { kind: 'kill', who: nodes(second), ...more }, atUs);
    const faults = [
      jump('before', 100_000, 7), kill('pause', 1_000_000, { restartAfterUs: 500_000 }), jump('between', 1_200_000, 30),
      kill('end', 3_000_000, {}), jump('after', 3_500_000, 100),
    ];
    const run = simulated({ parts: { [first]: {}, [second]: {} }, startStaggerUs: 500_000, faults });
    expect(run.inputsOf(second, 'start').map(({ input, atUs }) => [atUs, input.at - atUs])).toEqual([[500_000, 7], [1_500_000, 37]]);
    expect(['before', 'between', 'after'].map((id) => run.hits(id))).toEqual([1, 1, 0]);
  });

  test('whose rate a fault changes re-time what is armed, and return to their rate', () => {
    const drift = fault('drift', { kind: 'clock', who: nodes(first), clock: { driftPpm: -500_000 }, forUs: 2_000_000 }, 2_500_000);
    const run = simulated({ parts: ticking, faults: [drift] });
    // At half speed from 2.5 s to 4.5 s: the third tick is due at 3.5 s, the fourth half way at 4.5 s.
    expect(ticks(run).slice(0, 5).map(({ atUs }) => atUs)).toEqual([1_000_000, 2_000_000, 3_500_000, 5_000_000, 6_000_000]);
    expect(ticks(run)).toHaveLength(10);
    for (const [index, { input }] of ticks(run).entries()) expect(input.mono).toBe((index + 1) * 1_000_000);
  });

  test('count a new life from 0 while the date goes on', () => {
    const kill = fault('kill', { kind: 'kill', who: nodes(first), restartAfterUs: 700_000 }, 1_300_000);
    const run = simulated({ parts: { [first]: { lives: [[], [words(1_000, second, [1])]] }, [second]: {} }, faults: [kill] });
    const [again] = run.inputsOf(first, 'start').slice(1);
    expect(again!.input.mono).toBe(0);
    expect(again!.input.at).toBe(2_000_000);
    expect(ticks(run)[0]!.atUs).toBe(3_000_000);
    expect(ticks(run)[0]!.input.mono).toBe(1_000_000);
  });

  test('never run backwards, whatever is done to their rate', () => {
    const clock = new NodeClock(0, 100);
    let last = 0;
    for (const now of upTo(2_000)) {
      if (now % 7 === 0) clock.drift(now, now % 14 === 0 ? 900_000 : -900_000);
      expect(clock.mono(now)).toBeGreaterThanOrEqual(last);
      last = clock.mono(now);
    }
  });
});
