import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeNodeId } from '../../../src/kernel/ids.ts';
import { quorumOf, rendezvous, rendezvousAvoiding, weightOf } from '../../../src/protocols/training/rules.ts';

describe('quorums', () => {
  it.each([
    [0.7, 40, 28],
    [0.7, 39, 28],
    [0.7, 35, 25],
    [0.55, 20, 11], // 0.55 · 20 is 11.000000000000002 in binary64
    [1, 3, 3],
    [0.01, 1, 1],
    [0.7, 0, 1],
  ])('a share of %d of %d nodes is %d', (share, count, expected) => {
    expect(quorumOf(share, count)).toBe(expected);
  });

  it('whole percentages give the smallest number that is enough', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 10_000 }), (percent, count) => {
      const quorum = quorumOf(percent / 100, count);
      expect(quorum * 100).toBeGreaterThanOrEqual(percent * count);
      expect((quorum - 1) * 100).toBeLessThan(percent * count);
    }));
  });
});

describe('the weight of an update', () => {
  it.each([
    [1_000, 200, 200],
    [150, 200, 150],
    [200, 200, 200],
  ])('of one that claims %d samples of %d assigned is %d', (claimed, assigned, expected) => {
    expect(weightOf(claimed, assigned)).toBe(expected);
  });
});

describe('rendezvous', () => {
  const candidates = Array.from({ length: 5 }, (_, index) => makeNodeId('aggregator', index));

  it('finds nobody among nobody', () => {
    expect(rendezvous('worker-00', [])).toBeUndefined();
  });

  it('whoever goes away moves only those that had turned to it', () => {
    fc.assert(fc.property(fc.nat(999), fc.nat(4), (index, removed) => {
      const worker = makeNodeId('worker', index);
      const before = rendezvous(worker, candidates);
      const after = rendezvous(worker, candidates.toReversed().filter((candidate) => candidate !== candidates[removed]));
      expect(after === before).toBe(before !== candidates[removed]);
    }));
  });

  it('spreads nodes over all candidates', () => {
    const chosen = new Set(Array.from({ length: 60 }, (_, index) => rendezvous(makeNodeId('worker', index), candidates)));
    expect(chosen.size).toBe(5);
  });
});

describe('rendezvous with some that did not answer', () => {
  const candidates = Array.from({ length: 5 }, (_, index) => makeNodeId('aggregator', index));

  it('is the usual one where nobody is avoided', () => {
    expect(rendezvousAvoiding('client-00', candidates, [])).toEqual({ chosen: rendezvous('client-00', candidates), avoided: [] });
    expect(rendezvousAvoiding('client-00', [], ['aggregator-00']).chosen).toBeUndefined();
  });

  it('comes to everybody before it comes to anybody again', () => {
    fc.assert(fc.property(fc.nat(999), (index) => {
      const asked: string[] = [];
      for (let tries = 0; tries < 5; tries += 1) {
        const { chosen, avoided } = rendezvousAvoiding(makeNodeId('worker', index), candidates, asked);
        expect(avoided).toEqual(asked);
        asked.push(chosen!);
      }
      expect(new Set(asked).size).toBe(5);
      expect(rendezvousAvoiding(makeNodeId('worker', index), candidates, asked)).toEqual({ chosen: asked[0], avoided: [] });
    }));
  });
});
