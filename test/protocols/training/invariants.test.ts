import { describe, expect, it } from 'vitest';
import type { ValueMap } from '../../../src/kernel/codec.ts';
import type { Outcome, Property } from '../../../src/kernel/properties.ts';
import {
  closedWithoutFullAttendance, committedRoundsOnlyGrow, oneModelPerRound, trainingFinished, trainingStopped, workerResumed,
  workerReturned, workerSuspected,
} from '../../../src/protocols/training/invariants.ts';
import { observed } from '../../support/observations.ts';

type Said = readonly [node: string, kind: string, data: ValueMap];

/** Folds what was said and gives the last outcome. */
function lastOutcome(property: Property<never>, said: readonly Said[]): Outcome {
  const state = property.start();
  let outcome: Outcome | undefined;
  for (const [index, [node, kind, data]] of said.entries()) outcome = property.observe(state, observed(index, node, kind, data));
  return outcome!;
}

const closed = (round: number, weights: string, node = 'aggregator-00', attendance = 40): Said =>
  [node, 'round-closed', { round, weights, attendance, admitted: 40 }];

const restored = (round: number, node = 'aggregator-00'): Said => [node, 'member-restored', { round }];

describe('one model per round', () => {
  it.each([
    ['the same round twice with one model', [closed(1, 'a'), closed(1, 'a', 'aggregator-01')], true],
    ['two rounds with two models', [closed(1, 'a'), closed(2, 'b')], true],
    ['one round with two models', [closed(1, 'a'), closed(2, 'b'), closed(1, 'c', 'aggregator-01')], false],
  ])('%s', (_, said, holds) => {
    expect(lastOutcome(oneModelPerRound as never, said).holds).toBe(holds);
  });

  it('names both facts', () => {
    const { because, facts } = lastOutcome(oneModelPerRound as never, [closed(1, 'a'), closed(1, 'b', 'aggregator-01')]);
    expect(because).toBe('round 1 has two models');
    expect(facts!.map(({ node }) => node)).toEqual(['aggregator-00', 'aggregator-01']);
    expect(facts!.map(({ words }) => words)).toEqual(['aggregator-00 closed round 1 with a', 'aggregator-01 closed round 1 with b']);
  });
});

describe('committed rounds only grow', () => {
  it.each([
    ['growing', [closed(1, 'a'), closed(2, 'b')], true],
    ['the same round twice in one life', [closed(1, 'a'), closed(2, 'b'), closed(2, 'b')], false],
    ['again from where its memory ends', [closed(1, 'a'), closed(2, 'b'), restored(1), closed(2, 'b')], true],
    ['again from before its memory ends', [closed(1, 'a'), closed(2, 'b'), restored(2), closed(2, 'b')], false],
    ["another's restart is no excuse", [closed(1, 'a'), restored(0, 'aggregator-01'), closed(1, 'a')], false],
    ['each aggregator for itself', [closed(2, 'a'), closed(1, 'b', 'aggregator-01')], true],
  ])('%s', (_, said, holds) => {
    expect(lastOutcome(committedRoundsOnlyGrow as never, said).holds).toBe(holds);
  });
});

describe('phrases', () => {
  it('a round closed without full attendance', () => {
    expect(lastOutcome(closedWithoutFullAttendance as never, [closed(1, 'a')]).holds).toBe(false);
    expect(lastOutcome(closedWithoutFullAttendance as never, [closed(1, 'a', 'aggregator-00', 39)]).holds).toBe(true);
  });

  it('training finished says how far it came', () => {
    const started: Said = ['aggregator-00', 'training-started', { rounds: 3 }];
    expect(lastOutcome(trainingFinished as never, [started])).toMatchObject({ holds: false, because: 'the training started' });
    expect(lastOutcome(trainingFinished as never, [started, closed(2, 'a')]).because).toBe('the training came to round 2');
    expect(lastOutcome(trainingFinished as never, [['aggregator-00', 'training-finished', { rounds: 3 }]]).holds).toBe(true);
  });

  it.each([
    [workerSuspected, 'worker-suspected'],
    [workerReturned, 'worker-returned'],
    [workerResumed, 'worker-resumed'],
    [trainingStopped, 'training-stopped'],
  ])('$name', (property, kind) => {
    expect(property).toMatchObject({ kind: 'sometimes', watches: [kind] });
    expect(lastOutcome(property as never, [['aggregator-00', kind, { worker: 'worker-00' }]]).holds).toBe(true);
  });
});
