/** A member and its disk: what is restored, in which order saves count, and what is tried again. */
import { describe, expect, it } from 'vitest';
import type { ValueMap } from '../../../src/kernel/codec.ts';
import { logKey } from '../../../src/protocols/round-commit/disk-records.ts';
import { ownsKey, saveAgain, takeSaved, takeSaveFailed } from '../../../src/protocols/round-commit/storage.ts';
import { blobOf, modelNumber, removeKey, roundDecree } from '../../support/committee-seat.ts';
import { CommitteeWorld } from '../../support/committee-world.ts';

const [a, b] = ['aggregator-00', 'aggregator-01'] as const;

/** Three members that have decided a round. */
function decided(): CommitteeWorld {
  const world = new CommitteeWorld(3);
  world.elect(a);
  world.propose(a, roundDecree(7));
  world.settle();
  return world;
}

/** Restarts a member whose disk was changed in between. */
function restartWith(world: CommitteeWorld, node: string, change: (records: Record<string, unknown>) => unknown, damaged: string[] = []) {
  world.crash(node);
  world.place(node, {}, change({ ...world.seat(node).records }) as never);
  world.restart(node, damaged);
  return world.kinds('member-restored').at(-1)!.data;
}

describe('keys', () => {
  const own = ['vote-even', 'vote-odd', 'log/000000000007', 'checkpoint-odd/header', 'checkpoint-even/001'];
  it.each(own)('%s is one of the protocol', (key) => {
    expect(ownsKey(key)).toBe(true);
  });
  it.each(['round', 'vote-evening', 'logs', 'checkpoint'])('%s is none', (key) => expect(ownsKey(key)).toBe(false));
});

describe('a restart', () => {
  it('of a founding member finds nothing and begins', () => {
    const world = new CommitteeWorld(3);
    world.place(a, { life: -1 });
    world.restart(a);
    expect(world.state(a)).toMatchObject({ life: 0, standing: 'follower', term: 0, log: [] });
    const data = { life: 0, index: 0, checkpoint: 0, round: 0, checkpointsFound: [], returning: false };
    expect(world.kinds('member-restored')).toMatchObject([{ data }]);
    expect(world.seat(a).pending).toEqual([]);
  });

  it('finds term, vote and log, the models among them, and knows of nothing decided', () => {
    const world = decided();
    world.crash(a);
    world.restart(a);
    expect(world.state(a)).toMatchObject({ life: 1, standing: 'follower', term: 1, votedFor: a, leader: null, commitIndex: 0 });
    expect(world.state(a).log).toMatchObject([
      { index: 1, decree: { kind: 'termBegun' }, verified: true, stored: true, model: null },
      { index: 2, decree: roundDecree(7), verified: true, stored: true, model: blobOf(modelNumber(7)) },
    ]);
    world.nowUs += world.options.electionTimeout;
    world.elect(a);
    expect(world.state(b).commitIndex).toBe(3);
  });

  it('takes the newer slot of the vote', () => {
    const world = decided();
    const old = world.seat(a).records['vote-odd'];
    expect(old).toMatchObject({ sequence: 1, term: 1 });
    const newer = { ...(old as object), sequence: 2, term: 5, votedFor: b };
    restartWith(world, a, (records) => ({ ...records, 'vote-even': newer }));
    expect(world.state(a)).toMatchObject({ term: 5, votedFor: b, voteSequence: 2 });
  });

  it('ends the log where a record is missing, and removes what is left behind it', () => {
    const world = decided();
    world.propose(a, roundDecree(8, 2));
    world.settle();
    const data = restartWith(world, b, (records) => removeKey(records as never, logKey(2)));
    expect(data).toMatchObject({ index: 1 });
    world.saveAll(b);
    expect(Object.keys(world.seat(b).records).filter((key) => key.startsWith('log/'))).toEqual([logKey(1)]);
  });

  it('never takes the leftover of a replaced tail for its continuation', () => {
    const world = decided();
    world.propose(a, roundDecree(8, 2));
    world.settle();
    const replaced = { index: 2, term: 3, previousTerm: 1, decree: { kind: 'termBegun' }, model: null };
    expect(restartWith(world, b, (records) => ({ ...records, [logKey(2)]: replaced }))).toMatchObject({ index: 2 });
    expect(world.state(b)).toMatchObject({ term: 3, log: [{ term: 1 }, { term: 3 }] });
  });

  it('returns where the disk is damaged, empty or not trusted, but for the first life', () => {
    expect(restartWith(decided(), b, (records) => records, ['vote-even', 'vote-odd'])).toMatchObject({ returning: true });
    expect(restartWith(decided(), b, (records) => records, [logKey(1)])).toMatchObject({ returning: true });
    const without = (records: unknown) => removeKey(records as ValueMap, logKey(1));
    expect(restartWith(decided(), b, without, [logKey(1)])).toMatchObject({ returning: true });
    expect(restartWith(decided(), b, (records) => records, ['of another protocol'])).toMatchObject({ returning: false });
    expect(restartWith(decided(), b, () => ({}))).toMatchObject({ returning: true });
    const distrusting = new CommitteeWorld(3, { trustDisk: false });
    distrusting.elect(a);
    expect(restartWith(distrusting, b, (records) => records)).toMatchObject({ returning: true });
  });

  it('goes on where the damage can only be a save that was torn, of which nothing was promised', () => {
    const torn = [['vote-even'], [logKey(3)], ['checkpoint-even/header', 'checkpoint-odd/000']];
    for (const damaged of torn) {
      expect(restartWith(decided(), b, (records) => records, damaged)).toMatchObject({ returning: false, index: 2 });
    }
  });
});


