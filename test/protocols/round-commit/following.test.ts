/** AppendEntries at its receiver: Figure 2, receiver 1 to 5, and the logs of Figure 7. */
import { describe, expect, it } from 'vitest';
import type { HeldEntry } from '../../../src/protocols/round-commit/member.ts';
import type { EntriesAppended, Entry } from '../../../src/protocols/round-commit/messages.ts';
import { logKey } from '../../../src/protocols/round-commit/disk-records.ts';
import { dispute, toVerify, verify } from '../../../src/protocols/round-commit/verification.ts';
import { blobOf, modelNumber, roundDecree } from '../../support/committee-seat.ts';
import { CommitteeWorld } from '../../support/committee-world.ts';

const [a, b, c] = ['aggregator-00', 'aggregator-01', 'aggregator-02'] as const;
const crashVector = [0, 0, 0];
const plain = (index: number, term: number): Entry => ({ index, term, decree: { kind: 'termBegun' } });
const round = (index: number, term: number, model: number): Entry => ({ index, term, decree: roundDecree(model) });

const held = ({ index, term, decree }: Entry): HeldEntry =>
  ({ index, term, decree, evidence: null, verified: true, stored: true, model: null, disputed: false });

const appended = (fields: Partial<EntriesAppended>): EntriesAppended => ({
  kind: 'EntriesAppended', term: 1, sequence: 1, previousIndex: 0, previousTerm: 0, entries: [], evidence: [], commitIndex: 0,
  bulletin: { version: 0, serving: [] }, crashVector, ...fields,
});

/** A follower whose log is on its disk. */
function follower(entries: readonly Entry[], term = 1): CommitteeWorld {
  const world = new CommitteeWorld(3);
  world.judging = false;
  const records = Object.fromEntries(entries.map(({ index, term: of, decree }) =>
    [logKey(index), { index, term: of, previousTerm: 0, decree, model: null }]));
  world.place(b, { term, log: entries.map(held) }, records as never);
  return world;
}

const answers = (world: CommitteeWorld) => world.flying(b, a);

describe('a frame with entries', () => {
  it('of an earlier term is refused with the present one (receiver 1)', () => {
    const world = follower([], 3);
    world.hear(b, a, appended({ term: 2 }));
    expect(answers(world)).toMatchObject([{ kind: 'EntriesAnswered', accepted: false, term: 3 }]);
    expect(world.state(b).leader).toBe(null);
  });

  it('that does not fit the log is refused with where to go on (receiver 2, §5.3)', () => {
    const short = follower([plain(1, 1)]);
    short.hear(b, a, appended({ previousIndex: 5, previousTerm: 1 }));
    expect(answers(short)).toMatchObject([{ accepted: false, index: 2 }]);
    const conflicting = follower([plain(1, 1), plain(2, 2), plain(3, 2), plain(4, 2)], 4);
    conflicting.hear(b, a, appended({ term: 4, previousIndex: 4, previousTerm: 3 }));
    expect(answers(conflicting)).toMatchObject([{ accepted: false, index: 2 }]);
  });

  it('replaces what conflicts and keeps what does not (receiver 3 and 4)', () => {
    const world = follower([plain(1, 1), plain(2, 1), plain(3, 1)], 2);
    world.hear(b, a, appended({ term: 2, previousIndex: 1, previousTerm: 1, entries: [plain(2, 2)] }));
    expect(world.state(b).log.map(({ term }) => term)).toEqual([1, 2]);
    world.saveAll(b);
    expect(Object.keys(world.seat(b).records).filter((key) => key.startsWith('log/'))).toEqual([logKey(1), logKey(2)]);
    const again = follower([plain(1, 1), plain(2, 1), plain(3, 1)]);
    again.hear(b, a, appended({ entries: [plain(1, 1), plain(2, 1)] }));
    expect(again.state(b).log).toHaveLength(3);
    expect(again.seat(b).pending).toEqual([]);
  });

  it('moves the commit index to what the leader has committed, but not beyond the frame (receiver 5)', () => {
    const world = follower([plain(1, 1), plain(2, 1)], 2);
    world.hear(b, a, appended({ term: 2, previousIndex: 1, previousTerm: 1, commitIndex: 2 }));
    expect(world.state(b).commitIndex).toBe(1);
  });

  it('is acknowledged as far as it agrees and is on disk, with the term on disk, too', () => {
    const world = follower([plain(1, 1), plain(2, 1)], 1);
    world.hear(b, a, appended({ term: 2, previousIndex: 1, previousTerm: 1, entries: [] }));
    expect(answers(world)).toEqual([]);
    world.save(b);
    expect(answers(world)).toEqual([{ kind: 'EntriesAnswered', term: 2, sequence: 1, accepted: true, index: 1, crashVector }]);
    world.hear(b, a, appended({ term: 2, sequence: 2, previousIndex: 2, previousTerm: 1, entries: [plain(3, 2)] }));
    expect(answers(world).at(-1)).toMatchObject({ sequence: 2, index: 2 });
    world.save(b);
    expect(answers(world).at(-1)).toMatchObject({ sequence: 2, index: 3 });
    expect(world.flying(b, c)).toMatchObject([1, 2, 3].map((index) => ({ kind: 'EntriesStored', term: 2, index })));
  });

  it('restarts the wait for an election, and a frame of an earlier term does not', () => {
    const world = follower([], 2);
    world.nowUs = 5_000;
    world.hear(b, a, appended({ term: 2 }));
    expect(world.state(b).heardLeaderUs).toBe(5_000);
    world.hear(b, c, appended({ term: 1 }));
    expect(world.state(b)).toMatchObject({ leader: a, heardLeaderUs: 5_000 });
  });
});

