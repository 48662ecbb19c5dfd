/**
 * Proof by exhaustion for three members, at the bounds that take minutes; what an interleaving is made
 * of stands in test/support/committee-explorer.ts. Three terms, a crash, a cut and a round all at once
 * have more interleavings than fit (some hundred million states), so they are taken three or four at a time, as the
 * names say. Three terms, a round and a cut without a crash were explored once by hand (32,230,215 states).
 */
import { describe, expect, it } from 'vitest';
import { exploreFrom, freshCommittee, ledCommittee } from '../../support/committee-proof.ts';

describe('every interleaving keeps every promise', () => {
  it('of a led committee with a round that two leaders may propose, one more candidacy and one crash', () => {
    const found = exploreFrom(ledCommittee(3), { termMax: 2, candidacies: 1, crashes: 1, proposals: 2 });
    expect(found).toEqual({ states: 554_565, transitions: 2_179_938, depth: 34, decided: 335_459 });
  }, 1_200_000);

  it('of three terms and a round: a led committee, two more candidacies up to term 3, two proposals', () => {
    const found = exploreFrom(ledCommittee(3), { termMax: 3, candidacies: 2, proposals: 2 });
    expect(found).toEqual({ states: 10_673_182, transitions: 44_538_781, depth: 57, decided: 5_563_078 });
  }, 1_200_000);

  it('of three terms, a round and a crash: a led committee, two more candidacies up to term 3, one proposal', () => {
    const found = exploreFrom(ledCommittee(3), { termMax: 3, candidacies: 2, crashes: 1, proposals: 1 });
    expect(found).toEqual({ states: 35_721_318, transitions: 141_755_132, depth: 51, decided: 20_561_032 });
  }, 1_200_000);

  it('of three terms, a crash and a cut: a led committee, two more candidacies up to term 3', () => {
    const found = exploreFrom(ledCommittee(3), { termMax: 3, candidacies: 2, crashes: 1, cuts: 1 });
    expect(found).toEqual({ states: 5_811_231, transitions: 19_903_134, depth: 41, decided: 0 });
  }, 1_200_000);

  it('of a round, a crash and a cut: a led committee, one more candidacy, two proposals', () => {
    const found = exploreFrom(ledCommittee(3), { termMax: 2, candidacies: 1, crashes: 1, cuts: 1, proposals: 2 });
    expect(found).toEqual({ states: 4_870_815, transitions: 19_101_369, depth: 36, decided: 3_245_356 });
  }, 1_200_000);

  it('of a round, a crash and a cut from the first moment, with one candidacy', () => {
    const found = exploreFrom(freshCommittee(3), { termMax: 1, candidacies: 1, crashes: 1, cuts: 1, proposals: 1 });
    expect(found).toEqual({ states: 1_974_220, transitions: 6_718_068, depth: 38, decided: 1_273_872 });
  }, 1_200_000);

  it('of a round and heartbeats: a led committee, one more candidacy, one proposal', () => {
    const found = exploreFrom(ledCommittee(3), { termMax: 2, candidacies: 1, heartbeats: 1, proposals: 1 });
    expect(found).toEqual({ states: 403_281, transitions: 1_665_898, depth: 35, decided: 273_326 });
  }, 1_200_000);

  it('of a round and a crash that may take all memory: a led committee, one more candidacy, one proposal', () => {
    const world = ledCommittee(3, { trustDisk: false });
    const found = exploreFrom(world, { termMax: 2, candidacies: 1, crashes: 1, proposals: 1 });
    expect(found).toEqual({ states: 6_361_076, transitions: 23_296_876, depth: 46, decided: 3_539_721 });
  }, 1_200_000);
});
