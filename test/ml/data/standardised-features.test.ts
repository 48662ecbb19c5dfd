import { expect, test } from 'vitest';
import { DatasetRefused } from '../../../src/ml/data/dataset.ts';
import { standardisedSplit } from '../../../src/ml/data/standardised-features.ts';

/** A table of two columns, whose labels alternate. */
function table(rows: readonly (readonly [number, number])[]) {
  return {
    name: 'own.csv',
    shape: { channels: 1, height: 1, width: 2 },
    classes: 2,
    labels: Uint8Array.from(rows, (_, index) => index % 2),
    values: Float64Array.from(rows.flat()),
    featureName: (feature: number) => `column ${feature}`,
  };
}

test('each feature has mean 0 and deviation 1 over the training rows, whose statistics the test rows share', () => {
  const { train, test: testSet } = standardisedSplit(table([[1, 10], [3, 30], [1, 10], [3, 30], [5, 100]]));
  expect([...train.values]).toEqual([-1, -1, 1, 1, -1, -1, 1, 1]);
  expect([...testSet.values]).toEqual([3, 8]);
  expect([...train.labels, ...testSet.labels]).toEqual([0, 1, 0, 1, 0]);
});

test('a feature that never changes in training is 0, in the test set too', () => {
  // Three times 0.1 and one more have a rounded mean that is not 0.1.
  const { train, test: testSet } = standardisedSplit(table([[0.1, 1], [0.1, 2], [0.1, 3], [0.1, 4], [7, 5]]));
  expect([...train.values].filter((_, index) => index % 2 === 0)).toEqual([0, 0, 0, 0]);
  expect(testSet.values[0]).toBe(0);
});

test('too few rows and numbers beyond all scales are refused in words', () => {
  expect(() => standardisedSplit(table([[1, 2], [3, 4]]))).toThrow(/^own\.csv: 2 rows are too few/u);
  const far = table([[1, 1e300], [2, -1e300], [1, 1e300], [2, 0], [1, 0]]);
  expect(() => standardisedSplit(far)).toThrow(DatasetRefused);
  expect(() => standardisedSplit(far)).toThrow(/column 1 has numbers too large/u);
});
