/**
 * `orrery replay [RUN]`: a recorded run once more, compared with its record.
 *
 * RUN is a run folder, `latest`, or a scenario file with its seed and sets; the last is the line to
 * paste and means the same as `run --twice` on it, which needs no folder from before.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { shellWord } from '../../judge/plain-words.ts';
import { dataFoldersOf } from '../../run/data-folders.ts';
import { FolderRefused } from '../../run/folder/refused.ts';
import { CommandRefused } from '../command-refused.ts';
import { ProgressWriter } from '../progress.ts';
import type { ReplayFlags, Surroundings } from '../surroundings.ts';
import { endInvalid, endRun } from './end-run.ts';
import type { RunRequest } from './end-run.ts';
import { runScenario } from './run.ts';

/** Replays a run and gives the exit code of its verdict. */
export async function replay(run: string, flags: ReplayFlags, surroundings: Surroundings): Promise<number> {
  const path = run === 'latest' ? join('runs', 'latest') : run;
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true) return runScenario(path, { ...flags, twice: true }, surroundings);
  if (flags.seed !== undefined || flags.set.length > 0) {
    throw new CommandRefused('--seed and --set go with a scenario file; a run folder has its own');
  }
  const request: RunRequest = { file: path, flags, terminal: surroundings.terminal };
  if (found === undefined) {
    const message = run === 'latest' ? 'there is no run yet: runs/latest does not exist' : `${run} does not exist`;
    return endInvalid(request, undefined, [`orrery: ${message}`]);
  }
  return replayFolder(path, request, surroundings);
}

async function replayFolder(path: string, request: RunRequest, { terminal, engine }: Surroundings): Promise<number> {
  const { builtinRoles, replayFolder: replayThere } = await engine();
  const progress = new ProgressWriter(terminal, request.flags.quiet ?? false, `Replaying ${path}.`);
  try {
    const result = await replayThere(path, builtinRoles, {
      dataFolder: dataFoldersOf(terminal.environment),
      signal: terminal.interrupted,
      onProgress: progress.show,
      replayLine: `npx orrery replay ${shellWord(path)}`,
    });
    return endRun(request, result);
  } catch (error) {
    if (!(error instanceof FolderRefused)) throw error;
    return endInvalid(request, undefined, [`orrery: ${error.message}`]);
  }
}
