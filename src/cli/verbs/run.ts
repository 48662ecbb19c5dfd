/** `orrery run SCENARIO`: load, execute, say how it ended. */
import { relative } from 'node:path';
import { counted } from '../../judge/plain-words.ts';
import { SectionRefused } from '../../protocols/define.ts';
import type { DataFiles } from '../../run/data-files.ts';
import { readDataFiles } from '../../run/data-files.ts';
import { dataFoldersOf } from '../../run/data-folders.ts';
import { defaultRunPath, latestPath } from '../../run/folder/place.ts';
import { FolderRefused } from '../../run/folder/refused.ts';
import { loadScenario } from '../../run/load.ts';
import type { Loaded } from '../../run/load.ts';
import type { RunResult } from '../../run/result.ts';
import { problemText } from '../../run/scenario/problems.ts';
import type { Problem } from '../../run/scenario/problems.ts';
import type { Engine } from '../engine.ts';
import { pasteLine } from '../paste-line.ts';
import { ProgressWriter } from '../progress.ts';
import type { RunFlags, Surroundings } from '../surroundings.ts';
import { endInvalid, endRun } from './end-run.ts';
import type { RunRequest } from './end-run.ts';

type LoadedScenario = Extract<Loaded, { kind: 'loaded' }>;

/** Runs a scenario file and gives the exit code of its verdict. */
export async function runScenario(file: string, flags: RunFlags, { terminal, engine }: Surroundings): Promise<number> {
  const { builtinRoles, ...rest } = await engine();
  const request: RunRequest = { file, flags, terminal };
  const loaded = await loadScenario({
    file,
    overrides: flags.set,
    builtinRoles,
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.world === undefined ? {} : { world: flags.world }),
  });
  if (loaded.kind === 'refused') return endInvalid(request, undefined, loaded.problems.map(problemText));
  for (const note of loaded.notes) terminal.words(note);
  const { world } = loaded.scenario;
  if (world !== 'sim') {
    const message = `The world "${world}" is not built yet in this version; "sim" is.`;
    return endInvalid(request, loaded.scenario, [`orrery: ${message}`]);
  }
  const data = await readDataFiles(loaded.scenario, loaded.registry, loaded.place, dataFoldersOf(terminal.environment));
  if (data.kind === 'refused') return endInvalid(request, loaded.scenario, data.problems.map(problemText));
  try {
    return endRun(request, await execute(loaded, data, request, rest));
  } catch (error) {
    const message = refusalText(error, loaded);
    if (message === undefined) throw error;
    return endInvalid(request, loaded.scenario, [message]);
  }
}

function execute(
  { scenario, registry }: LoadedScenario,
  { files, notes }: Extract<DataFiles, { kind: 'read' }>,
  { file, flags, terminal }: RunRequest,
  { executeScenario, writeReport }: Pick<Engine, 'executeScenario' | 'writeReport'>,
): Promise<RunResult> {
  const count = Object.values(scenario.nodes).reduce((sum, indices) => sum + indices.length, 0);
  const liars = scenario.wrap.reduce((sum, { nodes }) => sum + nodes.length, 0);
  const size = [
    counted(count, 'node'), ...(liars === 0 ? [] : [`${liars} of them lying`]), counted(scenario.faults.length, 'fault'),
  ].join(', ');
  // Notes wait with the title until the data turns out to be usable, so that a refusal stands alone.
  const title = [`Running ${scenario.name} with seed ${scenario.seed}: ${size}.`, ...notes].join('\n');
  const progress = new ProgressWriter(terminal, flags.quiet ?? false, title);
  return executeScenario(scenario, registry, {
    files,
    signal: terminal.interrupted,
    onProgress: progress.show,
    scenarioFile: file,
    twice: flags.twice ?? false,
    pure: flags.pure ?? false,
    ...(flags.threads === undefined ? {} : { threads: flags.threads }),
    // Only the default place has a link to its newest run; a folder of the user's own stands alone.
    ...(flags.out === undefined
      ? { folder: relative('.', defaultRunPath('.', scenario.name, scenario.seed)), latest: latestPath('.') }
      : { folder: flags.out }),
    ...(writeReport === undefined || flags.report === false ? {} : { writeReport }),
    onReportFailed: (words) => terminal.words(`The report could not be written: ${words}`),
    replayLine: pasteLine({ verb: 'run', scenario: file, seed: scenario.seed, overrides: flags.set, world: scenario.world }),
  });
}

/** The words of an operating error of a run that could not begin; undefined for a bug. */
function refusalText(error: unknown, { place }: LoadedScenario): string | undefined {
  if (error instanceof FolderRefused) return `orrery: ${error.message}`;
  if (!(error instanceof SectionRefused)) return undefined;
  const problem: Problem = { ...place(error.path), message: error.message };
  return problemText(problem);
}
