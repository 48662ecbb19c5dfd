import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { builtinRoles } from '../../src/actors/registry.ts';
import { execute } from '../../src/run/execute.ts';
import type { ExecutePorts, Execution } from '../../src/run/execute.ts';
import { loadScenario } from '../../src/run/load.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import { InlineRunner } from '../../src/worlds/sim/inline-runner.ts';

const file = fileURLToPath(new URL(join('..', '..', 'examples', 'ring', 'lossy-ring.yaml'), import.meta.url));

/** Runs the ring with as little around it as a browser has. */
async function runRing(ports: Partial<ExecutePorts>): Promise<Execution> {
  const loaded = await loadScenario({ file, overrides: [], builtinRoles });
  if (loaded.kind === 'refused') throw new Error('the ring of the examples does not load');
  let ticks = 0;
  return execute(loaded.scenario, loaded.registry, {
    files: new Map(),
    gunzip: (bytes) => bytes,
    runnerFor: (blobs) => new InlineRunner(blobs),
    wallSeconds: () => (ticks += 1),
    yieldTurn: () => Promise.resolve(),
    signal: new AbortController().signal,
    onProgress: () => {},
    pure: false,
    ...ports,
  });
}

describe('execute', () => {
  test('gives one trace with the pure SHA-256 and with that of Node', async () => {
    const pure = await runRing({});
    const native = await runRing({ sha256: sha256Node });
    expect(pure.hashes).toEqual(native.hashes);
    expect(pure.events).toBeGreaterThan(100);
  });

  test('says the same however its slices are cut by a clock that runs wild', async () => {
    let now = 0;
    const jumpy = await runRing({ wallSeconds: () => (now += (now * 7) % 5 === 0 ? 0.001 : 3) });
    expect(jumpy.hashes).toEqual((await runRing({})).hashes);
  });

  test('an abort before the start ends as interrupted, and says so', async () => {
    const aborted = new AbortController();
    aborted.abort();
    const { findings, complete } = await runRing({ signal: aborted.signal });
    expect(complete).toBe(false);
    expect(findings.map((finding) => finding.class)).toEqual(['interrupted']);
  });
});
