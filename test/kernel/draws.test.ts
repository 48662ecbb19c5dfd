import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  childKey, choose, drawDice, drawUniform, drawWord, expand, exponential, logNormal, numberedKey, philox, purposes, runLength,
  seedKey, uniform,
} from '../../src/kernel/draws.ts';
import type { Block, DrawKey } from '../../src/kernel/draws.ts';

const key = seedKey(7, 0);
const nameOf = ({ low, high }: DrawKey): string => `${low},${high}`;

describe('Philox4x32-10', () => {
  // Random123 1.14, tests/kat_vectors, lines "philox4x32 10".
  it.each<[Block, [number, number], Block]>([
    [[0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('gives the published words for counter %j and key %j', (counter, [low, high], words) => {
    const block: Block = [...counter];
    expect(philox(block, low, high)).toEqual(words);
    expect(block).toEqual(words);
  });
});

/** Pearson's statistic of counts that should be equal. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** How often `draw(index)`, in [0, 1), falls into each of `bins` equal parts. */
function histogram(bins: number, draws: number, draw: (index: number) => number): number[] {
  const counts = Array.from({ length: bins }, () => 0);
  for (let index = 0; index < draws; index += 1) counts[Math.floor(draw(index) * bins)]! += 1;
  return counts;
}

describe('uniformity, on fixed seeds', () => {
  // With 99 degrees of freedom 54 and 158 leave out 1 in 10,000 on either side; no chance is left here.
  const expectPlausible = (draw: (index: number) => number) => {
    const statistic = chiSquare(histogram(100, 50_000, draw));
    expect(statistic).toBeGreaterThan(54);
    expect(statistic).toBeLessThan(158);
  };

  it.each<[string, (index: number) => number]>([
    ['identities', (index) => drawUniform(numberedKey(key, index), purposes.latency)],
    ['purposes', (index) => drawUniform(key, index)],
    ['indices', (index) => drawUniform(key, purposes.loss, index)],
    ['seeds', (index) => drawUniform(seedKey(index, 0), purposes.loss)],
    ['salts', (index) => drawUniform(seedKey(1, index), purposes.loss)],
    ['names', (index) => drawUniform(childKey(key, `worker-${index}`), purposes.loss)],
    ['words', (index) => drawWord(numberedKey(key, index), purposes.tie) / 2 ** 32],
    ['the low bits of uniforms', (index) => (drawUniform(numberedKey(key, index), purposes.latency) * 2 ** 40) % 1],
    ['dice', (index) => uniform(drawDice(numberedKey(key, index)), 'retry')],
    ['a stream of one die', (index) => expand(drawDice(key), 'batch')(index) / 2 ** 32],
    ['choices', (index) => (choose(drawDice(numberedKey(key, index)), 'peer', 100) + 0.5) / 100],
  ])('of %s', (_, draw) => expectPlausible(draw));
});

describe('keys', () => {
  it('of 100,000 identities all differ', () => {
    const keys = new Set<string>();
    for (let index = 0; index < 50_000; index += 1) {
      keys.add(nameOf(numberedKey(key, index)));
      keys.add(nameOf(childKey(key, `worker-${index}`)));
    }
    expect(keys.size).toBe(100_000);
  });

  it('of different names differ', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
      expect(nameOf(childKey(key, one)) === nameOf(childKey(key, other))).toBe(one === other);
    }));
  });

  it('of different pairs of numbers differ, up to 2^53 − 1', () => {
    const number = fc.oneof(fc.maxSafeNat(), fc.nat(3));
    fc.assert(fc.property(number, number, number, number, (a, b, c, d) => {
      expect(nameOf(numberedKey(key, a, b)) === nameOf(numberedKey(key, c, d))).toBe(a === c && b === d);
    }));
  });

  it('tell parts from wholes, numbers from names, and seeds from salts', () => {
    const keys = [
      key, childKey(key, ''), childKey(key, 'a'), childKey(key, 'a\0'), childKey(key, '\0a'), childKey(childKey(key, 'a'), 'b'),
      childKey(key, 'ab'), childKey(key, '1'), numberedKey(key, 1), numberedKey(key, 0), numberedKey(key, 0, 1), numberedKey(key, 2 ** 32),
      seedKey(0, 7), seedKey(7, 7), seedKey(7 + 2 ** 32, 0),
    ];
    expect(new Set(keys.map(nameOf)).size).toBe(keys.length);
  });

  it.each([-1, 1.5, 2 ** 53, NaN])('have no seed or salt %d', (odd) => {
    expect(() => seedKey(odd, 0)).toThrow('a seed is an integer from 0');
    expect(() => seedKey(0, odd)).toThrow('a salt is an integer from 0');
  });
});

