/**
 * Blobs: immutable bytes named by their SHA-256.
 *
 * Whatever is larger than 1 KiB (a model, an update, a shard) stands in messages, snapshots, saves
 * and task inputs as a reference; the bytes live once in a world's store. Links charge the whole
 * length. Unreferenced blobs are freed by mark and sweep, because snapshots, frames and records are
 * plain values that can be walked.
 */
import { assert } from './assert.ts';
import { toHex } from './bytes.ts';
import type { Value } from './codec.ts';
import { limits } from './limits.ts';

/** SHA-256 of some bytes, as a port: node:crypto in Node, noble in a browser, the same 32 bytes. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** The name and length of a blob, as it stands inside values. */
export type BlobRef = { readonly blob: string; readonly bytes: number };

const namePattern = /^[0-9a-f]{64}$/u;

/** Whether a value is a reference to a blob. */
export function isBlobRef(value: Value): value is BlobRef {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { blob, bytes } = value as { blob?: Value; bytes?: Value };
  return typeof blob === 'string' && typeof bytes === 'number' && blob.length === 64 && namePattern.test(blob);
}

/** Calls `visit` for each blob reference inside a value, in the order of its keys. */
export function forEachBlobRef(value: Value, visit: (ref: BlobRef) => void): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if (Array.isArray(value)) {
    for (const item of value) forEachBlobRef(item, visit);
  } else if (isBlobRef(value)) {
    visit(value);
  } else {
    for (const item of Object.values(value as { [key: string]: Value })) forEachBlobRef(item, visit);
  }
}

/** Sum of the lengths of the blobs that a value names. */
export function blobBytesIn(value: Value): number {
  let sum = 0;
  forEachBlobRef(value, (ref) => {
    sum += ref.bytes;
  });
  return sum;
}

/** One world's blobs. */
export class BlobStore {
  readonly #sha256: Sha256;
  readonly #blobs = new Map<string, Uint8Array>();
  #residentBytes = 0;
  #residentBytesPeak = 0;
  #bytesSinceCollection = 0;

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  /** Keeps `bytes`, which must not change afterwards, and returns their name. */
  put(bytes: Uint8Array): BlobRef {
    assert(bytes.length <= limits.blobBytesMax, () => `a blob of ${bytes.length} bytes is larger than ${limits.blobBytesMax}`);
    const blob = toHex(this.#sha256(bytes));
    if (!this.#blobs.has(blob)) {
      this.#blobs.set(blob, bytes);
      this.#residentBytes += bytes.length;
      this.#bytesSinceCollection += bytes.length;
      this.#residentBytesPeak = Math.max(this.#residentBytesPeak, this.#residentBytes);
      const { blobBytesResidentMax } = limits;
      assert(this.#residentBytes <= blobBytesResidentMax, () => `more than ${blobBytesResidentMax} bytes of blobs are in use`);
    }
    return { blob, bytes: bytes.length };
  }

  has(ref: BlobRef): boolean {
    return this.#blobs.get(ref.blob)?.length === ref.bytes;
  }

  /** The bytes of a blob; undefined when it is not here. */
  find(ref: BlobRef): Uint8Array | undefined {
    const bytes = this.#blobs.get(ref.blob);
    return bytes?.length === ref.bytes ? bytes : undefined;
  }

  /** The bytes of a name alone; undefined when they are not here. */
  named(blob: string): Uint8Array | undefined {
    return this.#blobs.get(blob);
  }

  get(ref: BlobRef): Uint8Array {
    const bytes = this.find(ref);
    assert(bytes !== undefined, () => `blob ${ref.blob.slice(0, 12)} of ${ref.bytes} bytes is not in the store`);
    return bytes;
  }

  get residentBytes(): number {
    return this.#residentBytes;
  }

  get residentBytesPeak(): number {
    return this.#residentBytesPeak;
  }

  /** Whether enough was added since the last collection to make another one worth its walk. */
  get collectionDue(): boolean {
    return this.#bytesSinceCollection >= limits.blobBytesBeforeCollection;
  }

  /** Frees every blob that no root names; `roots` must yield all values that are still alive. */
  collect(roots: Iterable<Value>): void {
    const alive = new Set<string>();
    for (const root of roots) forEachBlobRef(root, (ref) => alive.add(ref.blob));
    for (const [blob, bytes] of this.#blobs) {
      if (alive.has(blob)) continue;
      this.#blobs.delete(blob);
      this.#residentBytes -= bytes.length;
    }
    this.#bytesSinceCollection = 0;
  }

  /** All blobs as plain values in name order, for a checkpoint. */
  save(): Value {
    const names = [...this.#blobs.keys()].sort();
    return names.map((name) => this.#blobs.get(name)!);
  }

  /** Puts the blobs of a checkpoint back. */
  load(saved: Value): void {
    this.#blobs.clear();
    this.#residentBytes = 0;
    for (const bytes of saved as readonly Uint8Array[]) this.put(new Uint8Array(bytes));
  }
}
