import * as Schema from 'effect/Schema';
import { describe, expect, it } from 'vitest';
import { BitsPerSecond, CountOrOff, DurationUs, DurationUsOrOff, Off, Share, withDefault } from '../../src/protocols/quantities.ts';

const options = Schema.Struct({
  timeout: withDefault(DurationUs, '4s'),
  quorum: withDefault(Share, '70%'),
  heartbeat: withDefault(DurationUsOrOff, '1s'),
  rate: Schema.optionalKey(BitsPerSecond),
});

describe('schemas of quantities', () => {
  it('decodes text to base units, with defaults in the words of the file', () => {
    expect(Schema.decodeSync(options)({})).toEqual({ timeout: 4_000_000, quorum: 0.7, heartbeat: 1_000_000 });
    expect(Schema.decodeSync(options)({ heartbeat: 'off', rate: '10 Mbit/s' })).toMatchObject({ heartbeat: null, rate: 10_000_000 });
  });

  it('encodes what it decoded', () => {
    const words = { timeout: '1500us', quorum: '0.7%', heartbeat: 'off', rate: '1 Gbit/s' };
    expect(Schema.encodeSync(options)(Schema.decodeSync(options)(words))).toEqual(words);
  });

  it.each([[{ quorum: 0.7 }], [{ timeout: 4 }], [{ timeout: '0.5us' }], [{ heartbeat: 'never' }]])('refuses %j', (words) => {
    expect(() => Schema.decodeUnknownSync(options)(words)).toThrow(/Expected|digits/u);
  });

  it('says of a share beyond the whole where shares lie, and not that it has too many digits', () => {
    expect(() => Schema.decodeUnknownSync(options)({ quorum: '200%' })).toThrow('"200%" lies outside 0% to 100%');
  });
});

describe('what can be switched off', () => {
  it('off is null, and is written as off again', () => {
    expect(Schema.decodeSync(Off)('off')).toBeNull();
    expect(Schema.encodeSync(Off)(null)).toBe('off');
  });

  it.each([[null], [false], ['on'], ['Off'], ['']])('%j is not off', (word) => {
    expect(() => Schema.decodeUnknownSync(Off)(word)).toThrow(/Expected "off"/u);
  });

  it.each([[3], ['off']])('beside another schema, %j comes through both ways', (word) => {
    const decoded = Schema.decodeUnknownSync(CountOrOff)(word);
    expect(decoded).toBe(word === 'off' ? null : word);
    expect(Schema.encodeSync(CountOrOff)(decoded)).toBe(word);
  });
});
