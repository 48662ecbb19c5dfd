import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { builtinRoles } from '../../src/actors/registry.ts';
import { execute } from '../../src/run/execute.ts';
import type { ExecutePorts, Execution } from '../../src/run/execute.ts';
import { loadScenario } from '../../src/run/load.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import { watched } from '../../src/run/watchdog.ts';
import { InlineRunner } from '../../src/worlds/sim/inline-runner.ts';
import { writeCountingRole } from '../end-to-end/scenario-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ring = fileURLToPath(new URL(join('..', '..', 'examples', 'ring', 'lossy-ring.yaml'), import.meta.url));

const runRing = (ports: Partial<ExecutePorts>): Promise<Execution> => runFile(ring, ports);

/** Runs a scenario file with as little around it as a browser has. */
async function runFile(file: string, ports: Partial<ExecutePorts>): Promise<Execution> {
  const loaded = await loadScenario({ file, overrides: [], builtinRoles });
  if (loaded.kind === 'refused') throw new Error(`${file} does not load`);
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

  const told = (words: string): RegExp =>
    new RegExp(`^TypeError: ${words} \\(node (counting-0[01]), role counting, event [\\w.]+\\) at counting\\.ts:\\d+:\\d+$`, 'u');
  test.each([
    ['a TypeError', '(() => { throw new TypeError("mine") })()', told('mine')],
    ['a missing field', 'context.peers.length', told("[^\\n]*'length'\\)")],
  ])('tells %s of a role by node, role, event and line, under the watchdog too', async (_, expression, words) => {
    const roleFile = writeCountingRole(temporaryFolder(), expression);
    for (const ports of [{}, { watched }]) {
      const { findings, complete } = await runFile(roleFile, ports);
      expect(complete).toBe(false);
      expect(findings).toHaveLength(1);
      expect(findings[0]).toMatchObject({ class: 'crash', message: expect.stringMatching(words) });
      expect(findings[0]!.node).toBe(words.exec(findings[0]!.message)![1]);
    }
  });
});
