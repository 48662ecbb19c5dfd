/**
 * The main job in full, as a new user meets it: real training of forty workers, and the verdict that
 * the README shows. It takes a quarter of a minute, so it runs with the long tests.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'orrery-main-job-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

interface Verdict {
  readonly verdict: string;
  readonly trace: string;
  readonly accuracy: number;
  readonly rounds: number;
  readonly modelHash: string;
  readonly events: number;
  readonly virtualSeconds: number;
}

function runMainJob(name: string, ...flags: string[]): { status: number | null; verdict: Verdict; line: string } {
  const folder = join(place, name);
  const words = ['run', 'scenarios/kill-five-workers.yaml', '--quiet', '--out', folder, ...flags];
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'bin', 'orrery.mjs'), ...words], { cwd: root, encoding: 'utf8' });
  return { status, verdict: JSON.parse(readFileSync(join(folder, 'verdict.json'), 'utf8')) as Verdict, line: stdout.trim() };
}

describe('the main job', () => {
  test('passes, learns, and ends in the trace that the README shows', () => {
    const { status, verdict, line } = runMainJob('digits');
    expect(status).toBe(0);
    expect(verdict).toMatchObject({ verdict: 'pass', rounds: 20 });
    expect(verdict.accuracy).toBeGreaterThanOrEqual(0.9);
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const shown = /^verdict=pass scenario=kill-five-workers .*$/mu.exec(readme)?.[0] ?? '';
    const steady = (text: string): string => text.replace(/ id=.*? events/u, ' events').replace(/ wall=.*/u, '');
    expect(steady(shown)).toBe(steady(line));
  }, 120_000);

  test.skipIf(process.env['ORRERY_DATA'] === undefined)(
    'learns MNIST t10k to 0.90 within its rounds, in one trace on every run (skipped without ORRERY_DATA)',
    () => {
      const first = runMainJob('mnist-two-threads', '--set', 'training.dataset=mnist');
      const second = runMainJob('mnist-one-thread', '--set', 'training.dataset=mnist', '--threads', '1');
      expect(first.verdict.accuracy).toBeGreaterThanOrEqual(0.9);
      expect(first.verdict).toMatchObject({ verdict: 'pass', rounds: 20 });
      expect(second.verdict.trace).toBe(first.verdict.trace);
      expect(second.verdict.modelHash).toBe(first.verdict.modelHash);
    },
    240_000,
  );
});
