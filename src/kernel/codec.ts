/**
 * Canonical bytes: one value, one encoding.
 *
 * CBOR (RFC 8949) by cbor-x under fixed settings: definite lengths, shortest integers up to 32
 * bits, every other number as binary64, and map keys in the bytewise order of their encoded form
 * (§4.2.1), which cbor-x leaves to its caller. NaN is written with one bit pattern and −0 as 0.
 * Decoding accepts only what this encoder writes, so a value has no second spelling on the wire.
 */
import { Encoder } from 'cbor-x';
import { assert } from './assert.ts';
import { compareBytes, equalBytes } from './bytes.ts';
import { limits } from './limits.ts';

/** What messages, snapshots, records and task inputs are made of. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };

/** An object of values. */
export type ValueMap = { readonly [key: string]: Value };

const encoder = new Encoder({
  useRecords: false,
  mapsAsObjects: true,
  tagUint8Array: false,
  variableMapSize: true,
});

/** Bytewise order of encoded text keys: shorter first, then by UTF-8 bytes (RFC 8949 §4.2.1). */
export function compareKeys(a: string, b: string): number {
  if (isAscii(a) && isAscii(b)) {
    return a.length !== b.length ? a.length - b.length : a < b ? -1 : a > b ? 1 : 0;
  }
  const left = encoder.encode(a);
  const right = encoder.encode(b);
  return left.length - right.length || compareBytes(left, right);
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 127) return false;
  return true;
}

/** The value itself when its keys already stand in order, else a copy in order. */
function inOrder(value: Value, depth: number): Value {
  if (typeof value === 'number') return value === value ? value : NaN;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) {
    assert(
      value === null || typeof value !== 'undefined' && typeof value !== 'function' && typeof value !== 'bigint' && typeof value !== 'symbol',
      `a ${typeof value} has no canonical encoding`,
    );
    return value;
  }
  assert(depth < limits.valueDepthMax, `a value nests deeper than ${limits.valueDepthMax} levels`);
  return Array.isArray(value) ? arrayInOrder(value, depth) : mapInOrder(value as ValueMap, depth);
}

function arrayInOrder(value: readonly Value[], depth: number): Value {
  let copy: Value[] | undefined;
  for (let index = 0; index < value.length; index += 1) {
    const item = value[index]!;
    const ordered = inOrder(item, depth + 1);
    if (ordered !== item && copy === undefined) copy = value.slice();
    if (copy !== undefined) copy[index] = ordered;
  }
  return copy ?? value;
}

function mapInOrder(value: ValueMap, depth: number): Value {
  const prototype: unknown = Object.getPrototypeOf(value);
  assert(prototype === Object.prototype || prototype === null, 'only plain objects have a canonical encoding');
  const keys = Object.keys(value);
  let sorted = true;
  for (let index = 1; index < keys.length && sorted; index += 1) {
    sorted = compareKeys(keys[index - 1]!, keys[index]!) < 0;
  }
  if (!sorted) keys.sort(compareKeys);
  let changed = !sorted;
  const items: Value[] = [];
  for (const key of keys) {
    const item = value[key]!;
    const ordered = inOrder(item, depth + 1);
    if (ordered !== item && item === item) changed = true;
    items.push(ordered);
  }
  if (!changed) return value;
  const copy: Record<string, Value> = {};
  for (let index = 0; index < keys.length; index += 1) copy[keys[index]!] = items[index]!;
  return copy;
}

/** Canonical bytes of a value. Throws `InvariantViolation` for what is no Value. */
export function encode(value: Value): Uint8Array {
  return encoder.encode(inOrder(value, 0));
}

/** The value of canonical bytes; undefined when the bytes are malformed or not canonical. */
export function decode(bytes: Uint8Array): Value | undefined {
  let value: Value;
  try {
    value = encoder.decode(bytes) as Value;
    return equalBytes(encode(value), bytes) ? value : undefined;
  } catch {
    return undefined; // Bytes from outside may be anything; the caller counts a rejection.
  }
}
