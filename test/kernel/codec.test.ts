import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { concatBytes, equalBytes, fromHex, toHex } from '../../src/kernel/bytes.ts';
import { compareKeys, decode, encode } from '../../src/kernel/codec.ts';
import type { Value, ValueMap } from '../../src/kernel/codec.ts';
import { limits } from '../../src/kernel/limits.ts';
import { isWellFormed } from '../../src/kernel/well-formed.ts';

const hexOf = (value: unknown): string => toHex(encode(value as Value));

describe('golden bytes', () => {
  // RFC 8949, appendix A, where its preferred form is the one of this house.
  it.each<[Value, string]>([
    [0, '00'], [1, '01'], [10, '0a'], [23, '17'], [24, '1818'], [25, '1819'], [100, '1864'], [1_000, '1903e8'],
    [1_000_000, '1a000f4240'], [-1, '20'], [-10, '29'], [-100, '3863'], [-1_000, '3903e7'],
    [1.1, 'fb3ff199999999999a'], [1e300, 'fb7e37e43c8800759c'], [-4.1, 'fbc010666666666666'],
    [false, 'f4'], [true, 'f5'], [null, 'f6'], [new Uint8Array(0), '40'], [Uint8Array.of(1, 2, 3, 4), '4401020304'],
    ['', '60'], ['a', '6161'], ['IETF', '6449455446'], ['"\\', '62225c'], ['\u00fc', '62c3bc'], ['\u6c34', '63e6b0b4'],
    ['\u{10151}', '64f0908591'], [[], '80'], [[1, 2, 3], '83010203'], [[1, [2, 3], [4, 5]], '8301820203820405'],
    [Array.from({ length: 25 }, (_, index) => index + 1), '98190102030405060708090a0b0c0d0e0f101112131415161718181819'],
    [{}, 'a0'], [{ a: 1, b: [2, 3] }, 'a26161016162820203'], [['a', { b: 'c' }], '826161a161626163'],
    [{ a: 'A', b: 'B', c: 'C', d: 'D', e: 'E' }, 'a56161614161626142616361436164614461656145'],
  ])('of %j agree with RFC 8949', (value, hex) => {
    expect(hexOf(value)).toBe(hex);
    expect(decode(fromHex(hex))).toEqual(value);
  });

  // Where this form is narrower: every other number is binary64, and there is one NaN and one zero.
  it.each<[string, number, string]>([
    ['1.5', 1.5, 'fb3ff8000000000000'], ['2^32 - 1', 2 ** 32 - 1, '1affffffff'], ['2^32', 2 ** 32, 'fb41f0000000000000'],
    ['-2^32', -(2 ** 32), '3affffffff'], ['-2^32 - 1', -(2 ** 32) - 1, 'fbc1f0000000100000'],
    ['2^53 - 1', 2 ** 53 - 1, 'fb433fffffffffffff'], ['Infinity', Infinity, 'fb7ff0000000000000'],
    ['-Infinity', -Infinity, 'fbfff0000000000000'], ['NaN', NaN, 'fb7ff8000000000000'], ['-0', -0, '00'],
  ])('of the number %s are the only ones', (_, value, hex) => expect(hexOf(value)).toBe(hex));

  it('of lengths take the shortest head', () => {
    const texts = [23, 24, 255, 256, 65_535, 65_536].map((length) => hexOf('x'.repeat(length)).slice(0, 10));
    expect(texts).toEqual(['7778787878', '7818787878', '78ff787878', '7901007878', '79ffff7878', '7a00010000']);
    const bytes = [24, 256, 65_536].map((length) => hexOf(new Uint8Array(length)).slice(0, 10));
    expect(bytes).toEqual(['5818000000', '5901000000', '5a00010000']);
    const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 0]));
    expect([24, 256].map((count) => hexOf(keys(count)).slice(0, 6))).toEqual(['b81862', 'b90100']);
  });
});

