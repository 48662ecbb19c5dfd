/** Whole trainings of the built-in roles in the simulator, under faults, over a few seeds. */
import { describe, expect, it } from 'vitest';
import type { Fault, FaultEffect, Selection, Trigger } from '../../src/host/faults.ts';
import { makeNodeId } from '../../src/kernel/ids.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import { simulate, wideArea } from '../support/simulate.ts';
import type { Simulated, Simulation } from '../support/simulate.ts';

const counts = { bootstrap: 3, aggregator: 1, worker: 12, client: 2 };
const seeds = [1, 2, 3];

const ids = (role: string, count: number, from = 0): NodeId[] =>
  Array.from({ length: count }, (_, index) => makeNodeId(role, from + index));
const nodes = (role: string, count: number, from = 0): Selection => ({ kind: 'nodes', nodes: ids(role, count, from) });
const inRound = (round: number, offsetUs = 0): Trigger => ({ kind: 'record', record: 'round-opened', where: { round }, offsetUs });
const atMs = (ms: number): Trigger => ({ kind: 'time', atUs: ms * 1_000 });
const fault = (trigger: Trigger, effect: FaultEffect): Fault => ({ id: 'fault', drawn: false, trigger, effect });

/** The run ended because both clients had what they wanted, and nothing was found. */
function expectPassed(run: Simulated): void {
  expect(run.summary.findings).toEqual([]);
  expect(run.end).toEqual({ kind: 'done', why: 'concluded' });
  expect(run.of('client-finished')).toHaveLength(2);
}

const attendances = (run: Simulated): unknown[] => run.of('round-closed').map(({ data }) => data['attendance']);

/** Runs a simulation that must pass. */
function expectPassing(simulation: Omit<Simulation, 'counts'> & { counts?: Simulation['counts'] }): Simulated {
  const run = simulate({ counts, phrases: ['training finished'], ...simulation });
  expectPassed(run);
  return run;
}

