/**
 * `npm test`: type check, lint, then the tests with coverage; with `--long`, only the long tests.
 *
 * Other arguments go to vitest: `npm test -- --sequence.seed=7` repeats an order of tests.
 *
 * Every step runs even when an earlier one failed, so that one run tells everything. What passes is
 * quiet. The last line is always `N passed, N failed`: the tests as the runner counted them, and one
 * failure more for each other step that failed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const isLong = process.argv.includes('--long');
const givenOptions = process.argv.slice(2).filter((argument) => argument !== '--long');
const failures = [];

if (!isLong) {
  runCheck('type check', ['node_modules/typescript/bin/tsc', '-p', '.']);
  runCheck('lint', ['node_modules/oxlint/bin/oxlint', '--deny-warnings']);
}
const options = isLong ? ['--config', 'vitest.long.config.ts'] : ['--coverage'];
const counts = await runTests([...options, ...givenOptions]);

for (const failure of failures) process.stdout.write(`FAILED ${failure}\n`);
const failed = counts.failed + failures.length;
process.exitCode = failed === 0 ? 0 : 1;
process.stdout.write(`${counts.passed} passed, ${failed} failed\n`);

/** Runs a check that is silent when it passes. */
function runCheck(name, args) {
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (result.status === 0) return;
  process.stdout.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  failures.push(`${name}: ${result.error?.message ?? 'its findings stand above'}`);
}

/** Runs vitest; its reporter sends the counts over the channel (see test/support/reporter.ts). */
async function runTests(vitestOptions) {
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...vitestOptions];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let sent;
  child.on('message', (message) => {
    sent = message;
  });
  // The process may be gone before its last message has been read, so both ends are awaited.
  const [[code]] = await Promise.all([once(child, 'close'), once(child, 'disconnect')]);
  if (sent === undefined) failures.push('tests: the runner ended without having counted them');
  // The runner's exit code also covers what is not a test: the coverage threshold, above all.
  else if (code !== 0 && sent.failed === 0) failures.push('coverage, or the runner itself: the reason stands above');
  return sent ?? { passed: 0, failed: 0 };
}
