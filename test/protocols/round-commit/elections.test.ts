/** Rules of Figure 2 for candidates and RequestVote, and of the dissertation, §9.6, for pre-votes. */
import { describe, expect, it } from 'vitest';
import type { RoundCommitMessage } from '../../../src/protocols/round-commit/messages.ts';
import { CommitteeWorld } from '../../support/committee-world.ts';
import { roundDecree } from '../../support/committee-seat.ts';

const [a, b, c] = ['aggregator-00', 'aggregator-01', 'aggregator-02'] as const;
const noCrashes = [0, 0, 0];
const kindsTo = (world: CommitteeWorld, from: string, to: string) => world.flying(from, to).map(({ kind }) => kind);
const voteRequest = (term: number, lastTerm = 0, lastIndex = 0): RoundCommitMessage =>
  ({ kind: 'VoteRequested', term, lastTerm, lastIndex });

describe('before an election', () => {
  it('a member asks for pre-votes in the next term, and changes and saves nothing', () => {
    const world = new CommitteeWorld(3);
    world.timeOut(a);
    expect(world.state(a)).toMatchObject({ standing: 'asking', term: 0, votedFor: null, attempt: 1 });
    expect(world.seat(a).pending).toEqual([]);
    expect(world.flying(a, b)).toEqual([{ kind: 'PreVoteRequested', term: 1, attempt: 1, lastIndex: 0, lastTerm: 0 }]);
    world.deliver(a, b);
    expect(world.state(b)).toMatchObject({ term: 0, votedFor: null });
    expect(world.flying(b, a)).toEqual([{ kind: 'PreVoteAnswered', term: 1, attempt: 1, currentTerm: 0, granted: true }]);
  });

  it('an answer to an earlier question does not count', () => {
    const world = new CommitteeWorld(5);
    world.timeOut(a);
    world.deliver(a, b);
    world.timeOut(a);
    world.deliver(b, a);
    expect(world.state(a).grantedBy).toEqual([a]);
  });

  it('whoever heard a leader within an election time-out refuses, and so does the leader', () => {
    const world = new CommitteeWorld(3);
    world.elect(a);
    world.propose(a, roundDecree(1));
    world.settle();
    const { term } = world.state(a);
    world.timeOut(c);
    for (const other of [a, b]) world.deliver(c, other);
    for (const other of [a, b]) expect(world.flying(other, c)).toMatchObject([{ kind: 'PreVoteAnswered', granted: false }]);
    world.settle();
    expect(world.state(a)).toMatchObject({ standing: 'leader', term });
    world.nowUs += world.options.electionTimeout;
    world.timeOut(c);
    world.deliver(c, b);
    expect(world.flying(b, c)).toMatchObject([{ kind: 'PreVoteAnswered', granted: true }]);
  });

  it('a log that lacks something is refused (§5.4.1)', () => {
    const world = new CommitteeWorld(3);
    world.place(b, { ...world.state(b), term: 2 });
    world.elect(b);
    world.hear(b, a, { kind: 'PreVoteRequested', term: 9, attempt: 1, lastIndex: 0, lastTerm: 0 });
    expect(world.flying(b, a)).toMatchObject([{ kind: 'PreVoteAnswered', granted: false, currentTerm: 3 }]);
  });

  it('a later term in an answer is entered, and saved', () => {
    const world = new CommitteeWorld(3);
    world.place(b, { term: 7 });
    world.timeOut(a);
    world.deliver(a, b);
    world.deliver(b, a);
    expect(world.state(a)).toMatchObject({ standing: 'follower', term: 7, votedFor: null });
    expect(world.seat(a).pending).toMatchObject([{ value: { term: 7, votedFor: null } }]);
  });
});

