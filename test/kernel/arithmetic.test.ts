/**
 * kernel/arithmetic against reference values: correctly rounded ones, computed with Python's decimal
 * module at 90 digits (sin and cos by their series after reduction with 90 digits of pi), and quantiles
 * of the normal distribution from Python's statistics.NormalDist (Wichura's AS 241).
 */
import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { cos, exp, inverseNormal, log, pow, sin } from '../../src/kernel/arithmetic.ts';

const relativeError = (got: number, wanted: number): number => (got === wanted ? 0 : Math.abs(got / wanted - 1));

/** x and e^x. */
const exponentials = [
  [1e-300, 1.0], [1e-10, 1.0000000001], [0.1, 1.1051709180756477],
  [0.5, 1.6487212707001282], [1.0, 2.718281828459045], [-1.0, 0.36787944117144233],
  [2.0, 7.38905609893065], [10.0, 22026.465794806718], [-20.0, 2.061153622438558e-09],
  [100.0, 2.6881171418161356e43], [700.0, 1.0142320547350045e304], [709.7, 1.6549840276802644e308],
  [-700.0, 9.85967654375977e-305], [-708.0, 3.307553003638408e-308],
];

/** x and e^x where that is subnormal. */
const subnormalExponentials = [
  [-710.0, 4.47628622567513e-309], [-720.0, 2.0322308024e-313], [-740.0, 4.2e-322],
  [-744.0, 1e-323], [-745.0, 5e-324],
];

/** x and its natural logarithm. */
const logarithms = [
  [5e-324, -744.4400719213812], [1e-310, -713.8013788281542],
  [2.2250738585072014e-308, -708.3964185322641], [1e-10, -23.025850929940457],
  [0.1, -2.3025850929940455], [0.5, -0.6931471805599453],
  [0.7071067811865475, -0.34657359027997275], [0.9999999999999999, -1.1102230246251565e-16],
  [1.0000000000000002, 2.2204460492503128e-16], [1.1, 0.09531017980432493],
  [1.4142135623730951, 0.3465735902799727], [2.0, 0.6931471805599453],
  [10.0, 2.302585092994046], [123456.789, 11.723646487185881],
  [1e300, 690.7755278982137], [1.7976931348623157e308, 709.782712893384],
];

/** x, sin x and cos x. */
const angles = [
  [1e-09, 1e-09, 1.0], [0.5, 0.479425538604203, 0.8775825618903728],
  [0.7853981633974483, 0.7071067811865475, 0.7071067811865476], [1.0, 0.8414709848078965, 0.5403023058681398],
  [1.5707963267948966, 1.0, 6.123233995736766e-17], [2.0, 0.9092974268256817, -0.4161468365471424],
  [3.141592653589793, 1.2246467991473532e-16, -1.0], [-1.0, -0.8414709848078965, 0.5403023058681398],
  [-4.0, 0.7568024953079282, -0.6536436208636119], [6.283185307179586, -2.4492935982947064e-16, 1.0],
  [100.0, -0.5063656411097588, 0.8623188722876839], [12345.678, -0.7040813137533816, 0.7101193587160628],
  [999999.5, -0.756251087561678, 0.654281508650351], [-1000000.0, 0.34999350217129294, 0.9367521275331447],
  [355.0, -3.014435335948845e-05, -0.999999999545659],
];

/** x, y and x^y. */
const powers = [
  [2.0, 0.5, 1.4142135623730951], [2.0, -0.5, 0.7071067811865476], [10.0, 0.1, 1.2589254117941673],
  [0.5, 1.5, 0.3535533905932738], [1.5, 2.5, 2.7556759606310752], [0.9, 1000.5, 1.6581762636519658e-46],
  [1e-05, 0.25, 0.05623413251903491],
];

/** A probability, and the point below which the standard normal distribution has it. */
const normalQuantiles = [
  [1e-10, -6.361340902404056], [0.0001, -3.71901648545568],
  [0.001, -3.090232306167813], [0.01, -2.3263478740408408],
  [0.02425, -1.9729610513118845], [0.025, -1.9599639845400538],
  [0.05, -1.6448536269514726], [0.1, -1.2815515655446008],
  [0.25, -0.6744897501960817], [0.5, 0.0],
  [0.75, 0.6744897501960817], [0.8413447460685429, 1.0],
  [0.9, 1.2815515655446008], [0.975, 1.9599639845400536],
  [0.99, 2.3263478740408408], [0.999, 3.090232306167813],
  [0.9999, 3.7190164854557084],
];

