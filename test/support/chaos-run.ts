/** Runs a committee under the chaos of a seed, and says in words what it made of it. */
import type { Weather } from '../../src/host/weather.ts';
import { Draws, chaosCounts } from './chaos-draws.ts';
import { chaosOf } from './chaos.ts';
import { simulate, wideArea } from './simulate.ts';
import type { Simulated, Simulation } from './simulate.ts';

export const chaosRounds = 10;
function weatherOf(draws: Draws): Weather {
  // The slower a disk, the more is on its way to it in a crash.
  const saveUs = draws.pick('save time', [2_000, 20_000, 80_000]);
  return { ...wideArea, network: { ...wideArea.network, loss: 0.005 }, disk: { ...wideArea.disk, saveUs } };
}

/** Settings that bring other moments together. */
function sectionsOf(draws: Draws, trustDisk: boolean, aggregate: string): NonNullable<Simulation['sections']> {
  const retryAfter = draws.pick('retry after', ['100ms', '1s']);
  const electionTimeout = draws.pick('election time-out', ['500ms', '800ms']);
  const checkpointEvery = draws.pick('checkpoint every', [1, 2, 4]);
  return {
    training: { rounds: chaosRounds, dimensions: 16, quorum: '50%', retryAfter, aggregate },
    committee: { trustDisk, checkpointEvery, electionTimeout },
  };
}

/** `changes` take the place of what the chaos would run with; `aggregate` is the rule of merging. */
export function runChaos(seed: number, changes: Partial<Simulation> = {}, aggregate = 'mean'): Simulated {
  const draws = new Draws(seed);
  const { faults, trustDisk } = chaosOf(seed);
  return simulate({
    seed, counts: chaosCounts, faults, weather: weatherOf(draws), sections: sectionsOf(draws, trustDisk, aggregate),
    phrases: ['training finished'],
    virtualTimeMaxUs: 240_000_000,
    ...changes,
  });
}

/** What a run lacks of a training in which nothing was violated and every round was closed. */
export function shortcomingsOf(run: Simulated): readonly string[] {
  const found = run.summary.findings.map(({ class: kind, property, message }) => `${kind} ${property}: ${message}`);
  if (run.end.kind !== 'done' || run.end.why !== 'concluded') {
    found.push(`the run ended by ${JSON.stringify(run.end)} after ${run.virtualUs} µs`);
  }
  const closed = new Set(run.of('round-closed').map(({ data }) => data['round']));
  for (let round = 1; round <= chaosRounds; round += 1) if (!closed.has(round)) found.push(`round ${round} was never closed`);
  return found;
}
