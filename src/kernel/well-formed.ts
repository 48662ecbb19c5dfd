/**
 * A look over bytes from outside before anything is built from them.
 *
 * It walks the heads of one CBOR item (RFC 8949 §3) and accepts only what kernel/codec writes:
 * definite lengths in their shortest form, no tags, no lengths beyond the bytes that are there, no
 * deeper nesting than a value may have. A decoder alone would reserve room for whatever length a few
 * hostile bytes announce. Order of keys and contents of text are left to the codec.
 */
import { limits } from './limits.ts';

const textMajor = 3;
const arrayMajor = 4;
const mapMajor = 5;
const simpleMajor = 7;

/** Smallest argument that needs the following 1, 2 or 4 bytes, by additional information 24 to 26. */
const smallestArgument = [24, 0x100, 0x1_0000];

/** The head that was read last: its argument, and where the item goes on. */
let argument = 0;
let next = 0;

/** Reads the head at `offset`; false when it is cut off, too long, indefinite or reserved. */
function readHead(bytes: Uint8Array, offset: number): boolean {
  const additional = bytes[offset]! & 31;
  next = offset + 1;
  argument = additional;
  if (additional < 24) return true;
  if (additional > 26) return false;
  const width = 1 << (additional - 24);
  if (next + width > bytes.length) return false;
  argument = 0;
  for (let index = 0; index < width; index += 1) argument = argument * 256 + bytes[next + index]!;
  next += width;
  return argument >= smallestArgument[additional - 24]!;
}

/** Whether a simple value is false, true, null, or a binary64, the only float that is written. */
function readSimple(bytes: Uint8Array, offset: number): boolean {
  const head = bytes[offset]!;
  next = offset + (head === 0xfb ? 9 : 1);
  return (head === 0xfb && next <= bytes.length) || (head >= 0xf4 && head <= 0xf6);
}

/** Whether the bytes are one item in the form of kernel/codec, from the first byte to the last. */
export function isWellFormed(bytes: Uint8Array): boolean {
  /** How many items each open array or map still awaits, the innermost last. */
  const awaited: number[] = [];
  let offset = 0;
  for (;;) {
    if (offset >= bytes.length) return false;
    const major = bytes[offset]! >>> 5;
    if (major === simpleMajor ? !readSimple(bytes, offset) : !readHead(bytes, offset)) return false;
    offset = next;
    if (major > mapMajor && major !== simpleMajor) return false;
    if (major === arrayMajor || major === mapMajor) {
      const items = major === mapMajor ? argument * 2 : argument;
      // Each item takes a byte at least.
      if (items > bytes.length - offset || awaited.length >= limits.valueDepthMax) return false;
      awaited.push(items);
    } else if (major === textMajor || major === textMajor - 1) {
      if (argument > bytes.length - offset) return false;
      offset += argument;
    }
    if (isComplete(awaited)) return offset === bytes.length;
  }
}

/** Counts off one item, and each container that is full with it; true when nothing is awaited. */
function isComplete(awaited: number[]): boolean {
  while (awaited.length > 0) {
    const last = awaited.length - 1;
    if (awaited[last]! > 0) {
      awaited[last]! -= 1;
      return false;
    }
    awaited.pop();
  }
  return true;
}
