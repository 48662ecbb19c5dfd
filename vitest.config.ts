/**
 * How the tests run: two workers, files and tests in a shuffled order, one quiet reporter.
 *
 * The seed of the order is printed first; `npm test -- --sequence.seed=N` takes the same order again.
 * Coverage is switched on by test/run.mjs and counts the rooms whose code is pure. Files named
 * *.long.test.ts take minutes and belong to vitest.long.config.ts.
 */
import { defineConfig } from 'vitest/config';
import { CountingReporter } from './test/support/reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.long.test.ts'],
    maxWorkers: 2,
    sequence: { shuffle: true },
    // No test is about speed, so these limits only end what hangs, on slow machines too.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: [new CountingReporter()],
    coverage: {
      provider: 'v8',
      include: ['src/kernel/**', 'src/protocols/**', 'src/judge/**'],
      reporter: [['text', { skipFull: true }]],
      reportOnFailure: true,
      thresholds: { lines: 95 },
    },
  },
});
