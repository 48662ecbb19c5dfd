/**
 * What the verbs call: the built-in roles, and the functions that execute and replay.
 *
 * The one place where the command line is joined to the rest, and loaded only by verbs that need it,
 * so that `--help` stays fast. Tests pass an engine of their own.
 */
import type { RoleDefinition } from '../actors/define.ts';
import type { Registry } from '../run/registry.ts';
import type { ResolvedScenario } from '../run/resolved.ts';
import type { ReportWriter, RunOptions, RunResult } from '../run/result.ts';

export interface Engine {
  readonly builtinRoles: readonly RoleDefinition[];
  readonly executeScenario: (scenario: ResolvedScenario, registry: Registry, options: RunOptions) => Promise<RunResult>;
  /**
   * Executes the scenario of a run folder again and compares the traces. A difference is the verdict
   * `nondeterministic`, whose report names the first one. Throws `FolderRefused` for what is no run.
   */
  readonly replayFolder: (
    folder: string,
    builtinRoles: readonly RoleDefinition[],
    options: ReplayOptions,
  ) => Promise<RunResult>;
  /** Writes the report of a run folder; runs have none where an engine cannot. */
  readonly writeReport?: ReportWriter;
}

/** Options that a replay does not take from the folder. */
export type ReplayOptions = Pick<RunOptions, 'signal' | 'onProgress' | 'replayLine'> & {
  readonly dataFolder: string | undefined;
};
