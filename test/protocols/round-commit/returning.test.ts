/** Members that may have lost what they had promised (VRR §4.3, and Michael et al., DISC 2017). */
import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../../src/kernel/ids.ts';
import type { RoundCommitCommand } from '../../../src/protocols/round-commit/member.ts';
import { logKey } from '../../../src/protocols/round-commit/disk-records.ts';
import { standForElection } from '../../../src/protocols/round-commit/elections.ts';
import { turnOf } from '../../../src/protocols/round-commit/turn.ts';
import { modelNumber, removeKey, roundDecree } from '../../support/committee-seat.ts';
import type { Plant } from '../../support/committee-seat.ts';
import { CommitteeWorld, committeeOf } from '../../support/committee-world.ts';

const [a, b, c, d, e] = committeeOf(5) as [NodeId, NodeId, NodeId, NodeId, NodeId];
const distrusting = (count: number, plant?: Plant) =>
  new CommitteeWorld(count, { trustDisk: false, ...(plant === undefined ? {} : { plant }) });

/** Lets a returning member ask these others, and hear them. */
function hearFrom(world: CommitteeWorld, returning: NodeId, others: readonly NodeId[]): void {
  world.saveAll(returning);
  for (const other of others) {
    while (world.deliver(returning, other));
    world.saveAll(other);
    while (world.deliver(other, returning));
  }
  world.saveAll(returning);
}

describe('a member that may have lost its memory', () => {
  it('promises nothing before it has heard a majority of others', () => {
    const world = distrusting(5);
    world.elect(a);
    world.crash(b);
    world.restart(b);
    expect(world.state(b).standing).toBe('returning');
    world.timeOut(b);
    world.beat(a);
    world.propose(a, roundDecree(1));
    world.saveAll(a);
    world.give(c, (state) => turnOf(state, standForElection));
    world.saveAll(c);
    for (const from of [a, c]) while (world.deliver(from, b));
    expect(world.state(b)).toMatchObject({ standing: 'returning', term: 1, log: [{ index: 1 }] });
    expect([...world.flying(b, a), ...world.flying(b, c)].every(({ kind }) => kind === 'StandingRequested')).toBe(true);
  });

  it('returns with the latest term and no vote left in it, once more than half of all, itself not counted, have told', () => {
    const world = distrusting(5);
    world.place(d, { term: 6 });
    world.crash(b);
    world.restart(b);
    hearFrom(world, b, [a, c]);
    expect(world.state(b).standing).toBe('returning');
    hearFrom(world, b, [d]);
    expect(world.state(b)).toMatchObject({ standing: 'follower', term: 6, votedFor: b, told: [], mustReach: null });
    expect(world.kinds('member-returned')).toMatchObject([{ node: b, data: { term: 6, lastIndex: 0 } }]);
    world.hear(b, c, { kind: 'VoteRequested', term: 6, lastTerm: 9, lastIndex: 9 });
    expect(world.flying(b, c)).toMatchObject([{ granted: false }]);
    world.hear(b, c, { kind: 'VoteRequested', term: 7, lastTerm: 9, lastIndex: 9 });
    expect(world.state(b).votedFor).toBe(c);
  });

  it('asks again and again, and answers of former lives do not count', () => {
    const world = distrusting(3);
    world.crash(b);
    world.restart(b);
    const { life, attempt } = world.state(b);
    world.ask(b);
    expect(world.flying(b, a)).toEqual([
      { kind: 'StandingRequested', life, attempt }, { kind: 'StandingRequested', life, attempt: attempt + 1 },
    ]);
    const position = { term: 9, lastIndex: 0, lastTerm: 0 };
    const told = { kind: 'StandingTold' as const, attempt, ...position, returning: false, crashVector: [0, life, 0] };
    world.hear(b, a, { ...told, life: life - 1 });
    expect(world.state(b).told).toEqual([]);
    world.hear(b, a, { ...told, life });
    expect(world.state(b).told).toHaveLength(1);
  });

  it('votes only for logs that have what it may have promised, and stands only once it has that itself', () => {
    const world = distrusting(3);
    world.elect(a);
    world.propose(a, roundDecree(1));
    world.settle();
    world.crash(b, 0, 20);
    world.restart(b);
    expect(world.state(b)).toMatchObject({ log: [], term: 0 });
    hearFrom(world, b, [a, c]);
    expect(world.state(b)).toMatchObject({ standing: 'follower', term: 1, mustReach: { lastTerm: 1, lastIndex: 2 } });
    world.timeOut(b);
    expect(world.state(b).standing).toBe('follower');
    const request = { kind: 'PreVoteRequested' as const, attempt: 1, term: 9, lastTerm: 1 };
    world.hear(b, c, { ...request, lastIndex: 1 });
    world.hear(b, c, { ...request, lastIndex: 2 });
    expect(world.flying(b, c)).toMatchObject([{ granted: false }, { granted: true }]);
    world.beat(a);
    world.settle();
    expect(world.state(b)).toMatchObject({ mustReach: null, log: [{ index: 1 }, { index: 2 }] });
  });

  it('is returning still after a further crash, and remembers what it must reach', () => {
    const world = new CommitteeWorld(3);
    world.elect(a);
    world.settle();
    world.crash(b);
    world.restart(b, ['vote-even', 'vote-odd']);
    world.saveAll(b);
    world.crash(b);
    world.restart(b);
    expect(world.state(b).standing).toBe('returning');
    world.place(b, { log: [] });
    hearFrom(world, b, [a, c]);
    expect(world.state(b)).toMatchObject({ standing: 'follower', mustReach: { lastTerm: 1, lastIndex: 1 } });
    world.crash(b);
    world.place(b, {}, removeKey(world.seat(b).records, logKey(1)));
    world.restart(b);
    expect(world.state(b)).toMatchObject({ standing: 'follower', mustReach: { lastTerm: 1, lastIndex: 1 } });
    world.beat(a);
    world.settle();
    expect(world.state(b)).toMatchObject({ mustReach: null, log: [{ index: 1 }] });
  });
});

