import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { DrawKey } from '../../src/kernel/draws.ts';
import { EventQueue } from '../../src/kernel/queue.ts';

interface Entry {
  readonly at: number;
  readonly tie: number;
  readonly key: DrawKey;
}

// Few different values, so that most entries tie in something.
const entry: fc.Arbitrary<Entry> = fc.record({
  at: fc.nat(3), tie: fc.nat(2), key: fc.record({ low: fc.nat(2), high: fc.nat(2) }),
});
const rankOf = ({ at, tie, key }: Entry, order: number): number[] => [at, tie, key.high, key.low, order];

/** The order of pushes in which they should come out again. */
function expectedOrder(entries: readonly Entry[]): number[] {
  const ranked = entries.map((each, order) => rankOf(each, order));
  ranked.sort((a, b) => a.map((part, index) => part - b[index]!).find((difference) => difference !== 0) ?? 0);
  return ranked.map((rank) => rank.at(-1)!);
}

function drain(queue: EventQueue<number>): number[] {
  const values: number[] = [];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) values.push(next.value);
  return values;
}

function filled(entries: readonly Entry[]): EventQueue<number> {
  const queue = new EventQueue<number>();
  for (const [value, { at, tie, key }] of entries.entries()) queue.push(at, tie, key, value);
  return queue;
}

describe('the event queue', () => {
  it('gives events by time, draw, identity and order of arrival', () => {
    fc.assert(fc.property(fc.array(entry, { maxLength: 200 }), (entries) => {
      expect(drain(filled(entries))).toEqual(expectedOrder(entries));
    }));
  });

  it('keeps that order when pushes and pops take turns', () => {
    const anyOperation = fc.oneof(entry, fc.constant('pop' as const));
    fc.assert(fc.property(fc.array(anyOperation, { maxLength: 200 }), (operations) => {
      const queue = new EventQueue<number>();
      let waiting: { each: Entry; order: number }[] = [];
      for (const [order, operation] of operations.entries()) {
        if (operation !== 'pop') {
          queue.push(operation.at, operation.tie, operation.key, order);
          waiting.push({ each: operation, order });
          continue;
        }
        const next = expectedOrder(waiting.map(({ each }) => each))[0];
        const first = next === undefined ? undefined : waiting[next]!;
        expect(queue.nextAt).toBe(first?.each.at);
        expect(queue.peek()?.value).toBe(first?.order);
        expect(queue.pop()?.value).toBe(first?.order);
        waiting = waiting.filter((each) => each !== first);
        expect(queue.size).toBe(waiting.length);
      }
    }));
  });

  it('goes on from a checkpoint as before', () => {
    fc.assert(fc.property(fc.array(entry, { maxLength: 60 }), fc.array(entry, { maxLength: 20 }), fc.nat(60), (before, after, popped) => {
      const queue = filled(before);
      for (let count = 0; count < popped; count += 1) queue.pop();
      const restored = new EventQueue<number>();
      restored.push(9, 9, { low: 9, high: 9 }, -1);
      const entries = queue.entries();
      expect(entries.map(({ value }) => value)).toEqual(expectedOrder(before).slice(popped));
      restored.restore(entries, queue.sequence);
      for (const each of [queue, restored]) {
        for (const [index, { at, tie, key }] of after.entries()) each.push(at, tie, key, 1_000 + index);
      }
      expect(restored.sequence).toBe(queue.sequence);
      expect(drain(restored)).toEqual(drain(queue));
    }));
  });

  it('is empty at first', () => {
    const queue = new EventQueue();
    expect([queue.size, queue.nextAt, queue.peek(), queue.pop()]).toEqual([0, undefined, undefined, undefined]);
  });

  it.each([-1, 0.5, NaN, 2 ** 53])('takes no event at %d µs', (at) => {
    expect(() => new EventQueue().push(at, 0, { low: 0, high: 0 }, 0)).toThrow('whole microseconds');
  });
});
