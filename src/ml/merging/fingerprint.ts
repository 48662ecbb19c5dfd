/**
 * Fingerprints of sums: whether a total is the sum of its parts, without holding the parts.
 *
 * f(S) = Σ r_k · S_k mod p with p = 2^31 − 1 and r_k in [1, p − 1], drawn by the training seed and the
 * round (R. Freivalds, "Probabilistic machines can use less running time", 1977). It is linear, so the
 * fingerprints of parts add up to that of their total. A wrong total passes with a probability of about
 * 2^−31; a single wrong coordinate is always seen, except for an error that is a multiple of p. The
 * factors are no secret, so this finds mistakes, and not an adversary who computes with them.
 */
import { assert, assertInteger } from '../../kernel/assert.ts';
import { childKey, numberedKey, philox, seedKey } from '../../kernel/draws.ts';
import type { Block } from '../../kernel/draws.ts';

/** The Mersenne prime 2^31 − 1. */
export const fingerprintPrime = 2_147_483_647;

const primeRange = 2_147_483_648; // 2^31, which is 1 modulo the prime.
const halfRange = 65_536; // 2^16
/** So many products of 2^16 and a little over 2^31 add up exactly: 32 · 2^47 = 2^52. */
const exactProducts = 32;

/** The factors that were asked for last: all members of a committee fingerprint one round with the same. */
let latest:
  | { readonly dimensions: number; readonly seed: number; readonly round: number; readonly factors: Uint32Array }
  | undefined;

function factorsOf(dimensions: number, seed: number, round: number): Uint32Array {
  if (latest?.dimensions !== dimensions || latest.seed !== seed || latest.round !== round) {
    latest = { dimensions, seed, round, factors: drawFactors(dimensions, seed, round) };
  }
  return latest.factors;
}

/** One factor from each word of Philox; of 2^32 words, each factor is given by two, four of them by three. */
function drawFactors(dimensions: number, seed: number, round: number): Uint32Array {
  const key = numberedKey(childKey(seedKey(seed, 0), 'fingerprint'), round);
  const factors = new Uint32Array(dimensions);
  const block: Block = [0, 0, 0, 0];
  for (let index = 0; index < dimensions; index += 4) {
    block[0] = index / 4;
    block[1] = block[2] = block[3] = 0;
    philox(block, key.low, key.high);
    for (let word = 0; word < 4 && index + word < dimensions; word += 1) {
      factors[index + word] = 1 + (block[word]! % (fingerprintPrime - 1));
    }
  }
  return factors;
}

/** The fingerprint of a sum of safe integers, from 0 to 2^31 − 2. */
export function fingerprintOf(sum: Float64Array, seed: number, round: number): number {
  const factors = factorsOf(sum.length, seed, round);
  let highSum = 0;
  let lowSum = 0;
  for (let first = 0; first < sum.length; first += exactProducts) {
    const end = Math.min(first + exactProducts, sum.length);
    let high = 0;
    let low = 0;
    for (let index = first; index < end; index += 1) {
      const factor = factors[index]!;
      const residue = shortened(sum[index]!);
      high += (factor >>> 16) * residue;
      low += (factor & 0xffff) * residue;
    }
    highSum = (highSum + high) % fingerprintPrime;
    lowSum = (lowSum + low) % fingerprintPrime;
  }
  const remainder = (highSum * halfRange + lowSum) % fingerprintPrime;
  assert(!Number.isNaN(remainder), 'a fingerprint is taken of numbers');
  return remainder < 0 ? remainder + fingerprintPrime : remainder + 0; // −0 becomes 0.
}

/** A number of the same remainder modulo the prime, from −2^22 to 2^31 + 2^22. */
function shortened(value: number): number {
  const high = Math.floor(value / primeRange);
  return value - high * primeRange + high;
}

/**
 * The fingerprint of a total from those of its parts; 0 for no parts. Parts come from messages, so any
 * safe integer from 0 is taken, by its remainder.
 */
export function combineFingerprints(fingerprints: Iterable<number>): number {
  let combined = 0;
  for (const fingerprint of fingerprints) {
    const part = assertInteger(fingerprint, 'fingerprint', 0, Number.MAX_SAFE_INTEGER);
    combined = (combined + (part % fingerprintPrime)) % fingerprintPrime;
  }
  return combined;
}
