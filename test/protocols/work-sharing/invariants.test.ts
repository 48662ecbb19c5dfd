import { describe, expect, it } from 'vitest';
import type { ValueMap } from '../../../src/kernel/codec.ts';
import type { Outcome, Property } from '../../../src/kernel/properties.ts';
import {
  aggregatorReturned, aggregatorSuspected, completeRoundsCountAll, countedUpdatesWereSent, equivocationProved, roundOverdue,
  workersTakenOver,
} from '../../../src/protocols/work-sharing/invariants.ts';
import { workSharingProtocol } from '../../../src/protocols/work-sharing/protocol.ts';
import { observed } from '../../support/observations.ts';

type Said = readonly [node: string, kind: string, data: ValueMap];

/** Folds what was said and gives the last outcome; what a property does not watch it is never shown. */
function lastOutcome(property: Property<never>, said: readonly Said[]): Outcome {
  const state = property.start();
  let outcome: Outcome | undefined;
  for (const [index, [node, kind, data]] of said.entries()) {
    expect(property.watches).toContain(kind);
    outcome = property.observe(state, observed(index, node, kind, data));
  }
  return outcome!;
}

const opened = (round: number): Said => ['aggregator-00', 'round-opened', { round }];
const about = (kind: string, worker = 'worker-00', node = 'aggregator-00'): Said => [node, kind, { worker }];
const admitted = (worker = 'worker-00', node = 'aggregator-00'): Said => about('worker-admitted', worker, node);
const sent = (round: number, update = 'a', worker = 'worker-00'): Said => [worker, 'update-sent', { round, update }];
const counting = (worker = 'worker-00', update = 'a') => ({ worker, update });
const proposed = (round: number, updates: readonly ValueMap[], complete = true, node = 'aggregator-01'): Said =>
  [node, 'round-proposed', { round, complete, updates }];

describe('every counted update was sent for that round by an admitted worker, once', () => {
  const property = countedUpdatesWereSent as never;

  it.each<[string, readonly Said[]]>([
    ['once', [admitted(), sent(1), proposed(1, [counting()])]],
    ['by two workers', [admitted(), admitted('worker-01'), sent(1), sent(1, 'b', 'worker-01'),
      proposed(1, [counting(), counting('worker-01', 'b')])]],
    ['in two rounds', [admitted(), sent(1), proposed(1, [counting()]), sent(2, 'b'), proposed(2, [counting('worker-00', 'b')])]],
    ['in two proposals of one round, by two leaders',
      [admitted(), sent(1), proposed(1, [counting()]), proposed(1, [counting()], false, 'aggregator-02')]],
    ['sent again by its next life', [admitted(), sent(1), sent(1), proposed(1, [counting()])]],
    ['sent three rounds ago, to a leader that comes late', [admitted(), sent(1), sent(2), sent(3), sent(4), proposed(1, [counting()])]],
    ['nobody at all', [proposed(1, [])]],
  ])('holds: %s', (_, said) => {
    expect(lastOutcome(property, said)).toEqual({ applies: true, holds: true });
  });

  it.each<[string, readonly Said[], string]>([
    ['twice', [admitted(), sent(1), proposed(1, [counting(), counting()])], 'aggregator-01 counted two updates of worker-00 in round 1'],
    ['without admission', [sent(1), proposed(1, [counting()])], 'aggregator-01 counted an update of worker-00, which was not admitted'],
    ['never sent', [admitted(), proposed(1, [counting()])], 'aggregator-01 counted an update that worker-00 never sent for round 1'],
    ['sent for another round', [admitted(), sent(1), proposed(2, [counting()])],
      'aggregator-01 counted an update that worker-00 never sent for round 2'],
    ['another one than was sent', [admitted(), sent(1, 'b'), proposed(1, [counting()])],
      'aggregator-01 counted an update that worker-00 never sent for round 1'],
    ['sent by somebody else', [admitted(), admitted('worker-01'), sent(1, 'a', 'worker-01'), proposed(1, [counting()])],
      'aggregator-01 counted an update that worker-00 never sent for round 1'],
  ])('is broken: %s', (_, said, because) => {
    const outcome = lastOutcome(property, said);
    expect(outcome).toMatchObject({ applies: true, holds: false, because });
    const round = (said.at(-1)![2] as { round: number }).round;
    const sequence = said.length - 1;
    const words = `aggregator-01 counted a of worker-00 in round ${round}`;
    expect(outcome.facts).toEqual([{ sequence, at: sequence * 1_000, node: 'aggregator-01', words }]);
  });

  it('does not apply before a round is proposed', () => {
    expect(lastOutcome(property, [admitted(), sent(1)])).toMatchObject({ applies: false, holds: true });
    expect(lastOutcome(property, [admitted()])).toMatchObject({ applies: false, holds: true });
  });
});

