/** How members and whole committees come back: from their disks, from their peers, or empty and late. */
import { describe, expect, it } from 'vitest';
import type { FaultEffect } from '../../src/host/faults.ts';
import type { Simulated } from '../support/simulate.ts';
import {
  at, atMs, attendances, committeeOfFive, decidedModels, expectOneModelARound, expectPassing, fault, ids, inRound, nodes, these,
} from '../support/training-stories.ts';

const rounds = 10;
const committee = (checkpointEvery: number, trustDisk = true) =>
  ({ training: { rounds }, committee: { checkpointEvery, trustDisk } });
const victim = 'aggregator-01';
const lies = (who = these(victim)) => fault(atMs(0), { kind: 'disk', who, disk: { lyingSync: true } }, 'lies');
const powerOff = (who = these(victim), restartAfterUs = 2_000_000): FaultEffect => ({ kind: 'powerOff', who, restartAfterUs });

/** What a training with everybody in every round learns, whatever happens to the committee. */
const undisturbed = decidedModels(expectPassing({ sections: committee(5) }));

/** Every round was decided with the models of a calm run: nobody was left out, and nothing was lost. */
function expectUndisturbed(run: Simulated): void {
  expectOneModelARound(run, rounds);
  expect(attendances(run)).toEqual(Array.from({ length: rounds }, () => 12));
  expect([...decidedModels(run)].sort(([a], [b]) => a - b)).toEqual([...undisturbed]);
}

const restoredOf = (run: Simulated, node: string) =>
  run.of('member-restored').filter((one) => one.node === node && Number(one.data['life']) > 0).map(({ data }) => data);

describe.each([1, 3, 1_000])('with a checkpoint every %d rounds', (every) => {
  it.each([10_000, 110_000, 170_000])('one member comes back from its own disk, %d µs into a round', (offsetUs) => {
    const run = expectPassing({
      sections: committee(every), faults: [fault(inRound(5, offsetUs), powerOff())],
      phrases: ['training finished', 'a member restored from its own disk', ...(every < rounds ? ['the committee took a checkpoint'] : [])],
    });
    expectUndisturbed(run);
    const [restored] = restoredOf(run, victim);
    expect(restored).toMatchObject({ returning: false });
    // The fourth round is decided somewhere, and may be under way to this member's disk.
    expect(Number(restored!['round'])).toBeGreaterThanOrEqual(Math.floor(3 / every) * every);
    expect(Number(restored!['round'])).toBeLessThanOrEqual(Math.floor(4 / every) * every);
  });

  it.each([1, 2, 3])('one member whose disk kept nothing comes back from its peers, seed %d', (seed) => {
    const run = expectPassing({
      seed, sections: committee(every, false), faults: [lies(), fault(inRound(5, 60_000), powerOff())],
      phrases: ['training finished', 'a member restored from its peers'],
    });
    expectOneModelARound(run, rounds);
    expect(restoredOf(run, victim)).toMatchObject([{ returning: true }]);
    expect(run.of('member-returned').map(({ node }) => node)).toEqual([victim]);
    expect(run.of('round-closed').some(({ node, data }) => node === victim && Number(data['round']) === rounds)).toBe(true);
  });

  it.each([10_000, 90_000, 130_000, 160_000])('the whole committee comes back from its disks, %d µs into a round', (offsetUs) => {
    const run = expectPassing({
      sections: committee(every), faults: [fault(inRound(5, offsetUs), powerOff(nodes('aggregator', 5)))],
      phrases: ['training finished', 'a member restored from its own disk', 'a leader was elected again'],
    });
    expectUndisturbed(run);
    for (const node of ids('aggregator', 5)) expect(restoredOf(run, node)).toHaveLength(1);
  });

  it('a member that begins empty, when rounds have passed, takes part in the end', () => {
    const run = expectPassing({
      sections: { ...committee(every), training: { rounds: 30 } }, faults: [fault(atMs(100), powerOff(these(victim), 5_000_000))],
      phrases: ['training finished', ...(every < rounds ? ['a member installed a checkpoint'] : [])],
    });
    expectOneModelARound(run, 30);
    const counted = run.of('update-counted').filter(({ node }) => node === victim);
    expect(counted.length).toBeGreaterThan(0);
    expect(Number(counted[0]!.data['round'])).toBeGreaterThan(3);
    expect(attendances(run)).toEqual(Array.from({ length: 30 }, () => 12));
  });
});

it.each([1, 2, 3, 4])('a member that is believed to remember comes back with what its disk has, seed %d', (seed) => {
  const run = expectPassing({ seed, sections: committee(3), faults: [lies(), fault(inRound(5, 60_000), powerOff())] });
  expectOneModelARound(run, rounds);
  expect(run.of('round-closed').some(({ node, data }) => node === victim && Number(data['round']) === rounds)).toBe(true);
});

it('two members whose disks lie forget at one time, and come back from the other three', () => {
  const two = nodes('aggregator', 2);
  const run = expectPassing({
    sections: committee(3, false), faults: [lies(two), fault(inRound(5, 60_000), powerOff(two))],
    phrases: ['training finished', 'a member restored from its peers'],
  });
  expectOneModelARound(run, rounds);
  expect(run.of('member-returned').map(({ node }) => node).sort()).toEqual(ids('aggregator', 2));
});

it('a member that dies again soon after it has returned finds its place all the same', () => {
  const late = fault(atMs(100), powerOff(these(victim), 5_000_000));
  const again = fault(at('member-returned', {}, 60_000), { kind: 'kill', who: these(victim), restartAfterUs: 500_000 }, 'again');
  const run = expectPassing({
    sections: { ...committee(1), training: { rounds: 40 } }, faults: [late, again],
    phrases: ['training finished', 'a member installed a checkpoint'],
  });
  expectOneModelARound(run, 40);
  expect(restoredOf(run, victim)).toHaveLength(2);
});

it('a committee of one comes back from its checkpoint', () => {
  const run = expectPassing({
    counts: { ...committeeOfFive, aggregator: 1 }, sections: committee(1),
    faults: [fault(inRound(5, 60_000), powerOff(nodes('aggregator', 1)))],
    phrases: ['training finished', 'a member restored from its own disk'],
  });
  expectUndisturbed(run);
});