describe('keys', () => {
  it('stand shorter first and then bytewise, whatever order the object has', () => {
    const keys = ['b', 'a', 'aa', '\u00e9', 'z', '10', '9', '\u{10151}', ''];
    const ordered = ['', '9', 'a', 'b', 'z', '10', 'aa', '\u00e9', '\u{10151}'];
    expect([...keys].sort(compareKeys)).toEqual(ordered);
    const map = (names: readonly string[]): ValueMap => Object.fromEntries(names.map((name) => [name, name]));
    expect(hexOf(map(keys))).toBe(hexOf(map(ordered)));
  });

  it('order as their encodings do', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(fc.property(text, text, (one, other) => {
      const [left, right] = [encode(one), encode(other)];
      expect(Math.sign(compareKeys(one, other))).toBe(Math.sign(Buffer.compare(left, right)));
    }));
  });

  it('are put in order at every depth, and the value itself is left alone', () => {
    const inner = { b: 1, a: [{ d: NaN, c: -0 }] };
    const value = { x: 1, nested: inner };
    expect(hexOf(value)).toBe(hexOf({ x: 1, nested: { a: [{ c: 0, d: NaN }], b: 1 } }));
    expect(Object.keys(value)).toEqual(['x', 'nested']);
    expect(Object.keys(inner)).toEqual(['b', 'a']);
  });
});

// Lengths at which the head of a text grows, in letters of one, two and three bytes.
const longText = fc.string({ unit: fc.constantFrom('a', '\u00fc', '\u6c34'), minLength: 20, maxLength: 300 });
const text = fc.oneof(fc.string({ unit: 'binary' }), longText);
const { value: anyValue } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Value>(null, true, false, NaN, Infinity),
    fc.double(), fc.maxSafeInteger(), fc.integer(), text, fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 30 }),
    fc.dictionary(text.filter((key) => key !== '__proto__'), tie('value'), { maxKeys: 30 }),
  ),
}));

/** The value with −0 as 0, which is how it comes back. */
function withoutMinusZero(value: Value): Value {
  if (typeof value === 'number') return value === 0 ? 0 : value;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(withoutMinusZero);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutMinusZero(item)]));
}

describe('a value', () => {
  it('comes back as it was, and its bytes are well-formed', () => {
    fc.assert(fc.property(anyValue, (value) => {
      const bytes = encode(value);
      expect(isWellFormed(bytes)).toBe(true);
      expect(decode(bytes)).toEqual(withoutMinusZero(value));
    }));
  });

  it('may nest to the limit and no deeper', () => {
    const nested = (depth: number): Value => (depth === 0 ? 7 : depth % 2 === 0 ? [nested(depth - 1)] : { a: nested(depth - 1) });
    const deepest = nested(limits.valueDepthMax);
    expect(decode(encode(deepest))).toEqual(deepest);
    expect(() => encode(nested(limits.valueDepthMax + 1))).toThrow(`deeper than ${limits.valueDepthMax} levels`);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined], ['undefined in a map', { a: undefined }], ['a bigint', 1n],
    ['a symbol', Symbol('s')], ['a function', () => 1],
    ['a Date', new Date(0)], ['a Map', new Map()], ['a Set', new Set()], ['an instance', new Error('no value')],
    ['a hole in an array', Array(1)],
    ['half a surrogate pair', '\ud800'], ['half a surrogate pair in a long text', `${'x'.repeat(100)}\udc00`],
    ['half a surrogate pair in a key', { '\ud800': 1 }], ['a key __proto__', JSON.parse('{"__proto__": 1}')],
    ['an array that is not of bytes', new Float32Array(2)],
  ])('is not %s', (_, value) => {
    expect(() => encode(value as Value)).toThrow(expect.objectContaining({ name: 'InvariantViolation' }));
  });
});

