/** Bytes as text, and bytes compared. */
import { assert } from './assert.ts';

const digitCodes = new TextEncoder().encode('0123456789abcdef');
const ascii = new TextDecoder();

/** Room for the digits of a digest; longer ones get room of their own. */
const digestDigits = new Uint8Array(64);

/**
 * Lower-case hexadecimal. The digits are decoded at once, because a text that was put together from
 * pieces stays a tree inside the engine, which makes every later look at it ten times as slow.
 */
export function toHex(bytes: Uint8Array): string {
  const length = bytes.length * 2;
  const room = length <= digestDigits.length ? digestDigits : new Uint8Array(length);
  for (let index = 0; index < bytes.length; index += 1) {
    room[index * 2] = digitCodes[bytes[index]! >>> 4]!;
    room[index * 2 + 1] = digitCodes[bytes[index]! & 15]!;
  }
  return ascii.decode(room.length === length ? room : room.subarray(0, length));
}

/** Bytes of lower-case hexadecimal text. */
export function fromHex(text: string): Uint8Array {
  assert(/^(?:[0-9a-f]{2})*$/u.test(text), 'hexadecimal text with an even number of digits expected');
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(text.slice(index * 2, index * 2 + 2), 16);
  }
  return bytes;
}

/** Order of two byte strings: first differing byte, then length. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = a[index]! - b[index]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Whether two byte strings are the same. Not for secrets: its time depends on the contents. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}

/** The parts behind one another. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
