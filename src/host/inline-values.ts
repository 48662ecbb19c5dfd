/**
 * The bound on what stands inside a message or a task's input itself.
 *
 * A single text or byte string above 1 KiB is a blob and is named by its reference; a list of small
 * values may be longer, up to the bound on a frame. Saves have a bound on the whole record, which is
 * held where they are stored.
 */
import { assert } from '../kernel/assert.ts';
import type { Value } from '../kernel/codec.ts';
import { limits } from '../kernel/limits.ts';

/** Most bytes of UTF-8 that one UTF-16 unit of a text takes. */
const bytesPerUnitMax = 3;

/** Throws an `InvariantViolation` when a part of `value` should be a blob; `what` begins its sentence. */
export function assertInline(value: Value, what: () => string): void {
  if (typeof value === 'string') assertBytes(textBytesAtMost(value), what);
  else if (value instanceof Uint8Array) assertBytes(value.length, what);
  else if (Array.isArray(value)) for (const item of value) assertInline(item, what);
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) assertInline(item as Value, what);
}

const utf8 = new TextEncoder();

/** The bytes of a text; of a short one a bound, which is cheaper. */
function textBytesAtMost(text: string): number {
  const bound = text.length * bytesPerUnitMax;
  return bound <= limits.inlineValueBytesMax ? bound : utf8.encode(text).length;
}

function assertBytes(length: number, what: () => string): void {
  const { inlineValueBytesMax } = limits;
  assert(
    length <= inlineValueBytesMax,
    () => `${what()} holds a value of ${length} bytes, and above ${inlineValueBytesMax} it must be a blob: name it by its reference`,
  );
}
