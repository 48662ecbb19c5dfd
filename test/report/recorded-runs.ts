/**
 * Runs for the tests of reports: small, real, stored in folders of their own.
 *
 * `storm` has everything that a report can show: deaths with and without return, a partition, a pause,
 * a leader that changes, and markup in its words.
 */
import { join } from 'node:path';
import { builtinRoles } from '../../src/actors/registry.ts';
import { writeRunReport } from '../../src/report/report-files.ts';
import { loadScenario } from '../../src/run/load.ts';
import type { RunOptions, RunResult } from '../../src/run/result.ts';
import { simulateScenario } from '../../src/run/simulate.ts';
import { writeScenario } from '../end-to-end/scenario-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const storm = `name: storm
about: Six rounds in bad weather, told with <script>alert(1)</script> & "quotes".
nodes: { bootstrap: 1, aggregator: 3, worker: 8, client: 1 }
training: { dataset: digits, model: bowl, dimensions: 32, rounds: 6 }
network: { profile: wan, loss: 1% }
faults:
  - { id: nap, at: round 2, pause: { id: worker-01 }, for: 500ms }
  - { id: cut, at: 4500ms, partition: [{ worker: 2..3 }, rest], for: 1s }
  - { id: bounce, at: round 4, kill: { aggregator: leader }, restart: 1s }
  - { id: death, at: round 5, kill: { id: worker-07 } }
expect:
  - always: one model per round
  - sometimes: a round closed without full attendance
  - eventually: { accuracy: ">= 0.3", within: 6 rounds }
`;

export interface Recorded {
  readonly folder: string;
  readonly result: RunResult;
}

/** For runs whose own report nobody looks at. */
export const withoutReport: Partial<RunOptions> = { writeReport: () => Promise.resolve() };

/** Runs a scenario of built-in or own roles, with its report; the folder is gone when the test is over. */
export async function record(
  text: string,
  overrides: readonly string[] = [],
  options: Partial<RunOptions> = {},
  place: string = temporaryFolder(),
): Promise<Recorded> {
  const file = writeScenario(place, text);
  const folder = join(place, 'run');
  const loaded = await loadScenario({ file, overrides, builtinRoles });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const result = await simulateScenario(loaded.scenario, loaded.registry, {
    scenarioFile: file, files: new Map(), signal: new AbortController().signal, onProgress: () => {}, twice: false,
    threads: 1, folder, replayLine: 'npx orrery run storm.yaml --seed 1', writeReport: writeRunReport, ...options,
  });
  return { folder, result };
}