describe('saves', () => {
  it('that a later save of the same key replaced do not count', () => {
    const world = decided();
    world.propose(a, roundDecree(8, 2));
    const entry = world.seat(a).pending[0]!;
    const state = world.state(a);
    expect(takeSaved(state, entry.key, 'another', world.options, 0)).toMatchObject({ state, commands: [] });
    expect(takeSaved(state, entry.key, entry.ticket, world.options, 0).state.log.at(-1)!.stored).toBe(true);
  });

  it('an entry that went and came back is on disk only with its second save', () => {
    const world = new CommitteeWorld(3);
    world.judging = false;
    const bulletin = { version: 0, serving: [] };
    const frame = (sequence: number, term: number, entryTerm: number) => ({
      kind: 'EntriesAppended' as const, term, sequence, previousIndex: 0, previousTerm: 0, evidence: [], commitIndex: 0,
      entries: [{ index: 1, term: entryTerm, decree: { kind: 'termBegun' as const } }], bulletin, crashVector: [0, 0, 0],
    });
    world.hear(b, a, frame(1, 1, 1));
    world.hear(b, 'aggregator-02', frame(1, 2, 2));
    world.hear(b, a, frame(1, 3, 1));
    // Vote, entry of term 1, vote, its removal, entry of term 2, vote, its removal, entry of term 1 again.
    const keys = world.seat(b).pending.map(({ key, value }) => `${key.slice(0, 4)} ${value === null ? 'removed' : 'saved'}`);
    const [vote, entry, gone] = ['vote saved', 'log/ saved', 'log/ removed'];
    expect(keys).toEqual([vote, entry, vote, gone, entry, vote, gone, entry]);
    for (let save = 1; save < keys.length; save += 1) {
      world.save(b);
      expect(world.state(b).log[0]!.stored).toBe(false);
    }
    world.save(b);
    expect(world.state(b).log[0]!.stored).toBe(true);
  });

  it('that failed are tried again, and nothing else is', () => {
    const world = decided();
    world.propose(a, roundDecree(8, 2));
    world.propose(a, roundDecree(9, 3));
    const [first, second] = [world.seat(a).pending[0]!, world.seat(a).pending[1]!];
    const failed = takeSaveFailed(world.state(a), first.key, first.ticket);
    expect(failed.commands).toEqual([]);
    const stored = takeSaved(failed.state, second.key, second.ticket, world.options, 0);
    // The later entry waits for the earlier one.
    expect(stored.commands.filter(({ type }) => type === 'send')).toEqual([]);
    const again = saveAgain(stored.state);
    expect(again.commands).toMatchObject([{ type: 'save', key: first.key, ticket: first.ticket }]);
    expect(saveAgain(again.state).commands).toEqual([]);
    const sent = takeSaved(again.state, first.key, first.ticket, world.options, 0).commands.filter(({ type }) => type === 'send');
    const message = { entries: [{ index: 3 }, { index: 4 }] };
    expect(sent).toMatchObject([{ message }, { message }]);
  });
});
