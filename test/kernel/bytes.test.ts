import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { compareBytes, concatBytes, equalBytes, fromHex, toHex } from '../../src/kernel/bytes.ts';

const anyBytes = fc.uint8Array({ maxLength: 20 });

describe('hexadecimal', () => {
  it('is written in lower case and reads back', () => {
    expect(toHex(Uint8Array.of(0, 0x0f, 0xa0, 0xff))).toBe('000fa0ff');
    fc.assert(fc.property(anyBytes, (bytes) => {
      expect(fromHex(toHex(bytes))).toEqual(bytes);
    }));
  });

  it.each(['0', 'AB', '0g', ' 00', '00\n', '0x00'])('is not "%s"', (text) => {
    expect(() => fromHex(text)).toThrow('hexadecimal text with an even number of digits expected');
  });
});

describe('bytes', () => {
  it('order by the first that differs, then by length, as Buffer.compare does', () => {
    fc.assert(fc.property(anyBytes, anyBytes, (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
      expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
    }));
    expect(compareBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0))).toBeLessThan(0);
    expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBe(false);
  });

  it('are joined in order into bytes of their own', () => {
    fc.assert(fc.property(fc.array(anyBytes), (parts) => {
      expect(toHex(concatBytes(...parts))).toBe(parts.map(toHex).join(''));
    }));
    const part = Uint8Array.of(1);
    concatBytes(part)[0] = 2;
    expect(part[0]).toBe(1);
  });
});