describe.each(seeds)('with seed %d', (seed) => {
  it('a calm run closes every round with everybody, and learns', () => {
    const run = expectPassing({ seed, sections: { training: { rounds: 12, dimensions: 64 } } });
    expect(attendances(run)).toEqual(Array.from({ length: 12 }, () => 12));
    expect(run.of('round-opened').map(({ data }) => data['round'])).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect(Number(run.of('round-evaluated').at(-1)!.data['accuracy'])).toBeGreaterThan(0.9);
    expect(run.of('training-started')).toHaveLength(1);
    expect(run.rejected).toEqual({});
  });

  it('workers that die in mid-training are suspected, and every round still closes', () => {
    const run = expectPassing({
      seed, counts: { ...counts, worker: 40 }, sections: { training: { rounds: 9 } },
      faults: [fault(inRound(5), { kind: 'kill', who: nodes('worker', 5) })],
      phrases: ['training finished', 'a round closed without full attendance', 'a worker was suspected'],
    });
    expect(attendances(run)).toEqual([40, 40, 40, 40, 35, 35, 35, 35, 35]);
  });

  it.each([10, 60, 110, 160])('an aggregator killed %d ms into a round goes on after its last committed round', (offsetMs) => {
    const run = expectPassing({
      seed,
      faults: [fault(inRound(4, offsetMs * 1_000), { kind: 'kill', who: nodes('aggregator', 1), restartAfterUs: 1_500_000 })],
      phrases: ['training finished', 'an aggregator resumed from disk'],
    });
    const rounds = run.of('round-closed').map(({ data }) => Number(data['round']));
    expect(new Set(rounds).size).toBe(rounds.length);
    expect(rounds.at(-1)).toBe(6);
    // Shares were cut once for each worker, before the crash.
    expect(run.of('shard-stored')).toHaveLength(12);
  });

  it.each([300, 700, 1_000, 1_300, 1_600])('an aggregator that loses its power after %d ms loses nobody', (ms) => {
    const powerOff: FaultEffect = { kind: 'powerOff', who: nodes('aggregator', 1), restartAfterUs: 2_000_000 };
    const run = expectPassing({ seed, faults: [fault(atMs(ms), powerOff)] });
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

});

describe.each(seeds)('with seed %d, around the nodes', (seed) => {
  it('workers that were cut off are suspected and return', () => {
    const run = expectPassing({
      seed, sections: { training: { rounds: 60, suspectAfter: '2s' } },
      faults: [fault(inRound(3), { kind: 'partition', sides: [nodes('worker', 3), nodes('aggregator', 1)], forUs: 3_000_000 })],
      phrases: ['training finished', 'a worker was suspected', 'a worker returned'],
    });
    expect(attendances(run).at(-1)).toBe(12);
  });

  it('a client stops the training', () => {
    const run = simulate({
      seed, counts, sections: { training: { rounds: 50 }, client: { stopAfterRound: 3 } }, phrases: ['training was stopped'],
    });
    expectPassed(run);
    expect(run.of('client-finished').every(({ data }) => data['stopped'] === true)).toBe(true);
    expect(run.of('round-closed').length).toBeLessThan(50);
    expect(run.of('training-finished')).toEqual([]);
  });

  it.each([0, 1, 2])('bootstrap %d dies at the start, and everybody finds everybody', (index) => {
    expectPassing({ seed, faults: [fault(atMs(100), { kind: 'powerOff', who: nodes('bootstrap', 1, index) })] });
  });

  it('frames that are lost and connections that break only cost time', () => {
    const everybody = ['aggregator-00', 'client-00', 'client-01', ...ids('worker', 12)];
    const all: Selection = { kind: 'nodes', nodes: everybody };
    const run = expectPassing({
      seed, weather: { ...wideArea, network: { ...wideArea.network, loss: 0.05 } },
      faults: [fault(atMs(0), { kind: 'link', from: all, to: all, link: { break: 0.04 } })],
    });
    expect(run.faultHits['fault']).toBeGreaterThan(5);
  });

  it('a disk that is full for a while only costs time', () => {
    const full = (who: Selection): FaultEffect => ({ kind: 'disk', who, disk: { full: true }, forUs: 3_000_000 });
    expectPassing({ seed, faults: [fault(atMs(1_200), full(nodes('aggregator', 1)))] });
    expectPassing({ seed, faults: [fault(atMs(500), full(nodes('worker', 4)))] });
  });

  it('workers leave in order', () => {
    const run = expectPassing({ seed, sections: { worker: { leaveAfterRound: 6 } } });
    expect(run.of('worker-left').length).toBeGreaterThan(0);
  });

  it('without any periodic timer a calm run still ends', () => {
    expectPassing({
      seed,
      sections: {
        membership: { announceEvery: 'off', presenceTimeout: 'off', exchangeEvery: 'off' },
        training: {
          roundTimeout: 'off', joinTimeout: 'off', heartbeatEvery: 'off', suspectAfter: 'off', followEvery: 'off',
        },
      },
    });
  });
});

it('a commit that is torn by a crash leaves the round before, and is made again', () => {
  const who = nodes('aggregator', 1);
  let torn = 0;
  for (let seed = 1; seed <= 6; seed += 1) {
    // A crash in the middle of the save of the fifth round.
    const whileSaving = expectPassing({ seed }).of('round-closed')[4]!.at - wideArea.disk.saveUs / 2;
    const run = simulate({
      seed, counts, phrases: ['training finished', 'an aggregator resumed from disk'],
      faults: [
        { id: 'disk', drawn: true, trigger: atMs(0), effect: { kind: 'disk', who, disk: { tornWrites: true } } },
        fault({ kind: 'time', atUs: whileSaving }, { kind: 'kill', who, restartAfterUs: 1_000_000 }),
      ],
    });
    expectPassed(run);
    torn += run.faultHits['disk'] ?? 0;
  }
  expect(torn).toBeGreaterThan(0);
});

it('nothing starts without a client that reaches the aggregator', () => {
  const run = simulate({
    counts, virtualTimeMaxUs: 20_000_000,
    faults: [fault(atMs(0), { kind: 'partition', sides: [nodes('client', 2), nodes('aggregator', 1)] })],
  });
  expect(run.end).toEqual({ kind: 'done', why: 'virtualTime' });
  expect(run.of('training-started')).toEqual([]);
  expect(run.of('round-opened')).toEqual([]);
});

it('bootstraps agree on who is there through their exchanges', () => {
  const others: Selection = { kind: 'nodes', nodes: ['aggregator-00', ...ids('worker', 12)] };
  expectPassing({
    sections: { training: { rounds: 40 } },
    faults: [fault(atMs(0), { kind: 'partition', sides: [others, nodes('bootstrap', 1)] })],
    phrases: ['training finished', 'a bootstrap learned of a node from another'],
  });
});

it('charts are folds: each input stepped twice gives the same', () => {
  const faults = [fault(inRound(2), { kind: 'restart', who: nodes('worker', 2) } as const)];
  const once = expectPassing({ faults });
  expect(expectPassing({ faults, pure: true }).trace).toBe(once.trace);
});

it.each([400, 800, 1_100, 1_500, 1_900])('a world restored after %d events ends in the same trace', (restoreAfter) => {
  const kill: FaultEffect = { kind: 'kill', who: nodes('worker', 2), restartAfterUs: 500_000 };
  const simulation = { seed: 5, faults: [fault(inRound(3, 30_000), kill)] };
  const straight = expectPassing(simulation);
  const restored = expectPassing({ ...simulation, restoreAfter });
  expect(restored.trace).toBe(straight.trace);
  expect(restored.inputs).toBe(straight.inputs);
});