describe('dice', () => {
  const dice = fc.maxSafeNat();

  it('choose an integer in [0, n), for each n', () => {
    fc.assert(fc.property(dice, fc.string(), fc.integer({ min: 1, max: 0x7fff_ffff }), (die, purpose, n) => {
      const chosen = choose(die, purpose, n);
      expect(Number.isInteger(chosen) && chosen >= 0 && chosen < n).toBe(true);
    }));
  });

  it.each([0, -1, 1.5, 2 ** 31, NaN])('choose nothing among %d', (n) => {
    expect(() => choose(1, 'peer', n)).toThrow('choose needs 1 ≤ n');
  });

  it('say the same to the same question, and something else to another', () => {
    fc.assert(fc.property(dice, dice, (one, other) => {
      expect(uniform(one, 'retry')).toBe(uniform(one, 'retry'));
      expect(uniform(one, 'retry') === uniform(other, 'retry')).toBe(one === other);
      expect(uniform(one, 'retry')).not.toBe(uniform(one, 'shuffle'));
      expect(expand(one, 'retry')(3)).toBe(expand(one, 'retry')(3));
      expect(expand(one, 'retry')(3)).not.toBe(expand(one, 'shuffle')(3));
    }));
  });

  it('of a host are whole numbers below 2^53', () => {
    for (let index = 0; index < 1_000; index += 1) {
      const die = drawDice(numberedKey(key, index));
      expect(Number.isSafeInteger(die) && die >= 0).toBe(true);
    }
  });
});

describe('samplers', () => {
  const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it('give the quantiles of closed forms', () => {
    expect(exponential(0.5, 10)).toBeCloseTo(10 * Math.LN2, 12);
    expect(exponential(1 - 1 / Math.E, 10)).toBeCloseTo(10, 12);
    expect(exponential(0, 10)).toBeCloseTo(0, 15);
    expect(logNormal(0.5, 40, 0.4)).toBe(40);
    // One and two standard deviations above the median.
    expect(logNormal(0.8413447460685429, 40, 0.4) / (40 * Math.exp(0.4))).toBeCloseTo(1, 8);
    expect(logNormal(0.9772498680518208, 40, 0.4) / (40 * Math.exp(0.8))).toBeCloseTo(1, 8);
  });

  it('rise with their one uniform, as an inverse distribution function does', () => {
    fc.assert(fc.property(unit, unit, (u, v) => {
      const [less, more] = u < v ? [u, v] : [v, u];
      expect(exponential(less, 5)).toBeLessThanOrEqual(exponential(more, 5));
      expect(logNormal(less, 40, 0.4)).toBeLessThanOrEqual(logNormal(more, 40, 0.4) * (1 + 1e-8));
    }));
  });

  it('count runs: the largest k with u < p^k', () => {
    fc.assert(fc.property(unit, fc.double({ min: 0, max: 0.99, noNaN: true }), (u, p) => {
      const k = runLength(u, p, 1_000);
      expect(k === 0 || u < p ** k * (1 + 1e-9)).toBe(true);
      expect(k === 1_000 || u >= p ** (k + 1) * (1 - 1e-9)).toBe(true);
    }));
    expect([runLength(0.5, 0.5, 9), runLength(0.4999, 0.5, 9), runLength(0.24, 0.5, 9), runLength(0, 0.5, 9)]).toEqual([0, 1, 2, 9]);
    expect(runLength(0, 0, 9)).toBe(0);
  });

  it('let a weaker fault hit a subset of what a stronger one hits', () => {
    const chance = fc.double({ min: 0, max: 0.99, noNaN: true });
    fc.assert(fc.property(unit, chance, chance, (u, p, q) => {
      const [weak, strong] = p < q ? [p, q] : [q, p];
      expect(runLength(u, weak, 50)).toBeLessThanOrEqual(runLength(u, strong, 50));
    }));
  });
});
