/** A scenario whose role has a signed kind: prepared with keys, executed, stored, replayed and folded. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ed25519Pure } from '../../src/crypto/ed25519.ts';
import { BlobStore } from '../../src/kernel/blobs.ts';
import { ed25519Node } from '../../src/run/ed25519-node.ts';
import { execute } from '../../src/run/execute.ts';
import type { ExecutePorts } from '../../src/run/execute.ts';
import { linesOf } from '../../src/run/folder/journal.ts';
import { loadScenario } from '../../src/run/load.ts';
import { prepare } from '../../src/run/prepare.ts';
import { replayFolder } from '../../src/run/replay.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import { simulateScenario } from '../../src/run/simulate.ts';
import { InlineRunner } from '../../src/worlds/sim/inline-runner.ts';
import { writeScenario } from '../end-to-end/scenario-files.ts';
import { identitiesOf, publicKeysOf } from '../support/signatures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { repositoryRoot } from '../tidy/sources.ts';

const ids = ['witness-00', 'witness-01', 'witness-02'];
const seed = 5;
const text = `name: pledges
about: Witnesses pledge to each other and show the proofs, while some words are changed on their way.
seed: ${seed}
roles: { witness: ${JSON.stringify(join(repositoryRoot, 'test/support/witness.ts'))} }
nodes: { witness: 3 }
network: { profile: lan }
faults:
  - { id: liar, at: 10ms, link: { from: all, to: all, tamper: 20% } }
expect:
  - sometimes: a pledge is shown
`;

async function load(folder: string) {
  const file = writeScenario(folder, text);
  const loaded = await loadScenario({ file, overrides: [], builtinRoles: [] });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return { ...loaded, file };
}

const noData = { files: new Map<string, Uint8Array>(), gunzip: (bytes: Uint8Array) => bytes };
const watching = { signal: new AbortController().signal, onProgress: () => {} };

describe('a scenario whose role knows keys', () => {
  it('is prepared with the public keys of those nodes and no others', async () => {
    const { scenario, registry } = await load(temporaryFolder());
    const asked: string[] = [];
    const publicKeyOf = (node: string) => (asked.push(node), identitiesOf(seed).publicKeyOf(node));
    const supplies = { ...noData, sha256: sha256Node, publicKeyOf };
    const { specifications } = prepare(scenario, registry, supplies, new BlobStore(sha256Node));
    for (const { config } of specifications) expect(config['publicKeys']).toEqual(publicKeysOf(ids, identitiesOf(seed)));
    expect(asked).toEqual(ids);
    const { knowsKeysOf: _, ...ignorant } = registry.roles.get('witness')!;
    const without = { ...registry, roles: new Map([['witness', ignorant]]) };
    const plain = prepare(scenario, without, supplies, new BlobStore(sha256Node));
    expect(plain.specifications.map(({ config }) => 'publicKeys' in config)).toEqual([false, false, false]);
    expect(asked).toHaveLength(ids.length);
  });

  it('gives one trace with signatures in JavaScript and by OpenSSL', async () => {
    const { scenario, registry } = await load(temporaryFolder());
    const run = (ports: Partial<ExecutePorts>) => execute(scenario, registry, {
      ...noData, ...watching, pure: false, wallSeconds: () => 0, yieldTurn: () => Promise.resolve(),
      runnerFor: (blobs) => new InlineRunner(blobs), ...ports,
    });
    const pure = await run({ signatures: ed25519Pure });
    expect(pure.findings).toEqual([]);
    expect((await run({ signatures: ed25519Node, sha256: sha256Node })).hashes).toEqual(pure.hashes);
    expect((await run({})).hashes).toEqual(pure.hashes);
  });

  it('is stored with the proofs in its journal, replays the same, and its trace folds', async () => {
    const place = temporaryFolder();
    const { scenario, registry, file } = await load(place);
    const folder = join(place, 'run');
    const { verdict } = await simulateScenario(scenario, registry, {
      ...watching, scenarioFile: file, files: new Map(), twice: false, folder, replayLine: 'again', threads: 1,
    });
    const proofs = [...linesOf(join(folder, 'journal.jsonl'))].filter((line) => /"signature":"[0-9a-f]{128}"/u.test(line));
    expect(proofs.length).toBeGreaterThan(12);
    const again = await replayFolder(folder, [], { ...watching, dataFolder: undefined, replayLine: 'again' });
    expect(again.verdict.findings).toEqual(verdict.findings);
    expect(again.verdict.trace).toBe(verdict.trace);
    expect(verdict.verdict).toBe('pass');
    expect(verdict.rejected['badSignature']).toBeGreaterThan(0);
  });
});
