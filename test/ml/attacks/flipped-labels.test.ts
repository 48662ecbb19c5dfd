import { expect, test } from 'vitest';
import { flipLabels } from '../../../src/ml/attacks/flipped-labels.ts';
import { drawDigits } from '../../../src/ml/data/digits.ts';

test('a label becomes classes − 1 − label, twice flipped is given, and nothing else changes', () => {
  const { train } = drawDigits(1, 40, 10);
  const flipped = flipLabels(train);
  expect([...flipped.labels]).toEqual([...train.labels].map((label) => 9 - label));
  expect(flipLabels(flipped)).toEqual(train);
  expect({ ...flipped, labels: train.labels }).toEqual(train);
});
