/**
 * The scenarios that ship, and how tests run one: as `orrery run` does, but for the folder of the run.
 *
 * With the surrogate a run takes a fraction of a second, and what is under test is the protocol; real
 * training takes seconds and shows that its timing breaks no promise either.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtinRoles } from '../../src/actors/registry.ts';
import type { VerdictFile } from '../../src/run/folder/verdict-file.ts';
import { loadScenario } from '../../src/run/load.ts';
import { simulateScenario } from '../../src/run/simulate.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Paths of the files that match, from the root of the project, in the order of their names. */
export function scenarioFiles(...patterns: readonly string[]): readonly string[] {
  return globSync(patterns, { cwd: root }).sort();
}

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Whether a scenario is there to show which promises break; test/scenarios/adversaries.test.ts runs those. */
function breaksPromises(file: string): boolean {
  return /^ +- breaks:/mu.test(textOf(file));
}

/** The scenarios that match and are to keep every promise. */
export function faithfulScenarioFiles(...patterns: readonly string[]): readonly string[] {
  return scenarioFiles(...patterns).filter((file) => !breaksPromises(file));
}

/** The scenarios that match and are to break what they say, and nothing else. */
export function breakingScenarioFiles(...patterns: readonly string[]): readonly string[] {
  return scenarioFiles(...patterns).filter(breaksPromises);
}

/** Whether a scenario trains, so that a surrogate can stand in for its model. */
function trains(file: string): boolean {
  return /^training:/mu.test(textOf(file));
}

/** What a run is judged to be, with its training or with the surrogate in its place. Throws when it is refused. */
export async function verdictOf(
  file: string,
  seed: number,
  learning: 'surrogate' | 'trained',
  { set = [], pure = false }: { readonly set?: readonly string[]; readonly pure?: boolean } = {},
): Promise<VerdictFile> {
  const path = join(root, file);
  const surrogate = learning === 'surrogate' && trains(file) ? ['training.model=bowl'] : [];
  const overrides = [...surrogate, ...set];
  const loaded = await loadScenario({ file: path, overrides, builtinRoles, seed });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const { verdict } = await simulateScenario(loaded.scenario, loaded.registry, {
    scenarioFile: path, files: new Map(), signal: new AbortController().signal, onProgress: () => {}, twice: false, replayLine: '-', pure,
  });
  return verdict;
}

/** The seeds from `first` to `last`. */
export function seedsFrom(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