describe('whoever is asked', () => {
  it('answers once it is on disk that the other had lost its memory', () => {
    const world = distrusting(3);
    world.crash(b);
    world.restart(b);
    world.deliver(b, a);
    expect(world.flying(a, b)).toEqual([]);
    world.saveAll(a);
    expect(world.flying(a, b)).toMatchObject([{ kind: 'StandingTold', life: 1, term: 0, returning: false, crashVector: [0, 1, 0] }]);
    expect(world.seat(a).records).toHaveProperty('vote-odd.crashVector', [0, 1, 0]);
  });

  it('tells what it may have promised itself', () => {
    const world = distrusting(3);
    world.place(a, { mustReach: { lastTerm: 5, lastIndex: 8 } });
    world.crash(b);
    world.restart(b);
    world.deliver(b, a);
    world.saveAll(a);
    expect(world.flying(a, b)).toMatchObject([{ lastTerm: 5, lastIndex: 8 }]);
  });

  it('hears no words of a life that the other has forgotten', () => {
    const world = distrusting(3);
    world.elect(a);
    world.crash(b);
    world.restart(b);
    hearFrom(world, b, [a, c]);
    const before = world.state(a);
    world.hear(a, b, { kind: 'EntriesAnswered', term: 1, sequence: 1, accepted: true, index: 1, crashVector: [0, 0, 0] });
    expect(world.state(a)).toEqual(before);
    const asked = { kind: 'StandingRequested' as const, life: 0, attempt: 1 };
    world.hear(a, b, asked);
    expect(world.state(a)).toEqual(before);
  });
});

