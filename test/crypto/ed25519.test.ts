/** Ed25519 twice, in JavaScript and by OpenSSL: published vectors, equal bytes, equal verdicts. */
import { createHash, createPublicKey, verify as verifyByOpenSsl } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { ed25519Pure } from '../../src/crypto/ed25519.ts';
import { concatBytes, fromHex, toHex } from '../../src/kernel/bytes.ts';
import { ed25519Node } from '../../src/run/ed25519-node.ts';

const schemes = [['JavaScript', ed25519Pure], ['OpenSSL', ed25519Node]] as const;

/** Both verdicts on a signature; they must be one. */
function verdict(signature: Uint8Array, bytes: Uint8Array, publicKey: Uint8Array): boolean {
  const pure = ed25519Pure.verify(signature, bytes, publicKey);
  expect(ed25519Node.verify(signature, bytes, publicKey)).toBe(pure);
  return pure;
}

/** RFC 8032 §7.1: tests 1, 2, 3 and SHA(abc), as [secret, public key, message, signature]. */
const vectors = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
  [
    '833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42',
    'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf',
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    'dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704',
  ],
] as const;

describe.each(schemes)('Ed25519 in %s', (_, scheme) => {
  it.each(vectors)('gives the published key and signature of secret %s', (secret, publicKey, message, signature) => {
    const signer = scheme.signerOf(fromHex(secret));
    expect(toHex(signer.publicKey)).toBe(publicKey);
    expect(toHex(signer.sign(fromHex(message)))).toBe(signature);
    expect(scheme.verify(fromHex(signature), fromHex(message), fromHex(publicKey))).toBe(true);
  });

  it('gives plain bytes, and is not changed by what becomes of the secret afterwards', () => {
    const secret = new Uint8Array(32).fill(9);
    const signer = scheme.signerOf(secret);
    const before = signer.sign(Uint8Array.of(1));
    secret.fill(0);
    expect(signer.sign(Uint8Array.of(1))).toEqual(before);
    for (const bytes of [before, signer.publicKey]) expect(bytes.constructor).toBe(Uint8Array);
  });

  it('takes a secret of any other length for a bug', () => {
    expect(() => scheme.signerOf(new Uint8Array(31))).toThrow('an Ed25519 secret has 32 bytes, got 31');
  });
});

describe('both implementations', () => {
  const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 });

  it('give the same key and signature, and refuse it once any bit of it or of the text is another', () => {
    fc.assert(
      fc.property(secrets, fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), fc.nat(7), (secret, bytes, place, bit) => {
        const [pure, native] = [ed25519Pure.signerOf(secret), ed25519Node.signerOf(secret)];
        expect(native.publicKey).toEqual(pure.publicKey);
        const signature = pure.sign(bytes);
        expect(native.sign(bytes)).toEqual(signature);
        expect(verdict(signature, bytes, pure.publicKey)).toBe(true);
        const whole = concatBytes(signature, bytes);
        whole[place % whole.length]! ^= 1 << bit;
        expect(verdict(whole.subarray(0, 64), whole.subarray(64), pure.publicKey)).toBe(false);
      }),
      { numRuns: 25 },
    );
  });

  const secret = fromHex(vectors[2][0]);
  const { publicKey, sign } = ed25519Pure.signerOf(secret);
  const text = Uint8Array.of(1, 2, 3);
  const signature = sign(text);

  it.each([0, 32, 63, 65])('refuse a signature of %i bytes', (length) => {
    const other = new Uint8Array(length);
    other.set(signature.subarray(0, length));
    expect(verdict(other, text, publicKey)).toBe(false);
  });

  it.each([0, 31, 33])('refuse a public key of %i bytes', (length) => {
    expect(verdict(signature, text, new Uint8Array(length))).toBe(false);
  });

  // What follows needs numbers mod L and points outside of the prime subgroup, as a hostile signer has them.
  const { Point } = ed25519;
  const order = Point.Fn.ORDER;
  const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes.toReversed())}`);
  const bytesOf = (number: bigint): Uint8Array => fromHex(number.toString(16).padStart(64, '0')).toReversed();
  const sha512 = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(createHash('sha512').update(concatBytes(...parts)).digest());
  const challenge = (r: Uint8Array, key: Uint8Array, bytes: Uint8Array): bigint => numberOf(sha512(r, key, bytes)) % order;
  const { scalar } = ed25519.utils.getExtendedPublicKey(secret);
  /** A point of order 8: eight times itself is the neutral point. */
  const torsion = Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');
  const openSsl = (key: Uint8Array) => createPublicKey({
    key: Buffer.from(concatBytes(fromHex('302a300506032b6570032100'), key)), format: 'der', type: 'spki',
  });

  it('refuse a number s that is not below the order of the group, which would be a second form of one signature', () => {
    const s = numberOf(signature.subarray(32)) + order;
    expect(verdict(concatBytes(signature.subarray(0, 32), bytesOf(s)), text, publicKey)).toBe(false);
  });

  it('refuse a key of small order, under which one signature would hold for any text', () => {
    const neutral = Point.ZERO.toBytes();
    const empty = concatBytes(neutral, new Uint8Array(32));
    // Laxer rules take it: OpenSSL 3.0.19, and ZIP 215, which noble follows unless told otherwise.
    expect(ed25519.verify(empty, text, neutral)).toBe(true);
    expect(verdict(empty, text, neutral)).toBe(false);
    expect(verdict(empty, text, torsion.toBytes())).toBe(false);
  });

  it('refuse a point R outside of the prime subgroup, on which their equations differ', () => {
    const r = 12_345n;
    const point = Point.BASE.multiply(r).add(torsion).toBytes();
    const s = (r + challenge(point, publicKey, text) * scalar) % order;
    const mixed = concatBytes(point, bytesOf(s));
    expect(ed25519.verify(mixed, text, publicKey, { zip215: false })).toBe(true);
    expect(verifyByOpenSsl(null, text, openSsl(publicKey), mixed)).toBe(false);
    expect(verdict(mixed, text, publicKey)).toBe(false);
  });

  it('refuse a key outside of the prime subgroup, under which OpenSSL takes one signature in eight', () => {
    const key = Point.BASE.multiply(scalar).add(torsion).toBytes();
    const point = Point.BASE.multiply(777n).toBytes();
    const forgedFor = (bytes: Uint8Array) => concatBytes(point, bytesOf((777n + challenge(point, key, bytes) * scalar) % order));
    const texts = Array.from({ length: 64 }, (_, index) => Uint8Array.of(index));
    const taken = texts.filter((bytes) => verifyByOpenSsl(null, bytes, openSsl(key), forgedFor(bytes)));
    expect(taken.length).toBeGreaterThan(0);
    expect(taken.length).toBeLessThan(texts.length);
    for (const bytes of [...taken.slice(0, 4), ...texts.slice(0, 4)]) expect(verdict(forgedFor(bytes), bytes, key)).toBe(false);
  });

  it('refuse a key that is no point of the curve, or not in its shortest form', () => {
    expect(verdict(signature, text, new Uint8Array(32).fill(255))).toBe(false);
    expect(verdict(signature, text, Uint8Array.of(2, ...new Uint8Array(31)))).toBe(false);
    // p + 1 is a second form of y = 1.
    expect(verdict(signature, text, bytesOf(Point.Fp.ORDER + 1n))).toBe(false);
  });
});
