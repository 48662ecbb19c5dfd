/** Any one of three bootstraps dies, at some time and in some way: the others serve, and those that live agree. */
import { describe, expect, it } from 'vitest';
import { bootstrap } from '../../src/actors/bootstrap.ts';
import { act, defineRole } from '../../src/actors/define.ts';
import type { Fault, FaultEffect, Selection } from '../../src/host/faults.ts';
import { makeNodeId } from '../../src/kernel/ids.ts';
import { bootstrapsAgree } from '../../src/protocols/membership/agreement.ts';
import { simulate } from '../support/simulate.ts';
import type { Simulated, Simulation } from '../support/simulate.ts';

const counts = { bootstrap: 3, aggregator: 1, worker: 12, client: 2 };
/** All that announce themselves. */
const announcing = counts.aggregator + counts.worker + counts.client;
const bootstraps = ['bootstrap-00', 'bootstrap-01', 'bootstrap-02'];

const these = (...nodes: readonly string[]): Selection => ({ kind: 'nodes', nodes });
const fault = (id: string, atMs: number, effect: FaultEffect): Fault =>
  ({ id, drawn: false, trigger: { kind: 'time', atUs: atMs * 1_000 }, effect });

/** Clients reach no aggregator, so that nothing ends the run before its time, and every node stays. */
const idle = fault('idle', 0, { kind: 'partition', sides: [these('client-00', 'client-01'), these('aggregator-00')] });
const agreement = bootstrapsAgree.name;

/** Twenty-five seconds of a network in which everybody stays. */
function watched(simulation: Partial<Simulation>): Simulated {
  const faults = [idle, ...(simulation.faults ?? [])];
  return simulate({ counts, virtualTimeMaxUs: 25_000_000, phrases: [agreement], ...simulation, faults });
}

/** How many nodes each bootstrap counted as present when it last said so. */
function lastViews(run: Simulated): Record<string, unknown> {
  return Object.fromEntries(run.of('view-held').map(({ node, data }) => [node, data['present']]));
}

/** Ids of nodes that were told of a role's addresses. */
const told = (run: Simulated) => new Set(run.of('peers-found').map(({ node }) => node));

const ways: readonly (readonly [string, boolean, (who: Selection) => FaultEffect])[] = [
  ['is killed', false, (who) => ({ kind: 'kill', who })],
  ['loses its power', false, (who) => ({ kind: 'powerOff', who })],
  ['restarts at once', true, (who) => ({ kind: 'restart', who })],
  ['loses its power and comes back', true, (who) => ({ kind: 'powerOff', who, restartAfterUs: 4_000_000 })],
];

describe.each(bootstraps)('%s', (victim) => {
  describe.each(ways)('%s', (_, returns, effectOn) => {
    it.each([100, 2_500, 8_000])('after %d ms, and everybody still finds everybody', (atMs) => {
      const phrases = returns ? [agreement, 'a bootstrap returned'] : [agreement];
      const run = watched({ faults: [fault('death', atMs, effectOn(these(victim)))], phrases });
      expect(run.summary.findings).toEqual([]);
      expect(told(run).size).toBe(counts.worker + counts.client);
      const living = bootstraps.filter((node) => returns || node !== victim);
      expect(lastViews(run)).toMatchObject(Object.fromEntries(living.map((node) => [node, announcing])));
    });
  });
});

describe('a training', () => {
  it.each(bootstraps)('comes to its end while %s is killed and comes back', (victim) => {
    const kill: FaultEffect = { kind: 'kill', who: these(victim), restartAfterUs: 2_000_000 };
    const run = simulate({
      counts, sections: { training: { rounds: 60 } }, faults: [fault('death', 1_500, kill)],
      phrases: ['training finished', 'a bootstrap returned', agreement],
    });
    expect(run.summary.findings).toEqual([]);
  });
});

describe('a bootstrap that many nodes cannot reach', () => {
  const workers = Array.from({ length: 100 }, (_, index) => makeNodeId('worker', index));
  const many = { ...counts, worker: 100 };
  const cutOff = fault('cut', 9_999, { kind: 'partition', sides: [these('bootstrap-02'), these(...workers)] });
  const restart = fault('death', 10_000, { kind: 'restart', who: these('bootstrap-02') });

  it.each([1, 2, 3])('knows them all from the others three seconds after its restart, and loses none again, seed %d', (seed) => {
    const run = watched({ seed, counts: many, faults: [cutOff, restart], virtualTimeMaxUs: 60_000_000 });
    expect(run.summary.findings).toEqual([]);
    const later = run.of('view-held').filter(({ node, at }) => node === 'bootstrap-02' && at > 13_000_000);
    expect(later.length).toBeGreaterThan(20);
    expect(new Set(later.map(({ data }) => data['present']))).toEqual(new Set([103]));
    expect(run.of('peer-expired')).toEqual([]);
  });

  it('learns no more of the dead than the others believe', () => {
    const kill = fault('workers', 5_000, { kind: 'powerOff', who: these('worker-03', 'worker-04') });
    const later = fault('late', 18_000, { kind: 'restart', who: these('bootstrap-01') });
    const run = watched({ faults: [kill, later], virtualTimeMaxUs: 40_000_000 });
    expect(run.summary.findings).toEqual([]);
    expect(lastViews(run)).toEqual({ 'bootstrap-00': 13, 'bootstrap-01': 13, 'bootstrap-02': 13 });
    // The dead were heard of last at about 5 s: 15 s later, and two more for the exchange, nobody counts them.
    const expired = run.of('peer-expired').map(({ at }) => at);
    expect(expired.length).toBeGreaterThanOrEqual(4);
    expect(Math.max(...expired)).toBeLessThan(23_000_000);
  });
});

describe('the promise', () => {
  const parted = fault('parted', 0, { kind: 'partition', sides: [these('bootstrap-02'), these('worker-00')] });

  it('is kept by bootstraps that hear of a node from each other only', () => {
    const run = watched({ faults: [parted], phrases: [agreement, 'a bootstrap learned of a node from another'] });
    expect(run.summary.findings).toEqual([]);
  });

  it('is found broken by bootstraps that do not listen to each other', () => {
    const learn = act<object, { type: string }>(() => ({}));
    const deaf = defineRole({ ...bootstrap, machine: bootstrap.machine.provide({ actions: { learn } as never }) });
    const { findings } = watched({ faults: [parted], roles: [deaf] }).summary;
    expect(findings.map(({ property, class: kind }) => [property, kind])).toEqual([[agreement, 'stalled']]);
  });

  it('outlives a checkpoint: a world that is restored among the exchanges ends alike', () => {
    const faults = [parted, fault('death', 8_000, { kind: 'restart', who: these('bootstrap-01') })];
    const straight = watched({ faults });
    for (const restoreAfter of [100, 300, 700]) expect(watched({ faults, restoreAfter }).trace).toBe(straight.trace);
  });
});