describe('a whole committee', () => {
  it('comes back from its disks, with everything that was decided', () => {
    const world = distrusting(5);
    world.elect(a);
    world.propose(a, roundDecree(1));
    world.settle();
    for (const node of world.members) world.crash(node);
    for (const node of world.members) world.restart(node);
    world.settle();
    for (const node of world.members) world.ask(node);
    world.settle();
    for (const node of world.members) expect(world.state(node).standing, node).toBe('follower');
    world.nowUs += world.options.electionTimeout;
    world.elect(d);
    expect(world.leaders()).toEqual([d]);
    expect(world.state(e).log.map(({ decree }) => decree)).toContainEqual(roundDecree(1));
    expect(world.state(e).commitIndex).toBe(3);
  });

  it('of one member returns as soon as it asks', () => {
    const world = distrusting(1);
    world.elect(a);
    world.crash(a);
    world.restart(a);
    expect(world.state(a).standing).toBe('follower');
  });
});

/** A crash vector that knows of its maker only: what VRR does without. */
const forgetOthers: Plant = ({ state, commands, heard = false }) => {
  const own = state.members.indexOf(state.self);
  const strip = (command: RoundCommitCommand): RoundCommitCommand => {
    if (command.type !== 'send') return command;
    const { crashVector } = command.message as unknown as { crashVector?: readonly number[] };
    if (crashVector === undefined) return command;
    return { ...command, message: { ...command.message, crashVector: crashVector.map((life, place) => (place === own ? life : 0)) } };
  };
  return { state, commands: commands.map(strip), heard };
};

describe('a promise that its maker forgot while it was on its way', () => {
  const stand = (world: CommitteeWorld, node: NodeId) => {
    world.give(node, (state) => turnOf(state, standForElection));
    world.saveAll(node);
  };
  const exchange = (world: CommitteeWorld, from: NodeId, to: NodeId) => {
    while (world.deliver(from, to));
    world.saveAll(to);
    while (world.deliver(to, from));
  };

  /** c votes for a, forgets it, returns by way of b, d and e, and votes in the same term for e. */
  function twoElections(plant?: Plant): CommitteeWorld {
    const world = distrusting(5, plant);
    stand(world, a);
    exchange(world, a, c);
    expect(world.state(a).grantedBy).toEqual([a, c]);
    world.crash(c, 0, 1);
    world.restart(c);
    hearFrom(world, c, [b, d, e]);
    expect(world.state(c)).toMatchObject({ standing: 'follower', term: 0 });
    exchange(world, a, d);
    stand(world, e);
    exchange(world, e, c);
    exchange(world, e, b);
    return world;
  }

  it('a vote elects nobody', () => {
    const world = twoElections();
    expect(world.state(a)).toMatchObject({ standing: 'candidate', grantedBy: [a, d] });
    expect(world.leaders()).toEqual([e]);
    expect(() => twoElections(forgetOthers)).toThrow('a leader has the votes of a majority');
  });

  /** c acknowledges an entry, forgets it, and returns by way of members that never had it; then the leader dies. */
  function lostEntry(plant?: Plant): CommitteeWorld {
    const world = distrusting(5, plant);
    world.elect(a);
    world.propose(a, roundDecree(1));
    world.saveAll(a);
    exchange(world, a, c);
    world.crash(c, 0, 1);
    world.restart(c);
    hearFrom(world, c, [b, d, e]);
    exchange(world, a, d);
    world.crash(a);
    world.nowUs += world.options.electionTimeout;
    world.cut([b, c, e]);
    world.elect(b);
    world.propose(b, roundDecree(2));
    world.settle();
    return world;
  }

  it('an acknowledgement decides nothing', () => {
    const world = lostEntry();
    const decided = world.kinds('entry-committed').filter(({ data }) => data['decree'] === 'roundClosed');
    expect(new Set(decided.map(({ data }) => data['model']))).toEqual(new Set([modelNumber(2).digest]));
    expect(() => lostEntry(forgetOthers)).toThrow('one decree at each index');
  });
});
