/** Node 24 and Node 26, with two threads and with one, give one hash for every shipped scenario. */
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../tidy/sources.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { orrery, secondNode } from './orrery-process.ts';

const shipped = globSync(['scenarios/**/*.yaml', 'examples/**/*.yaml'], { cwd: repositoryRoot }).sort();

/** Real training is shortened: two rounds go through every kernel, and a fault moves into them. */
const shortened: Readonly<Record<string, readonly string[]>> = {
  'kill-five-workers.yaml': ['training.rounds=2', 'faults.massacre.at=round 2', 'training.localEpochs=1', 'nodes.worker=12'],
};

test('there are scenarios to compare', () => {
  expect(shipped).toContain(join('scenarios', 'kill-five-workers.yaml'));
  expect(shipped).toContain(join('examples', 'ring', 'lossy-ring.yaml'));
});

test.each(shipped)('%s', async (path) => {
  if (secondNode === undefined) throw new Error('node26 is not installed: npm ci brings it');
  const folder = temporaryFolder();
  const sets = (shortened[basename(path)] ?? []).flatMap((set) => ['--set', set]);
  const run = async (node: string, threads: string, out: string) => {
    const parameters = ['run', join(repositoryRoot, path), ...sets, '--quiet', '--json', '--threads', threads, '--out', out];
    const { stdout, stderr } = await orrery(parameters, { folder, node });
    expect(stdout, stderr).toMatch(/^\{.*\}\n$/u);
    const { trace, modelHash, events } = JSON.parse(stdout) as { trace: string; modelHash: string | null; events: number };
    return { trace, modelHash, events };
  };
  const [ours, theirs] = await Promise.all([run(process.execPath, '2', 'ours'), run(secondNode, '1', 'theirs')]);
  expect(ours.trace).toMatch(/^[0-9a-f]{64}$/u);
  expect(theirs).toEqual(ours);
});