describe('bytes from outside', () => {
  it.each([
    ['nothing', ''],
    ['a head that is cut off', '19 03'], ['text that is cut off', '62 61'], ['bytes that are cut off', '42 01'],
    ['an array that is cut off', '82 01'], ['a map that is cut off', 'a1 61 61'], ['a float that is cut off', 'fb 3f f8'],
    ['trailing bytes', '01 02'], ['an integer in a head too long', '18 17'], ['one in two bytes', '19 00 ff'],
    ['one in four bytes', '1a 00 00 ff ff'], ['one in eight bytes', '1b 00 00 00 00 00 00 00 01'],
    ['a length in a head too long', '78 01 61'], ['a count in a head too long', '98 01 00'],
    ['an indefinite array', '9f 01 ff'], ['an indefinite map', 'bf 61 61 01 ff'], ['an indefinite text', '7f 61 61 ff'],
    ['indefinite bytes', '5f 41 01 ff'], ['a break alone', 'ff'],
    ['a key twice', 'a2 61 61 01 61 61 02'], ['keys in another order', 'a2 61 62 01 61 61 02'],
    ['a longer key first', 'a2 62 61 61 01 61 62 02'],
    ['a key that is no text', 'a1 01 02'], ['a key that is an array', 'a1 80 02'], ['the key __proto__', 'a1 69 5f5f70726f746f5f5f a0'],
    ['half a float', 'f9 3c 00'], ['a single float', 'fa 3f c0 00 00'], ['a whole number as float', 'fb 3f f0 00 00 00 00 00 00'],
    ['minus zero', 'fb 80 00 00 00 00 00 00 00'], ['another NaN', 'fb 7f f8 00 00 00 00 00 01'], ['undefined', 'f7'],
    ['a simple value', 'f8 ff'], ['an unassigned simple value', 'e0'], ['a reserved head', '1c'],
    ['a date by tag', 'c0 60'], ['a bignum by tag', 'c2 41 01'], ['a set by tag', 'd9 01 02 81 01'], ['a record by tag', 'd8 69 80'],
    ['a typed array by tag', 'd8 45 42 01 00'], ['text that is no UTF-8', '61 ff'], ['an overlong letter', '62 c1 a1'],
    ['half a surrogate pair', '63 ed a0 80'],
    ['an array of 4 thousand million', '9a ff ff ff ff'],
    ['a text of as many bytes', '7a ff ff ff ff'], ['a map of as many', 'ba ff ff ff ff 61 61'],
  ])('%s give no value', (_, spaced) => {
    expect(decode(fromHex(spaced.replaceAll(' ', '')))).toBeUndefined();
  });

  it('that nest deeper than a value may give no value, and no overflow of the stack', () => {
    const nested = (depth: number) => concatBytes(new Uint8Array(depth).fill(0x81), Uint8Array.of(0));
    expect(decode(nested(limits.valueDepthMax))).toBeDefined();
    expect(decode(nested(limits.valueDepthMax + 1))).toBeUndefined();
    expect(decode(nested(1_000_000))).toBeUndefined();
  });

  it('that announce a large array in each of many nested ones reserve no room for them', () => {
    // Each level alone would cost a decoder 128 MiB.
    const bomb = concatBytes(...Array.from({ length: 30 }, () => Uint8Array.of(0x9a, 0x00, 0xff, 0xff, 0xff)), new Uint8Array(1_000));
    expect(decode(bomb)).toBeUndefined();
  });

  it('never pollute the prototype of objects', () => {
    for (const key of ['__proto__', 'constructor', 'prototype', 'toString']) {
      const bytes = concatBytes(Uint8Array.of(0xa1), encode(key), encode({ polluted: true }));
      const value = decode(bytes);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      expect((value as { polluted?: boolean } | undefined)?.polluted).toBeUndefined();
      expect(value === undefined || Object.getPrototypeOf(value) === Object.prototype).toBe(true);
    }
  });

  const isOneSpelling = (bytes: Uint8Array): boolean => {
    const value = decode(bytes);
    return value === undefined || equalBytes(encode(value), bytes);
  };

  it('have one spelling for each value, if they have one at all', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), isOneSpelling), { numRuns: 2_000 });
  });

  it('that were changed in one place give another value or none', () => {
    fc.assert(fc.property(anyValue, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, place, change) => {
      const bytes = encode(value).slice();
      const original = bytes.slice();
      bytes[place % bytes.length]! ^= change;
      expect(isOneSpelling(bytes)).toBe(true);
      const changed = decode(bytes);
      expect(changed === undefined || !equalBytes(encode(changed), original)).toBe(true);
    }), { numRuns: 500 });
  });
});
