/**
 * Partial sums as bytes, without loss: what aggregators of a committee send one another.
 *
 * Layout, little-endian: a header of four words (format, coordinates, samples, divisor), one byte for
 * the width of each block of 64 coordinates, zeros up to a whole word, then the blocks in 32-bit words.
 * Every coordinate is divided by the divisor, the greatest that it, all others and the samples have in
 * common, and stands in two's complement of its block's width, the least that holds the block. (Binary
 * packing: D. Lemire, L. Boytsov, "Decoding billions of integers per second through vectorization",
 * 2015.) A sum has one spelling, and no other is accepted.
 */
import { assert, assertInteger } from '../../kernel/assert.ts';
import { BitReader, BitWriter, bytesOfWords, wordsOfBytes } from './bit-words.ts';
import { mergedSamplesMax } from './merge.ts';
import type { PartialSum } from './merge.ts';

/** The bytes `SUM` and the number of this layout. */
const format = 0x014d_5553;
const headerWords = 4;
/** A whole number of 64 fields of any width fills whole words, so only the last block may leave a gap. */
const blockCoordinates = 64;
/** Bits of ±(2^53 − 1) with its sign. */
const widthMax = 54;
const wordRange = 4_294_967_296; // 2^32

/** Bytes that are no packed sum, or not the one that was expected, and why, in words. */
export class PackedSumRefused extends Error {
  static override readonly name = 'PackedSumRefused';
  override readonly name = 'PackedSumRefused';
}

function requireThat(condition: boolean, words: () => string): void {
  if (!condition) throw new PackedSumRefused(words());
}

/** The bytes of a sum. Its coordinates are safe integers, and −0 is written as 0. */
export function packSum({ sums, samples }: PartialSum): Uint8Array {
  assertInteger(samples, 'samples', 1, mergedSamplesMax - 1);
  const divisor = commonDivisor(sums, samples);
  const quotients = sums.map((sum) => {
    assert(Number.isSafeInteger(sum), () => `a sum of updates is an integer below 2^53, got ${sum}`);
    return sum / divisor;
  });
  const widths = widthsOf(quotients);
  const bodyStart = bodyStartOf(sums.length);
  const words = new Uint32Array(bodyStart + wordsOfBits(bitsOf(widths, sums.length)));
  words.set([format, sums.length, samples, divisor]);
  const bytes = bytesOfWords(words);
  bytes.set(widths, 4 * headerWords);
  writeQuotients(quotients, widths, new BitWriter(words.subarray(bodyStart)));
  return bytes;
}

/**
 * The sum in some bytes, which may come from anywhere; `dimensions` are the coordinates that it must
 * have. Throws `PackedSumRefused`. Every coordinate of the result is a safe integer.
 */
export function unpackSum(bytes: Uint8Array, dimensions: number): PartialSum {
  const { words, samples, divisor, widths } = readHeader(bytes, dimensions);
  const reader = new BitReader(words.subarray(bodyStartOf(dimensions)));
  const quotients = readQuotients(widths, dimensions, reader);
  const unusedBits = 32 * (words.length - bodyStartOf(dimensions)) - bitsOf(widths, dimensions);
  requireThat(reader.take(unusedBits) === 0, () => 'a packed sum ends in bits that are not zero');
  const greatest = commonDivisor(quotients, samples / divisor) === 1;
  requireThat(greatest, () => 'the divisor of a packed sum is not the greatest');
  for (let index = 0; index < dimensions; index += 1) {
    const sum = quotients[index]! * divisor;
    requireThat(Number.isSafeInteger(sum), () => `coordinate ${index} of a packed sum is not below 2^53`);
    quotients[index] = sum;
  }
  return { sums: quotients, samples };
}

interface Header {
  readonly words: Uint32Array;
  readonly samples: number;
  readonly divisor: number;
  readonly widths: Uint8Array;
}

/** Everything before the blocks; the length of the bytes is then known to fit the widths. */
function readHeader(bytes: Uint8Array, dimensions: number): Header {
  const length = bytes.length;
  requireThat(length % 4 === 0 && length >= 4 * headerWords, () => `${length} bytes are no packed sum`);
  const words = wordsOfBytes(bytes);
  const samples = words[2]!;
  const divisor = words[3]!;
  requireThat(words[0] === format, () => 'a packed sum of an unknown format');
  requireThat(words[1] === dimensions, () => `a packed sum of ${words[1]} coordinates, not ${dimensions}`);
  requireThat(samples >= 1 && samples < mergedSamplesMax, () => `a packed sum of ${samples} samples`);
  requireThat(divisor >= 1 && samples % divisor === 0, () => `${divisor} does not divide ${samples} samples`);
  const bodyStart = bodyStartOf(dimensions);
  requireThat(words.length >= bodyStart, () => `a packed sum of ${length} bytes ends within its widths`);
  const widths = bytes.subarray(4 * headerWords, 4 * headerWords + blocksOf(dimensions));
  requireThat(
    widths.every((width) => width <= widthMax),
    () => `a block of a packed sum is wider than ${widthMax} bits`,
  );
  const padding = bytes.subarray(4 * headerWords + widths.length, 4 * bodyStart);
  requireThat(padding.every((byte) => byte === 0), () => 'the widths of a packed sum end in bytes that are not zero');
  const expectedWords = bodyStart + wordsOfBits(bitsOf(widths, dimensions));
  requireThat(words.length === expectedWords, () => `a packed sum of ${length} bytes, not ${4 * expectedWords}`);
  return { words, samples, divisor, widths };
}

