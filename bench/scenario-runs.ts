/**
 * Runs a scenario in this process, as the command line would, but without folder and threads.
 *
 * Everything that costs time in a run is on: statecharts, schemas, faults, properties, house
 * invariants, causes and both hash chains. Files are not written, because a disk says nothing about
 * a loop; tasks run on the loop's own thread, as small ones do anyhow. Models that need the learning
 * backend need `startBackend` of src/ml/backend.ts before.
 */
import { builtinRoles } from '../src/actors/registry.ts';
import type { Observation } from '../src/kernel/properties.ts';
import { ed25519Node } from '../src/run/ed25519-node.ts';
import { execute } from '../src/run/execute.ts';
import type { Execution } from '../src/run/execute.ts';
import { gunzipData } from '../src/run/gunzip-node.ts';
import { loadScenario } from '../src/run/load.ts';
import type { RunRecorder } from '../src/run/recorder.ts';
import type { Registry } from '../src/run/registry.ts';
import type { ResolvedScenario } from '../src/run/resolved.ts';
import { problemText } from '../src/run/scenario/problems.ts';
import { sha256Node } from '../src/run/sha256-node.ts';
import { InlineRunner } from '../src/worlds/sim/inline-runner.ts';

/** What one run came to. */
export interface RunSample {
  /** Inputs given to actors. */
  readonly events: number;
  readonly seconds: number;
  /** Most events that waited in the queue at the end of a slice. */
  readonly pending: number;
  readonly trace: string;
}

export type RepeatableRun = () => Promise<RunSample>;

/** What was seen in one run. */
export interface ObservedRun {
  readonly scenario: ResolvedScenario;
  readonly observations: readonly Observation[];
  /** Bytes that links were charged for frames of each kind. */
  readonly bytesByKind: Execution['bytesByKind'];
}

/** Loads a scenario once, to be run again and again. Throws when it is wrong. */
export async function scenarioRun(file: URL, overrides: readonly string[]): Promise<RepeatableRun> {
  const { scenario, registry } = await load(file, overrides);
  return async () => {
    const { events, wallSeconds: seconds, pendingPeak: pending, hashes } = await passingRun(scenario, registry);
    return { events, seconds, pending, trace: hashes.trace };
  };
}

/** Runs a scenario once and keeps what was observed. Throws when the scenario is wrong or does not pass. */
export async function observedRun(file: URL, overrides: readonly string[]): Promise<ObservedRun> {
  const { scenario, registry } = await load(file, overrides);
  const observations: Observation[] = [];
  const { bytesByKind } = await passingRun(scenario, registry, recorderInto(observations));
  return { scenario, observations, bytesByKind };
}

async function load(file: URL, overrides: readonly string[]): Promise<{ scenario: ResolvedScenario; registry: Registry }> {
  const loaded = await loadScenario({ file: file.pathname, overrides, builtinRoles });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.map(problemText).join('\n'));
  return loaded;
}

async function passingRun(scenario: ResolvedScenario, registry: Registry, recorder?: RunRecorder): Promise<Execution> {
  const execution = await execute(scenario, registry, {
    files: new Map(),
    gunzip: gunzipData,
    sha256: sha256Node,
    signatures: ed25519Node,
    runnerFor: (blobs) => new InlineRunner(blobs),
    wallSeconds: () => performance.now() / 1_000,
    yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
    signal: new AbortController().signal,
    onProgress: () => {},
    ...(recorder === undefined ? {} : { recorder }),
    pure: false,
  });
  const [broken] = [...execution.findings, ...execution.summary.findings];
  if (broken !== undefined) throw new Error(`${scenario.name} does not pass, so its figures mean nothing: ${broken.message}`);
  return execution;
}

/** A recorder that keeps observations and nothing else. */
function recorderInto(observations: Observation[]): RunRecorder {
  const drop = (): void => {};
  return {
    openTrace: drop,
    appendSegment: drop,
    appendInput: drop,
    observe: (observation) => void observations.push(observation),
    writeScenario: drop,
    writeModel: drop,
    finish: drop,
    abandon: drop,
  };
}
