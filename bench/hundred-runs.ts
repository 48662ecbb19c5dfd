/**
 * A hundred runs in one process: whatever one run leaves behind shows as growth.
 *
 * Memory is taken after a garbage collection, after run 10 (by then code is compiled and caches are
 * warm), run 50 and run 100. Each run has another seed, as runs of a hunt have.
 */
import type { Figure } from './figure.ts';
import { collectGarbage } from './heap-bytes.ts';
import { scenarioRun } from './scenario-runs.ts';
import { spreadOf } from './spread.ts';

const scenario = new URL('../scenarios/kill-five-workers.yaml', import.meta.url);
const moments: readonly number[] = [10, 50, 100];
const mebibyte = 1_048_576;

/** Repeating this would only repeat its runs, so it is done once, however many repetitions are asked for. */
export async function hundredRuns(): Promise<readonly Figure[]> {
  const taken: Figure[] = [];
  const name = 'hundred-runs';
  for (let run = 1; run <= Math.max(...moments); run += 1) {
    await (await scenarioRun(scenario, ['training.model=bowl', `seed=${run}`]))();
    if (!moments.includes(run)) continue;
    collectGarbage();
    const { heapUsed, external, rss } = process.memoryUsage();
    const sizes = { heap: heapUsed, 'outside of the heap': external, resident: rss };
    for (const [what, bytes] of Object.entries(sizes)) {
      taken.push({ name, what: `${what} after run ${run}`, unit: 'MiB', digits: 1, spread: spreadOf([bytes / mebibyte]) });
    }
  }
  return taken;
}
