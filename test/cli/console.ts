/** A command line for tests: what it printed, and an engine that executes nothing. */
import { main } from '../../src/cli/main.ts';
import type { Engine } from '../../src/cli/engine.ts';
import { invalidVerdict } from '../../src/cli/verdict-line.ts';
import type { RunOptions, RunResult } from '../../src/run/result.ts';
import type { VerdictFile } from '../../src/run/folder/verdict-file.ts';
import type { ResolvedScenario } from '../../src/run/resolved.ts';
import { roles } from '../run/scenario/roles.ts';

export interface Ended {
  readonly exitCode: number;
  readonly results: readonly string[];
  readonly words: readonly string[];
}

/** A verdict as a run would give it. */
export function verdictOf(scenario: ResolvedScenario, verdict: VerdictFile['verdict'], replay: string): VerdictFile {
  const { name, seed, world } = scenario;
  return {
    ...invalidVerdict({ scenario: name, seed, world, replay, messages: [] }),
    verdict,
    trace: 'a'.repeat(64),
    id: '0123456789ab',
    events: 41_250,
    virtualSeconds: 31.25,
    wallSeconds: 2.0004,
  };
}

/** An engine that remembers what it was asked. */
export class RecordingEngine implements Engine {
  readonly builtinRoles = roles;
  readonly asked: { readonly scenario: ResolvedScenario; readonly options: RunOptions }[] = [];
  readonly replayed: string[] = [];
  verdict: VerdictFile['verdict'] = 'pass';
  error: Error | undefined;

  readonly executeScenario: Engine['executeScenario'] = async (scenario, _registry, options) => {
    if (this.error !== undefined) throw this.error;
    this.asked.push({ scenario, options });
    options.onProgress({ virtualUs: 1_500_000, events: 41_250, wallSeconds: 0.5, round: 5, rounds: 20, measures: { accuracy: 0.5 } });
    return this.#result(scenario, options.replayLine);
  };

  readonly replayFolder: Engine['replayFolder'] = async (folder, _roles, options) => {
    if (this.error !== undefined) throw this.error;
    this.replayed.push(folder);
    const scenario = { name: 'base', seed: 1, world: 'sim' } as ResolvedScenario;
    return this.#result(scenario, options.replayLine);
  };

  #result(scenario: ResolvedScenario, replay: string): RunResult {
    const report = this.verdict === 'pass' ? null : 'The report, one screen.';
    return { verdict: verdictOf(scenario, this.verdict, replay), report, folder: 'runs/base/1' };
  }
}

/** Runs one command line. */
export async function orrery(
  argv: readonly string[],
  engine: Engine = new RecordingEngine(),
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<Ended> {
  const results: string[] = [];
  const words: string[] = [];
  const terminal = {
    result: (line: string) => void results.push(line),
    words: (line: string) => void words.push(line),
    nowMs: () => 0,
    environment,
    interrupted: new AbortController().signal,
  };
  const exitCode = await main(argv, terminal, async () => engine);
  return { exitCode, results, words };
}