describe('a round that closes before its time counts every worker that is not suspected', () => {
  const property = completeRoundsCountAll as never;
  const both = [admitted(), admitted('worker-01')];
  const withoutFirst = proposed(3, [counting('worker-01', 'b')]);

  it.each<[string, readonly Said[]]>([
    ['everybody is in it', [...both, proposed(3, [counting(), counting('worker-01', 'b')])]],
    ['the other is suspected', [...both, about('worker-suspected'), withoutFirst]],
    ['the other was removed', [...both, about('worker-removed'), withoutFirst]],
    ['the other left', [...both, about('worker-left'), withoutFirst]],
    ['the other told two stories', [...both, about('equivocation-proved'), withoutFirst]],
    ["the other's update was refused in this round", [...both, opened(3), about('update-refused'), withoutFirst]],
    ['a second member learns late that a suspected worker was admitted',
      [...both, about('worker-suspected'), admitted('worker-00', 'aggregator-02'), withoutFirst]],
    ['nobody takes part yet', [proposed(3, [])]],
  ])('holds: %s', (_, said) => {
    expect(lastOutcome(property, said)).toEqual({ applies: true, holds: true });
  });

  it.each<[string, readonly Said[]]>([
    ['one is forgotten', [...both, withoutFirst]],
    ['one that returned is forgotten', [...both, about('worker-suspected'), about('worker-returned'), withoutFirst]],
    ['one whose update was refused before is forgotten', [...both, opened(2), about('update-refused'), withoutFirst]],
    ['one is forgotten after a round that had it', [...both, proposed(2, [counting(), counting('worker-01')]), withoutFirst]],
  ])('is broken: %s', (_, said) => {
    const outcome = lastOutcome(property, said);
    expect(outcome).toMatchObject({ applies: true, holds: false });
    expect(outcome.because).toBe('aggregator-01 closed round 3 as complete, and worker-00 is not in it');
    const sequence = said.length - 1;
    expect(outcome.facts).toEqual([{
      sequence, at: sequence * 1_000, node: 'aggregator-01',
      words: 'aggregator-01 proposed round 3 from 1 updates, none of them of worker-00',
    }]);
  });

  it('says nothing of a round whose time was over', () => {
    expect(lastOutcome(property, [...both, proposed(3, [], false)])).toMatchObject({ applies: false, holds: true });
  });

  it('names the first of those that are missing', () => {
    const three = [admitted('worker-02'), ...both];
    expect(lastOutcome(property, [...three, proposed(3, [])]).because).toMatch(/worker-00 is not in it/u);
  });
});

describe('phrases', () => {
  it.each([
    [workersTakenOver, 'workers-taken-over'],
    [equivocationProved, 'equivocation-proved'],
    [aggregatorSuspected, 'aggregator-suspected'],
    [aggregatorReturned, 'aggregator-returned'],
    [roundOverdue, 'round-overdue'],
  ])('$name', (property, kind) => {
    expect(property).toMatchObject({ kind: 'sometimes', watches: [kind] });
    expect(lastOutcome(property as never, [['aggregator-00', kind, {}]]).holds).toBe(true);
    expect(workSharingProtocol.records[kind]).toBeDefined();
    expect(workSharingProtocol.phrases).toContain(property);
  });
});