describe('a frame that only a broken member can have sent', () => {
  it.each([
    ['a second leader of a term', 'secondLeader', c, appended({})],
    ['entries with gaps', 'malformedEntries', a, appended({ sequence: 2, entries: [plain(2, 1)] })],
    ['another decree where one is decided', 'conflictsWithDecided', a, appended({ sequence: 2, entries: [round(1, 0, 9)] })],
  ])('%s is rejected and changes nothing', (_, reason, from, message) => {
    const world = follower([]);
    world.hear(b, a, appended({ entries: [plain(1, 1)], commitIndex: 1 }));
    const { log, commitIndex } = world.state(b);
    world.hear(b, from, message);
    expect(world.rejections).toEqual([reason]);
    expect(world.state(b)).toMatchObject({ log, commitIndex });
  });

  it('strangers and vectors of another length are rejected', () => {
    const world = follower([]);
    world.hear(b, 'aggregator-09', appended({}));
    world.hear(b, b, appended({}));
    world.hear(b, a, appended({ crashVector: [0] }));
    expect(world.rejections).toEqual(['foreignMember', 'foreignMember', 'malformedCrashVector']);
  });
});

describe('an entry that names a model', () => {
  const sums = { kind: 'sums' as const, total: blobOf(modelNumber(5)), samples: 1, parts: [], counted: [] };
  const frame = appended({ entries: [round(1, 1, 7), plain(2, 1)], evidence: [{ index: 1, evidence: sums }], commitIndex: 2 });

  it('is neither saved nor acknowledged nor decided here before it is recomputed; what follows it waits', () => {
    const world = follower([]);
    world.hear(b, a, frame);
    expect(world.seat(b).pending).toEqual([]);
    expect(answers(world)).toMatchObject([{ accepted: true, index: 0 }]);
    expect(world.state(b).commitIndex).toBe(0);
    expect(toVerify(world.state(b))).toMatchObject({ index: 1, evidence: sums });
    world.give(b, (state) => verify(state, 1, 1, blobOf(modelNumber(7)), 0));
    expect(world.state(b)).toMatchObject({ commitIndex: 2, log: [{ verified: true, model: blobOf(modelNumber(7)) }, { verified: true }] });
    world.saveAll(b);
    expect(answers(world).at(-1)).toMatchObject({ accepted: true, index: 2 });
  });

  it('is recomputed once, and only if it is still the one', () => {
    const world = follower([]);
    world.hear(b, a, frame);
    world.give(b, (state) => verify(state, 1, 2, blobOf(modelNumber(7)), 0));
    world.give(b, (state) => verify(state, 2, 1, null, 0));
    expect(world.state(b).log.map(({ verified }) => verified)).toEqual([false, false]);
  });

  it('takes the evidence that came with a later frame', () => {
    const world = follower([]);
    world.hear(b, a, { ...frame, evidence: [] });
    expect(toVerify(world.state(b))?.evidence).toBe(null);
    world.hear(b, a, { ...frame, sequence: 2 });
    expect(toVerify(world.state(b))?.evidence).toEqual(sums);
  });

  it('that is disputed is never kept; an entry of another leader may take its place', () => {
    const world = follower([]);
    world.hear(b, a, frame);
    world.give(b, (state) => dispute(state, 1, 1, 'it is another model'));
    const data = { index: 1, term: 1, round: 1, leader: a, reason: 'it is another model' };
    expect(world.kinds('result-disputed')).toMatchObject([{ data }]);
    const disputed = world.state(b);
    expect(toVerify(disputed)).toBe(undefined);
    expect(verify(disputed, 1, 1, null, 0).state).toEqual(disputed);
    expect(dispute(disputed, 1, 1, 'no').commands).toEqual([]);
  });
});

describe("Figure 7: when the leader comes to power, any of the followers' logs is brought to its own", () => {
  const leaderTerms = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
  it.each([
    ['a: one entry is missing', [1, 1, 1, 4, 4, 5, 5, 6, 6]],
    ['b: many entries are missing', [1, 1, 1, 4]],
    ['c: one entry is too many', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6]],
    ['d: two entries of a later term are too many', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7]],
    ['e: entries are missing and others too many', [1, 1, 1, 4, 4, 4, 4]],
    ['f: whole terms are', [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3]],
  ])('%s', (_, terms) => {
    const logOf = (list: readonly number[]) => list.map((term, place) => plain(place + 1, term));
    const world = new CommitteeWorld(3);
    world.place(b, { term: 7, log: logOf(terms).map(held) });
    world.place(a, { term: 7, log: logOf(leaderTerms).map(held) });
    world.place(c, { term: 7, log: logOf(leaderTerms).map(held) });
    // For the promise on disks: a and c have stored what they hold.
    for (const node of [a, c]) {
      leaderTerms.forEach((term, place) => world.note(node, 'entry-stored', { index: place + 1, term }));
    }
    world.elect(a);
    const expected = [...leaderTerms, 8];
    expect(world.leaders()).toEqual([a]);
    for (const node of [a, b, c]) expect(world.state(node).log.map(({ term }) => term), node).toEqual(expected);
    for (const node of [a, b, c]) expect(world.state(node).commitIndex, node).toBe(11);
  });
});
