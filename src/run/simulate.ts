/**
 * Runs a scenario on this machine: threads, folder, second run. The Node side of run/execute.
 *
 * The folder is taken first, so that one that cannot be written is told before anything is computed;
 * whatever happens then, the folder is either finished or removed.
 */
import { resolve, dirname } from 'node:path';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import type { BlobStore } from '../kernel/blobs.ts';
import { numerics } from '../ml/backend.ts';
import type { TaskRunner } from '../worlds/sim/compute.ts';
import { InlineRunner } from '../worlds/sim/inline-runner.ts';
import { TaskCache } from '../worlds/sim/task-cache.ts';
import { ThreadPool } from '../worlds/sim/threads.ts';
import { ed25519Node } from './ed25519-node.ts';
import { execute } from './execute.ts';
import type { Execution } from './execute.ts';
import { RunFolder } from './folder.ts';
import { gunzipData } from './gunzip-node.ts';
import { runId } from './identity.ts';
import { withRolesSeenFrom } from './load.ts';
import type { Registry } from './registry.ts';
import type { ResolvedScenario } from './resolved.ts';
import type { RunOptions, RunResult } from './result.ts';
import { toYaml } from './scenario/write.ts';
import { findingOfSecondRun } from './second-run.ts';
import { sha256Node } from './sha256-node.ts';
import { installNodeTripwires } from './tripwires-node.ts';
import { reportOf, verdictFileOf } from './verdict-of.ts';
import type { Naming } from './verdict-of.ts';
import { watched } from './watchdog.ts';
import { replaceVerdict } from './folder/replace-verdict.ts';

/** Bytes of task results that one process remembers. */
const cacheBytesMax = 512 * 1024 * 1024;

/** Executes a resolved scenario. Throws `FolderRefused` or `SectionRefused`, after which nothing is left. */
export async function simulateScenario(scenario: ResolvedScenario, registry: Registry, options: RunOptions): Promise<RunResult> {
  installNodeTripwires();
  const folder = options.folder === undefined ? undefined : takeFolder(options.folder, registry, options.latest);
  const roleFiles = roleFilesOf(scenario, options).map((file) => pathToFileURL(file).href);
  const pool = new ThreadPool(options.threads ?? availableParallelism(), threadEntry(), { roleFiles });
  try {
    folder?.writeScenario(toYaml(withRolesSeenFrom(scenario, options.scenarioFile, folder.path), registry));
    const execution = await execute(scenario, registry, {
      files: options.files,
      gunzip: gunzipData,
      sha256: sha256Node,
      signatures: ed25519Node,
      runnerFor: (blobs) => runnerFor(pool, blobs),
      wallSeconds: () => performance.now() / 1_000,
      yieldTurn: () => new Promise((done) => setImmediate(done)),
      signal: options.signal,
      onProgress: options.onProgress,
      ...(folder === undefined ? {} : { recorder: folder }),
      watched,
      pure: options.pure ?? false,
    });
    return await conclude(scenario, registry, execution, options, folder);
  } catch (error) {
    folder?.abandon();
    throw error;
  } finally {
    await pool.close();
  }
}

function takeFolder(path: string, registry: Registry, latest: string | undefined): RunFolder {
  return new RunFolder({ path, measures: [...registry.measures.values()], ...(latest === undefined ? {} : { latest }) });
}

/** The thread's module has the ending of this one: .ts in a checkout, .js in a package. */
function threadEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './compute-thread.ts' : './compute-thread.js', import.meta.url);
}

function roleFilesOf(scenario: ResolvedScenario, { scenarioFile }: RunOptions): string[] {
  return Object.values(scenario.roles).map((file) => resolve(dirname(scenarioFile), file));
}

function runnerFor(pool: ThreadPool, blobs: BlobStore): TaskRunner {
  const inline = new InlineRunner(blobs);
  const cache = new TaskCache({ sha256: sha256Node, numerics, bytesMax: cacheBytesMax });
  const cached = cache.over(pool.runner(blobs), blobs);
  return { begin: (task, input) => (task.small(input) ? inline : cached).begin(task, input) };
}

async function conclude(
  scenario: ResolvedScenario,
  registry: Registry,
  execution: Execution,
  options: RunOptions,
  folder: RunFolder | undefined,
): Promise<RunResult> {
  const naming: Naming = {
    id: runId(scenario, roleFilesOf(scenario, options), execution.data),
    replayLine: options.replayLine,
    folder: options.shownFolder ?? options.folder ?? null,
  };
  let verdict = verdictFileOf(scenario, execution, naming);
  if (folder !== undefined) {
    if (execution.outcome.modelFile !== null) folder.writeModel(execution.outcome.modelFile);
    folder.close(verdict, execution.hashes);
    await reportWhatCanBe(options, folder.writtenPath, registry);
    folder.settle();
    if (options.twice && verdict.partial !== true) {
      const finding = await findingOfSecondRun(folder.path, options);
      if (finding !== undefined) {
        verdict = verdictFileOf(scenario, execution, naming, [finding]);
        replaceVerdict(folder.path, verdict);
        await reportWhatCanBe(options, folder.path, registry);
      }
    }
  }
  return { verdict, report: reportOf(scenario, execution, verdict, naming.folder), folder: naming.folder };
}

/** Writes the report. A run keeps its verdict even when its report fails; then that is said, and `orrery report` can try again. */
async function reportWhatCanBe({ writeReport, onReportFailed }: RunOptions, folder: string, registry: Registry): Promise<void> {
  try {
    await writeReport?.(folder, registry);
  } catch (error) {
    onReportFailed?.(error instanceof Error ? error.message : String(error));
  }
}
