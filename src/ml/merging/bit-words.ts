/**
 * A row of whole numbers of 0 to 32 bits each, one behind the other in 32-bit words, lowest bit first.
 *
 * This is the layer below packed-sums.ts. Neither side checks bounds: whoever writes has made enough
 * room, and whoever reads knows the length beforehand.
 */
import { assert } from '../../kernel/assert.ts';
import { assertLittleEndian } from '../floats.ts';

/** The lowest `bits` bits of a word, for 0 to 32 bits. */
function lowestBits(word: number, bits: number): number {
  return bits === 32 ? word : word & ((1 << bits) - 1);
}

/** Fills words from the front. */
export class BitWriter {
  readonly #words: Uint32Array;
  #position = 0;
  #open = 0;
  #openBits = 0;

  constructor(words: Uint32Array) {
    this.#words = words;
  }

  /** Appends the lowest `bits` bits of `value`; what stands above them is ignored. */
  append(value: number, bits: number): void {
    const kept = lowestBits(value, bits);
    const used = this.#openBits;
    this.#open |= kept << used;
    this.#openBits = used + bits;
    if (this.#openBits < 32) return;
    this.#words[this.#position] = this.#open;
    this.#position += 1;
    this.#openBits -= 32;
    // A shift by 32 would shift by 0, so a word that ended exactly has nothing to carry over.
    this.#open = this.#openBits === 0 ? 0 : kept >>> (32 - used);
  }

  /** Writes the last, partly filled word; its upper bits are zero. */
  finish(): void {
    if (this.#openBits > 0) this.#words[this.#position] = this.#open;
  }
}

/** Takes numbers out of words in the order in which they were appended. */
export class BitReader {
  readonly #words: Uint32Array;
  #position = 0;
  #usedBits = 0;

  constructor(words: Uint32Array) {
    this.#words = words;
  }

  /** The next `bits` bits as an integer from 0 to 2^bits − 1. */
  take(bits: number): number {
    if (bits === 0) return 0;
    const used = this.#usedBits;
    let word = this.#words[this.#position]! >>> used;
    this.#usedBits = used + bits;
    if (this.#usedBits >= 32) {
      this.#position += 1;
      this.#usedBits -= 32;
      if (this.#usedBits > 0) word |= this.#words[this.#position]! << (32 - used);
    }
    return lowestBits(word, bits) >>> 0;
  }
}

/** The bytes of some words, without copying them. */
export function bytesOfWords(words: Uint32Array): Uint8Array {
  assertLittleEndian();
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

/** The words in some bytes, a multiple of four; copied only when they do not lie on one. */
export function wordsOfBytes(bytes: Uint8Array): Uint32Array {
  assertLittleEndian();
  assert(bytes.byteLength % 4 === 0, () => `${bytes.byteLength} bytes are no whole number of 32-bit words`);
  if (bytes.byteOffset % 4 === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  return new Uint32Array(bytes.slice().buffer);
}
