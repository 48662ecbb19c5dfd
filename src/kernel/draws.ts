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

const weyl0 = 0x9e3779b9; // golden ratio, key schedule word 0 (Salmon et al. 2011, §3.3).
const weyl1 = 0xbb67ae85; // sqrt(3) − 1, key schedule word 1.
// Multipliers of Philox4x32, as whole words and as 16-bit halves.
const multiplier0 = 0xd2511f53;
const multiplier0High = 0xd251;
const multiplier0Low = 0x1f53;
const multiplier1 = 0xcd9e8d57;
const multiplier1High = 0xcd9e;
const multiplier1Low = 0x8d57;

/** The result of the latest call of `mix`; a typed array keeps the words out of the heap. */
const mixed = new Uint32Array(4);

/**
 * Philox4x32 with ten rounds over four counter words and two key words, into `mixed`.
 *
 * The high word of each 32 × 32 bit product is put together from 16-bit halves: every sum below stays
 * under 2^32, so that nothing leaves the machine's integers.
 */
function mix(word0: number, word1: number, word2: number, word3: number, keyLow: number, keyHigh: number): void {
  let c0 = word0 | 0;
  let c1 = word1 | 0;
  let c2 = word2 | 0;
  let c3 = word3 | 0;
  let k0 = keyLow | 0;
  let k1 = keyHigh | 0;
  for (let round = 0; round < 10; round += 1) {
    const high0 = multiplyHigh(multiplier0High, multiplier0Low, c0);
    const high1 = multiplyHigh(multiplier1High, multiplier1Low, c2);
    const low0 = Math.imul(multiplier0, c0);
    const low1 = Math.imul(multiplier1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + weyl0) | 0;
    k1 = (k1 + weyl1) | 0;
  }
  mixed[0] = c0;
  mixed[1] = c1;
  mixed[2] = c2;
  mixed[3] = c3;
}

/** High 32 bits of (high · 2^16 + low) · word, for halves below 2^16 and any 32-bit word. */
function multiplyHigh(high: number, low: number, word: number): number {
  const wordLow = word & 0xffff;
  const wordHigh = word >>> 16;
  const middle = (Math.imul(high, wordLow) >>> 0) + (Math.imul(low, wordLow) >>> 16);
  const carry = (Math.imul(low, wordHigh) >>> 0) + (middle & 0xffff);
  return (Math.imul(high, wordHigh) + (middle >>> 16) + (carry >>> 16)) | 0;
}

/** Philox4x32 with ten rounds; writes the result over `block`. */
export function philox(block: Block, keyLow: number, keyHigh: number): Block {
  mix(block[0], block[1], block[2], block[3], keyLow, keyHigh);
  block[0] = mixed[0]!;
  block[1] = mixed[1]!;
  block[2] = mixed[2]!;
  block[3] = mixed[3]!;
  return block;
}

/** The 64-bit key that the latest call of `mix` left. */
function mixedKey(): DrawKey {
  return { low: mixed[0]!, high: mixed[1]! };
}

/** A uniform in [0, 1) of 53 bits from the latest call of `mix`. */
function mixedUniform(): number {
  return mixedDice() / 9_007_199_254_740_992;
}

function mixedDice(): number {
  return mixed[0]! * 2_097_152 + (mixed[1]! >>> 11);
}

/** The key of a whole run. */
export function seedKey(seed: number, salt: number): DrawKey {
  assert(Number.isSafeInteger(seed) && seed >= 0, `a seed is an integer from 0 to 2^53 − 1, got ${seed}`);
  assert(Number.isSafeInteger(salt) && salt >= 0, `a salt is an integer from 0 to 2^53 − 1, got ${salt}`);
  mix(seed, Math.floor(seed / 0x1_0000_0000), salt, Math.floor(salt / 0x1_0000_0000), 0x6f727265, 0x7279);
  return mixedKey();
}

/** The key of a named part of `parent`: a chain of Philox calls over the name's code units. */
export function childKey(parent: DrawKey, name: string): DrawKey {
  let low = parent.low;
  let high = parent.high;
  for (let index = 0; index < name.length; index += 6) {
    mix(
      name.charCodeAt(index) | (name.charCodeAt(index + 1) << 16),
      name.charCodeAt(index + 2) | (name.charCodeAt(index + 3) << 16),
      name.charCodeAt(index + 4) | (name.charCodeAt(index + 5) << 16),
      0x6e616d65, // marks a name, so that no number can stand for one
      low,
      high,
    );
    low = mixed[0]!;
    high = mixed[1]!;
  }
  mix(name.length, 0, 0, 0x656e6421, low, high);
  return mixedKey();
}

/** The key of a numbered part of `parent`; numbers are integers of at most 53 bits. */
export function numberedKey(parent: DrawKey, a: number, b = 0): DrawKey {
  mix(
    a % 0x1_0000_0000,
    Math.floor(a / 0x1_0000_0000) ^ 0x6e756d00,
    b % 0x1_0000_0000,
    Math.floor(b / 0x1_0000_0000),
    parent.low,
    parent.high,
  );
  return mixedKey();
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
  mix(purpose, 0, 0, 0x64726177, key.low, key.high);
  return mixed[0]!;
}

/** A uniform in [0, 1) with 53 bits. */
export function drawUniform(key: DrawKey, purpose: number, index = 0): number {
  mix(purpose, index, 0, 0x756e6966, key.low, key.high);
  return mixedUniform();
}

/** The dice that a host stamps on an input. */
export function drawDice(key: DrawKey): Dice {
  mix(purposes.dice, 0, 0, 0x64696365, key.low, key.high);
  return mixedDice();
}

/** The key of one purpose of an input's dice. */
function diceKey(dice: Dice, purpose: string): DrawKey {
  const high = Math.floor(dice / 0x1_0000_0000);
  return childKey({ low: (dice % 0x1_0000_0000) >>> 0, high }, purpose);
}

function mixDice(key: DrawKey, index: number): void {
  mix(index, 0, 0, 0x726f6c6c, key.low, key.high);
}

/** An integer in [0, n) from an input's dice, for a named purpose. */
export function choose(dice: Dice, purpose: string, n: number): number {
  assert(Number.isSafeInteger(n) && n >= 1 && n <= 0x7fff_ffff, () => `choose needs 1 ≤ n ≤ 2^31 − 1, got ${n}`);
  return Math.floor(uniform(dice, purpose) * n);
}

/** A uniform in [0, 1) from an input's dice, for a named purpose. */
export function uniform(dice: Dice, purpose: string): number {
  mixDice(diceKey(dice, purpose), 0);
  return mixedUniform();
}

/** A whole stream of 32-bit words from an input's dice: word `index` for a named purpose. */
export function expand(dice: Dice, purpose: string): (index: number) => number {
  const key = diceKey(dice, purpose);
  return (index) => {
    mixDice(key, index);
    return mixed[0]!;
  };
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
