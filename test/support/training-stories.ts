/**
 * Words in which tests tell stories of whole trainings: who, when, what goes wrong, how it ends.
 *
 * A story passes when both clients have what they wanted, no promise was broken, and whatever it says
 * must have happened did happen.
 */
import { expect } from 'vitest';
import type { Fault, FaultEffect, Selection, Trigger } from '../../src/host/faults.ts';
import { makeNodeId } from '../../src/kernel/ids.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import { membersFor } from '../../src/protocols/work-sharing/rules.ts';
import { simulate } from './simulate.ts';
import type { Simulated, Simulation } from './simulate.ts';

/** Five aggregators, as most stories have. */
export const committeeOfFive = { bootstrap: 3, aggregator: 5, worker: 12, client: 2 };

export const ids = (role: string, count: number, from = 0): NodeId[] =>
  Array.from({ length: count }, (_, index) => makeNodeId(role, from + index));
export const nodes = (role: string, count: number, from = 0): Selection => ({ kind: 'nodes', nodes: ids(role, count, from) });
export const these = (...named: readonly NodeId[]): Selection => ({ kind: 'nodes', nodes: named });
/** Whoever leads when the fault begins. */
export const theLeader: Selection = { kind: 'state', role: 'aggregator', state: 'leader' };

export const atMs = (ms: number): Trigger => ({ kind: 'time', atUs: ms * 1_000 });
export const inRound = (round: number, offsetUs = 0): Trigger => at('round-opened', { round }, offsetUs);
export const at = (record: string, where: Readonly<Record<string, string | number>> = {}, offsetUs = 0): Trigger =>
  ({ kind: 'record', record, where, offsetUs });
export const fault = (trigger: Trigger, effect: FaultEffect, id = 'fault'): Fault => ({ id, drawn: false, trigger, effect });

/** The run ended because all clients had what they wanted, and nothing was found. */
export function expectPassed(run: Simulated, clients = committeeOfFive.client): void {
  expect(run.summary.findings).toEqual([]);
  expect(run.end).toEqual({ kind: 'done', why: 'concluded' });
  expect(run.of('client-finished')).toHaveLength(clients);
}

/** Runs a story that must pass. */
export function expectPassing(simulation: Omit<Simulation, 'counts'> & { counts?: Simulation['counts'] }): Simulated {
  const counts = { ...committeeOfFive, ...simulation.counts };
  const run = simulate({ phrases: ['training finished'], ...simulation, counts });
  expectPassed(run, counts.client);
  return run;
}

/** The models that members said were decided, by round; one each when all is well. */
export function decidedModels(run: Simulated): ReadonlyMap<number, readonly string[]> {
  const models = new Map<number, string[]>();
  for (const { data } of run.of('round-closed')) {
    const { round, weights } = data as { round: number; weights: string };
    const known = models.get(round) ?? [];
    models.set(round, known.includes(weights) ? known : [...known, weights]);
  }
  return models;
}

/** Every round from the first to the last was decided, with one model each. */
export function expectOneModelARound(run: Simulated, rounds = 6): void {
  const models = decidedModels(run);
  expect([...models.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: rounds }, (_, index) => index + 1));
  expect([...models.values()].filter((named) => named.length !== 1)).toEqual([]);
}

/** How many updates each round was made of, in the order of rounds. */
export function attendances(run: Simulated): number[] {
  const known = new Map(run.of('round-closed').map(({ data }) => [Number(data['round']), Number(data['attendance'])]));
  return [...known].sort(([a], [b]) => a - b).map(([, attendance]) => attendance);
}

/** Names in the data of observations of a kind, such as the workers that were removed. */
export const namesIn = (run: Simulated, kind: string, field: string): string[] =>
  [...new Set(run.of(kind).map(({ data }) => String(data[field])))].sort();

/** The member that serves a worker while all serve, and the one that is its witness. */
export function serverAndWitness(worker: NodeId, aggregators = committeeOfFive.aggregator): readonly [NodeId, NodeId] {
  const [server, witness] = membersFor(worker, ids('aggregator', aggregators));
  return [server!, witness!];
}
