/** Wires: transmission delay apart from latency, queues at both ends, slow links, regions. */
import { describe, expect, test } from 'vitest';
import type { Latency } from '../../../src/host/weather.ts';
import { said, sang, speech, upTo, words } from '../../support/puppet.ts';
import type { Part, Word } from '../../support/puppet.ts';
import { fault, nodes, simulated } from '../../support/sim-world.ts';

const [first, second, third] = ['puppet-00', 'puppet-01', 'puppet-02'] as const;
const big = (number: number): Word => said(number, 'x'.repeat(10_000 - 120));
/** About 10 kB: 80 ms at 1 Mbit/s. */
const wireUs = 80_000;
const narrow = { bandwidthBitsPerSecond: 1e6 };
const expectNear = (value: number, expected: number) =>
  expect(Math.abs(value - expected), `${value} is far from ${expected}`).toBeLessThan(3_000);

describe('bandwidth', () => {
  test('delays by the length of a frame, apart from the latency', () => {
    const lives = [[words(5, second, [0]), words(1_000, second, [1], big)]];
    const run = simulated({ parts: { [first]: { lives }, [second]: {} }, network: narrow });
    expectNear(run.timesAt(second, 'Said')[1]!, 1_005_000 + wireUs + 10_000);
  });

  test('is shared by the channels of a pair', () => {
    const commands = [said(1, big(1).text), sang(2, big(2).text)].map((message) => ({ type: 'send' as const, to: second, message }));
    const lives = [[words(5, second, [0]), { afterMs: 1_000, commands }]];
    const run = simulated({ parts: { [first]: { lives }, [second]: {} }, network: narrow });
    expectNear(run.timesAt(second, 'Sang')[0]! - run.timesAt(second, 'Said')[1]!, wireUs);
  });

  test('makes two senders to one receiver take twice as long', () => {
    const lives = [[words(5, third, [0]), words(1_000, third, upTo(10), big)]];
    const alone = simulated({ parts: { [first]: { lives }, [third]: {} }, network: narrow });
    const both = simulated({ parts: { [first]: { lives }, [second]: { lives }, [third]: {} }, network: narrow });
    const lasts = (run: typeof both) => run.timesAt(third, 'Said').at(-1)! - 1_005_000;
    expectNear(lasts(alone), 10 * wireUs + 10_000);
    expectNear(lasts(both), 20 * wireUs + 10_000);
  });

  test('makes one sender to two receivers take twice as long', () => {
    const steps = [words(5, second, [0]), words(0, third, [0]), words(1_000, second, upTo(5), big), words(0, third, upTo(5), big)];
    const run = simulated({ parts: { [first]: { lives: [steps] }, [second]: {}, [third]: {} }, network: narrow });
    expectNear(run.timesAt(third, 'Said').at(-1)! - 1_005_000, 10 * wireUs + 10_000);
  });

  test('of one slow link holds up that link and no other', () => {
    const steps = [words(5, second, [0]), words(0, third, [0]), words(1_000, second, [1], big), words(0, third, [1], big)];
    const slow = fault('slow', { kind: 'link', from: nodes(first), to: nodes(second), link: { bandwidthBitsPerSecond: 1e6 } });
    const run = simulated({ parts: { [first]: { lives: [steps] }, [second]: {}, [third]: {} }, faults: [slow] });
    expectNear(run.timesAt(second, 'Said')[1]!, 1_005_000 + wireUs + 10_000);
    expectNear(run.timesAt(third, 'Said')[1]!, 1_005_000 + 10_000);
    expect(run.hits('slow')).toBeGreaterThan(0);
  });

  test('that a dead process was using is free for its next life', () => {
    const lives = [[words(5, second, [0]), words(500, second, upTo(100), big)], [words(5, second, [7])]];
    const kill = fault('kill', { kind: 'kill', who: nodes(first), restartAfterUs: 10_000 }, 600_000);
    const run = simulated({ parts: { [first]: { lives }, [second]: {} }, network: narrow, faults: [kill] });
    expect(run.numbersAt(second, 'Said').at(-1)).toBe(7);
    expect(run.timesAt(second, 'Said').at(-1)).toBeLessThan(900_000);
  });
});

describe('latency', () => {
  const spread = (latency: Latency) => {
    const run = simulated({ parts: { [first]: { lives: [speech(second, upTo(500), 100)] }, [second]: {} }, network: { latency } });
    const sent = run.timesAt(first, 'linkUp')[0]!;
    const late = run.timesAt(second, 'Said').map((at, index) => at - (index + 1) * 100_000);
    return late.slice(Math.ceil(sent / 100_000) + 1).toSorted((a, b) => a - b);
  };

  test('follows its distribution', () => {
    const uniform = spread({ kind: 'uniform', minUs: 10_000, maxUs: 30_000 });
    expect(uniform[0]).toBeGreaterThanOrEqual(10_000);
    expect(uniform.at(-1)).toBeLessThanOrEqual(30_002);
    const exponential = spread({ kind: 'exponential', meanUs: 20_000, minUs: 1_000 });
    const mean = exponential.reduce((sum, value) => sum + value, 0) / exponential.length;
    expect(mean).toBeGreaterThan(17_000);
    expect(mean).toBeLessThan(23_000);
    const logNormal = spread({ kind: 'logNormal', medianUs: 40_000, sigma: 0.4 });
    expect(logNormal[logNormal.length >> 1]).toBeGreaterThan(36_000);
    expect(logNormal[logNormal.length >> 1]).toBeLessThan(44_000);
  });

  test('of regions is that of the pair of regions, and a node keeps its region whoever else is there', () => {
    const latency = { kind: 'regions', regions: ['near', 'far'], medianUs: [[1_000, 200_000], [200_000, 1_000]], sigma: 0 } as const;
    const parts = Object.fromEntries(upTo(6).map((index) => [`puppet-0${index}`, { lives: [[words(50, 'puppet-09', [index])]] }]));
    const linkTimes = (more: Record<string, Part>) => {
      const run = simulated({ parts: { ...parts, 'puppet-09': {}, ...more }, network: { latency } });
      return upTo(6).map((index) => run.timesAt(`puppet-0${index}`, 'linkUp')[0]);
    };
    const times = linkTimes({});
    expect(new Set(times)).toEqual(new Set([53_000, 650_000]));
    expect(linkTimes({ 'puppet-07': {}, 'puppet-30': {} })).toEqual(times);
  });
});
