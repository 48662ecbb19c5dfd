import { describe, expect, it } from 'vitest';
import { factOf, irrelevant, satisfied, unmet, violated } from '../../src/kernel/properties.ts';
import { observed } from '../support/observations.ts';

describe('an outcome', () => {
  it('tells whether the antecedent fired, and whether the promise holds', () => {
    expect(irrelevant).toEqual({ applies: false, holds: true });
    expect(satisfied).toEqual({ applies: true, holds: true });
    expect(unmet).toEqual({ applies: true, holds: false });
  });

  it('of a violation names the facts that conflict, in their order', () => {
    const facts = [observed(3, 'worker-00', 'round-opened'), observed(9, 'worker-01', 'round-opened')].map((observation) =>
      factOf(observation, `${observation.node} opened a round`));
    expect(violated('two rounds are open', ...facts)).toEqual({
      applies: true,
      holds: false,
      because: 'two rounds are open',
      facts: [
        { sequence: 3, at: 3_000, node: 'worker-00', words: 'worker-00 opened a round' },
        { sequence: 9, at: 9_000, node: 'worker-01', words: 'worker-01 opened a round' },
      ],
    });
  });
});
