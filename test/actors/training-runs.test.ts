/** Whole trainings of the built-in roles in the simulator, under faults, over a few seeds. */
import { describe, expect, it } from 'vitest';
import type { FaultEffect, Selection } from '../../src/host/faults.ts';
import { simulate, wideArea } from '../support/simulate.ts';
import {
  at, atMs, attendances, committeeOfFive, expectOneModelARound, expectPassed, expectPassing, fault, ids, inRound, nodes,
} from '../support/training-stories.ts';

const seeds = [1, 2];
const everybody = (count: number, rounds = 6): number[] => Array.from({ length: rounds }, () => count);

describe.each([1, 3, 5])('with %d aggregators', (aggregator) => {
  it.each(seeds)('a calm run closes every round with everybody, and learns, seed %d', (seed) => {
    const run = expectPassing({ seed, counts: { ...committeeOfFive, aggregator }, sections: { training: { rounds: 12, dimensions: 64 } } });
    expectOneModelARound(run, 12);
    expect(attendances(run)).toEqual(everybody(12, 12));
    expect(run.of('round-closed')).toHaveLength(12 * aggregator);
    expect(Number(run.of('round-evaluated').at(-1)!.data['accuracy'])).toBeGreaterThan(0.9);
    expect(run.of('training-started')).toHaveLength(1);
    expect(run.of('workers-taken-over')).toEqual([]);
    expect(run.rejected).toEqual({});
  });

  it('without any timer that may be off, a calm run still ends', () => {
    expectPassing({
      counts: { ...committeeOfFive, aggregator },
      sections: {
        membership: { announceEvery: 'off', presenceTimeout: 'off', exchangeEvery: 'off' },
        training: {
          roundTimeout: 'off', joinTimeout: 'off', heartbeatEvery: 'off', suspectAt: 'off', followEvery: 'off',
        },
      },
    });
  });

  it('disks that are full for a while only cost time', () => {
    const full = (who: Selection): FaultEffect => ({ kind: 'disk', who, disk: { full: true }, forUs: 3_000_000 });
    const counts = { ...committeeOfFive, aggregator };
    expectPassing({ counts, faults: [fault(inRound(2), full(nodes('aggregator', aggregator)))] });
    expectPassing({ counts, faults: [fault(at('worker-admitted'), full(nodes('worker', 4)))] });
  });

  it('charts are folds: each input stepped twice gives the same', () => {
    const faults = [fault(inRound(2), { kind: 'restart', who: nodes('worker', 2) })];
    const counts = { ...committeeOfFive, aggregator };
    expect(expectPassing({ counts, faults, pure: true }).trace).toBe(expectPassing({ counts, faults }).trace);
  });
});

it('the division of the work changes no model: committees of one, three and five learn the same, bit for bit', () => {
  const models = [1, 3, 5].map((aggregator) => {
    const run = expectPassing({ counts: { ...committeeOfFive, aggregator } });
    return [...new Set(run.of('round-closed').map(({ data }) => data['weights']))];
  });
  expect(models[0]).toHaveLength(6);
  expect(models[1]).toEqual(models[0]);
  expect(models[2]).toEqual(models[0]);
});

