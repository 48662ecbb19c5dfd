/**
 * Runs a scenario in this process, as the command line would, but without folder and threads.
 *
 * Everything that costs time in a run is on: statecharts, schemas, faults, properties, house
 * invariants, causes and both hash chains. Files are not written, because a disk says nothing about
 * a loop; tasks run on the loop's own thread, as small ones do anyhow.
 */
import { builtinRoles } from '../src/actors/registry.ts';
import { execute } from '../src/run/execute.ts';
import { gunzipData } from '../src/run/gunzip-node.ts';
import { loadScenario } from '../src/run/load.ts';
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

/** Loads a scenario once, to be run again and again. Throws when it is wrong. */
export async function scenarioRun(file: URL, overrides: readonly string[]): Promise<RepeatableRun> {
  const loaded = await loadScenario({ file: file.pathname, overrides, builtinRoles });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.map(problemText).join('\n'));
  const { scenario, registry } = loaded;
  return async () => {
    const execution = await execute(scenario, registry, {
      files: new Map(),
      gunzip: gunzipData,
      sha256: sha256Node,
      runnerFor: (blobs) => new InlineRunner(blobs),
      wallSeconds: () => performance.now() / 1_000,
      yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
      signal: new AbortController().signal,
      onProgress: () => {},
      pure: false,
    });
    const [broken] = [...execution.findings, ...execution.summary.findings];
    if (broken !== undefined) throw new Error(`${scenario.name} does not pass, so its speed means nothing: ${broken.message}`);
    const { events, wallSeconds: seconds, pendingPeak: pending, hashes } = execution;
    return { events, seconds, pending, trace: hashes.trace };
  };
}
