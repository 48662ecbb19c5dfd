/** Node 24 and Node 26, with two threads and with one, give one hash for every shipped scenario. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { scenarioFiles } from '../support/shipped-scenarios.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { repositoryRoot } from '../tidy/sources.ts';
import { orrery, secondNode } from './orrery-process.ts';

const program = fileURLToPath(new URL('print-scenario-traces.ts', import.meta.url));

function otherNode(): string {
  if (secondNode === undefined) throw new Error('node26 is not installed: npm ci brings it');
  return secondNode;
}

test('every protocol takes the same steps', async () => {
  const linesUnder = async (node: string) => (await promisify(execFile)(node, [program], { encoding: 'utf8' })).stdout;
  const [ours, theirs] = await Promise.all([linesUnder(process.execPath), linesUnder(otherNode())]);
  for (const file of scenarioFiles('scenarios/**/*.yaml', 'examples/**/*.yaml')) expect(ours).toContain(`${file} `);
  expect(ours).toMatch(/^(?:\S+ [0-9a-f]{64} \S+ \d+\n)+$/u);
  expect(theirs).toBe(ours);
});

/** Real training is shortened: two rounds go through every kernel, and a fault moves into them. */
const shortened = ['training.rounds=2', 'faults.massacre.at=round 2', 'training.localEpochs=1', 'nodes.worker=12'];

test('training by tfjs computes the same models, whatever the number of threads', async () => {
  const folder = temporaryFolder();
  const sets = shortened.flatMap((set) => ['--set', set]);
  const run = async (node: string, threads: string, out: string) => {
    const path = join(repositoryRoot, 'scenarios', 'kill-five-workers.yaml');
    const parameters = ['run', path, ...sets, '--quiet', '--json', '--threads', threads, '--out', out];
    const { stdout, stderr } = await orrery(parameters, { folder, node });
    expect(stdout, stderr).toMatch(/^\{.*\}\n$/u);
    const { trace, modelHash, events } = JSON.parse(stdout) as { trace: string; modelHash: string | null; events: number };
    return { trace, modelHash, events };
  };
  const [ours, theirs] = await Promise.all([run(process.execPath, '2', 'ours'), run(otherNode(), '1', 'theirs')]);
  expect(ours.trace).toMatch(/^[0-9a-f]{64}$/u);
  expect(theirs).toEqual(ours);
});
