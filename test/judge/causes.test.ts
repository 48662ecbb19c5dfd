import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { CauseRing } from '../../src/judge/causes.ts';

describe('the causes of an event', () => {
  it('are told nearest first, the event itself before them', () => {
    const ring = new CauseRing(8);
    ring.note(0, 10, 'client-00', 'start', null);
    ring.note(4, 20, 'aggregator-00', 'Begin', 0);
    ring.note(5, 20, 'worker-01', 'linkUp', null);
    ring.note(9, 30, 'worker-00', 'Train', 4);
    expect(ring.ancestors(9, 10)).toEqual([
      { sequence: 9, at: 30, node: 'worker-00', event: 'Train' },
      { sequence: 4, at: 20, node: 'aggregator-00', event: 'Begin' },
      { sequence: 0, at: 10, node: 'client-00', event: 'start' },
    ]);
    expect(ring.ancestors(9, 2)).toHaveLength(2);
    expect(ring.ancestors(9, 0)).toEqual([]);
    expect(ring.ancestors(7, 5)).toEqual([]);
  });

  it('end where the ring has forgotten', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 60 }), (capacity, count) => {
        const ring = new CauseRing(capacity);
        for (let index = 0; index < count; index += 1) {
          ring.note(index * 3, index, 'ring-00', `e${index % 4}`, index === 0 ? null : index * 3 - 3);
        }
        const told = ring.ancestors((count - 1) * 3, 1_000).map(({ sequence }) => sequence / 3);
        expect(told).toEqual(Array.from({ length: Math.min(capacity, count) }, (_, back) => count - 1 - back));
      }),
    );
  });

  it('come before their effects', () => {
    const ring = new CauseRing();
    ring.note(3, 1, 'ring-00', 'start', null);
    expect(() => ring.note(3, 1, 'ring-00', 'start', null)).toThrow('noted after');
    expect(() => ring.note(4, 1, 'ring-00', 'start', 4)).toThrow('cannot be caused by');
  });
});
