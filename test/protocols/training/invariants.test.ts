import { describe, expect, it } from 'vitest';
import type { ValueMap } from '../../../src/kernel/codec.ts';
import type { Outcome, Property } from '../../../src/kernel/properties.ts';
import {
  closedWithoutFullAttendance, committedRoundsOnlyGrow, countedUpdatesWereSent, oneModelPerRound, trainingFinished, workerSuspected,
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
  });
});

describe('committed rounds only grow', () => {
  it.each([
    ['growing', [closed(1, 'a'), closed(2, 'b')], true],
    ['again after a restart', [closed(1, 'a'), closed(2, 'b'), closed(2, 'b')], false],
    ['each aggregator for itself', [closed(2, 'a'), closed(1, 'b', 'aggregator-01')], true],
  ])('%s', (_, said, holds) => {
    expect(lastOutcome(committedRoundsOnlyGrow as never, said).holds).toBe(holds);
  });
});

describe('every counted update was sent', () => {
  const admitted: Said = ['aggregator-00', 'worker-admitted', { worker: 'worker-00' }];
  const opened = (round: number): Said => ['aggregator-00', 'round-opened', { round }];
  const sent = (round: number, update = 'a'): Said => ['worker-00', 'update-sent', { round, update }];
  const counted = (round: number, update = 'a'): Said =>
    ['aggregator-00', 'update-counted', { round, worker: 'worker-00', samples: 1, update }];

  it.each([
    ['once', [admitted, opened(1), sent(1), counted(1)], true, /^$/u],
    ['in two rounds', [admitted, opened(1), sent(1), counted(1), opened(2), sent(2), counted(2)], true, /^$/u],
    ['anew after the round was opened anew', [admitted, opened(1), sent(1), counted(1), opened(1), counted(1)], true, /^$/u],
    ['twice', [admitted, opened(1), sent(1), counted(1), counted(1)], false, /two updates of worker-00 in round 1/u],
    ['without admission', [opened(1), sent(1), counted(1)], false, /was not admitted/u],
    ['never sent', [admitted, opened(1), counted(1)], false, /never sent for round 1/u],
    ['sent for another round', [admitted, opened(2), sent(1), counted(2)], false, /never sent for round 2/u],
    ['another one than was sent', [admitted, opened(1), sent(1, 'b'), counted(1)], false, /never sent/u],
    ['of a round that is not open', [admitted, opened(2), sent(1), counted(1)], false, /while round 2 was open/u],
  ])('%s', (_, said, holds, because) => {
    const outcome = lastOutcome(countedUpdatesWereSent as never, said as readonly Said[]);
    expect(outcome).toMatchObject({ applies: true, holds });
    expect(outcome.because ?? '').toMatch(because);
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

  it('a worker was suspected', () => {
    expect(lastOutcome(workerSuspected as never, [['aggregator-00', 'worker-suspected', { worker: 'worker-00' }]]).holds).toBe(true);
  });
});
