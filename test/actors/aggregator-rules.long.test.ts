/** Every rule that needs all updates in one place keeps its promises where workers and aggregators die. */
import { describe, expect, test } from 'vitest';
import { verdictOf } from '../support/shipped-scenarios.ts';

describe.each(['kill-five-workers', 'two-aggregators-down'])('through %s', (name) => {
  test.each(['median', 'trimmed-mean', 'krum', 'geometric-median'])('the rule %s keeps every promise', async (aggregate) => {
    const set = [`training.aggregate=${aggregate}`, 'training.byzantine=3', 'nodes.worker=20'];
    expect(await verdictOf(`scenarios/${name}.yaml`, 1, 'surrogate', { set })).toMatchObject({ findings: [], verdict: 'pass' });
  });
});
