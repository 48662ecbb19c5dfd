/**
 * The named workloads, and how one is measured.
 *
 * A repetition runs the workload and then the bare loop over as many events with as many pending, so
 * that both meet the same machine at the same moment. The first repetition only warms up and counts
 * nowhere.
 */
import { runBareLoop } from './bare.ts';
import { allocatedBytes, collectGarbage } from './heap-bytes.ts';
import { scenarioRun } from './scenario-runs.ts';
import { spreadOf } from './spread.ts';
import type { Spread } from './spread.ts';

export interface Workload {
  readonly name: string;
  readonly about: string;
  readonly file: URL;
  /** As `--set` takes them. */
  readonly overrides: readonly string[];
  /** Further overrides of `--long`. */
  readonly long: readonly string[];
}

export interface WorkloadFigures {
  readonly name: string;
  /** Inputs given to actors a second, median. */
  readonly eventsPerSecond: number;
  /** Share of the bare loop's speed in the same repetition, median. */
  readonly bareShare: number;
  /** Bytes allocated on V8's heap an event, median; nearly all of them are freed again. */
  readonly bytesPerEvent: number;
  /** Of `eventsPerSecond`. */
  readonly spread: Spread;
  readonly events: number;
  readonly pending: number;
}

const here = (path: string): URL => new URL(path, import.meta.url);

export const workloads: readonly Workload[] = [
  {
    name: 'ring-200',
    about: '200 tokens round a ring of 200 over lossy datagrams, with one partition',
    file: here('./scenarios/ring-200.yaml'),
    overrides: [],
    long: ['ring.laps=20'],
  },
  {
    name: 'training-50-surrogate',
    about: 'federated training of 46 nodes whose model is a quadratic bowl',
    file: here('../scenarios/kill-five-workers.yaml'),
    overrides: ['training.model=bowl'],
    long: ['training.rounds=200'],
  },
  {
    name: 'timers',
    about: '500 nodes that arm three timers a step and cancel two',
    file: here('./scenarios/timers.yaml'),
    overrides: [],
    long: ['limits.virtualTime=5m'],
  },
];

/** Measures one workload over `repeat` repetitions. */
export async function measure(workload: Workload, repeat: number, long: boolean): Promise<WorkloadFigures> {
  const run = await scenarioRun(workload.file, [...workload.overrides, ...(long ? workload.long : [])]);
  const { trace } = await run();
  const speeds: number[] = [];
  const shares: number[] = [];
  const bytes: number[] = [];
  let events = 0;
  let pending = 0;
  for (let repetition = 0; repetition < repeat; repetition += 1) {
    collectGarbage();
    const { result, bytes: allocated } = await allocatedBytes(run);
    if (result.trace !== trace) throw new Error(`two runs of ${workload.name} have different traces`);
    ({ events, pending } = result);
    const bareSeconds = runBareLoop(events, pending);
    speeds.push(events / result.seconds);
    shares.push(bareSeconds / result.seconds);
    bytes.push(allocated / events);
  }
  const spread = spreadOf(speeds);
  return {
    name: workload.name,
    eventsPerSecond: spread.median,
    bareShare: spreadOf(shares).median,
    bytesPerEvent: spreadOf(bytes).median,
    spread,
    events,
    pending,
  };
}
