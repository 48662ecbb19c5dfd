/** How soon a committee notices who fell silent, and how it takes back who returns. */
import { describe, expect, it } from 'vitest';
import type { FaultEffect, Selection } from '../../src/host/faults.ts';
import type { Simulated } from '../support/simulate.ts';
import {
  attendances, expectOneModelARound, expectPassing, fault, ids, inRound, namesIn, nodes, serverAndWitness, theLeader, these,
} from '../support/training-stories.ts';

const seeds = [1, 2];
const round = 3;
const many = { training: { rounds: 30 } };
const dies = (who: Selection): FaultEffect => ({ kind: 'powerOff', who });

/** When the third round opened, in microseconds. */
const startOfFault = (run: Simulated): number => run.of('round-opened').find(({ data }) => data['round'] === round)!.at;
/** How long after the fault something was first recorded. */
const delayUs = (run: Simulated, kind: string): number => run.of(kind).find(({ at }) => at >= startOfFault(run))!.at - startOfFault(run);
/** The member that led when the third round opened. */
const leaderOf = (run: Simulated): string => run.of('leader-elected').findLast(({ at }) => at <= startOfFault(run))!.node;

/** Seeds, and who leads and who follows in their runs until a fault begins. */
const runs = seeds.map((seed) => {
  const calmLeader = leaderOf(expectPassing({ seed }));
  return { seed, calmLeader, follower: ids('aggregator', 5).find((node) => node !== calmLeader)! };
});

describe.each(runs)('who dies, with seed $seed', ({ seed, calmLeader, follower }) => {
  it('a member that dies is suspected, and its workers are taken over, within fifteen of its heartbeats', () => {
    const run = expectPassing({ seed, faults: [fault(inRound(round), dies(these(follower)))] });
    expect(namesIn(run, 'aggregator-suspected', 'aggregator')).toEqual([follower]);
    // Heartbeats of the committee come every 200 ms, and 250 ms are the least deviation that is reckoned with.
    expect(delayUs(run, 'aggregator-suspected')).toBeGreaterThan(400_000);
    expect(delayUs(run, 'aggregator-suspected')).toBeLessThan(2_500_000);
    expect(delayUs(run, 'workers-taken-over')).toBeLessThan(3_000_000);
    expectOneModelARound(run);
  });

  it('a leader that dies is replaced, suspected and taken over from', () => {
    const phrases = ['training finished', 'a leader was elected again'];
    const run = expectPassing({ seed, faults: [fault(inRound(round), dies(theLeader))], phrases });
    expect(namesIn(run, 'aggregator-suspected', 'aggregator')).toEqual([calmLeader]);
    expect(delayUs(run, 'leader-elected')).toBeLessThan(3 * 800_000);
    expect(delayUs(run, 'workers-taken-over')).toBeLessThan(4 * 800_000);
    expect(attendances(run)).toEqual([12, 12, 12, 12, 12, 12]);
  });

  it('workers that die are suspected within eight of their heartbeats, and not before the second', () => {
    const run = expectPassing({ seed, sections: many, faults: [fault(inRound(round), dies(nodes('worker', 3)))] });
    expect(namesIn(run, 'worker-suspected', 'worker')).toEqual(ids('worker', 3));
    expect(delayUs(run, 'worker-suspected')).toBeGreaterThan(1_000_000);
    expect(delayUs(run, 'worker-suspected')).toBeLessThan(8_000_000);
    expect(attendances(run).at(-1)).toBe(9);
  });
});

describe.each(runs)('who is paused, with seed $seed', ({ seed, calmLeader, follower }) => {
  it.each([300, 600, 3_000, 6_000])('a leader that is paused for %d ms suspects no worker when it goes on', (ms) => {
    const pause: FaultEffect = { kind: 'pause', who: theLeader, forUs: ms * 1_000 };
    const run = expectPassing({ seed, sections: many, faults: [fault(inRound(round), pause)] });
    expectOneModelARound(run, 30);
    expect(run.of('worker-suspected')).toEqual([]);
    expect(run.of('aggregator-suspected').filter(({ node }) => node === calmLeader)).toEqual([]);
    expect(attendances(run)).toEqual(Array.from({ length: 30 }, () => 12));
  });

  it('a member that is paused and goes on suspects none of its workers, and serves them again', () => {
    const pause: FaultEffect = { kind: 'pause', who: these(follower), forUs: 4_000_000 };
    const run = expectPassing({
      seed, sections: many, faults: [fault(inRound(round), pause)], phrases: ['training finished', 'an aggregator returned'],
    });
    expect(run.of('worker-suspected')).toEqual([]);
    expect(namesIn(run, 'aggregator-suspected', 'aggregator')).toEqual([follower]);
    expect(attendances(run)).toEqual(Array.from({ length: 30 }, () => 12));
  });

  it('workers that are paused are suspected, return, and take part again', () => {
    const pause: FaultEffect = { kind: 'pause', who: nodes('worker', 3), forUs: 5_000_000 };
    const run = expectPassing({
      seed, sections: many, faults: [fault(inRound(round, 10_000), pause)],
      phrases: ['training finished', 'a worker was suspected', 'a worker returned'],
    });
    expect(namesIn(run, 'worker-returned', 'worker')).toEqual(ids('worker', 3));
    expect(attendances(run)).toContain(9);
    expect(attendances(run).at(-1)).toBe(12);
  });

  it('a slow link to the leader is no death', () => {
    const [server] = serverAndWitness('worker-03');
    const slow: FaultEffect = {
      kind: 'link', from: these(server), to: nodes('aggregator', 5), link: { delayUs: 300_000 }, forUs: 10_000_000,
    };
    const run = expectPassing({ seed, sections: { training: { rounds: 12 } }, faults: [fault(inRound(round), slow)] });
    expectOneModelARound(run, 12);
    expect(attendances(run)).toEqual(Array.from({ length: 12 }, () => 12));
  });
});
