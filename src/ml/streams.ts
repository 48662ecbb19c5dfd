/**
 * Long streams of uniforms for drawing data: thousands of numbers that belong to one identity.
 *
 * A stream is Alea (Johannes Baagøe 2010, as kept in seedrandom), seeded with the text of a Philox
 * key, so the chance of one image, tensor or worker depends on its own name only. Chance of the
 * network or of faults never comes from here: that is kernel/draws, one keyed draw at a time.
 */
import seedrandom from 'seedrandom';
import type { DrawKey } from '../kernel/draws.ts';

/** Gives the next uniform in [0, 1), with 32 bits. */
export type Stream = () => number;

/** The stream of one key. */
export function streamOf(key: DrawKey): Stream {
  return seedrandom.alea(`${key.high.toString(16)}:${key.low.toString(16)}`);
}

/** The next uniform in [low, high). */
export function between(stream: Stream, low: number, high: number): number {
  return low + (high - low) * stream();
}

/**
 * A permutation of 0 … count − 1, by the shuffle of R. Durstenfeld ("Algorithm 235: Random
 * permutation", Communications of the ACM 7, 1964).
 */
export function permutation(count: number, stream: Stream): Uint32Array {
  const order = new Uint32Array(count);
  for (let index = 0; index < count; index += 1) order[index] = index;
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(stream() * (last + 1));
    const moved = order[last]!;
    order[last] = order[other]!;
    order[other] = moved;
  }
  return order;
}
