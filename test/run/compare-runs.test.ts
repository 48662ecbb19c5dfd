/** Two runs whose chains are the same and whose results are not: what went into the results from outside is named. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differenceOfRuns } from '../../src/run/compare-runs.ts';
import { RunFolder } from '../../src/run/folder.ts';
import type { VerdictFile } from '../../src/run/folder/verdict-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const passed: VerdictFile = {
  verdict: 'pass', scenario: 'tiny', seed: 7, world: 'sim', trace: '-', id: '0123456789ab', events: 3, messages: 2,
  virtualSeconds: 1.5, wallSeconds: 0.25, rounds: 20, accuracy: 0.93, modelHash: null, faultHits: { massacre: 5 },
  sometimes: { 'it rained': 1 }, rejected: {}, findings: [], replay: 'npx orrery replay runs/tiny/7',
};

/** A run folder without chains, so that only the verdicts can differ. */
function runOf(verdict: VerdictFile): string {
  const folder = new RunFolder({ path: join(temporaryFolder(), 'run'), measures: [] });
  folder.writeScenario('name: tiny\n');
  folder.finish(verdict, null);
  return folder.path;
}

describe('two runs of one scenario', () => {
  it('are the same whatever the wall clock and the line to paste say', () => {
    expect(differenceOfRuns(runOf(passed), runOf({ ...passed, wallSeconds: 9, replay: 'another' }))).toBeUndefined();
  });

  it.each([
    ['verdict', { verdict: 'fail' }],
    ['modelHash', { modelHash: 'ab'.repeat(32) }],
    ['rounds', { rounds: 19 }],
    ['accuracy', { accuracy: 0.93 + 2 ** -52 }],
    ['rejected', { rejected: { 'not a member': 1 } }],
    ['sometimes', { sometimes: { 'it rained': 2 } }],
    ['faultHits', { faultHits: { massacre: 4 } }],
  ] as const)('differ by %s', (key, change) => {
    const found = differenceOfRuns(runOf(passed), runOf({ ...passed, ...change } as VerdictFile));
    expect(found).toMatchObject({ class: 'nondeterministic', message: expect.stringContaining(`the results differ at ${key}`) as unknown });
  });

  it('differ when only the second crashed, at the event of the crash', () => {
    const crash = { class: 'crash', property: '', at: 5, node: 'ring-00', event: 4, message: 'state outside' } as const;
    const found = differenceOfRuns(runOf(passed), runOf({ ...passed, verdict: 'crash', findings: [crash] }));
    expect(found).toMatchObject({ class: 'nondeterministic', node: 'ring-00', event: 4 });
    expect(found!.message).toContain('crashed where the first did not: state outside');
  });
});
