/**
 * A set of states of which it keeps 63 bits each (hash compaction: P. Wolper, D. Leroy, "Reliable
 * Hashing without Collision Detection", 1993). Of n states two share their bits with a probability of
 * about n² / 2^64: for twenty million that is one in forty thousand.
 */
const firstCapacity = 1 << 16;

export class StateSet {
  #low = new Uint32Array(firstCapacity);
  #high = new Uint32Array(firstCapacity);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds the state of `length` numbers at `offset`; false when it was there before. */
  add(numbers: Int32Array, offset: number, length: number): boolean {
    if (this.#size * 10 > this.#low.length * 7) this.#grow();
    const low = mixed(numbers, offset, length, 0x9747b28c, 0xcc9e2d51);
    // The table marks an empty place by a zero.
    const high = (mixed(numbers, offset, length, 0x2545f491, 0xab0e9789) | 1) >>> 0;
    if (!this.#put(low, high)) return false;
    this.#size += 1;
    return true;
  }

  #put(low: number, high: number): boolean {
    const mask = this.#low.length - 1;
    for (let place = low & mask; ; place = (place + 1) & mask) {
      if (this.#high[place] === 0) {
        this.#low[place] = low;
        this.#high[place] = high;
        return true;
      }
      if (this.#low[place] === low && this.#high[place] === high) return false;
    }
  }

  #grow(): void {
    const [low, high] = [this.#low, this.#high];
    this.#low = new Uint32Array(low.length * 2);
    this.#high = new Uint32Array(low.length * 2);
    for (let place = 0; place < low.length; place += 1) if (high[place] !== 0) this.#put(low[place]!, high[place]!);
  }
}

/** MurmurHash3, 32 bits (A. Appleby, 2011), of whole numbers; `factor` is its first constant. */
function mixed(numbers: Int32Array, offset: number, length: number, seed: number, factor: number): number {
  let hash = seed;
  for (let at = offset; at < offset + length; at += 1) {
    const k = Math.imul(numbers[at]!, factor);
    hash ^= Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= length * 4;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