function blocksOf(dimensions: number): number {
  return Math.ceil(dimensions / blockCoordinates);
}

/** The word at which the blocks begin. */
function bodyStartOf(dimensions: number): number {
  return headerWords + Math.ceil(blocksOf(dimensions) / 4);
}

function wordsOfBits(bits: number): number {
  return Math.ceil(bits / 32);
}

/** Bits of all blocks together. */
function bitsOf(widths: Uint8Array, dimensions: number): number {
  let bits = 0;
  for (let block = 0; block < widths.length; block += 1) {
    bits += widths[block]! * (endOfBlock(block, dimensions) - block * blockCoordinates);
  }
  return bits;
}

/** The coordinate after the last one of a block. */
function endOfBlock(block: number, dimensions: number): number {
  return Math.min((block + 1) * blockCoordinates, dimensions);
}

/**
 * The greatest divisor of `samples` that divides every value. It is worth its search: where all updates
 * weigh the same, a sum is that weight times a smaller number.
 */
function commonDivisor(values: Float64Array, samples: number): number {
  let divisor = samples;
  for (let index = 0; index < values.length && divisor > 1; index += 1) {
    // A quotient that is a whole number is exact; another one, rounded, does not multiply back.
    const value = values[index]!;
    if (Math.round(value / divisor) * divisor !== value) divisor = greatestCommonDivisor(Math.abs(value), divisor);
  }
  return divisor;
}

/** Euclid's algorithm (Elements VII.2); `%` of safe integers is exact. */
function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function widthsOf(values: Float64Array): Uint8Array {
  const widths = new Uint8Array(blocksOf(values.length));
  for (let block = 0; block < widths.length; block += 1) widths[block] = widthOfBlock(values, block);
  return widths;
}

/** The least bits in which two's complement holds every value of a block; 0 where all are zero. */
function widthOfBlock(values: Float64Array, block: number): number {
  const end = endOfBlock(block, values.length);
  let largest = 0;
  let allZero = true;
  for (let index = block * blockCoordinates; index < end; index += 1) {
    const value = values[index]!;
    if (value === 0) continue;
    allZero = false;
    largest = Math.max(largest, value < 0 ? -1 - value : value);
  }
  return allZero ? 0 : 1 + bitLength(largest);
}

/** Bits of an integer from 0 to 2^53 − 1. */
function bitLength(value: number): number {
  return value < wordRange ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / wordRange));
}

function writeQuotients(quotients: Float64Array, widths: Uint8Array, writer: BitWriter): void {
  for (let block = 0; block < widths.length; block += 1) {
    const width = widths[block]!;
    const end = endOfBlock(block, quotients.length);
    for (let index = block * blockCoordinates; index < end; index += 1) {
      const value = quotients[index]!;
      // `| 0` takes the lowest 32 bits in two's complement, whatever the sign.
      writer.append(value | 0, Math.min(width, 32));
      if (width > 32) writer.append(Math.floor(value / wordRange), width - 32);
    }
  }
  writer.finish();
}

function readQuotients(widths: Uint8Array, dimensions: number, reader: BitReader): Float64Array {
  const quotients = new Float64Array(dimensions);
  for (let block = 0; block < widths.length; block += 1) {
    const width = widths[block]!;
    const end = endOfBlock(block, dimensions);
    for (let index = block * blockCoordinates; index < end; index += 1) {
      const low = width > 32 ? reader.take(32) : takeSigned(reader, width);
      quotients[index] = width > 32 ? wordRange * takeSigned(reader, width - 32) + low : low;
    }
    const least = widthOfBlock(quotients, block);
    requireThat(least === width, () => `block ${block} of a packed sum is ${width} bits wide, and ${least} are enough`);
  }
  return quotients;
}

/** A two's complement number of 0 to 32 bits: its highest bit is moved up to the sign and back. */
function takeSigned(reader: BitReader, bits: number): number {
  return (reader.take(bits) << (32 - bits)) >> (32 - bits);
}
