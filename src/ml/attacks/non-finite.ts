/**
 * NaN and infinities planted in an update: one of them, averaged in, ruins its coordinate for everybody.
 *
 * No paper is needed for it. It tests that receivers look at what they are sent, so nothing here is clamped.
 */
import { assert } from '../../kernel/assert.ts';
import type { Stream } from '../streams.ts';

/** The quiet NaN without payload, +Infinity, −Infinity: as bits, because a language may store any NaN as NaN. */
const planted = [0x7fc0_0000, 0x7f80_0000, 0xff80_0000] as const;

/** A copy of `own` in which about that share of the coordinates, and one at least, is no finite number. */
export function nonFinite(own: Float32Array, share: number, stream: Stream): Float32Array {
  assert(own.length > 0, 'an update has a coordinate');
  const update = own.slice();
  const bits = new Uint32Array(update.buffer);
  const certain = Math.floor(stream() * own.length);
  for (let index = 0; index < own.length; index += 1) {
    const isPlanted = stream() < share || index === certain;
    const kind = Math.floor(stream() * planted.length);
    if (isPlanted) bits[index] = planted[kind]!;
  }
  return update;
}
