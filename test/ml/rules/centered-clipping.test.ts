import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvariantViolation } from '../../../src/kernel/assert.ts';
import { centeredClipping } from '../../../src/ml/rules/centered-clipping.ts';
import { drawnUpdates, expectNear, fiveAndTwoLiars, permutedUpdates, plus, shiftedUpdates, threeInARow } from './known-vectors.ts';

const clipping = (clippingRadius: number, clippingIterations: number) => ({ clippingRadius, clippingIterations });

test('two wild vectors among seven, for three radii', () => {
  expectNear(centeredClipping(fiveAndTwoLiars, clipping(100, 1)), [3.571428571, -1.428571429, 5]);
  expectNear(centeredClipping(fiveAndTwoLiars, clipping(1, 3)), [0.938372318305, 0.784789961269, 2.093318998742]);
  expectNear(centeredClipping(fiveAndTwoLiars, clipping(10, 10)), [3.17483043938, -0.899773919178, 4.691534786181]);
});

test('three vectors in a row within the radius have their mean', () => {
  expect(centeredClipping(threeInARow, clipping(100, 1))).toEqual(Float32Array.of(4, 5, 6));
});

test('it begins where it is told, and at 0 when it is not', () => {
  const zero = new Float32Array(3);
  const one = clipping(1, 1);
  expect(centeredClipping(fiveAndTwoLiars, one, zero)).toEqual(centeredClipping(fiveAndTwoLiars, one));
  // From (1, 2, 3) only the two liars are farther away than 1: the others pull with all their length.
  const start = Float32Array.of(1, 2, 3);
  const away = Math.sqrt(81 + 144 + 49);
  expectNear(centeredClipping(fiveAndTwoLiars, one, start), [1 + 18 / away / 7, 2 - 24 / away / 7, 3 + 14 / away / 7]);
  expect(start).toEqual(Float32Array.of(1, 2, 3));
});

test('each step moves it by the radius at most, whatever the updates are', () => {
  const radii = fc.double({ min: 0.01, max: 50, noNaN: true });
  const drawn = fc.record({ updates: drawnUpdates(), radius: radii, steps: fc.integer({ min: 1, max: 5 }) });
  fc.assert(
    fc.property(drawn, ({ updates, radius, steps }) => {
      const moved = centeredClipping(updates, clipping(radius, steps));
      const distance = Math.sqrt(moved.reduce((sum, value) => sum + value * value, 0));
      expect(distance).toBeLessThanOrEqual(steps * radius * (1 + 1e-6));
    }),
  );
});

test('a liar of any size moves it by 2τ/n at most', () => {
  const drawn = fc.tuple(drawnUpdates(2), fc.double({ min: 0.01, max: 10, noNaN: true }));
  fc.assert(
    fc.property(drawn, ([updates, radius]) => {
      const [liar, ...honest] = updates;
      const withLiar = centeredClipping([liar!, ...honest], clipping(radius, 1));
      const withAnother = centeredClipping([liar!.map((value) => 63 - value), ...honest], clipping(radius, 1));
      const squares = withLiar.reduce((sum, value, index) => sum + (value - withAnother[index]!) * (value - withAnother[index]!), 0);
      expect(Math.sqrt(squares)).toBeLessThanOrEqual(((2 * radius) / updates.length) * (1 + 1e-5) + 1e-6);
    }),
  );
});

test('updates and start that move together take it with them', () => {
  fc.assert(
    fc.property(shiftedUpdates(), ({ updates, shift, shifted }) => {
      const expected = plus(centeredClipping(updates, clipping(2, 3)), shift);
      const found = centeredClipping(shifted, clipping(2, 3), shift);
      for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 4);
    }),
  );
});

test('no order of the updates matters beyond rounding', () => {
  fc.assert(
    fc.property(permutedUpdates(), ([updates, shuffled]) => {
      const found = centeredClipping(shuffled, clipping(3, 3));
      for (const [index, value] of centeredClipping(updates, clipping(3, 3)).entries()) expect(found[index]).toBeCloseTo(value, 4);
    }),
  );
});

test('no updates are a programmer error', () => {
  expect(() => centeredClipping([], clipping(1, 1))).toThrow(InvariantViolation);
});
