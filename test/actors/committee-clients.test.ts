/** Clients of a committee: whoever they ask, and whoever dies meanwhile, they learn what they want to know. */
import { describe, expect, it } from 'vitest';
import type { FaultEffect } from '../../src/host/faults.ts';
import type { Simulated, Simulation } from '../support/simulate.ts';
import {
  at, committeeOfFive, decidedModels, expectOneModelARound, expectPassing, fault, inRound, namesIn, nodes, theLeader,
} from '../support/training-stories.ts';

const seeds = [1, 2, 3];
const many = { ...committeeOfFive, client: 6 };
const dies: FaultEffect = { kind: 'kill', who: theLeader, restartAfterUs: 3_000_000 };

/** A training that its clients stop after the third of fifty rounds. */
function expectStopped(simulation: Partial<Simulation>): Simulated {
  const sections = { training: { rounds: 50 }, client: { stopAfterRound: 3 } };
  const run = expectPassing({ sections, phrases: ['training was stopped'], ...simulation });
  expect(run.of('client-finished').every(({ data }) => data['stopped'] === true)).toBe(true);
  expect(run.of('training-finished')).toEqual([]);
  const last = Math.max(...decidedModels(run).keys());
  expect(last).toBeGreaterThanOrEqual(3);
  expect(last).toBeLessThan(50);
  expectOneModelARound(run, last);
  // Everybody is told of the same end.
  expect(new Set(run.of('client-finished').map(({ data }) => `${String(data['rounds'])} ${String(data['reason'])}`)).size).toBe(1);
  expect(run.of('client-finished')[0]!.data['rounds']).toBe(last);
  return run;
}

describe.each(seeds)('with seed %d', (seed) => {
  it('every client comes to the leader, whomever it asks first', () => {
    const run = expectPassing({ seed, counts: many });
    expect(namesIn(run, 'client-started', 'aggregator')).toEqual([run.of('leader-elected')[0]!.node]);
    expect(run.of('client-started')).toHaveLength(6);
    expect(new Set(run.of('client-finished').map(({ data }) => data['weights'])).size).toBe(1);
  });

  it.each([
    ['in mid-round', inRound(3, 40_000)],
    ['when the last round is decided', at('round-closed', { round: 6 })],
    ['when it would tell of the end', at('training-finished')],
  ])('clients learn the end although the leader dies %s', (_, trigger) => {
    const phrases = ['training finished', 'a leader was elected again'];
    const run = expectPassing({ seed, counts: many, faults: [fault(trigger, dies)], phrases });
    expectOneModelARound(run);
    expect(run.of('client-finished').every(({ data }) => data['rounds'] === 6)).toBe(true);
  });

  it('a client stops the training, and hears of it', () => {
    const run = expectStopped({ seed });
    expect(run.of('training-stopped')).toHaveLength(1);
    // It is decided like a round, by all.
    expect(run.of('entry-committed').filter(({ data }) => data['decree'] === 'trainingStopped')).toHaveLength(5);
  });

  it.each([0, 30, 60, 90, 120])('a client stops the training although the leader dies %d ms after the round it has seen', (ms) => {
    const faults = [fault(at('round-evaluated', { round: 3 }, ms * 1_000), dies)];
    expectStopped({ seed, faults, phrases: ['training was stopped', 'a leader was elected again'] });
  });

  it('a stop that is asked of a former leader comes to the new one', () => {
    const pause: FaultEffect = { kind: 'pause', who: theLeader, forUs: 2_500_000 };
    expectStopped({ seed, faults: [fault(inRound(2), pause)], phrases: ['training was stopped', 'a leader was elected again'] });
  });
});

it('nobody leads, and clients ask until somebody does', () => {
  const sides = [nodes('aggregator', 2), nodes('aggregator', 2, 2), nodes('aggregator', 1, 4)];
  const cut: FaultEffect = { kind: 'partition', sides, forUs: 6_000_000 };
  const run = expectPassing({ faults: [fault({ kind: 'time', atUs: 0 }, cut)] });
  expectOneModelARound(run);
  expect(run.of('leader-elected')[0]!.at).toBeGreaterThan(6_000_000);
});

it('a committee of one tells a client that asked while it was down', () => {
  const down = fault(inRound(2), { kind: 'powerOff', who: nodes('aggregator', 1), restartAfterUs: 4_000_000 });
  expectOneModelARound(expectPassing({ counts: { ...committeeOfFive, aggregator: 1 }, faults: [down] }));
});
