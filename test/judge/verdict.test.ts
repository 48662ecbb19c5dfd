import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { exitCodes, inOrderOfWeight, precedence, verdictOf } from '../../src/judge/verdict.ts';
import type { Finding, VerdictClass } from '../../src/judge/verdict.ts';

const classes = Object.keys(exitCodes) as VerdictClass[];

const finding: Finding = {
  class: 'fail',
  property: 'one model per round',
  at: 5,
  node: 'aggregator-01',
  event: 50,
  message: 'round 3 has two models',
  facts: [
    { sequence: 40, at: 4, node: 'aggregator-00', words: 'committed aa' },
    { sequence: 50, at: 5, node: 'aggregator-01', words: 'committed bb' },
  ],
};

describe('a verdict', () => {
  it('has the exit code that scripts rely on', () => {
    expect(exitCodes).toEqual({
      pass: 0, invalid: 2, fail: 20, crash: 21, stalled: 22, vacuous: 23, nondeterministic: 24, bounded: 25, interrupted: 130,
    });
  });

  it('ranks every class once, in the order of the plan', () => {
    expect([...precedence].sort()).toEqual([...classes].sort());
    const planned = ['interrupted', 'crash', 'nondeterministic', 'fail', 'stalled', 'vacuous', 'pass'];
    expect(precedence.filter((name) => planned.includes(name))).toEqual(planned);
  });

  it('is pass without findings', () => {
    expect(verdictOf([])).toBe('pass');
  });

  it('is the strongest class found, in whatever order they were found', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...classes), { minLength: 1 }), (found) => {
        const verdict = verdictOf(found.map((name) => ({ class: name })));
        expect(found).toContain(verdict);
        for (const other of found) expect(precedence.indexOf(verdict)).toBeLessThanOrEqual(precedence.indexOf(other));
        expect(verdictOf(found.toReversed().map((name) => ({ class: name })))).toBe(verdict);
      }),
    );
  });

  it('lists its weightiest finding first, then the earliest', () => {
    const vacuous: Finding = { ...finding, class: 'vacuous', event: 1 };
    const later: Finding = { ...finding, event: 60 };
    const other: Finding = { ...finding, property: 'a', event: 60 };
    expect(inOrderOfWeight([vacuous, later, other, finding])).toEqual([finding, other, later, vacuous]);
  });
});
