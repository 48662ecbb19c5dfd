/**
 * How much faster a study is with two processes than with one: the same runs, each time from an empty
 * ledger. A machine with one processor, or one that is busy, shows it here.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtinRoles } from '../src/actors/registry.ts';
import { Ledger } from '../src/run/ledger/ledger.ts';
import { problemText } from '../src/run/scenario/problems.ts';
import { conduct, isFailure } from '../src/run/study/conduct.ts';
import { planStudy } from '../src/run/study/plan.ts';
import type { StudyPlan } from '../src/run/study/plan.ts';
import { readStudy } from '../src/run/study/study-file.ts';
import type { Figure } from './figure.ts';
import { spreadOf } from './spread.ts';

const file = fileURLToPath(new URL('../sims/rounds-to-90-against-loss.yaml', import.meta.url));

/** Real training of the larger model, each run from a first model of its own, so that no run remembers another's work. */
const overrides = ['set.training.rounds=4', 'axes.roundTimeout.values=[4s]', 'axes.loss.values=[{ label: 5, set: { network.loss: 5% } }]'];
const seeds = '1..16';

async function planned(): Promise<StudyPlan> {
  const read = await readStudy({ file, overrides, seeds, grid: 'full' });
  if (read.kind === 'refused') throw new Error(read.problems.map(problemText).join('\n'));
  const plan = await planStudy(read.study, { file, grid: 'full', builtinRoles, dataFolder: undefined });
  if (plan.kind === 'refused') throw new Error(plan.messages.join('\n'));
  return plan.plan;
}

/** Wall seconds of the whole study. Throws when a run of it failed, since its time would mean nothing. */
async function secondsWith(jobs: number, plan: StudyPlan, folder: string): Promise<number> {
  const ledger = await Ledger.open(join(folder, `${jobs}-${performance.now()}.sqlite`));
  try {
    const from = performance.now();
    const { entries } = await conduct(plan, {
      ledger, jobs, dataFolder: undefined, again: false, memoryMebibytes: 1_024,
      signal: new AbortController().signal,
      onProgress: () => {},
    });
    const failed = entries.find((entry) => entry === null || isFailure(entry));
    if (failed !== undefined) throw new Error(`a run of the study failed, and its time with it: ${failed?.findings[0]?.message}`);
    return (performance.now() - from) / 1_000;
  } finally {
    ledger.close();
  }
}

/** Takes both ways in turn, so that a machine that slows down slows both. */
export async function studySpeed(repeat: number): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-bench-'));
  try {
    const plan = await planned();
    const [one, two, gain]: [number[], number[], number[]] = [[], [], []];
    for (let repetition = 0; repetition < repeat; repetition += 1) {
      one.push(await secondsWith(1, plan, folder));
      two.push(await secondsWith(2, plan, folder));
      gain.push(one.at(-1)! / two.at(-1)!);
    }
    const name = 'study';
    const runs = `${plan.runs.length} runs`;
    return [
      { name, what: `${runs}, one process`, unit: 's', digits: 2, spread: spreadOf(one) },
      { name, what: `${runs}, two processes`, unit: 's', digits: 2, spread: spreadOf(two) },
      { name, what: 'two processes over one', unit: '×', digits: 2, spread: spreadOf(gain) },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
