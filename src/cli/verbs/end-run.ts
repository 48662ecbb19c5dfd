/** How `run` and `replay` end: the report in words, the verdict as the last line, the exit code. */
import { basename } from 'node:path';
import type { ResolvedScenario } from '../../run/resolved.ts';
import type { RunResult } from '../../run/result.ts';
import type { VerdictFile } from '../../run/folder/verdict-file.ts';
import { exitCodes } from '../exit-codes.ts';
import { pasteLine } from '../paste-line.ts';
import type { RunFlags } from '../surroundings.ts';
import type { Terminal } from '../terminal.ts';
import { invalidVerdict, verdictLine } from '../verdict-line.ts';

/** What was asked for, as far as the end needs it. */
export interface RunRequest {
  /** The scenario file or run folder, as the user wrote it. */
  readonly file: string;
  readonly flags: RunFlags;
  readonly terminal: Terminal;
}

/** Ends a run that took place. */
export function endRun({ flags, terminal }: RunRequest, { verdict, report, folder }: RunResult): number {
  if (report !== null) terminal.words(report);
  if (folder !== null && flags.quiet !== true) terminal.words(`The run is in ${folder}.`);
  printVerdict(verdict, flags.json ?? false, terminal);
  return exitCodes[verdict.verdict];
}

/** Ends a run that could not begin; the messages say why, each in one line. */
export function endInvalid(
  { file, flags, terminal }: RunRequest,
  scenario: ResolvedScenario | undefined,
  messages: readonly string[],
): number {
  for (const message of messages.slice(0, shownMessagesMax)) terminal.words(message);
  const hidden = messages.length - shownMessagesMax;
  if (hidden > 0) terminal.words(`… and ${hidden} more.`);
  const seed = scenario?.seed ?? flags.seed ?? 1;
  const world = scenario?.world ?? flags.world ?? 'sim';
  const verdict = invalidVerdict({
    scenario: scenario?.name ?? nameOf(file),
    seed,
    world,
    replay: pasteLine({ verb: 'run', scenario: file, seed, overrides: flags.set, world }),
    messages,
  });
  printVerdict(verdict, flags.json ?? false, terminal);
  return exitCodes.invalid;
}

/** Messages shown on a terminal; further ones are counted, and all stand in the JSON. */
const shownMessagesMax = 20;

/** A word for the verdict line when the file could not be read: the file's name, without spaces. */
function nameOf(file: string): string {
  return basename(file).replace(/\.ya?ml$/u, '').replaceAll(/[^\w.-]+/gu, '-') || '-';
}

function printVerdict(verdict: VerdictFile, json: boolean, terminal: Terminal): void {
  terminal.result(json ? JSON.stringify(verdict) : verdictLine(verdict));
}
