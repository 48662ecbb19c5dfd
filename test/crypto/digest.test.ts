import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { sha256Pure } from '../../src/crypto/digest.ts';
import { toHex } from '../../src/kernel/bytes.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';

const text = (ascii: string) => Uint8Array.from(ascii, (letter) => letter.charCodeAt(0));

describe('SHA-256', () => {
  // FIPS 180-4 examples, NIST "Cryptographic Standards and Guidelines", SHA256.pdf.
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('gives the published digest of "%s"', (message, digest) => {
    expect(toHex(sha256Pure(text(message)))).toBe(digest);
    expect(toHex(sha256Node(text(message)))).toBe(digest);
  });

  it('is the same in JavaScript and in node:crypto', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(sha256Pure(bytes)).toEqual(sha256Node(bytes));
      }),
    );
  });

  it('hashes a view and not the whole buffer behind it', () => {
    const whole = text('xxabcxx');
    expect(sha256Node(whole.subarray(2, 5))).toEqual(sha256Node(text('abc')));
    expect(sha256Pure(whole.subarray(2, 5))).toEqual(sha256Node(text('abc')));
  });
});
