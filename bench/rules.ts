/**
 * How long the rules of aggregation take over the updates of one round: 50 vectors of 100,000 floats, one thread.
 *
 * What is counted is processor time of that thread, so that a machine that is shared does not add its waits.
 * In each repetition a bare pass adds up the same five million floats, so that a rule's ratio to it is
 * taken at the same moment. The first repetition only warms up and counts nowhere.
 */
import { applySum, sumUpdates } from '../src/ml/merging/merge.ts';
import { aggregateUpdates, aggregationRuleNames, aggregationRuleOf } from '../src/ml/rules/aggregation-rule.ts';
import { between, streamOf } from '../src/ml/streams.ts';
import type { Figure } from './figure.ts';
import { spreadOf } from './spread.ts';

const vectors = 50;
const dimensions = 100_000;
const repetitionsLeast = 7;
const settings = { byzantine: 10, clippingRadius: 1, clippingIterations: 3, smoothing: 1e-6, smoothingIterations: 8 };

/** The updates of one round; their coordinates are uniform in ±1. */
function drawUpdates(): Float32Array[] {
  return Array.from({ length: vectors }, (_, row) => {
    const stream = streamOf({ low: row, high: 1 });
    return Float32Array.from({ length: dimensions }, () => between(stream, -1, 1));
  });
}

/** Systems count processor time in steps of up to 4 ms, so that a call is repeated until this is past. */
const measuredMsMin = 120;

/** Processor time of this thread for one call. */
function milliseconds(work: () => unknown): number {
  const before = process.threadCpuUsage();
  for (let calls = 1; ; calls += 1) {
    work();
    const { user, system } = process.threadCpuUsage(before);
    const passed = (user + system) / 1_000;
    if (passed >= measuredMsMin) return passed / calls;
  }
}

/** Touches every float once; the sum is returned so that the loop has a purpose. */
function barePass(updates: readonly Float32Array[]): number {
  let sum = 0;
  for (const update of updates) for (let index = 0; index < update.length; index += 1) sum += update[index]!;
  return sum;
}

/** Two figures a rule: milliseconds of processor time, and the ratio to the bare pass. At least seven repetitions are taken. */
export function ruleFigures(repeat: number): Promise<readonly Figure[]> {
  const updates = drawUpdates();
  const weights = new Float32Array(dimensions);
  const weighted = updates.map((delta, row) => ({ worker: `worker-${row}`, samples: 200, delta }));
  const merge = (): Float32Array => applySum(weights, sumUpdates(weighted, dimensions));
  const taken: Figure[] = [];
  for (const name of aggregationRuleNames) {
    const rule = aggregationRuleOf(name, settings);
    const work = rule.name === 'mean' ? merge : () => aggregateUpdates(rule, updates, undefined);
    const times: number[] = [];
    const ratios: number[] = [];
    for (let repetition = 0; repetition <= Math.max(repeat, repetitionsLeast); repetition += 1) {
      const bare = milliseconds(() => barePass(updates));
      const time = milliseconds(work);
      if (repetition === 0) continue;
      times.push(time);
      ratios.push(time / bare);
    }
    const what = `${name} of ${vectors} × ${dimensions}`;
    taken.push({ name: 'rules', what, unit: 'ms', digits: 1, spread: spreadOf(times) });
    taken.push({ name: 'rules', what: `${name} against a bare pass`, unit: '×', digits: 1, spread: spreadOf(ratios) });
  }
  return Promise.resolve(taken);
}
