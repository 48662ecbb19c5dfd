/** Datagrams: loss, doubling, overtaking, alteration, the MTU; and what faults make of them. */
import { describe, expect, test } from 'vitest';
import { posted, speech, upTo, words } from '../../support/puppet.ts';
import { contentOf, fault, nodes, simulated } from '../../support/sim-world.ts';
import type { Setting } from '../../support/sim-world.ts';

const sender = 'puppet-00';
const receiver = 'puppet-01';
const count = 400;

const post = (setting: Setting) =>
  simulated({ parts: { [sender]: { lives: [speech(receiver, upTo(count), 5, posted)] }, [receiver]: {} }, ...setting });
const path = { from: nodes(sender), to: nodes(receiver) };

describe('datagrams', () => {
  test('travel one latency and need no connection', () => {
    const run = post({});
    expect(run.numbersAt(receiver, 'Posted')).toEqual(upTo(count));
    expect(run.timesAt(receiver, 'Posted')[0]).toBe(15_001);
    expect(run.inputsOf(sender, 'linkUp')).toEqual([]);
  });

  test('are lost for good about as often as the weather says', () => {
    const run = post({ network: { loss: 0.2 } });
    const arrived = run.numbersAt(receiver, 'Posted').length;
    expect(arrived + run.fates('lost').length).toBe(count);
    expect(arrived).toBeGreaterThan(count * 0.7);
    expect(arrived).toBeLessThan(count * 0.9);
  });

  test('are lost in a subset when the loss is weaker', () => {
    const lostAt = (loss: number) => new Set(post({ network: { loss } }).fates('lost'));
    const [few, some, many] = [lostAt(0.02), lostAt(0.1), lostAt(0.4)];
    expect(few.size).toBeGreaterThan(0);
    expect(some.size).toBeGreaterThan(few.size);
    expect([...some]).toEqual(expect.arrayContaining([...few]));
    expect([...many]).toEqual(expect.arrayContaining([...some]));
  });

  test('are doubled, and both copies draw for themselves', () => {
    const run = post({ network: { duplicate: 0.1, latency: { kind: 'uniform', minUs: 1_000, maxUs: 50_000 } } });
    const doubled = run.fates('duplicated').length;
    expect(doubled).toBeGreaterThan(10);
    expect(run.numbersAt(receiver, 'Posted')).toHaveLength(count + doubled);
    expect(new Set(run.inputsOf(receiver, 'Posted').map(({ input }) => input.dice)).size).toBe(count + doubled);
  });

  test('overtake each other when reordered', () => {
    const run = post({ network: { reorder: 0.1 } });
    const numbers = run.numbersAt(receiver, 'Posted');
    expect(run.fates('reordered').length).toBeGreaterThan(10);
    expect(numbers).not.toEqual(upTo(count));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(upTo(count));
  });

  test('that are altered are rejected and counted, or are another message that the schema allows', () => {
    const run = post({ network: { corrupt: 0.5 } });
    const altered = run.fates('altered').length;
    const rejected = run.rejected('schema') + run.rejected('unknownKind');
    expect(altered).toBeGreaterThan(count * 0.4);
    expect(rejected).toBeGreaterThan(altered * 0.3);
    expect(run.inputsOf(receiver, 'Posted')).toHaveLength(count - rejected);
    const intact = run.inputsOf(receiver, 'Posted').filter((one) => (contentOf(one)['message'] as { text: string }).text === '').length;
    expect(intact).toBeGreaterThanOrEqual(count - altered);
  });

  test('larger than the MTU are refused', () => {
    const lives = [[words(5, receiver, [1], (number) => posted(number, 'x'.repeat(1_200)))]];
    const run = simulated({ parts: { [sender]: { lives }, [receiver]: {} } });
    expect(contentOf(run.inputsOf(sender, 'sendRefused')[0]!)['reason']).toBe('tooLargeForDatagram');
  });

  test('do not cross a partition', () => {
    const cut = fault('cut', { kind: 'partition', sides: [nodes(sender), nodes(receiver)], forUs: 500_000 }, 500_000);
    const run = post({ faults: [cut] });
    expect(run.hits('cut')).toBe(100);
    expect(run.numbersAt(receiver, 'Posted')).toHaveLength(count - 100);
  });

  test('are dropped where a stream would be held', () => {
    const run = post({ faults: [fault('gate', { kind: 'gate', ...path, forUs: 500_000 }, 502_000)] });
    expect(run.fates('dropped')).toHaveLength(100);
  });

  test('wait for a narrow link, apart from its latency', () => {
    // 16,000 bits a second for a frame of about 100 bytes: some 50 ms each, sent every 5 ms.
    const narrow = fault('narrow', { kind: 'link', ...path, link: { bandwidthBitsPerSecond: 16_000 } });
    const run = post({ faults: [narrow] });
    const times = run.timesAt(receiver, 'Posted');
    expect(times[1]! - times[0]!).toBeGreaterThan(40_000);
    expect(run.hits('narrow')).toBe(count);
  });

  test.each([
    ['loss', { loss: 0.2 }], ['duplicate', { duplicate: 0.2 }], ['corrupt', { corrupt: 0.2 }], ['reorder', { reorder: 0.2 }],
    ['tamper', { tamper: 0.2 }],
  ] as const)('are hit by a fault of %s about as often as it says, and it is counted', (_, link) => {
    const run = post({ faults: [fault('odd', { kind: 'link', ...path, link })] });
    expect(run.hits('odd')).toBeGreaterThan(count * 0.12);
    expect(run.hits('odd')).toBeLessThan(count * 0.28);
    const weakLink = Object.fromEntries(Object.keys(link).map((key) => [key, 0.02]));
    const weaker = post({ faults: [fault('odd', { kind: 'link', ...path, link: weakLink })] });
    expect(weaker.hits('odd')).toBeGreaterThan(0);
    for (const fate of ['lost', 'duplicated', 'altered', 'reordered']) {
      expect(run.fates(fate)).toEqual(expect.arrayContaining(weaker.fates(fate)));
    }
  });
});
