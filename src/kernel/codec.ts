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
import { isWellFormed } from './well-formed.ts';

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
  if (isAscii(a) && isAscii(b)) return compareAscii(a, b);
  const left = encoder.encode(a);
  const right = encoder.encode(b);
  return left.length - right.length || compareBytes(left, right);
}

function compareAscii(a: string, b: string): number {
  return a.length !== b.length ? a.length - b.length : a < b ? -1 : a > b ? 1 : 0;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 127) return false;
  return true;
}

/** The value itself when its keys already stand in order, else a copy in order. */
function inOrder(value: Value, depth: number): Value {
  // A NaN may carry any payload in its bits; the constant has the one that is written.
  if (typeof value === 'number') return value === value ? value : NaN;
  if (typeof value === 'string') {
    assertWellFormedText(value);
    return value;
  }
  if (typeof value === 'boolean' || value === null || value instanceof Uint8Array) return value;
  assert(typeof value === 'object', `a ${typeof value} has no canonical encoding`);
  assert(depth < limits.valueDepthMax, `a value nests deeper than ${limits.valueDepthMax} levels`);
  return Array.isArray(value) ? arrayInOrder(value, depth) : mapInOrder(value as ValueMap, depth);
}

/** Half a surrogate pair has no UTF-8 form, so encoders would each write something else. */
function assertWellFormedText(text: string): void {
  assert(text.isWellFormed(), 'text with half a surrogate pair has no canonical encoding');
}

function arrayInOrder(value: readonly Value[], depth: number): Value {
  let copy: Value[] | undefined;
  for (let index = 0; index < value.length; index += 1) {
    const item = value[index]!;
    const ordered = inOrder(item, depth + 1);
    if (ordered === item) continue;
    copy ??= value.slice();
    copy[index] = ordered;
  }
  return copy ?? value;
}

function mapInOrder(value: ValueMap, depth: number): Value {
  const prototype: unknown = Object.getPrototypeOf(value);
  assert(prototype === Object.prototype || prototype === null, 'only plain objects have a canonical encoding');
  const keys = Object.keys(value);
  const sorted = areInOrder(keys);
  if (!sorted) keys.sort(compareKeys);
  let copy: Record<string, Value> | undefined = sorted ? undefined : {};
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index]!;
    // To assign it would set the prototype of whatever object a reader builds.
    assert(key !== '__proto__', 'a map may not have the key __proto__');
    const item = value[key]!;
    const ordered = inOrder(item, depth + 1);
    // A map in order is copied only from the first item that had to be copied itself.
    if (copy === undefined && ordered !== item) copy = firstEntries(value, keys, index);
    if (copy !== undefined) copy[key] = ordered;
  }
  return copy ?? value;
}

/** Whether keys stand in order. Each is looked at once, because nearly all are in order and ASCII. */
function areInOrder(keys: readonly string[]): boolean {
  let allAscii = true;
  for (const key of keys) {
    if (isAscii(key)) continue;
    assertWellFormedText(key);
    allAscii = false;
  }
  const compare = allAscii ? compareAscii : compareKeys;
  for (let index = 1; index < keys.length; index += 1) {
    if (compare(keys[index - 1]!, keys[index]!) >= 0) return false;
  }
  return true;
}

function firstEntries(value: ValueMap, keys: readonly string[], count: number): Record<string, Value> {
  const copy: Record<string, Value> = {};
  for (let index = 0; index < count; index += 1) copy[keys[index]!] = value[keys[index]!]!;
  return copy;
}

/** Canonical bytes of a value. Throws `InvariantViolation` for what is no Value. */
export function encode(value: Value): Uint8Array {
  return plainView(encoder.encode(inOrder(value, 0)));
}

/**
 * The bytes as a plain Uint8Array. In Node cbor-x works on Buffers, whose `slice` shares memory and
 * whose JSON form is another; nothing here may depend on where it runs.
 */
function plainView(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The value of canonical bytes; undefined when the bytes are malformed or not canonical. */
export function decode(bytes: Uint8Array): Value | undefined {
  if (!isWellFormed(bytes)) return undefined;
  try {
    const value = encoder.decode(plainView(bytes)) as Value;
    return equalBytes(encode(value), bytes) ? value : undefined;
  } catch {
    return undefined; // Bytes from outside may be anything; the caller counts a rejection.
  }
}
