/** How a committee divides its workers, and who takes them over. */
import { describe, expect, it } from 'vitest';
import type { FaultEffect } from '../../src/host/faults.ts';
import { workersOf } from '../../src/protocols/work-sharing/rules.ts';
import type { Simulated } from '../support/simulate.ts';
import {
  attendances, committeeOfFive, expectOneModelARound, expectPassing, fault, ids, inRound, nodes, serverAndWitness, theLeader, these,
} from '../support/training-stories.ts';

const seeds = [1, 2];
const workers = ids('worker', committeeOfFive.worker);
const aggregators = ids('aggregator', committeeOfFive.aggregator);
const servedBy = (member: string): readonly string[] => workersOf(member, workers, aggregators);

/** Who counted each update, as `round worker` to the members that did. */
function countedBy(run: Simulated): Map<string, string[]> {
  const counted = new Map<string, string[]>();
  for (const { node, data } of run.of('update-counted')) {
    const update = `${String(data['round'])} ${String(data['worker'])}`;
    counted.set(update, [...(counted.get(update) ?? []), node]);
  }
  return counted;
}

/** Workers that were taken over, however often. */
const takenOver = (run: Simulated): string[] =>
  [...new Set(run.of('workers-taken-over').flatMap(({ data }) => data['workers'] as string[]))].sort();

describe.each(seeds)('with seed %d', (seed) => {
  it('each worker is served by one member, the same in every round', () => {
    const run = expectPassing({ seed });
    const counted = countedBy(run);
    expect(counted.size).toBe(6 * workers.length);
    for (const [update, members] of counted) expect(members).toEqual([serverAndWitness(update.split(' ')[1]!)[0]]);
  });

  it.each(aggregators)('when %s dies its workers go to others, and nobody else moves', (victim) => {
    const kill: FaultEffect = { kind: 'kill', who: these(victim) };
    const run = expectPassing({ seed, sections: { training: { rounds: 5 } }, faults: [fault(inRound(3, 30_000), kill)] });
    expectOneModelARound(run, 5);
    expect(attendances(run)).toEqual([12, 12, 12, 12, 12]);
    expect(takenOver(run)).toEqual(servedBy(victim));
    // Nobody takes a share anew: it is on the worker's disk, and cut again to the same bytes.
    expect(run.of('shard-stored')).toHaveLength(workers.length);
  });

  it('two members die one after the other, and their workers go to the other three', () => {
    const run = expectPassing({
      seed,
      faults: [
        fault(inRound(2, 30_000), { kind: 'powerOff', who: theLeader }, 'first'),
        fault(inRound(4, 30_000), { kind: 'kill', who: theLeader }, 'second'),
      ],
      phrases: ['training finished', 'a leader was elected again', 'an aggregator took workers over', 'an aggregator was suspected'],
    });
    expectOneModelARound(run);
    expect(attendances(run)).toEqual([12, 12, 12, 12, 12, 12]);
  });

  it('a member that returns serves its own workers again, from the next round on', () => {
    const victim = serverAndWitness('worker-03')[0];
    const run = expectPassing({
      seed, sections: { training: { rounds: 20 } },
      faults: [fault(inRound(3, 30_000), { kind: 'kill', who: these(victim), restartAfterUs: 2_500_000 })],
      phrases: ['training finished', 'an aggregator returned'],
    });
    expectOneModelARound(run, 20);
    const returnedAt = run.of('aggregator-returned').at(-1)!.at;
    const later = run.of('update-counted').filter(({ node, at }) => node === victim && at > returnedAt);
    expect([...new Set(later.map(({ data }) => data['worker']))].sort()).toEqual(servedBy(victim));
  });

});

describe.each(seeds)('cut off, with seed %d', (seed) => {
  it('a worker that is cut off from its server alone is not waited for, and takes part again afterwards', () => {
    const [server] = serverAndWitness('worker-03');
    const cut: FaultEffect = { kind: 'partition', sides: [these('worker-03'), these(server)], forUs: 5_000_000 };
    const run = expectPassing({
      seed, sections: { training: { rounds: 40 } }, faults: [fault(inRound(3), cut)],
      phrases: ['training finished', 'a worker was suspected', 'a worker returned', 'a round closed without full attendance'],
    });
    expectOneModelARound(run, 40);
    expect(attendances(run).at(-1)).toBe(12);
    expect(run.of('workers-taken-over')).toEqual([]);
  });

  it('a worker whose words to its server are held back is not waited for, and takes part again afterwards', () => {
    const [server] = serverAndWitness('worker-03');
    const gate: FaultEffect = { kind: 'gate', from: these('worker-03'), to: these(server), forUs: 5_000_000 };
    const run = expectPassing({
      seed, sections: { training: { rounds: 40 } }, faults: [fault(inRound(3), gate)],
      phrases: ['training finished', 'a worker was suspected', 'a worker returned'],
    });
    expect(attendances(run).at(-1)).toBe(12);
  });

  it('a member that is cut off from the others keeps its workers waiting no longer than it takes to suspect it', () => {
    const [server] = serverAndWitness('worker-03');
    const others = aggregators.filter((node) => node !== server);
    const cut: FaultEffect = { kind: 'partition', sides: [these(server), these(...others)], forUs: 2_500_000 };
    const run = expectPassing({
      seed, sections: { training: { rounds: 20 } }, faults: [fault(inRound(3, 20_000), cut)],
      phrases: ['training finished', 'an aggregator took workers over', 'an aggregator returned'],
    });
    expectOneModelARound(run, 20);
    expect(attendances(run)).toEqual(Array.from({ length: 20 }, () => 12));
  });
});

it('with three aggregators one may die, and with one nobody takes over', () => {
  const kill = fault(inRound(3, 30_000), { kind: 'kill', who: nodes('aggregator', 1), restartAfterUs: 2_500_000 });
  const three = expectPassing({ counts: { ...committeeOfFive, aggregator: 3 }, faults: [kill] });
  expect(attendances(three)).toEqual([12, 12, 12, 12, 12, 12]);
  expect(three.of('workers-taken-over').length).toBeGreaterThan(0);
  const one = expectPassing({ counts: { ...committeeOfFive, aggregator: 1 }, faults: [kill] });
  expect(attendances(one).at(-1)).toBe(12);
});