describe('candidates', () => {
  it('save term and vote before they ask anybody', () => {
    const world = new CommitteeWorld(3);
    world.timeOut(a);
    world.deliver(a, b);
    world.deliver(b, a);
    expect(world.state(a)).toMatchObject({ standing: 'candidate', term: 1, votedFor: a });
    expect(kindsTo(world, a, b)).toEqual([]);
    world.save(a);
    expect(kindsTo(world, a, b)).toEqual(['VoteRequested']);
    expect(world.seat(a).records).toMatchObject({ 'vote-odd': { sequence: 1, term: 1, votedFor: a } });
  });

  it('lead with the votes of a majority, and begin with a decree of their term', () => {
    const world = new CommitteeWorld(5);
    world.timeOut(a);
    for (const other of [b, c]) {
      world.deliver(a, other);
      world.deliver(other, a);
    }
    world.save(a);
    for (const other of [b, c]) {
      expect(world.state(a).standing).toBe('candidate');
      world.deliver(a, other);
      world.save(other);
      world.deliver(other, a);
    }
    expect(world.kinds('leader-elected')).toMatchObject([{ node: a, data: { term: 1, votes: [a, b, c], members: 5 } }]);
    expect(world.state(a).log).toMatchObject([{ index: 1, term: 1, decree: { kind: 'termBegun' }, stored: false }]);
  });

  it('follow whoever leads their term', () => {
    const world = new CommitteeWorld(3);
    world.elect(a);
    world.place(b, { standing: 'candidate', votedFor: b, leader: null });
    world.beat(a);
    world.deliver(a, b);
    expect(world.state(b)).toMatchObject({ standing: 'follower', leader: a });
  });

  it('a member alone elects itself, after its save', () => {
    const world = new CommitteeWorld(1);
    world.timeOut(a);
    expect(world.leaders()).toEqual([]);
    world.settle();
    expect(world.leaders()).toEqual([a]);
    expect(world.state(a).commitIndex).toBe(1);
  });

  it('a timer of a leader is of no use', () => {
    const world = new CommitteeWorld(3);
    world.elect(a);
    world.timeOut(a);
    expect(world.leaders()).toEqual([a]);
  });
});

describe('voters', () => {
  it('save the vote before they give it, and give it once a term', () => {
    const world = new CommitteeWorld(3);
    world.hear(b, a, voteRequest(1));
    expect(world.state(b)).toMatchObject({ term: 1, votedFor: a });
    expect(kindsTo(world, b, a)).toEqual([]);
    world.save(b);
    expect(world.flying(b, a)).toEqual([{ kind: 'VoteAnswered', term: 1, granted: true, crashVector: noCrashes }]);
    world.hear(b, c, voteRequest(1));
    expect(world.flying(b, c)).toMatchObject([{ granted: false }]);
  });

  it('give the same vote again to whoever asks again', () => {
    const world = new CommitteeWorld(3);
    world.hear(b, a, voteRequest(1));
    world.hear(b, a, voteRequest(1));
    world.save(b);
    world.hear(b, a, voteRequest(1));
    expect(world.flying(b, a)).toMatchObject([{ granted: true }, { granted: true }]);
  });

  it('remember it over a crash', () => {
    const world = new CommitteeWorld(3);
    world.hear(b, a, voteRequest(1));
    world.save(b);
    world.crash(b);
    world.restart(b);
    world.hear(b, c, voteRequest(1));
    expect(world.flying(b, c)).toMatchObject([{ granted: false }]);
  });

  it('refuse an earlier term and tell the present one', () => {
    const world = new CommitteeWorld(3);
    world.place(b, { term: 4 });
    world.hear(b, a, voteRequest(3));
    expect(world.flying(b, a)).toEqual([{ kind: 'VoteAnswered', term: 4, granted: false, crashVector: noCrashes }]);
  });

  it('enter a later term even where they refuse, and may vote in it then', () => {
    const world = new CommitteeWorld(3);
    world.elect(b);
    world.hear(b, a, voteRequest(5));
    expect(world.state(b)).toMatchObject({ term: 5, votedFor: null, standing: 'follower' });
    expect(world.kinds('leader-stepped-down')).toMatchObject([{ node: b, data: { reason: 'higherTerm' } }]);
    world.hear(b, c, voteRequest(5, 1, 1));
    expect(world.state(b).votedFor).toBe(c);
  });

  it('a vote of another term is not counted', () => {
    const world = new CommitteeWorld(3);
    world.place(a, { standing: 'candidate', term: 3, votedFor: a, grantedBy: [a] });
    world.hear(a, b, { kind: 'VoteAnswered', term: 2, granted: true, crashVector: noCrashes });
    expect(world.state(a).standing).toBe('candidate');
  });
});
