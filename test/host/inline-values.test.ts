import { describe, expect, it } from 'vitest';
import { assertInline } from '../../src/host/inline-values.ts';
import { limits } from '../../src/kernel/limits.ts';
import type { Value } from '../../src/kernel/codec.ts';

const most = limits.inlineValueBytesMax;
const check = (value: Value) => () => assertInline(value, () => 'the message');

describe('a value above 1 KiB must be a blob', () => {
  it.each<[string, Value]>([
    ['a text', 'x'.repeat(most + 1)],
    ['a text that is long only in bytes', '\u20ac'.repeat(Math.ceil(most / 3) + 1)],
    ['bytes', new Uint8Array(most + 1)],
    ['a text deep inside', { rows: [{ name: 'a' }, { name: ['x'.repeat(most + 1)] }] }],
  ])('%s', (_, value) => {
    expect(check(value)).toThrow(/^the message holds a value of \d+ bytes, and above 1024 it must be a blob/u);
  });

  it.each<[string, Value]>([
    ['the longest text', 'x'.repeat(most)],
    ['the longest text of letters of two bytes', '\u00e9'.repeat(most / 2)],
    ['the most bytes', new Uint8Array(most)],
    ['a long list of short values', Array.from({ length: 5_000 }, (_, index) => `row ${index}`)],
    ['what has no length', [null, true, 1.5, {}]],
  ])('but not %s', (_, value) => {
    expect(check(value)).not.toThrow();
  });
});
