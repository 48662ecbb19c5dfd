/**
 * Makes one run of a study in this process: no folder, no threads, figures instead of files.
 *
 * Tasks are computed on this process's own thread, because a study has a process for each processor
 * already; answers are remembered from run to run, since cells of a study often train from the same
 * first model. What a run may throw becomes a verdict, so that one run never takes others with it.
 */
import { numerics } from '../../ml/backend.ts';
import { SectionRefused } from '../../protocols/define.ts';
import type { BlobStore } from '../../kernel/blobs.ts';
import type { TaskRunner } from '../../worlds/sim/compute.ts';
import { InlineRunner } from '../../worlds/sim/inline-runner.ts';
import { TaskCache } from '../../worlds/sim/task-cache.ts';
import { inOrderOfWeight, verdictOf } from '../../judge/verdict.ts';
import { present } from '../../kernel/assert.ts';
import { ed25519Node } from '../ed25519-node.ts';
import { execute } from '../execute.ts';
import type { Execution } from '../execute.ts';
import { gunzipData } from '../gunzip-node.ts';
import type { RunWatch } from '../recorder.ts';
import type { Registry } from '../registry.ts';
import type { ResolvedScenario } from '../resolved.ts';
import { sha256Node } from '../sha256-node.ts';
import { watched } from '../watchdog.ts';
import { figureName } from './measures/define.ts';
import type { ChosenMeasure, MeasureWatch } from './measures/define.ts';
import { studyMeasures } from './measures/registry.ts';
import type { RunFigures } from './process-messages.ts';

/** Bytes of task results that one process remembers. */
const cacheBytesMax = 256 * 1024 * 1024;

export interface MakeRunOptions {
  readonly registry: Registry;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly measures: readonly ChosenMeasure[];
}

/** Makes runs one after another, with one memory of task results. */
export class RunMaker {
  readonly #cache = new TaskCache({ sha256: sha256Node, numerics, bytesMax: cacheBytesMax });

  /** Makes a run. Throws only for bugs of Orrery outside of the run itself. */
  async make(scenario: ResolvedScenario, { registry, files, measures }: MakeRunOptions): Promise<RunFigures> {
    const watches = measures.map((chosen) => startWatch(chosen, registry));
    const from = performance.now();
    try {
      const execution = await execute(scenario, registry, {
        files,
        gunzip: gunzipData,
        sha256: sha256Node,
        signatures: ed25519Node,
        runnerFor: (blobs) => this.#runner(blobs),
        wallSeconds: () => performance.now() / 1_000,
        yieldTurn: () => new Promise((done) => setImmediate(done)),
        signal: new AbortController().signal,
        onProgress: () => {},
        watch: togetherOf(watches),
        watched,
        pure: false,
      });
      return figuresOf(execution, measures, watches);
    } catch (error) {
      if (!(error instanceof SectionRefused)) throw error;
      return refusedRun(`${error.path.join('.')}: ${error.message}`, (performance.now() - from) / 1_000);
    }
  }

  #runner(blobs: BlobStore): TaskRunner {
    const inline = new InlineRunner(blobs);
    const cached = this.#cache.over(inline, blobs);
    return { begin: (task, input) => (task.small(input) ? inline : cached).begin(task, input) };
  }
}

function startWatch({ measure, parameters }: ChosenMeasure, registry: Registry): MeasureWatch {
  return present(studyMeasures(registry).get(measure), `the measure "${measure}"`).start(parameters, registry);
}

function togetherOf(watches: readonly MeasureWatch[]): RunWatch {
  return {
    observe: (observation, counters) => {
      for (const watch of watches) watch.observe?.(observation, counters);
    },
  };
}

function figuresOf(execution: Execution, measures: readonly ChosenMeasure[], watches: readonly MeasureWatch[]): RunFigures {
  const findings = inOrderOfWeight([...execution.findings, ...execution.summary.findings]);
  const verdict = verdictOf(findings);
  const figures = measures.map((chosen, index): [string, number | null] => {
    const value = watches[index]!.end(execution, verdict === 'pass');
    return [figureName(chosen), value !== null && Number.isFinite(value) ? value : null];
  });
  return {
    verdict,
    trace: execution.hashes.trace,
    traceWithoutHeader: execution.traceWithoutHeader,
    events: execution.events,
    virtualUs: execution.virtualUs,
    wallSeconds: execution.wallSeconds,
    findings: findings.map(({ class: verdictClass, property, message }) => ({ class: verdictClass, property, message })),
    measures: Object.fromEntries(figures),
  };
}

/** A run whose sections cannot be served together. */
function refusedRun(message: string, wallSeconds: number): RunFigures {
  return {
    verdict: 'invalid', trace: null, traceWithoutHeader: null, events: 0, virtualUs: 0, wallSeconds,
    findings: [{ class: 'invalid', property: '', message }], measures: {},
  };
}
