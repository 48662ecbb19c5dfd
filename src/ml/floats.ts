/**
 * Float32 vectors as blobs and back: little-endian, four bytes a number, nothing else.
 *
 * Typed arrays use the byte order of the machine, and every machine that runs this project is
 * little-endian; the assertion below says so instead of computing other hashes.
 */
import { assert } from '../kernel/assert.ts';

const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Requires the byte order in which the blobs of this room are written. */
export function assertLittleEndian(): void {
  assert(littleEndian, 'the blobs of learning need a little-endian machine');
}

/** The bytes of a vector, without copying it. */
export function bytesOfFloats(values: Float32Array): Uint8Array {
  assertLittleEndian();
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The vector in some bytes; copied only when they do not lie on a multiple of four. */
export function floatsOfBytes(bytes: Uint8Array): Float32Array {
  assertLittleEndian();
  assert(bytes.byteLength % 4 === 0, () => `${bytes.byteLength} bytes are no whole number of float32`);
  if (bytes.byteOffset % 4 === 0) return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  return new Float32Array(bytes.slice().buffer);
}
