/**
 * Keyed draws: chance without a stream.
 *
 * Every draw is a pure function of a key (seed, salt, purpose, identity), so an event that is added
 * or taken away re-rolls nothing else. The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw:
 * "Parallel random numbers: as easy as 1, 2, 3", SC 2011, §3.3), a counter-based bijection; the
 * published known-answer vectors are in test/kernel/draws.test.ts.
 *
 * A sampler spends exactly one uniform and inverts the distribution function, and an event of
 * probability p happens when u < p. A weaker fault therefore hits a subset of what a stronger one
 * hits.
 */
import { exp, log, inverseNormal } from './arithmetic.ts';
import { assert } from './assert.ts';

/** Four 32-bit words: the counter or the result of one Philox call. */
export type Block = [number, number, number, number];

/** A 64-bit key as two 32-bit words. */
export interface DrawKey {
  readonly low: number;
  readonly high: number;
}

/** Opaque chance of one input: 53 bits that only the functions below may read. */
export type Dice = number & { readonly dice?: never };

const multiplier0 = 0xd2511f53; // Salmon et al. 2011, table of Philox constants: M0.
const multiplier1 = 0xcd9e8d57; // M1.
const weyl0 = 0x9e3779b9; // golden ratio, key schedule word 0.
const weyl1 = 0xbb67ae85; // sqrt(3) − 1, key schedule word 1.

/** High 32 bits of a 32 × 32 bit product, from 16-bit halves. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const middleLow = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 65_536) + Math.floor(middleLow / 65_536)) >>> 0;
}

/** Philox4x32 with ten rounds; writes the result over `block`. */
export function philox(block: Block, keyLow: number, keyHigh: number): Block {
  let [c0, c1, c2, c3] = block;
  let k0 = keyLow >>> 0;
  let k1 = keyHigh >>> 0;
  for (let round = 0; round < 10; round += 1) {
    const high0 = multiplyHigh(multiplier0, c0);
    const low0 = Math.imul(multiplier0, c0) >>> 0;
    const high1 = multiplyHigh(multiplier1, c2);
    const low1 = Math.imul(multiplier1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + weyl0) >>> 0;
    k1 = (k1 + weyl1) >>> 0;
  }
  block[0] = c0;
  block[1] = c1;
  block[2] = c2;
  block[3] = c3;
  return block;
}

const scratch: Block = [0, 0, 0, 0];

function mix(c0: number, c1: number, c2: number, c3: number, low: number, high: number): Block {
  scratch[0] = c0 >>> 0;
  scratch[1] = c1 >>> 0;
  scratch[2] = c2 >>> 0;
  scratch[3] = c3 >>> 0;
  return philox(scratch, low, high);
}

/** The key of a whole run. */
export function seedKey(seed: number, salt: number): DrawKey {
  assert(Number.isSafeInteger(seed) && seed >= 0, `a seed is an integer from 0 to 2^53 − 1, got ${seed}`);
  assert(Number.isSafeInteger(salt) && salt >= 0, `a salt is an integer from 0 to 2^53 − 1, got ${salt}`);
  const out = mix(seed, Math.floor(seed / 0x1_0000_0000), salt, Math.floor(salt / 0x1_0000_0000), 0x6f727265, 0x7279);
  return { low: out[0], high: out[1] };
}

/** The key of a named part of `parent`: a chain of Philox calls over the name's code units. */
export function childKey(parent: DrawKey, name: string): DrawKey {
  let low = parent.low;
  let high = parent.high;
  for (let index = 0; index < name.length; index += 6) {
    const out = mix(
      name.charCodeAt(index) | (name.charCodeAt(index + 1) << 16),
      name.charCodeAt(index + 2) | (name.charCodeAt(index + 3) << 16),
      name.charCodeAt(index + 4) | (name.charCodeAt(index + 5) << 16),
      0x6e616d65, // marks a name, so that no number can stand for one
      low,
      high,
    );
    low = out[0];
    high = out[1];
  }
  const end = mix(name.length, 0, 0, 0x656e6421, low, high);
  return { low: end[0], high: end[1] };
}

/** The key of a numbered part of `parent`; numbers are integers of at most 53 bits. */
export function numberedKey(parent: DrawKey, a: number, b = 0): DrawKey {
  const out = mix(
    a % 0x1_0000_0000,
    Math.floor(a / 0x1_0000_0000) ^ 0x6e756d00,
    b % 0x1_0000_0000,
    Math.floor(b / 0x1_0000_0000),
    parent.low,
    parent.high,
  );
  return { low: out[0], high: out[1] };
}

/** Purposes are small numbers, so that a hot draw costs one Philox call and no string. */
export const purposes = {
  dice: 1,
  tie: 2,
  latency: 3,
  loss: 4,
  duplicate: 5,
  corrupt: 6,
  reorder: 7,
  breakPrefix: 8,
  keepAlive: 9,
  device: 10,
  service: 11,
  diskPrefix: 12,
  diskDamage: 13,
  selection: 14,
  rule: 15,
  clock: 16,
  shuffle: 17,
  rank: 18,
} as const;

/** One 32-bit word for a purpose. */
export function drawWord(key: DrawKey, purpose: number): number {
  return mix(purpose, 0, 0, 0x64726177, key.low, key.high)[0];
}

/** A uniform in [0, 1) with 53 bits. */
export function drawUniform(key: DrawKey, purpose: number, index = 0): number {
  const out = mix(purpose, index, 0, 0x756e6966, key.low, key.high);
  return (out[0] * 2_097_152 + (out[1] >>> 11)) / 9_007_199_254_740_992;
}

/** The dice that a host stamps on an input. */
export function drawDice(key: DrawKey): Dice {
  const out = mix(purposes.dice, 0, 0, 0x64696365, key.low, key.high);
  return out[0] * 2_097_152 + (out[1] >>> 11);
}

function diceBlock(dice: Dice, purpose: string, index: number): Block {
  const high = Math.floor(dice / 0x1_0000_0000);
  const key = childKey({ low: (dice % 0x1_0000_0000) >>> 0, high }, purpose);
  return mix(index, 0, 0, 0x726f6c6c, key.low, key.high);
}

/** An integer in [0, n) from an input's dice, for a named purpose. */
export function choose(dice: Dice, purpose: string, n: number): number {
  assert(Number.isSafeInteger(n) && n >= 1 && n <= 0x7fff_ffff, `choose needs 1 ≤ n ≤ 2^31 − 1, got ${n}`);
  return Math.floor(uniform(dice, purpose) * n);
}

/** A uniform in [0, 1) from an input's dice, for a named purpose. */
export function uniform(dice: Dice, purpose: string): number {
  const out = diceBlock(dice, purpose, 0);
  return (out[0] * 2_097_152 + (out[1] >>> 11)) / 9_007_199_254_740_992;
}

/** A whole stream of 32-bit words from an input's dice: word `index` for a named purpose. */
export function expand(dice: Dice, purpose: string): (index: number) => number {
  return (index) => diceBlock(dice, purpose, index)[0];
}

/** Inverse of the exponential distribution with the given mean. */
export function exponential(u: number, mean: number): number {
  return -log(1 - u) * mean;
}

/** Inverse of the log-normal distribution given by its median and sigma. */
export function logNormal(u: number, median: number, sigma: number): number {
  return median * exp(sigma * inverseNormal(u));
}

/** How often in a row an event of probability p < 1 happens: the largest k with u < p^k. */
export function runLength(u: number, p: number, max: number): number {
  let k = 0;
  let threshold = p;
  while (k < max && u < threshold) {
    k += 1;
    threshold *= p;
  }
  return k;
}