describe.each(seeds)('with seed %d', (seed) => {
  it('workers that die in mid-training are suspected, and every round still closes', () => {
    const run = expectPassing({
      seed, counts: { ...committeeOfFive, worker: 40 }, sections: { training: { rounds: 9 } },
      faults: [fault(inRound(5), { kind: 'kill', who: nodes('worker', 5) })],
      phrases: ['training finished', 'a round closed without full attendance', 'a worker was suspected'],
    });
    expectOneModelARound(run, 9);
    expect(attendances(run)).toEqual([40, 40, 40, 40, 35, 35, 35, 35, 35]);
  });

  it.each([10, 60, 110, 160])('a committee of one that dies %d ms into a round goes on after its last decided round', (offsetMs) => {
    const run = expectPassing({
      seed, counts: { ...committeeOfFive, aggregator: 1 },
      faults: [fault(inRound(4, offsetMs * 1_000), { kind: 'kill', who: nodes('aggregator', 1), restartAfterUs: 1_500_000 })],
      phrases: ['training finished', 'a member restored from its own disk'],
    });
    expectOneModelARound(run);
    // Workers keep their shares, and are not sent them again.
    expect(run.of('shard-stored')).toHaveLength(12);
  });

  it.each([300, 1_000, 1_600])('a committee that loses its power as a whole after %d ms loses nobody', (ms) => {
    const powerOff: FaultEffect = { kind: 'powerOff', who: nodes('aggregator', 5), restartAfterUs: 2_000_000 };
    const run = expectPassing({ seed, faults: [fault(atMs(ms), powerOff)] });
    expectOneModelARound(run);
    expect(attendances(run).at(-1)).toBe(12);
  });

  it('restarted workers resume from their disks', () => {
    const run = expectPassing({
      seed, faults: [fault(inRound(3, 20_000), { kind: 'kill', who: nodes('worker', 3), restartAfterUs: 700_000 })],
      phrases: ['training finished', 'a worker resumed from disk'],
    });
    expect(attendances(run).at(-1)).toBe(12);
    expect(run.of('worker-resumed')).toHaveLength(3);
  });

  it('workers that were cut off from all aggregators are suspected and return', () => {
    const run = expectPassing({
      seed, sections: { training: { rounds: 40 } },
      faults: [fault(inRound(3), { kind: 'partition', sides: [nodes('worker', 3), nodes('aggregator', 5)], forUs: 4_000_000 })],
      phrases: ['training finished', 'a worker was suspected', 'a worker returned'],
    });
    expectOneModelARound(run, 40);
    expect(attendances(run).at(-1)).toBe(12);
  });

  it('frames that are lost and connections that break only cost time', () => {
    const all: Selection = { kind: 'nodes', nodes: [...ids('aggregator', 5), ...ids('client', 2), ...ids('worker', 12)] };
    const run = expectPassing({
      seed, weather: { ...wideArea, network: { ...wideArea.network, loss: 0.05 } },
      faults: [fault(atMs(0), { kind: 'link', from: all, to: all, link: { break: 0.04 } })],
    });
    expectOneModelARound(run);
    expect(run.faultHits['fault']).toBeGreaterThan(5);
  });

  it('workers leave in order', () => {
    const run = expectPassing({ seed, sections: { worker: { leaveAfterRound: 6 } } });
    expect(run.of('worker-left').length).toBeGreaterThan(0);
    expect(attendances(run)).toEqual(everybody(12));
  });
});

it('a commit that is torn by a crash leaves the round before, and is made again', () => {
  const who = nodes('aggregator', 1);
  const counts = { ...committeeOfFive, aggregator: 1 };
  let torn = 0;
  for (let seed = 1; seed <= 6; seed += 1) {
    // A crash in the middle of the save of the fifth round.
    const whileSaving = expectPassing({ seed, counts }).of('round-closed')[4]!.at - wideArea.disk.saveUs / 2;
    const run = simulate({
      seed, counts, phrases: ['training finished'],
      faults: [
        { id: 'disk', drawn: true, trigger: atMs(0), effect: { kind: 'disk', who, disk: { tornWrites: true } } },
        fault({ kind: 'time', atUs: whileSaving }, { kind: 'kill', who, restartAfterUs: 1_000_000 }),
      ],
    });
    expectPassed(run);
    expectOneModelARound(run);
    torn += run.faultHits['disk'] ?? 0;
  }
  expect(torn).toBeGreaterThan(0);
});

it('nothing starts without a client that reaches an aggregator', () => {
  const run = simulate({
    counts: committeeOfFive, virtualTimeMaxUs: 20_000_000,
    faults: [fault(atMs(0), { kind: 'partition', sides: [nodes('client', 2), nodes('aggregator', 5)] })],
  });
  expect(run.end).toEqual({ kind: 'done', why: 'virtualTime' });
  expect(run.of('leader-elected').length).toBeGreaterThan(0);
  expect(run.of('training-started')).toEqual([]);
  expect(run.of('round-opened')).toEqual([]);
});

it('bootstraps agree on who is there through their exchanges', () => {
  const others: Selection = { kind: 'nodes', nodes: [...ids('aggregator', 5), ...ids('worker', 12)] };
  expectPassing({
    sections: { training: { rounds: 40 } },
    faults: [fault(atMs(0), { kind: 'partition', sides: [others, nodes('bootstrap', 1)] })],
    phrases: ['training finished', 'a bootstrap learned of a node from another'],
  });
});

it.each([400, 800, 1_100, 1_500, 1_900])('a world restored after %d events ends in the same trace', (restoreAfter) => {
  const kill: FaultEffect = { kind: 'kill', who: nodes('worker', 2), restartAfterUs: 500_000 };
  const restart: FaultEffect = { kind: 'restart', who: nodes('aggregator', 1) };
  const simulation = { seed: 5, faults: [fault(inRound(3, 30_000), kill), fault(inRound(4), restart, 'restart')] };
  const straight = expectPassing(simulation);
  const restored = expectPassing({ ...simulation, restoreAfter });
  expect(restored.trace).toBe(straight.trace);
  expect(restored.inputs).toBe(straight.inputs);
});
