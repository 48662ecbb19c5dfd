import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { compareNodeIds, compareText, inIdOrder, makeNodeId, parseNodeId } from '../../src/kernel/ids.ts';

describe('a node id', () => {
  it.each([
    ['worker', 0, 'worker-00'], ['worker', 7, 'worker-07'], ['worker', 100, 'worker-100'], ['ring-starter', 3, 'ring-starter-03'],
  ] as const)(
    'of %s %d is %s', (role, index, id) => {
      expect(makeNodeId(role, index)).toBe(id);
      expect(parseNodeId(id)).toEqual({ role, index });
    },
  );

  it.each([
    ['Worker', 0], ['worker_one', 0], ['', 0], ['worker-', 0], ['7up', 0], ['worker', -1], ['worker', 1.5], ['worker', 1_000_000],
  ] as const)(
    'is not made of "%s" and %d', (role, index) => {
      expect(() => makeNodeId(role, index)).toThrow('is not a node id: role-NN expected');
    },
  );

  it.each([
    '', 'worker', 'worker-1', 'worker-', '-01', 'Worker-01', 'worker-01 ', 'worker-0000001', 'wor ker-01',
  ])('is not "%s"', (text) => {
    expect(parseNodeId(text)).toBeUndefined();
  });
});

describe('the order of ids', () => {
  it('is by role, then by number', () => {
    const ordered = ['aggregator-00', 'ring-00', 'ring-member-00', 'worker-02', 'worker-20', 'worker-100'];
    expect(inIdOrder(ordered.toReversed())).toEqual(ordered);
    expect(inIdOrder(new Set(ordered))).toEqual(ordered);
  });

  it('has a place for names that are no ids, and for two spellings of one number', () => {
    expect(inIdOrder(['worker-01', '', 'elsewhere'])).toEqual(['', 'elsewhere', 'worker-01']);
    expect(compareNodeIds('worker-01', 'worker-001')).toBeGreaterThan(0);
    expect(compareNodeIds('worker-01', 'worker-01')).toBe(0);
  });

  it('is total among ids', () => {
    const id = fc.tuple(fc.constantFrom('worker', 'ring', 'ring-member'), fc.nat(200)).map(([role, index]) => makeNodeId(role, index));
    fc.assert(fc.property(id, id, id, (a, b, c) => {
      expect(Math.sign(compareNodeIds(a, b))).toBe(0 - Math.sign(compareNodeIds(b, a)));
      expect(compareNodeIds(a, b) === 0).toBe(a === b);
      const chained = compareNodeIds(a, b) <= 0 && compareNodeIds(b, c) <= 0;
      expect(!chained || compareNodeIds(a, c) <= 0).toBe(true);
    }));
  });

  it('is that of role and number, also where roles begin alike and ids have one length', () => {
    const part = fc.tuple(fc.constantFrom('a', 'a1', 'ab', 'a-b', 'ab-c', 'a1-b', 'b'), fc.nat(1_200));
    fc.assert(fc.property(part, part, ([role, index], [otherRole, otherIndex]) => {
      const order = compareText(role, otherRole) || Math.sign(index - otherIndex);
      expect(Math.sign(compareNodeIds(makeNodeId(role, index), makeNodeId(otherRole, otherIndex)))).toBe(order);
    }), { numRuns: 1_000 });
  });

  it('of text is by code unit, whatever the locale', () => {
    expect(['\u00e4', 'z', 'Z', 'a', ''].sort(compareText)).toEqual(['', 'Z', 'a', 'z', '\u00e4']);
    expect(compareText('a', 'a')).toBe(0);
  });
});
