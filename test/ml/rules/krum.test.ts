import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvariantViolation } from '../../../src/kernel/assert.ts';
import { krum, krumScores, multiKrum } from '../../../src/ml/rules/krum.ts';
import {
  attackedUpdates, expectNear, expectWithin, fiveAndTwoLiars, permutedUpdates, plus, shiftedUpdates, threeInARow, vectorsOf,
} from './known-vectors.ts';

test('the scores of two wild vectors among seven', () => {
  expectNear(Float32Array.from(krumScores(fiveAndTwoLiars, 2)), [0.18, 0.34, 0.38, 0.26, 0.56, 538.52, 538.52]);
});

test('a score is the sum of the n − f − 2 smallest squared distances', () => {
  // On a line, with n = 5 and f = 1, two neighbours count.
  const scores = krumScores(vectorsOf([0], [1], [3], [6], [10]), 1);
  expect([...scores]).toEqual([1 + 9, 1 + 4, 4 + 9, 9 + 16, 16 + 49]);
});

test('no order of the updates changes a score', () => {
  fc.assert(
    fc.property(permutedUpdates(3), ([updates, shuffled]) => {
      const byzantine = Math.floor((updates.length - 3) / 2);
      expect(krumScores(shuffled, byzantine).sort()).toEqual(krumScores(updates, byzantine).sort());
    }),
  );
});

describe('Krum', () => {
  test('gives the update with the lowest score, as a copy', () => {
    const chosen = krum(fiveAndTwoLiars, 2);
    expect(chosen).toEqual(fiveAndTwoLiars[0]);
    expect(chosen.buffer).not.toBe(fiveAndTwoLiars[0]!.buffer);
  });

  test('of equal scores takes the first', () => {
    // Of two nearest neighbours neither is better; the same holds of any number of equal updates.
    expect(krum(vectorsOf([5], [1], [2]), 0)).toEqual(Float32Array.of(1));
    expect(krum(vectorsOf([5], [2], [1]), 0)).toEqual(Float32Array.of(2));
    // The documentation of ByzFL has f = 1 for these three, with one neighbour more than Blanchard et al.
    expect(krum(threeInARow, 0)).toEqual(threeInARow[0]);
  });

  test('moves with the updates, to the bit', () => {
    fc.assert(
      fc.property(shiftedUpdates(3), ({ updates, shift, shifted }) => {
        const byzantine = Math.floor((updates.length - 3) / 2);
        expect(krum(shifted, byzantine)).toEqual(plus(krum(updates, byzantine), shift));
      }),
    );
  });

  test('never gives a liar far away', () => {
    fc.assert(
      fc.property(attackedUpdates(3), ({ honest, liars }) => {
        const wild = liars.map((liar) => liar.map((_, index) => 100 + index));
        const all = [...wild.map((liar, number) => liar.map((value) => value * (number + 1))), ...honest];
        expect(honest).toContainEqual(krum(all, liars.length));
      }),
    );
  });
});

describe('Multi-Krum', () => {
  test('is the mean of the n − f lowest scores, or of as many as are asked for', () => {
    expectNear(multiKrum(fiveAndTwoLiars, 2), [1, 2, 3]);
    expectNear(multiKrum(fiveAndTwoLiars, 2, 3), [1.1, 2, 3.1]);
    expect(multiKrum(fiveAndTwoLiars, 2, 1)).toEqual(krum(fiveAndTwoLiars, 2));
  });

  test('the mean of the first two of three in a row', () => {
    expect(multiKrum(threeInARow, 0, 2)).toEqual(Float32Array.of(2.5, 3.5, 4.5));
  });

  test('stays among the honest updates while liars are far away', () => {
    fc.assert(
      fc.property(attackedUpdates(3), ({ honest, liars }) => {
        const wild = liars.map((liar, number) => liar.map((_, index) => (100 + index) * (number + 1)));
        expectWithin(multiKrum([...wild, ...honest], liars.length), honest, 1e-6);
      }),
    );
  });

  test('to choose none, or more than there are, is a programmer error', () => {
    expect(() => multiKrum(fiveAndTwoLiars, 2, 0)).toThrow(InvariantViolation);
    expect(() => multiKrum(fiveAndTwoLiars, 2, 8)).toThrow(InvariantViolation);
  });
});

test('fewer updates than 2f + 3 are a programmer error', () => {
  expect(() => krumScores(fiveAndTwoLiars, 3)).toThrow(InvariantViolation);
  expect(() => krum(fiveAndTwoLiars.slice(0, 6), 2)).toThrow(InvariantViolation);
  expect(() => krum(fiveAndTwoLiars, 2)).not.toThrow();
});