describe('reference values', () => {
  it.each(exponentials)('exp(%d)', (x, wanted) => expect(relativeError(exp(x!), wanted!)).toBeLessThanOrEqual(2 ** -51));
  it.each(subnormalExponentials)('exp(%d), to the last of its bits', (x, wanted) => {
    expect(Math.abs(exp(x!) - wanted!)).toBeLessThanOrEqual(Number.MIN_VALUE);
  });
  it.each(logarithms)('log(%d)', (x, wanted) => expect(relativeError(log(x!), wanted!)).toBeLessThanOrEqual(2 ** -51));
  it.each(angles)('sin(%d)', (x, wanted) => expect(relativeError(sin(x!), wanted!)).toBeLessThanOrEqual(2 ** -51));
  it.each(angles)('cos(%d)', (x, _, wanted) => expect(relativeError(cos(x!), wanted!)).toBeLessThanOrEqual(2 ** -51));
  it.each(powers)('pow(%d, %d)', (x, y, wanted) => {
    const bound = (1 + Math.abs(y! * Math.log(x!))) * 2 ** -52;
    expect(relativeError(pow(x!, y!), wanted!)).toBeLessThanOrEqual(bound);
  });
  it.each(normalQuantiles)('inverseNormal(%d)', (p, wanted) => {
    expect(Math.abs(inverseNormal(p!) - wanted!)).toBeLessThanOrEqual(1.2e-9 * Math.max(Math.abs(wanted!), 1e-3));
  });
});

describe('special values', () => {
  it.each([
    ['exp(NaN)', exp(NaN), NaN], ['exp(0)', exp(0), 1], ['exp(-0)', exp(-0), 1],
    ['exp(Infinity)', exp(Infinity), Infinity], ['exp(-Infinity)', exp(-Infinity), 0],
    ['exp of too much', exp(709.7827128933841), Infinity], ['exp of too little', exp(-745.1332191019413), 0],
    ['log(NaN)', log(NaN), NaN], ['log(-1)', log(-1), NaN], ['log(0)', log(0), -Infinity], ['log(1)', log(1), 0],
    ['log(Infinity)', log(Infinity), Infinity],
    ['pow(0, 0)', pow(0, 0), 1], ['pow(0, 0.5)', pow(0, 0.5), 0], ['pow(0, -0.5)', pow(0, -0.5), Infinity],
    ['pow(-2, 3)', pow(-2, 3), -8], ['pow(2, 1024)', pow(2, 1_024), Infinity], ['pow(2, -2)', pow(2, -2), 0.25],
    ['sin(0)', sin(0), 0], ['cos(0)', cos(0), 1],
    ['inverseNormal(0.5)', inverseNormal(0.5), 0],
  ])('%s', (_, got, wanted) => expect(got).toBe(wanted));

  it('of the inverse normal distribution stay finite at its ends', () => {
    expect(inverseNormal(0)).toBe(inverseNormal(5.5e-17));
    expect(inverseNormal(0)).toBeLessThan(-8);
    expect(inverseNormal(1)).toBeGreaterThan(8);
    expect(Number.isFinite(inverseNormal(1))).toBe(true);
  });

  it('are refused where there is no answer', () => {
    expect(() => pow(-2, 0.5)).toThrow('pow needs a base of at least 0');
    expect(() => sin(1.1e6)).toThrow('up to 1e6 radians');
    expect(() => cos(-1.1e6)).toThrow('up to 1e6 radians');
    expect(() => cos(NaN)).toThrow('up to 1e6 radians');
  });
});

// Node's own functions are correct to an ulp or two; they are used here only as a second opinion.
describe('random inputs, against Math', () => {
  const within = (from: number, to: number) => fc.double({ min: from, max: to, noNaN: true });
  const expectAgreement = (ours: (x: number) => number, theirs: (x: number) => number, from: number, to: number) =>
    fc.assert(fc.property(within(from, to), (x) => relativeError(ours(x), theirs(x)) <= 2 ** -50), { numRuns: 2_000 });

  it('exp', () => expectAgreement(exp, Math.exp, -708, 709.7));
  it('log', () => expectAgreement(log, Math.log, Number.MIN_VALUE, Number.MAX_VALUE));
  it('log near 1', () => expectAgreement(log, Math.log, 0.5, 2));
  it('sin', () => expectAgreement(sin, Math.sin, -1e6, 1e6));
  it('cos', () => expectAgreement(cos, Math.cos, -1e6, 1e6));

  it('whole powers, to the error that their doc states', () => {
    const base = fc.double({ min: 0.5, max: 2, noNaN: true });
    fc.assert(fc.property(base, fc.integer({ min: -1_000, max: 1_000 }), (x, n) =>
      relativeError(pow(x, n), Math.pow(x, n)) <= (2 + Math.abs(n)) * 2 ** -52));
  });

  it('whole powers of small integers are exact', () => {
    fc.assert(fc.property(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 15 }), (x, n) => {
      expect(BigInt(pow(x, n))).toBe(BigInt(x) ** BigInt(n));
    }));
  });
});

describe('order', () => {
  it('is kept by the inverse normal distribution, which is odd about one half', () => {
    const probability = fc.double({ min: 1e-12, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(fc.property(probability, probability, (p, q) => {
      const [less, more] = p < q ? [p, q] : [q, p];
      expect(inverseNormal(less)).toBeLessThanOrEqual(inverseNormal(more) + 1e-8);
    }));
    // Far out in the tail 1 − p itself is no longer exact.
    for (const [p, wanted] of normalQuantiles.filter((row) => row[0]! >= 0.01)) {
      expect(Math.abs(inverseNormal(1 - p!) + wanted!)).toBeLessThanOrEqual(1e-8);
    }
  });
});
