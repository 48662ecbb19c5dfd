/**
 * Every scenario that trains keeps its promises once with its real training, too: there a round takes
 * longer than with the surrogate, so that every fault meets another moment of it.
 */
import { describe, expect, test } from 'vitest';
import { faithfulScenarioFiles, verdictOf } from '../support/shipped-scenarios.ts';

describe.each(faithfulScenarioFiles('scenarios/**/*.yaml'))('%s', (file) => {
  test('passes with its own training', async () => {
    expect(await verdictOf(file, 1, 'trained')).toMatchObject({ findings: [], verdict: 'pass' });
  });
});
