import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { encode } from '../../../src/kernel/codec.ts';
import type { Value } from '../../../src/kernel/codec.ts';
import { jsonToValue, valueToJson } from '../../../src/run/folder/json-value.ts';

const value = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.integer(),
    fc.string(),
    fc.uint8Array(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$bytes', '$number', '$$', '$')), tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('values as JSON', () => {
  it('writes bytes and special numbers as DESIGN and RFC 8259 allow', () => {
    expect(valueToJson({ a: Uint8Array.of(1, 255), b: NaN, c: [-Infinity] })).toBe(
      '{"a":{"$bytes":"01ff"},"b":{"$number":"NaN"},"c":[{"$number":"-Infinity"}]}',
    );
    expect(valueToJson({ $bytes: 'not bytes' })).toBe('{"$$bytes":"not bytes"}');
  });

  it('reads back as a value of the same canonical bytes', () => {
    fc.assert(
      fc.property(value, (drawn) => {
        const text = valueToJson(drawn);
        expect(text).not.toContain('\n');
        expect(encode(jsonToValue(text)!)).toEqual(encode(drawn));
      }),
    );
  });

  it.each(['', '{', '{"$bytes":"0"}', '{"$bytes":"XY"}', '{"$what":1}', '{"$number":"7"}'])('refuses %j', (text) => {
    expect(jsonToValue(text)).toBeUndefined();
  });
});
