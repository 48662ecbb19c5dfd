import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { log10OfUpperTail } from '../../../src/protocols/membership/normal-tail.ts';

/** Math.log10 is a second opinion here; a relative error e of Q shows as e / ln 10. */
const expectNear = (z: number, log10: number, tolerance: number) =>
  expect(Math.abs(log10OfUpperTail(z) - log10)).toBeLessThanOrEqual(tolerance);

describe('the upper tail of the normal distribution', () => {
  // Values of the normal distribution as tables give them, with all digits of a double; the last three are quantiles.
  it.each([
    [0, 0.5], [1, 0.15865525393145705], [2, 0.02275013194817921], [3, 0.0013498980316300946], [4, 3.167124183311992e-5],
    [5, 2.866515718791939e-7], [10, 7.619853024160527e-24],
    [-1, 0.8413447460685429], [-3, 0.9986501019683699], [-5, 0.9999997133484281],
    [1.2815515655446004, 0.1], [2.3263478740408408, 0.01], [3.090232306167813, 0.001],
  ])('at z = %d is %d', (z, tail) => expectNear(z, Math.log10(tail), 1e-12 * Math.max(1, -Math.log10(tail))));

  it('goes on where the tail itself is no number any more, as the asymptotic expansion 26.2.12 says', () => {
    for (const z of [40, 100, 1e4, 1e8]) {
      const series = 1 - 1 / z ** 2 + 3 / z ** 4 - 15 / z ** 6;
      const log10 = (-(z * z) / 2 - Math.log(z * Math.sqrt(2 * Math.PI)) + Math.log(series)) / Math.LN10;
      expectNear(z, log10, Math.abs(log10) * 1e-9);
    }
  });

  it('falls everywhere, over the seams of its formulas too', () => {
    const places = fc.double({ min: -12, max: 60, noNaN: true });
    const steps = fc.double({ min: 1e-9, max: 1, noNaN: true });
    fc.assert(fc.property(fc.oneof(places, fc.constantFrom(-3, -2.9999999999, 3, 2.9999999999)), steps, (z, step) =>
      log10OfUpperTail(z + step) <= log10OfUpperTail(z) + 1e-12), { numRuns: 2_000 });
  });

  it('both tails make one', () => {
    fc.assert(fc.property(fc.double({ min: -8, max: 8, noNaN: true }), (z) =>
      Math.abs(10 ** log10OfUpperTail(z) + 10 ** log10OfUpperTail(-z) - 1) < 1e-12));
  });
});
