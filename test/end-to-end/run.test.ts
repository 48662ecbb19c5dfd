/** `orrery run` from the outside: what it prints, where it prints it, what it leaves behind. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryRoot } from '../tidy/sources.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { orrery, verdictIn, verdictLineOf } from './orrery-process.ts';
import { smallText, writeScenario } from './scenario-files.ts';

describe('a run that passes', () => {
  test('prints the verdict line and nothing else on standard output, and leaves its folder', async () => {
    const folder = temporaryFolder();
    const file = writeScenario(folder);
    const result = await orrery(['run', file, '--seed', '7'], { folder, report: true });
    expect(result.exitCode, result.stderr).toBe(0);
    const line = verdictLineOf(result.stdout);
    expect(line).toMatchObject({ verdict: 'pass', scenario: 'small', seed: '7' });
    expect(result.stderr).toContain('Running small with seed 7: 11 nodes, 1 fault.');

    const run = join(folder, 'runs', 'small', '7');
    expect(readdirSync(run).sort()).toEqual([
      'journal.jsonl',
      'measures.csv',
      'model.safetensors',
      'observations',
      'observations.segments',
      'report.html',
      'scenario.resolved.yaml',
      'trace',
      'trace.segments',
      'verdict.json',
    ]);
    expect(readlinkSync(join(folder, 'runs', 'latest'))).toBe(join('small', '7'));
    const verdict = verdictIn(run);
    const { trace, id, events } = line;
    expect(verdict).toMatchObject({ verdict: 'pass', trace, id, events: Number(events), rounds: 4 });
    expect(verdict).toMatchObject({ faultHits: { 'one-dies': 1 }, findings: [] });
    const model = readFileSync(join(run, 'model.safetensors'));
    const weights = model.subarray(8 + Number(model.readBigUInt64LE(0)));
    expect(verdict['modelHash']).toBe(createHash('sha256').update(weights).digest('hex'));
    expect(readFileSync(join(run, 'journal.jsonl'), 'utf8').trim().split('\n')).toHaveLength(Number(events));
  });

  test('is the same run with the same seed, and another one with another', async () => {
    const folder = temporaryFolder();
    const file = writeScenario(folder);
    const run = async (seed: string, out: string) => {
      const { stdout } = await orrery(['run', file, '--quiet', '--seed', seed, '--out', out], { folder });
      return verdictLineOf(stdout);
    };
    const [a, b, c] = [await run('3', 'a'), await run('3', 'b'), await run('4', 'c')];
    expect(a['verdict']).toBe('pass');
    expect(b).toMatchObject({ trace: a['trace'], id: a['id'], events: a['events'], virtual: a['virtual'] });
    expect(c['trace']).not.toBe(a['trace']);
    for (const name of ['trace', 'observations', 'journal.jsonl', 'measures.csv']) {
      expect(readFileSync(join(folder, 'b', name)).equals(readFileSync(join(folder, 'a', name))), name).toBe(true);
    }
  });

  test('--json prints verdict.json on one line', async () => {
    const folder = temporaryFolder();
    const { stdout, stderr, exitCode } = await orrery(['run', writeScenario(folder), '--json', '--quiet', '--out', 'out'], { folder });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n')).toHaveLength(2);
    expect(JSON.parse(stdout)).toEqual(verdictIn(join(folder, 'out')));
    expect(existsSync(join(folder, 'runs'))).toBe(false);
  });

  test('--twice runs once more in a fresh process and finds no difference', async () => {
    const folder = temporaryFolder();
    const { stdout, stderr, exitCode } = await orrery(['run', writeScenario(folder), '--twice'], { folder });
    expect({ exitCode, verdict: verdictLineOf(stdout)['verdict'] }, stderr).toEqual({ exitCode: 0, verdict: 'pass' });
  });
});

test('a broken promise is verdict fail, exit code 20, with a report of one screen on standard error', async () => {
  const folder = temporaryFolder();
  const file = writeScenario(folder, `${smallText}  - eventually: { accuracy: "> 2", within: 3 rounds }\n`);
  const { stdout, stderr, exitCode } = await orrery(['run', file], { folder });
  expect({ exitCode, verdict: verdictLineOf(stdout)['verdict'] }, stderr).toEqual({ exitCode: 20, verdict: 'fail' });
  expect(stderr).toContain('accuracy');
  expect(stderr).toContain('npx orrery replay');
  expect(stderr.split('\n').length).toBeLessThan(60);
});

test('the ring of the examples passes, roles from files and all', async () => {
  const folder = temporaryFolder();
  const file = join(repositoryRoot, 'examples', 'ring', 'lossy-ring.yaml');
  const { stdout, stderr, exitCode } = await orrery(['run', file, '--twice'], { folder });
  expect({ exitCode, verdict: verdictLineOf(stdout)['verdict'] }, stderr).toEqual({ exitCode: 0, verdict: 'pass' });
});
