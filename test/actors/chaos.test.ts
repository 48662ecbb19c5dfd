/**
 * A committee of five under the chaos of 25 seeds: nothing is violated, every round closes, and the
 * training ends. 500 seeds are in chaos.long.test.ts.
 */
import { describe, expect, it, test } from 'vitest';
import { chaosOf } from '../support/chaos.ts';
import { runChaos, shortcomingsOf } from '../support/chaos-run.ts';
import type { Fault } from '../../src/host/faults.ts';
import { seedsFrom } from '../support/shipped-scenarios.ts';

test.each(seedsFrom(1, 25))('chaos with seed %i violates nothing, and every round closes', (seed) => {
  expect(shortcomingsOf(runChaos(seed))).toEqual([]);
});

test.each(seedsFrom(1, 8))('chaos with seed %i harms no rule that is no sum', (seed) => {
  expect(shortcomingsOf(runChaos(seed, {}, 'centered-clipping'))).toEqual([]);
});

describe('chaos', () => {
  const faults = seedsFrom(1, 500).map((seed) => chaosOf(seed).faults);

  it('is the same for the same seed, and another one for another seed', () => {
    expect(chaosOf(7)).toEqual(chaosOf(7));
    expect(chaosOf(7)).not.toEqual(chaosOf(8));
  });

  it('kills for good at most two aggregators, two workers and one bootstrap', () => {
    const dead = (list: readonly Fault[], role: string): number =>
      list.filter(({ effect }) => (effect.kind === 'kill' || effect.kind === 'powerOff') && effect.restartAfterUs === undefined
        && (effect.who.kind === 'state' ? role === 'aggregator' : effect.who.nodes[0]!.startsWith(role))).length;
    for (const [role, tolerated] of [['aggregator', 2], ['worker', 2], ['bootstrap', 1]] as const) {
      expect(Math.max(...faults.map((list) => dead(list, role))), role).toBe(tolerated);
    }
  });

  it('ends by itself: whatever is not a death or a restart lasts for a stated time', () => {
    const endless = faults.flat().filter(({ effect }) => !('forUs' in effect) && effect.kind !== 'kill' && effect.kind !== 'powerOff');
    expect(endless).toEqual([]);
  });
});
