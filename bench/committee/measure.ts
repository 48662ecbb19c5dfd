/**
 * The figures of the committee: commits, fail-over, bytes a round. All of them are virtual, so they
 * are the same on every machine, and a spread is over seeds and rounds instead of repetitions.
 */
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import type { Observation } from '../../src/kernel/properties.ts';
import { startBackend } from '../../src/ml/backend.ts';
import type { CommitteeOptions } from '../../src/protocols/round-commit/options.ts';
import type { ResolvedScenario } from '../../src/run/resolved.ts';
import type { Figure } from '../figure.ts';
import { observedRun } from '../scenario-runs.ts';
import { spreadOf } from '../spread.ts';
import { commitDelays } from './commit-delays.ts';
import { failOver } from './fail-over.ts';
import { trafficOf } from './traffic.ts';
import type { Traffic } from './traffic.ts';

export const committeeName = 'committee';

export interface CommitteeFigures {
  readonly figures: readonly Figure[];
  /** Of the first seed, by model. */
  readonly traffic: readonly (Traffic & { readonly model: string })[];
}

interface CalmCase {
  readonly model: string;
  readonly overrides: readonly string[];
  readonly parameters: number;
  readonly seeds: number;
}

const calmScenario = new URL('../scenarios/committee.yaml', import.meta.url);
const failOverScenario = new URL('../scenarios/fail-over.yaml', import.meta.url);

const calmCases: readonly CalmCase[] = [
  { model: 'bowl', overrides: ['training.model=bowl'], parameters: 1_000, seeds: 5 },
  { model: 'bowl of 10,000', overrides: ['training.model=bowl', 'training.dimensions=10000'], parameters: 10_000, seeds: 3 },
  // 784 · 100 weights and 100 · 10, with 100 and 10 biases. Real training, hence few rounds.
  { model: 'digits mlp', overrides: ['training.model=mlp', 'training.rounds=6'], parameters: 79_510, seeds: 3 },
];
const failOverSeeds = 30;
const bytesPerParameter = 4;

const firstSeeds = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

export async function measureCommittee(): Promise<CommitteeFigures> {
  const require = createRequire(import.meta.url);
  await startBackend(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), sep));
  const figures: Figure[] = [];
  const traffic: CommitteeFigures['traffic'][number][] = [];
  for (const calm of calmCases) {
    const taken = await measureCalm(calm);
    figures.push(...taken.figures);
    traffic.push({ model: calm.model, ...taken.traffic });
  }
  return { figures: [...figures, ...(await measureFailOver())], traffic };
}

/** Runs in which nothing goes wrong. */
async function measureCalm({ model, overrides, parameters, seeds }: CalmCase): Promise<{ figures: Figure[]; traffic: Traffic }> {
  const delays: number[] = [];
  const traffics: Traffic[] = [];
  for (const seed of firstSeeds(seeds)) {
    const { scenario, observations, bytesByKind } = await observedRun(calmScenario, [...overrides, `seed=${seed}`]);
    const delaysUs = commitDelays(observations, membersOf(scenario));
    delays.push(...delaysUs.map((delayUs) => delayUs / messageDelayUs(scenario)));
    const counts = { ...proposedIn(observations), updateBytes: bytesPerParameter * parameters };
    traffics.push(trafficOf(bytesByKind, counts));
  }
  const of = (what: string, unit: string, values: readonly number[]): Figure =>
    ({ name: committeeName, what: `${model}, ${what}`, unit, digits: 2, spread: spreadOf(values) });
  return {
    figures: [
      of('last update to commit everywhere', 'message delays', delays),
      of('bytes a round', '× its updates', traffics.map(({ share }) => share)),
      of('models to workers', '× its updates', traffics.map(({ modelShare }) => modelShare)),
    ],
    traffic: traffics[0]!,
  };
}

async function measureFailOver(): Promise<Figure[]> {
  const elected: number[] = [];
  const closed: number[] = [];
  for (const seed of firstSeeds(failOverSeeds)) {
    const { scenario, observations } = await observedRun(failOverScenario, [`seed=${seed}`]);
    const { electionTimeout } = scenario.sections['committee'] as unknown as CommitteeOptions;
    const { electedUs, closedUs } = failOver(observations);
    elected.push(electedUs / electionTimeout);
    closed.push(closedUs / electionTimeout);
  }
  const of = (what: string, values: readonly number[]): Figure =>
    ({ name: committeeName, what: `leader killed, ${what}`, unit: 'election time-outs', digits: 2, spread: spreadOf(values) });
  return [of('next leader', elected), of('next closed round', closed)];
}

const membersOf = ({ nodes }: ResolvedScenario): number => nodes['aggregator']!.length;

/** The median latency of one frame. */
function messageDelayUs({ weather }: ResolvedScenario): number {
  const { latency } = weather.network;
  if (latency.kind !== 'logNormal') throw new Error(`a message delay is the median of a log-normal latency, not ${latency.kind}`);
  return latency.medianUs;
}

/** How many rounds were proposed, and the updates in them. */
function proposedIn(observations: readonly Observation[]): { rounds: number; updates: number } {
  const proposals = observations.filter(({ kind }) => kind === 'round-proposed');
  const updates = proposals.reduce((sum, { data }) => sum + (data['updates'] as readonly unknown[]).length, 0);
  return { rounds: proposals.length, updates };
}
