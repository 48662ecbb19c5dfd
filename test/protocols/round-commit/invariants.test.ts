/** Each promise holds for an honest story and is broken by the one that it forbids; each phrase waits for its moment. */
import { describe, expect, it } from 'vitest';
import type { ValueMap } from '../../../src/kernel/codec.ts';
import type { Outcome } from '../../../src/kernel/properties.ts';
import { roundCommitMessages } from '../../../src/protocols/round-commit/messages.ts';
import { isRoundCommitKind } from '../../../src/protocols/round-commit/receive.ts';
import { roundCommitProtocol } from '../../../src/protocols/round-commit/protocol.ts';
import { observed } from '../../support/observations.ts';

type Said = readonly [node: number, kind: string, data: ValueMap];
const node = (number: number) => `aggregator-0${number}`;

/** What a property makes of a story, observation by observation. */
function tell(name: string, story: readonly Said[]): Outcome[] {
  const property = [...roundCommitProtocol.invariants, ...roundCommitProtocol.phrases].find((one) => one.name === name)!;
  const state = property.start();
  return story
    .map(([who, kind, data], place) => observed(place, node(who), kind, data))
    .filter(({ kind }) => property.watches.includes(kind))
    .map((observation) => property.observe(state, observation));
}

const holds = (outcomes: readonly Outcome[]) => outcomes.every((outcome) => outcome.holds) && outcomes.some(({ applies }) => applies);
const fulfilled = (outcomes: readonly Outcome[]) => outcomes.some((outcome) => outcome.applies && outcome.holds);

const vote = (who: number, term: number, candidate: number): Said => [who, 'vote-granted', { term, candidate: node(candidate) }];
const elected = (who: number, term: number, ...votes: number[]): Said =>
  [who, 'leader-elected', { term, votes: votes.map(node), members: 3 }];
const stored = (who: number, index: number, term: number): Said => [who, 'entry-stored', { index, term }];
const committed = (who: number, index: number, term: number, model = 'abc', decree = 'roundClosed'): Said =>
  [who, 'entry-committed', { index, term, decree, model, members: 3 }];
const returned = (who: number, term: number): Said => [who, 'member-returned', { term, lastIndex: 0 }];
const restored = (who: number, checkpoint: number, ...checkpointsFound: number[]): Said =>
  [who, 'member-restored', { life: 1, index: 9, checkpoint, round: 1, checkpointsFound, returning: false }];
const disputed: Said = [1, 'result-disputed', { index: 2, term: 1, round: 4, leader: node(0), reason: 'it is another model' }];

describe('promises', () => {
  const cases: readonly (readonly [name: string, honest: readonly Said[], broken: readonly Said[]])[] = [
    ['one leader a term', [elected(0, 1), elected(0, 2), elected(1, 3)], [elected(0, 1), elected(1, 2), elected(2, 1)]],
    ['one vote a term', [vote(0, 1, 1), vote(0, 1, 1), vote(0, 2, 2), vote(1, 1, 2)], [vote(0, 1, 1), vote(1, 1, 1), vote(0, 1, 2)]],
    ['one vote a term', [vote(0, 3, 1), returned(0, 2), vote(0, 3, 2)], [vote(0, 2, 1), returned(0, 2), vote(0, 2, 2)]],
    [
      'a leader has the votes of a majority',
      [vote(0, 1, 0), vote(1, 1, 0), elected(0, 1, 0, 1)],
      [vote(0, 1, 0), vote(1, 1, 2), elected(0, 1, 0, 1)],
    ],
    ['a leader has the votes of a majority', [vote(0, 1, 0), vote(2, 1, 0), elected(0, 1, 0, 2)], [vote(0, 1, 0), elected(0, 1, 0, 0)]],
    ['one decree at each index', [committed(0, 1, 1), committed(1, 1, 1), committed(0, 2, 1)], [committed(0, 1, 1), committed(1, 1, 2)]],
    [
      'one decree at each index',
      [committed(0, 1, 1, 'abc'), committed(1, 1, 1, 'abc')],
      [committed(0, 1, 1, 'abc'), committed(1, 1, 1, 'abd')],
    ],
    [
      'a committed entry is on the disks of a majority',
      [stored(0, 1, 1), stored(1, 1, 1), committed(1, 1, 1), stored(2, 1, 1), committed(2, 1, 1)],
      [stored(0, 1, 1), stored(1, 1, 2), stored(0, 1, 1), committed(0, 1, 1)],
    ],
    ['a restored member takes its newest checkpoint', [restored(0, 0), restored(1, 8, 4, 8)], [restored(0, 4, 4, 8)]],
    ['no member disputes a result', [committed(0, 1, 1)], [committed(0, 1, 1), disputed]],
  ];

  it.each(cases)('%s', (name, honest, broken) => {
    expect(holds(tell(name, honest))).toBe(true);
    const [last] = tell(name, broken).slice(-1);
    expect(last).toMatchObject({ applies: true, holds: false });
    expect(last!.because).toMatch(/aggregator|entry/u);
    expect(last!.facts!.length).toBeGreaterThan(0);
    // Facts are plain: who, when, what, and nothing that a property keeps for itself.
    for (const fact of last!.facts!) expect(Object.keys(fact).sort()).toEqual(['at', 'node', 'sequence', 'words']);
  });

  it('every promise has such a case', () => {
    expect(new Set(cases.map(([name]) => name))).toEqual(new Set(roundCommitProtocol.invariants.map(({ name }) => name)));
  });
});

describe('phrases', () => {
  const installed: Said = [1, 'checkpoint-installed', { index: 4, round: 1, from: node(0) }];
  const cases: readonly (readonly [name: string, before: readonly Said[], moment: Said])[] = [
    ['a leader was elected again', [elected(0, 1)], elected(1, 2)],
    ['a leader stepped down', [elected(0, 1)], [0, 'leader-stepped-down', { term: 1, reason: 'noMajority' }]],
    ['a member restored from its own disk', [[0, 'member-restored', { life: 0, index: 0, returning: false }]], restored(0, 0)],
    ['a member restored from its own disk', [[0, 'member-restored', { life: 1, index: 4, returning: true }]], restored(0, 0)],
    ['a member restored from its peers', [restored(0, 0)], returned(0, 1)],
    ['a member restored from its peers', [restored(0, 0)], installed],
    ['a member installed a checkpoint', [returned(0, 1)], installed],
    ['the committee took a checkpoint', [installed], [1, 'checkpoint-saved', { index: 4, round: 1 }]],
  ];

  it.each(cases)('%s', (name, before, moment) => {
    expect(fulfilled(tell(name, before))).toBe(false);
    expect(fulfilled(tell(name, [...before, moment]))).toBe(true);
  });

  it('every phrase has such a case', () => {
    expect(new Set(cases.map(([name]) => name))).toEqual(new Set(roundCommitProtocol.phrases.map(({ name }) => name)));
  });
});

describe('words', () => {
  it('are told from those of other protocols', () => {
    for (const { kind } of roundCommitMessages) expect(isRoundCommitKind(kind)).toBe(true);
    expect(isRoundCommitKind('UpdateSubmitted')).toBe(false);
  });

  it('every observation that a promise or a phrase watches is one of the protocol', () => {
    for (const { watches } of [...roundCommitProtocol.invariants, ...roundCommitProtocol.phrases]) {
      for (const kind of watches) expect(Object.keys(roundCommitProtocol.records)).toContain(kind);
    }
  });
});
