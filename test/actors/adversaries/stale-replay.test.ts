import { expect, it } from 'vitest';
import { blobNamed } from '../../support/stepped-actor.ts';
import { SteppedLiar, trained, training } from '../../support/stepped-liar.ts';

const ownOf = (round: number) => blobNamed(round.toString(16));

/** The update that its worker believes to have learned, and what it did in that round. */
function taken(liar: SteppedLiar, round: number): readonly [update: unknown, deeds: readonly string[]] {
  expect(liar.says(training(round))).toEqual([training(round)]);
  const { give, say } = liar.hears(trained(round, ownOf(round)));
  expect(give).toHaveLength(1);
  const { result } = give[0]!.event as unknown as { result: { update: unknown } };
  return [result.update, say.map((command) => (command.type === 'act' ? command.what : command.type))];
}

it.each([[1], [3]])('sends its update of %i rounds ago, and is honest until there is one', (lag) => {
  const liar = new SteppedLiar('stale-replay', { options: { lag } });
  for (let round = 1; round <= 7; round += 1) {
    const isStale = round > lag;
    expect(taken(liar, round)).toEqual([ownOf(isStale ? round - lag : round), isStale ? ['sent an old update'] : []]);
  }
});

it('sends what it has of the round that it wants, or is honest: a round that it missed is not made up', () => {
  const liar = new SteppedLiar('stale-replay', { options: { lag: 2 } });
  expect(taken(liar, 1)).toEqual([ownOf(1), []]);
  // It was not asked in round 2.
  expect(taken(liar, 3)).toEqual([ownOf(1), ['sent an old update']]);
  expect(taken(liar, 4)).toEqual([ownOf(4), []]);
  expect(taken(liar, 5)).toEqual([ownOf(3), ['sent an old update']]);
});

it('keeps no more than it may send yet', () => {
  const liar = new SteppedLiar('stale-replay', { options: { lag: 2 } });
  for (let round = 1; round <= 9; round += 1) taken(liar, round);
  expect(liar.memory).toMatchObject({ past: [7, 8, 9].map((round) => ({ round, update: ownOf(round) })) });
});

it('takes the end of a training that its worker has left for no update of the present round', () => {
  const liar = new SteppedLiar('stale-replay');
  taken(liar, 1);
  liar.says(training(2));
  liar.says(training(3));
  const late = trained(2, ownOf(2));
  expect(liar.hears(late)).toEqual({ give: [{ copy: 0, event: late }], say: [] });
  expect(liar.memory).toMatchObject({ past: [{ round: 1 }] });
});
