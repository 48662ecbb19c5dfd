import { describe, expect, it } from 'vitest';
import { BlobStore } from '../../../src/kernel/blobs.ts';
import { SectionRefused } from '../../../src/protocols/define.ts';
import { committeeOptionsOf, committeeSection } from '../../../src/protocols/round-commit/options.ts';
import { sha256Node } from '../../../src/run/sha256-node.ts';
import { decodeSection } from '../../support/simulate.ts';

const prepare = (aggregator: number, words: object = {}) =>
  decodeSection(committeeSection, words, { aggregator }, new BlobStore(sha256Node));
const adviceFor = (aggregator: number, quorum: number | 'majority' = 'majority') => committeeSection.advise!({ quorum }, { aggregator });

function refusalOf(run: () => unknown): Pick<SectionRefused, 'message' | 'path'> {
  try {
    run();
  } catch (error) {
    if (error instanceof SectionRefused) return { message: error.message, path: error.path };
    throw error;
  }
  throw new Error('the section was not refused');
}

describe('the section committee', () => {
  it('has defaults, and a majority of the aggregators decides', () => {
    const options = committeeOptionsOf({ committee: prepare(5) });
    expect(options).toEqual({ electionTimeout: 800_000, heartbeatEvery: 200_000, checkpointEvery: 5, quorum: 3, trustDisk: true });
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
    [15, 8],
  ])('a majority of %d is %d', (members, quorum) => {
    expect(prepare(members)['quorum']).toBe(quorum);
  });

  it('takes any quorum of whom two groups share a member', () => {
    for (const quorum of [3, 4, 5]) expect(prepare(5, { quorum })['quorum']).toBe(quorum);
  });

  it.each([
    ['one larger than the committee', 5, { quorum: 6 }, 'a quorum of 6 of 5 aggregators can never be met: 6 > 5', ['quorum']],
    [
      'one that two disjoint groups reach', 5, { quorum: 2 },
      'two quorums of 2 of 5 aggregators need not share one (2 + 2 <= 5), and could commit two models of one round', ['quorum'],
    ],
    [
      'one that is exactly half', 4, { quorum: 2 },
      'two quorums of 2 of 4 aggregators need not share one (2 + 2 <= 4), and could commit two models of one round', ['quorum'],
    ],
    ['a committee that is too large', 16, {}, 'a committee has at most 15 aggregators, and the scenario has 16', []],
  ])('refuses %s with the arithmetic', (_, members, words, message, path) => {
    expect(refusalOf(() => prepare(members, words))).toEqual({ message, path });
  });

  it.each([[0], [1.5], ['half']])('a quorum is no %j', (quorum) => {
    expect(() => prepare(5, { quorum })).toThrow(/quorum/u);
  });
});

describe('advice on the size of a committee', () => {
  it('says of one member that it survives nothing', () => {
    expect(adviceFor(1)).toEqual(['A committee of 1 aggregator survives no failure: while it is down, nothing is decided.']);
  });

  it.each([
    [
      4,
      'A committee of 4 aggregators survives 1 failure, as one of 3 does, and needs 3 to decide where 3 need 2: an odd number is better.',
    ],
    [
      6,
      'A committee of 6 aggregators survives 2 failures, as one of 5 does, and needs 4 to decide where 5 need 3: an odd number is better.',
    ],
  ])('says what an even size of %d survives, and what a smaller one does', (members, sentence) => {
    expect(adviceFor(members)).toEqual([sentence]);
  });

  it.each([[3], [5], [15]])('has nothing to say of %d members', (members) => {
    expect(adviceFor(members)).toEqual([]);
  });

  it('leaves a larger quorum, which was chosen on purpose, to whoever chose it', () => {
    expect(adviceFor(4, 4)).toEqual([]);
  });
});
