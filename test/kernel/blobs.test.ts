import { describe, expect, it } from 'vitest';
import { blobBytesIn, BlobStore, forEachBlobRef, isBlobRef } from '../../src/kernel/blobs.ts';
import type { BlobRef } from '../../src/kernel/blobs.ts';
import { fromHex } from '../../src/kernel/bytes.ts';
import type { Value } from '../../src/kernel/codec.ts';
import { limits } from '../../src/kernel/limits.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';

const bytesOf = (...bytes: number[]) => Uint8Array.from(bytes);
const abc = bytesOf(0x61, 0x62, 0x63);
// FIPS 180-4, the example of "abc".
const abcName = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('a blob store', () => {
  it('names bytes by their SHA-256 and keeps them once', () => {
    const store = new BlobStore(sha256Node);
    const ref = store.put(abc);
    expect(ref).toEqual({ blob: abcName, bytes: 3 });
    expect(store.put(abc.slice())).toEqual(ref);
    expect(store.residentBytes).toBe(3);
    expect(store.get(ref)).toBe(abc);
    expect(store.named(abcName)).toBe(abc);
  });

  it('does not know another name, or the same name with another length', () => {
    const store = new BlobStore(sha256Node);
    const ref = store.put(abc);
    const longer = { ...ref, bytes: 4 };
    expect([store.has(ref), store.has(longer), store.find(longer)]).toEqual([true, false, undefined]);
    expect(store.named('0'.repeat(64))).toBeUndefined();
    expect(() => store.get(longer)).toThrow('blob ba7816bf8f01 of 4 bytes is not in the store');
  });

  it('frees what no root names, however deep the others stand', () => {
    const store = new BlobStore(sha256Node);
    const refs = [1, 2, 3, 4].map((byte) => store.put(bytesOf(byte, byte)));
    expect(store.residentBytesPeak).toBe(8);
    store.collect([{ model: refs[0]! }, [[{ deep: [refs[2]!] }]], null, 7, 'text', abc]);
    expect(refs.map((ref) => store.has(ref))).toEqual([true, false, true, false]);
    expect(store.residentBytes).toBe(4);
    expect(store.residentBytesPeak).toBe(8);
  });

  it('asks for a collection after so many new bytes, and not again before as many more', () => {
    const store = new BlobStore(sha256Node);
    const large = (first: number) => {
      const bytes = new Uint8Array(limits.blobBytesBeforeCollection / 2);
      bytes[0] = first;
      return bytes;
    };
    const root = store.put(large(1));
    expect(store.collectionDue).toBe(false);
    store.put(large(2));
    expect(store.collectionDue).toBe(true);
    store.collect([root]);
    expect(store.collectionDue).toBe(false);
    expect(store.residentBytes).toBe(limits.blobBytesBeforeCollection / 2);
  });

  it('is saved in the order of names and comes back whole', () => {
    const store = new BlobStore(sha256Node);
    const refs = [bytesOf(9), abc, bytesOf()].map((bytes) => store.put(bytes));
    const restored = new BlobStore(sha256Node);
    restored.put(bytesOf(5));
    restored.load(store.save());
    expect(refs.map((ref) => restored.get(ref))).toEqual([bytesOf(9), abc, bytesOf()]);
    expect(restored.residentBytes).toBe(4);
    const names = (restored.save() as Uint8Array[]).map((bytes) => store.put(bytes).blob);
    expect(names).toEqual([...names].sort());
  });

  it('takes no blob larger than the limit', () => {
    const store = new BlobStore(sha256Node);
    expect(() => store.put(new Uint8Array(limits.blobBytesMax + 1))).toThrow(`larger than ${limits.blobBytesMax}`);
  });

  it('takes no more bytes in all than the limit', () => {
    // One array under many names: the names are made up, so that no gigabytes are needed.
    let names = 0;
    const store = new BlobStore(() => fromHex((names += 1).toString(16).padStart(64, '0')));
    const largest = new Uint8Array(limits.blobBytesMax);
    const fitting = limits.blobBytesResidentMax / limits.blobBytesMax;
    for (let index = 0; index < fitting; index += 1) store.put(largest);
    expect(() => store.put(largest)).toThrow(`more than ${limits.blobBytesResidentMax} bytes of blobs are in use`);
  });
});

describe('references inside values', () => {
  const ref: BlobRef = { blob: abcName, bytes: 3 };
  const other: BlobRef = { blob: '0'.repeat(64), bytes: 10 };

  it.each<[boolean, Value]>([
    [true, ref], [true, { ...ref, more: 1 }], [false, { blob: abcName }], [false, { bytes: 3 }], [false, { blob: 'abc', bytes: 3 }],
    [false, { blob: abcName.toUpperCase(), bytes: 3 }], [false, { blob: abcName, bytes: '3' }], [false, null], [false, [abcName, 3]],
    [false, abcName], [false, 3], [false, abc],
  ])('are told apart: %s for %o', (is, value) => expect(isBlobRef(value)).toBe(is));

  it('are visited in the order of keys, and their bytes add up', () => {
    const value = { first: [other, { deep: ref }], second: ref, third: abc, fourth: null };
    const visited: string[] = [];
    forEachBlobRef(value, ({ blob }) => visited.push(blob));
    expect(visited).toEqual([other.blob, ref.blob, ref.blob]);
    expect(blobBytesIn(value)).toBe(16);
    expect(blobBytesIn('text')).toBe(0);
  });
});
