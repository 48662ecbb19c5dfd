/**
 * Proof by exhaustion for three members: every interleaving within bounds keeps every promise, with the
 * number of states told exactly. What an interleaving is made of stands in
 * test/support/committee-explorer.ts. The larger bounds are in proof.long.test.ts. And the same explorer
 * finds what is planted, by a shortest path.
 */
import { describe, expect, it } from 'vitest';
import {
  commitsAlone, countsEarlierTerms, exploreFrom, figure8Led, freshCommittee, ledCommittee, votesBeforeSaving,
} from '../../support/committee-proof.ts';

describe('every interleaving keeps every promise', () => {
  it('of one election from the first moment, and one round', () => {
    const found = exploreFrom(freshCommittee(3), { termMax: 1, candidacies: 1, proposals: 1 });
    expect(found).toEqual({ states: 5_326, transitions: 16_815, depth: 26, decided: 3_240 });
  });

  it('of two candidacies from the first moment, in one term or two', () => {
    const found = exploreFrom(freshCommittee(3), { termMax: 2, candidacies: 2 });
    expect(found).toEqual({ states: 80_386, transitions: 240_165, depth: 36, decided: 0 });
  });

  it('of a led committee through two more candidacies, up to term 3', () => {
    const found = exploreFrom(ledCommittee(3), { termMax: 3, candidacies: 2 });
    expect(found).toEqual({ states: 95_766, transitions: 314_644, depth: 40, decided: 0 });
  });
});

describe('the explorer finds', () => {
  it('a leader that decides without a majority', () => {
    const { violation } = exploreFrom(ledCommittee(3), { proposals: 1 }, commitsAlone);
    expect(violation?.property).toBe('a committed entry is on the disks of a majority');
    expect(violation?.path).toEqual(['aggregator-00 proposes', 'aggregator-00 saved log/000000000002']);
  });

  it('a quorum of two of five', () => {
    const world = freshCommittee(5);
    for (const node of world.members) world.place(node, { quorum: 2 });
    const { violation } = exploreFrom(world, { termMax: 1, candidacies: 1 }, (outcome) => outcome);
    expect(violation?.property).toBe('a leader has the votes of a majority');
    expect(violation?.path).toHaveLength(5);
  });

  it('a vote that leaves before it is on disk', () => {
    const { violation } = exploreFrom(ledCommittee(3), { termMax: 2, candidacies: 2, crashes: 1 }, votesBeforeSaving);
    expect(violation).toEqual({
      property: 'one vote a term',
      because: 'aggregator-00 voted twice in term 2',
      path: [
        'aggregator-01 stands',
        'aggregator-01 saved vote-even',
        'aggregator-01 > aggregator-00 VoteRequested',
        'aggregator-00 crashes, keeping 0 of 1 saves, and restarts',
        'aggregator-00 stands',
        'aggregator-00 saved vote-even',
      ],
    });
  });

  it('a leader that decides an entry of an earlier term by counting (Figure 8)', () => {
    const { violation } = exploreFrom(figure8Led(), { termMax: 5, candidacies: 1 }, countsEarlierTerms);
    expect(violation?.property).toBe('one decree at each index');
    expect(violation?.because).toBe('aggregator-00 and aggregator-01 decided different decrees at entry 2');
    expect(violation?.path).toHaveLength(15);
  });

  it('and nothing there in Raft as it is', () => {
    const found = exploreFrom(figure8Led(), { termMax: 5, candidacies: 1 });
    expect(found).toEqual({ states: 36_747, transitions: 128_517, depth: 40, decided: 26_145 });
  });
});
