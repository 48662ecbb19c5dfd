/** When an entry counts as decided: Figure 2, Leaders 4, §5.4.2 with Figure 8, and what followers count. */
import { describe, expect, it } from 'vitest';
import { committedAfter } from '../../../src/protocols/round-commit/commitment.ts';
import type { HeldEntry } from '../../../src/protocols/round-commit/member.ts';
import { blobOf, modelNumber, roundDecree } from '../../support/committee-seat.ts';
import { CommitteeWorld, committeeOf } from '../../support/committee-world.ts';

const [a, b, c, d, e] = committeeOf(5) as [string, string, string, string, string];

const held = (index: number, term: number, model = 0): HeldEntry => ({
  index, term, decree: model === 0 ? { kind: 'termBegun' } : roundDecree(model),
  evidence: null, verified: true, stored: true, model: model === 0 ? null : blobOf(modelNumber(model)), disputed: false,
});

describe('a decision', () => {
  it('takes the disks of a majority, the leader among them', () => {
    const world = new CommitteeWorld(5);
    world.elect(a);
    world.propose(a, roundDecree(1));
    world.save(a);
    for (const follower of [b, c]) {
      expect(world.state(a).commitIndex).toBe(1);
      world.deliver(a, follower);
      world.deliver(follower, a);
      expect(world.state(a).commitIndex).toBe(1);
      world.save(follower);
      world.deliver(follower, a);
    }
    expect(world.state(a).commitIndex).toBe(2);
    expect(committedAfter(world.state(a), 1).map(({ index }) => index)).toEqual([2]);
    expect(committedAfter(world.state(a), 2)).toEqual([]);
  });

  it('is known to a follower by what the others say, before the leader says so', () => {
    const world = new CommitteeWorld(5);
    world.elect(a);
    world.propose(a, roundDecree(1));
    world.save(a);
    for (const follower of [b, c, d]) world.deliver(a, follower);
    for (const follower of [b, c]) world.save(follower);
    expect(world.state(b).commitIndex).toBe(1);
    world.deliver(c, b);
    expect(world.state(b).commitIndex).toBe(2);
    // Others have stored it, so it is decided; d itself need not have.
    world.deliver(b, d);
    expect(world.state(d).commitIndex).toBe(1);
    world.deliver(c, d);
    expect(world.state(d)).toMatchObject({ commitIndex: 2, log: [{}, { stored: false }] });
  });

  it('is recorded with what was decided', () => {
    const world = new CommitteeWorld(3);
    world.elect(a);
    world.propose(a, roundDecree(7));
    world.settle();
    const data = { index: 2, term: 1, decree: 'roundClosed', round: 1, model: '7'.padStart(64, '0'), members: 3 };
    expect(world.kinds('entry-committed').filter(({ data: { index } }) => index === 2)).toMatchObject([{ data }, { data }, { data }]);
  });
});

describe('Figure 8: an entry of an earlier term is not decided by counting', () => {
  /** (b) of the figure: s1 holds index 2 of term 2, s5 holds another of term 3, both cut short. */
  function scene(): CommitteeWorld {
    const world = new CommitteeWorld(5);
    world.judging = false;
    for (const node of [a, b, c, d, e]) world.place(node, { term: 3, log: [held(1, 1)] });
    for (const node of [a, b]) world.place(node, { log: [held(1, 1), held(2, 2, 2)] });
    world.place(e, { log: [held(1, 1), held(2, 3, 3)] });
    return world;
  }

  /** (c): s1 leads term 4 and brings index 2 to a majority; its own entry of term 4 stays on its disk. */
  function broughtToMajority(): CommitteeWorld {
    const world = scene();
    world.timeOut(a);
    for (const node of [b, c]) {
      world.deliver(a, node);
      world.deliver(node, a);
    }
    world.save(a);
    for (const node of [b, c]) {
      while (world.deliver(a, node));
      world.save(node);
      world.deliver(node, a);
    }
    expect(world.leaders()).toEqual([a]);
    world.beat(a);
    world.deliver(a, c);
    world.deliver(c, a);
    while (world.deliver(a, c));
    world.saveAll(c);
    while (world.deliver(c, a));
    while (world.deliver(a, b));
    while (world.deliver(b, a));
    return world;
  }

  it('though it is on a majority of disks', () => {
    const world = broughtToMajority();
    expect(world.state(a).log.map(({ index, term, stored }) => [index, term, stored])).toEqual([[1, 1, true], [2, 2, true], [3, 4, false]]);
    expect(world.state(c).log.map(({ term }) => term)).toEqual([1, 2]);
    const matches = world.state(a).followers.map(({ matchIndex }) => matchIndex);
    expect(matches.filter((index) => index >= 2).length).toBeGreaterThanOrEqual(2);
    expect(world.state(a).commitIndex).toBe(0);
  });

  it('(d): so the other may still replace it', () => {
    const world = broughtToMajority();
    world.crash(a);
    world.nowUs += world.options.electionTimeout;
    // The first question only tells s5 that there is a term 4.
    for (let question = 0; question < 2; question += 1) world.elect(e);
    expect(world.leaders()).toEqual([e]);
    for (const node of [b, c, d, e]) expect(world.state(node).log.map(({ term }) => term), node).toEqual([1, 3, 5]);
    expect(world.state(b).commitIndex).toBe(3);
  });

  it('(e): but an entry of its own term on a majority decides both', () => {
    const world = broughtToMajority();
    world.save(a);
    while (world.deliver(a, b) || world.deliver(a, c));
    for (const node of [b, c]) world.saveAll(node);
    while (world.deliver(b, a) || world.deliver(c, a));
    expect(world.state(a).commitIndex).toBe(3);
    world.crash(a);
    world.nowUs += world.options.electionTimeout;
    for (let question = 0; question < 3; question += 1) world.elect(e);
    expect(world.state(e)).toMatchObject({ standing: 'asking', term: 4 });
  });
});
