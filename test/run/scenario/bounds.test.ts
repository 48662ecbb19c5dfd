/** What would leave the safe integers or never happen is a problem of the file, and no crash in mid-run. */
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/kernel/limits.ts';
import { dimensions, writeQuantity } from '../../../src/kernel/units.ts';
import { baseText, problemsOf, withFault } from './reading.ts';

const withLine = (line: string): string => baseText.replace('faults:', `${line}\nfaults:`);
const withNetwork = (words: string): string => baseText.replace('loss: 0.5%', words);
const withFaults = (count: number, fault: (index: number) => string): string =>
  withFault(Array.from({ length: count }, (_, index) => fault(index)).join('\n  - '));

const longest = writeQuantity(limits.virtualTimeUsMax, dimensions.duration);

describe('bounds of single values', () => {
  it.each([
    [withFault('{ id: a, at: 1s, clock: { nodes: all, drift: 2000000ppm } }'), 'a drift lies between -100000ppm and 100000ppm'],
    [withFault('{ id: a, at: 1s, clock: { nodes: all, drift: -100001ppm } }'), 'a.clock.drift: a drift lies between'],
    [withLine('clock: { drift: 100001ppm }'), 'clock.drift: a drift lies between'],
    [withFault('{ id: a, at: 1s, slow: { nodes: all, factor: 1000001 } }'), 'a factor above 0 and up to 1000000'],
    [withFault('{ id: a, at: 1s, slow: { nodes: all, factor: 0 } }'), 'a factor above 0 and up to 1000000'],
    [withFault('{ id: a, at: 1s, disk: { nodes: all, slowFactor: 1e9 } }'), 'a factor above 0 and up to 1000000'],
    [withFault('{ id: a, at: 1s, gate: { from: all, to: all }, for: 721h }'), `a.for: is longer than ${longest}`],
    [withFault('{ id: a, at: 1s, kill: { worker: 1 }, restart: 721h }'), `a.restart: is longer than ${longest}`],
    [withFault('{ id: a, at: 1s, link: { from: all, to: all, delay: 2h } }'), 'a.link.delay: is longer than 1h'],
    [withNetwork('latency: 2h'), 'network.latency: is longer than 1h'],
    [withNetwork('latency: { logNormal: { median: 2h, sigma: 0.4 } }'), 'network.latency: is longer than 1h'],
    [withNetwork('latency: { logNormal: { median: 40ms, sigma: 9 } }'), 'expected a value between 0 and 3'],
    [withNetwork('latency: { regions: { names: [a], median: [[2h]], sigma: 0 } }'), 'network.latency: is longer than 1h'],
    [withNetwork('stallLimit: 2h'), 'network.stallLimit: is longer than 1h'],
    [withNetwork('keepAlive: 2h'), 'network.keepAlive: is longer than 1h'],
    [withLine('device: { service: 2h }'), 'device.service: is longer than 1h'],
    [withLine('disk: { save: 2h }'), 'disk.save: is longer than 1h'],
    [withLine('reseed: { at: 2h, salt: 1 }'), 'reseed: names a moment after the end of the run'],
  ])('%#', (text, message) => {
    expect(problemsOf(text).join('\n')).toContain(message);
  });
});

describe('bounds of what comes together', () => {
  it('drifts of many faults and of the clocks add up', () => {
    const drifting = (index: number) => `{ id: a${index}, at: 1s, clock: { nodes: all, drift: 100000ppm } }`;
    expect(problemsOf(withFaults(9, drifting))).toEqual([]);
    expect(problemsOf(withFaults(10, drifting)).join('\n')).toContain('stay below 1000000ppm together');
    expect(problemsOf(withFaults(9, drifting).replace('faults:', 'clock: { drift: 100000ppm }\nfaults:'))).toHaveLength(1);
  });

  it('jumps of clocks add up', () => {
    const jumping = (index: number) => `{ id: a${index}, at: 1s, clock: { nodes: all, jump: -400000h } }`;
    expect(problemsOf(withFaults(2, jumping))).toEqual([]);
    expect(problemsOf(withFaults(3, jumping)).join('\n')).toContain('lead no farther than 1000000h');
  });

  it('slow-downs of one node multiply, of different nodes do not', () => {
    const slow = (worker: (index: number) => number) => (index: number) =>
      `{ id: a${index}, at: 1s, slow: { nodes: { worker: ${worker(index)}..${worker(index)} }, factor: 1e6 } }`;
    expect(problemsOf(withFaults(20, slow((index) => index)))).toEqual([]);
    expect(problemsOf(withFaults(2, slow(() => 3))).join('\n')).toContain(`"slow" together, worker-03 takes longer than ${longest}`);
    const disk = (index: number) => `{ id: a${index}, at: 1s, disk: { nodes: { aggregator: leader }, slowFactor: 1e6 } }`;
    const problems = problemsOf(withFaults(2, disk)).join('\n');
    expect(problems).toContain(`"slowFactor" together, aggregator-00 takes longer than ${longest}`);
  });

  it('nodes that start one after another start before the end', () => {
    expect(problemsOf(withLine('start: { stagger: 80s }'))).toEqual([]);
    expect(problemsOf(withLine('start: { stagger: 90s }')).join('\n')).toContain('the last of 46 nodes start after the end of the run');
  });
});

describe('faults that cannot fire', () => {
  it.each([
    ['{ id: a, at: round 1 + 2500000h, kill: { worker: 1 } }', 'a.at: cannot fire: 2500000h later the run is over'],
    ['{ id: a, at: { record: round-opened, after: 2h }, kill: { worker: 1 } }', 'a.at: cannot fire: 2h later the run is over'],
    ['{ id: a, frame: { identity: nonsense, verdict: drop } }', 'a.frame.identity: expected an identity such as "worker-03#0>'],
    ['{ id: a, frame: { identity: "worker-99#0>aggregator-00 Submit round=1 /0", verdict: drop } }', 'unknown node "worker-99"'],
    ['{ id: a, frame: { identity: "worker-03#0>aggregator-00 Sumbit round=1 /0", verdict: drop } }', 'did you mean "Submit"?'],
    ['{ id: a, frame: { identity: "worker-03#0>aggregator-00 Submit raund=1 /0", verdict: drop } }', 'have the key round=…'],
    ['{ id: a, frame: { identity: "worker-03#0>aggregator-00 Submit /0", verdict: drop } }', 'have the key round=… in their'],
  ])('%s', (fault, message) => {
    expect(problemsOf(withFault(fault)).join('\n')).toContain(message);
  });
});

describe('a file of another kind', () => {
  it('may not take the name under which the newest run is found', () => {
    expect(problemsOf(baseText.replace('name: base', 'name: latest')).join('\n')).toContain('expected another name than "latest"');
  });

  it('with a megabyte of flat keys is refused without comparing each with all others', () => {
    const keys = Array.from({ length: 80_000 }, (_, index) => `key${index}: 1\n`).join('');
    expect(problemsOf(keys)).toEqual(['base.yaml:1001:1: has more than 1000 keys in one place']);
  });
});
