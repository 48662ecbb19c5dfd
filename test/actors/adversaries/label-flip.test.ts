import { describe, expect, it } from 'vitest';
import { compute } from '../../../src/actors/define.ts';
import type { ValueMap } from '../../../src/kernel/codec.ts';
import { blobNamed } from '../../support/stepped-actor.ts';
import { adversaryOf, SteppedLiar, submitted, trained, training } from '../../support/stepped-liar.ts';

describe('label flip', () => {
  const liar = new SteppedLiar('label-flip');

  it('has its worker train on flipped labels, and changes nothing else of the task', () => {
    const honest = training(3) as Extract<ReturnType<typeof training>, { type: 'compute' }>;
    expect(liar.says(honest)).toEqual([
      { ...honest, input: { ...(honest.input as ValueMap), labels: 'flipped' } }, { type: 'act', what: 'flipped labels' },
    ]);
  });

  it('lets its worker learn and send what comes of that', () => {
    expect(liar.hears(trained(3, blobNamed('a')))).toEqual({ give: [{ copy: 0, event: trained(3, blobNamed('a')) }], say: [] });
    for (const command of [submitted(3, blobNamed('a')), compute('learning/evaluate', 'round-3', {})]) {
      expect(liar.says(command)).toEqual([command]);
    }
  });

  it('cannot lie where there are no labels', () => {
    const { refuses } = adversaryOf('label-flip');
    expect(refuses!({ training: { model: 'bowl' } })).toMatch(/no labels/u);
    expect(refuses!({ training: { model: 'softmax' } })).toBeUndefined();
    expect(refuses!({})).toBeUndefined();
  });
});
