/**
 * The reporter of the tests: says nothing of what passes, shows failures in full, names what was
 * skipped and why, and ends with the one line `N passed, N failed`.
 *
 * Under test/run.mjs the counts go to that script, which adds its own checks and prints the line.
 * A file that cannot be loaded and an error outside of every test count as failures.
 */
import type { SerializedError } from 'vitest';
import { MinimalReporter } from 'vitest/node';
import type { TestModule, TestRunEndReason } from 'vitest/node';

export interface TestCounts {
  passed: number;
  failed: number;
}

/** The last line of every run of tests. */
export function countsLine(counts: TestCounts): string {
  return `${counts.passed} passed, ${counts.failed} failed`;
}

/** Counts tests by result; failures outside of tests are counted too. */
export function countTests(modules: readonly TestModule[], errorsOutside: number): TestCounts {
  const counts: TestCounts = { passed: 0, failed: errorsOutside };
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') counts.passed += 1;
      // A test that is pending at the end never answered.
      if (state === 'failed' || state === 'pending') counts.failed += 1;
    }
    counts.failed += module.errors().length;
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
  }
  return counts;
}

export class CountingReporter extends MinimalReporter {
  override onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    super.onTestRunEnd(modules, unhandledErrors, reason);
    for (const module of modules) this.#nameSkipped(module);
    const counts = countTests(modules, unhandledErrors.length);
    if (process.send !== undefined) process.send(counts);
    // Coverage is printed after this moment, so the last line waits for the end of the process.
    else process.once('exit', () => process.stdout.write(`${countsLine(counts)}\n`));
  }

  #nameSkipped(module: TestModule): void {
    for (const test of module.children.allTests('skipped')) {
      const result = test.result();
      const why = result.state === 'skipped' && result.note !== undefined ? `: ${result.note}` : '';
      this.log(`skipped ${module.relativeModuleId} > ${test.fullName}${why}`);
    }
  }
}
