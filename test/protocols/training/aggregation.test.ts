/** What a scenario may say of the rule by which updates become one: which settings reach it, and what is refused or advised. */
import { describe, expect, it } from 'vitest';
import { aggregationRuleNames } from '../../../src/ml/rules/aggregation-rule.ts';
import { BlobStore } from '../../../src/kernel/blobs.ts';
import { SectionRefused } from '../../../src/protocols/define.ts';
import { trainingSection } from '../../../src/protocols/training/options.ts';
import { sha256Node } from '../../../src/run/sha256-node.ts';
import { decodeSection } from '../../support/simulate.ts';

const counts = (worker: number) => ({ bootstrap: 3, aggregator: 5, worker, client: 2 });
const prepare = (words: object, workers = 40) =>
  decodeSection(trainingSection, { model: 'bowl', ...words }, counts(workers), new BlobStore(sha256Node));
/** What a user is told of words that are allowed, with 40 workers. */
const adviceFor = (words: object): readonly string[] => {
  const learning = { model: 'bowl', dataset: 'digits', rate: 0.1, momentum: 0.9 };
  const settings = { clippingRadius: 1, clippingIterations: 3, smoothing: 1e-6, smoothingIterations: 8 };
  return trainingSection.advise!({ ...learning, ...settings, quorum: 0.7, aggregate: 'mean', byzantine: 0, ...words }, counts(40));
};

function refusalOf(words: object, workers = 40): SectionRefused | undefined {
  try {
    prepare(words, workers);
  } catch (error) {
    if (error instanceof SectionRefused) return error;
    throw error;
  }
  return undefined;
}

describe('the rule of a section', () => {
  it.each([
    ['mean', {}],
    ['median', { byzantine: 10 }],
    ['trimmed-mean', { byzantine: 10 }],
    ['krum', { byzantine: 10 }],
    ['multi-krum', { byzantine: 10 }],
    ['geometric-median', { byzantine: 10, smoothing: 0.5, smoothingIterations: 4 }],
    ['centered-clipping', { byzantine: 10, clippingRadius: 2, clippingIterations: 5 }],
  ])('%s is told what it needs and no more', (aggregate, told) => {
    const everything = { byzantine: 10, smoothing: 0.5, smoothingIterations: 4, clippingRadius: 2, clippingIterations: 5 };
    expect(prepare({ aggregate, ...everything })['aggregate']).toEqual({ name: aggregate, ...told });
  });

  it('is the mean unless another is named, and every rule that there is can be', () => {
    expect(prepare({})['aggregate']).toEqual({ name: 'mean' });
    for (const aggregate of aggregationRuleNames) expect(prepare({ aggregate })['aggregate']).toMatchObject({ name: aggregate });
    expect(() => prepare({ aggregate: 'bulyan' })).toThrow(/aggregate/u);
  });

  it.each([
    [{ byzantine: -1 }], [{ byzantine: 1.5 }], [{ clippingRadius: 0 }], [{ clippingIterations: 0 }], [{ smoothing: 0 }],
    [{ smoothingIterations: 0 }], [{ smoothing: Number.NaN }],
  ])('is told nothing like %j', (words) => {
    expect(() => prepare(words)).toThrow(new RegExp(Object.keys(words)[0]!, 'u'));
  });
});

describe('a rule that could not even serve the updates of all workers', () => {
  it.each([
    ['krum', 18, 'Krum with 18 liars among 38 updates: it needs 2 · 18 + 3 = 39'],
    ['multi-krum', 18, 'Multi-Krum with 18 liars among 38 updates: it needs 2 · 18 + 3 = 39'],
    ['median', 19, 'the median with 19 liars among 38 updates: it needs 2 · 19 + 1 = 39'],
    ['trimmed-mean', 19, 'the trimmed mean with 19 liars among 38 updates: it needs 2 · 19 + 1 = 39'],
    ['geometric-median', 19, 'the geometric median with 19 liars among 38 updates: it needs 2 · 19 + 1 = 39'],
    ['centered-clipping', 19, 'centered clipping with 19 liars among 38 updates: it needs 2 · 19 + 1 = 39'],
  ])('%s with %i liars is refused, with the arithmetic', (aggregate, byzantine, message) => {
    const refusal = refusalOf({ aggregate, byzantine }, 38);
    expect([refusal?.message, refusal?.path]).toEqual([message, ['byzantine']]);
    expect(refusalOf({ aggregate, byzantine }, 39)).toBeUndefined();
    expect(refusalOf({ aggregate, byzantine: byzantine - 1 }, 38)).toBeUndefined();
  });

  it('is never the mean, which is told of no liar', () => {
    expect(refusalOf({ aggregate: 'mean', byzantine: 39 }, 3)).toBeUndefined();
  });
});

describe('advice', () => {
  it('is silent about the mean', () => {
    expect(adviceFor({ aggregate: 'mean', byzantine: 10, model: 'mlp' })).toEqual([]);
  });

  it('asks against how many liars a rule is to hold', () => {
    expect(adviceFor({ aggregate: 'krum' })).toEqual([expect.stringMatching(/krum is told of no liar/u)]);
  });

  it.each([['krum', 12, 27], ['krum', 13, 29], ['krum', 14, 31], ['median', 13, 27], ['median', 14, 29]])(
    'says of %s with %i liars that it needs more than the quorum of 28, where it does: %i', (aggregate, byzantine, least) => {
      const advice = `training.aggregate ${aggregate} with byzantine ${byzantine} closes no round of fewer than ${least} updates, ` +
        'although the quorum is 28.';
      expect(adviceFor({ aggregate, byzantine })).toEqual(least > 28 ? [advice] : []);
    },
  );
});
