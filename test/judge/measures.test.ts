import { describe, expect, it } from 'vitest';
import { Evaluation } from '../../src/judge/evaluate.ts';
import { compares, measureProperty, measureWords } from '../../src/judge/measures.ts';
import type { MeasureBound, MeasureComparison } from '../../src/judge/measures.ts';
import type { Finding } from '../../src/judge/verdict.ts';
import { observed } from '../support/observations.ts';

const accuracy = { name: 'accuracy', kind: 'evaluated', field: 'accuracy', roundField: 'round' };

/** What is found when a run measures these [round, accuracy] pairs, one each ms, and ends at `endMs`. */
function findingsOf(bound: MeasureBound, values: readonly (readonly [number, number])[], endMs = 1_000): readonly Finding[] {
  const expectations = [{ property: measureProperty(accuracy, bound), breaks: false }];
  const evaluation = new Evaluation({ invariants: [], expectations, faults: [] });
  values.forEach(([round, value], index) => {
    evaluation.observe(observed(index + 1, 'aggregator-00', 'evaluated', { round, accuracy: value }));
  });
  return evaluation.finish({ sequence: 999, at: endMs * 1_000, complete: true, because: 'nothing was left to do' }).findings;
}

const classesOf = (findings: readonly Finding[]) => findings.map((finding) => finding.class);

describe('a comparison', () => {
  it.each([
    ['>=', [false, true, true]],
    ['>', [false, false, true]],
    ['<=', [true, true, false]],
    ['<', [true, false, false]],
    ['==', [false, true, false]],
    ['!=', [true, false, true]],
  ] as const)('%s holds for less, equal, more: %j', (comparison, expected) => {
    expect([1, 2, 3].map((value) => compares(value, comparison, 2))).toEqual(expected);
  });

  it('fails for NaN, except for !=', () => {
    const comparisons: MeasureComparison[] = ['>=', '>', '<=', '<', '=='];
    expect(comparisons.map((comparison) => compares(NaN, comparison, 2))).toEqual([false, false, false, false, false]);
    expect(() => compares(1, '~' as MeasureComparison, 1)).toThrow('unreachable comparison');
  });
});

describe('eventually, within rounds', () => {
  const bound: MeasureBound = { kind: 'eventually', comparison: '>=', bound: 0.9, withinRounds: 3 };

  it('says itself in words', () => {
    expect(measureWords('accuracy', bound)).toBe('eventually accuracy >= 0.9 within 3 rounds');
    expect(measureWords('loss', { kind: 'always', comparison: '<', bound: 2, withinUs: 1_500_000 })).toBe(
      'always loss < 2 within 1.500000 s',
    );
  });

  it('passes when it held once in time, whatever came later', () => {
    expect(findingsOf(bound, [[1, 0.5], [3, 0.9], [4, 0.1]])).toEqual([]);
  });

  it('fails when a later round comes first, with the last value as fact', () => {
    const [finding] = findingsOf(bound, [[2, 0.5], [3, 0.8], [4, 0.95]]);
    expect(finding).toMatchObject({
      class: 'fail',
      event: 3,
      message: 'at the last, accuracy was 0.8 in round 3',
      facts: [{ node: 'aggregator-00', sequence: 2, words: 'accuracy was 0.8 in round 3' }],
    });
  });

  it('fails when nothing was measured before it was too late', () => {
    expect(findingsOf(bound, [[4, 0.95]])[0]).toMatchObject({ class: 'fail', message: 'nothing was measured in time', facts: [] });
  });

  it('waits for every node of the last round before it fails', () => {
    expect(findingsOf(bound, [[3, 0.8], [3, 0.91]])).toEqual([]);
    expect(classesOf(findingsOf(bound, [[3, 0.8], [3, 0.89]]))).toEqual(['fail']);
  });

  it('is stalled when the run ended on the way, and says how far it came', () => {
    expect(findingsOf(bound, [[1, 0.5], [2, 0.7]])[0]).toMatchObject({
      class: 'stalled',
      message: 'still not so when the run ended because nothing was left to do: accuracy was 0.7 in round 2',
      facts: [{ words: 'accuracy was 0.7 in round 2' }],
    });
    expect(classesOf(findingsOf(bound, []))).toEqual(['stalled']);
  });

  it('passes over records that do not carry the number', () => {
    const evaluation = new Evaluation({
      invariants: [],
      expectations: [{ property: measureProperty(accuracy, bound), breaks: false }],
      faults: [],
    });
    evaluation.observe(observed(1, 'aggregator-00', 'evaluated', { round: 9 }));
    expect(evaluation.save()).toMatchObject({ properties: [{ applied: 0 }] });
  });
});

describe('eventually, within a time', () => {
  const bound: MeasureBound = { kind: 'eventually', comparison: '>=', bound: 0.9, withinUs: 2_000 };

  it('counts what was measured up to that time', () => {
    expect(findingsOf(bound, [[1, 0.5], [2, 0.9]])).toEqual([]);
    expect(classesOf(findingsOf(bound, [[1, 0.5], [2, 0.6], [3, 0.9]]))).toEqual(['fail']);
  });

  it('expires with the run when nobody measured again', () => {
    expect(classesOf(findingsOf(bound, [[1, 0.5]], 5))).toEqual(['fail']);
    expect(classesOf(findingsOf(bound, [[1, 0.5]], 1))).toEqual(['stalled']);
    expect(classesOf(findingsOf(bound, [], 5))).toEqual(['stalled']);
  });
});

describe('always and sometimes', () => {
  it('always is violated by the first wrong value', () => {
    const found = findingsOf({ kind: 'always', comparison: '>', bound: 0.1 }, [[1, 0.5], [2, 0.05], [3, 0.01]]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ class: 'fail', event: 2, message: 'accuracy was 0.05 in round 2, not > 0.1' });
  });

  it('always with a bound looks no further than the bound', () => {
    expect(findingsOf({ kind: 'always', comparison: '>', bound: 0.1, withinRounds: 2 }, [[1, 0.5], [3, 0]])).toEqual([]);
  });

  it('sometimes needs one value, in time', () => {
    const bound: MeasureBound = { kind: 'sometimes', comparison: '>', bound: 0.8, withinRounds: 2 };
    expect(findingsOf(bound, [[1, 0.5], [2, 0.9]])).toEqual([]);
    expect(classesOf(findingsOf(bound, [[1, 0.5], [3, 0.9]]))).toEqual(['vacuous']);
  });

  it('a measure without rounds has none to tell', () => {
    const plain = { name: 'load', kind: 'loaded', field: 'load' };
    const evaluation = new Evaluation({
      invariants: [measureProperty(plain, { kind: 'always', comparison: '<', bound: 1 })],
      expectations: [],
      faults: [],
    });
    evaluation.observe(observed(4, 'worker-00', 'loaded', { load: 2 }));
    expect(evaluation.save()).toMatchObject({ properties: [{ finding: { message: 'load was 2, not < 1' } }] });
  });
});
