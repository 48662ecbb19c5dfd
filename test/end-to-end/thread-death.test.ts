/**
 * A compute thread that dies in mid-training ends the run as a crash, and never as a hang.
 *
 * Only the one who owns the pool can reach a thread, so this is the run of the command line without
 * the command line: the same execution, the same pool, real training.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { builtinRoles } from '../../src/actors/registry.ts';
import { execute } from '../../src/run/execute.ts';
import { gunzipData } from '../../src/run/gunzip-node.ts';
import { loadScenario } from '../../src/run/load.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import { ThreadPool } from '../../src/worlds/sim/threads.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { repositoryRoot } from '../tidy/sources.ts';
import { smallText, writeScenario } from './scenario-files.ts';

const threadEntry = pathToFileURL(join(repositoryRoot, 'src', 'run', 'compute-thread.ts'));

async function loadTraining() {
  const text = smallText.replace('model: bowl', 'model: softmax, dataset: digits, localEpochs: 1');
  const loaded = await loadScenario({ file: writeScenario(temporaryFolder(), text), overrides: [], builtinRoles });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return loaded;
}

/** Executes real training on two threads; `watch` is called with the pool whenever there is progress. */
async function train(watch: (pool: ThreadPool, round: number | null) => void) {
  const { scenario, registry } = await loadTraining();
  const pool = new ThreadPool(2, threadEntry, { roleFiles: [] });
  onTestFinished(() => pool.close());
  return execute(scenario, registry, {
    files: new Map(),
    gunzip: gunzipData,
    sha256: sha256Node,
    runnerFor: (blobs) => pool.runner(blobs),
    wallSeconds: () => performance.now() / 1_000,
    yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
    signal: new AbortController().signal,
    onProgress: ({ round }) => watch(pool, round),
    pure: false,
  });
}

test('a thread that is killed while it trains gives a crash that says so', async () => {
  let killed = false;
  const { findings, complete } = await train((pool, round) => {
    if (killed || round !== 2 || pool.threads.length === 0) return;
    killed = true;
    void pool.threads[0]!.terminate();
  });
  expect(killed).toBe(true);
  expect(complete).toBe(false);
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ class: 'crash', message: expect.stringContaining('a compute thread ended with code') });
});

test('the same training passes when all threads live', async () => {
  const { findings, complete, outcome } = await train(() => {});
  expect({ findings, complete, rounds: outcome.rounds }).toEqual({ findings: [], complete: true, rounds: 4 });
});
