import * as Schema from 'effect/Schema';
import { describe, expect, it } from 'vitest';
import { ed25519Pure } from '../../src/crypto/ed25519.ts';
import { toHex } from '../../src/kernel/bytes.ts';
import { decode, encode } from '../../src/kernel/codec.ts';
import type { Value } from '../../src/kernel/codec.ts';
import { limits } from '../../src/kernel/limits.ts';
import { defineMessage } from '../../src/protocols/define.ts';
import { bytesToSign, isSignedBy, SignedFrameSchema } from '../../src/protocols/signed-frames.ts';
import type { SignedFrame } from '../../src/protocols/signed-frames.ts';
import { ed25519Node } from '../../src/run/ed25519-node.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import { publicKeysOf, signedFrame } from '../support/signatures.ts';

const statement = { from: 'worker-03', incarnation: 2, to: 'aggregator-00', message: { kind: 'Pledged', round: 5, number: 7 } };
const frame = signedFrame(statement);
const keys = publicKeysOf(['worker-03', 'worker-04']) as Record<string, string>;

describe('a signed frame', () => {
  it.each([['JavaScript', ed25519Pure.verify], ['OpenSSL', ed25519Node.verify]])('is proof of what its sender said, in %s', (_, verify) => {
    expect(isSignedBy(frame, keys['worker-03']!, verify)).toBe(true);
    expect(isSignedBy(frame, keys['worker-04']!, verify)).toBe(false);
  });

  it('goes over the wire as a value and is still proof', () => {
    const arrived = decode(encode(frame)) as unknown as SignedFrame;
    expect(arrived).toEqual(frame);
    expect(isSignedBy(arrived, keys['worker-03']!, ed25519Node.verify)).toBe(true);
  });

  it.each([
    ['another sender', { from: 'worker-04' }],
    ['another life', { incarnation: 3 }],
    ['another receiver', { to: 'aggregator-01' }],
    ['another field of the message', { message: { ...statement.message, round: 6 } }],
    ['another kind', { message: { ...statement.message, kind: 'Promised' } }],
    ['a field more', { message: { ...statement.message, extra: 0 } }],
    ['another signature', { signature: `${frame.signature.slice(0, -1)}${frame.signature.endsWith('0') ? 1 : 0}` }],
    ['a shorter signature', { signature: frame.signature.slice(2) }],
    ['a signature in capitals', { signature: 'AB'.repeat(64) }],
    ['a signature that is no number', { signature: 'zz'.repeat(64) }],
  ])('with %s is no proof', (_, change) => {
    expect(isSignedBy({ ...frame, ...change }, keys['worker-03']!, ed25519Node.verify)).toBe(false);
  });
});

describe('what is signed', () => {
  it('does not depend on the order in which fields were written', () => {
    const { kind, round, number } = statement.message;
    expect(bytesToSign({ ...statement, message: { number, round, kind } })).toEqual(bytesToSign(statement));
  });

  it('is the same whether the message was encoded before or not, and never changes its form', () => {
    expect(bytesToSign(statement, encode(statement.message))).toEqual(bytesToSign(statement));
    expect(toHex(sha256Node(bytesToSign(statement)))).toBe('55fd68de154b6caff3276752f520193ea0fec8e4af794ecb603979bc0f39aec7');
  });

  it('can be made of a message as deep as a frame may hold', () => {
    let deep: Value = 1;
    for (let depth = 1; depth < limits.valueDepthMax; depth += 1) deep = [deep];
    const message = { kind: 'Deep', deep };
    expect(decode(encode(message))).toEqual(message);
    expect(() => encode([message])).toThrow('nests deeper');
    expect(bytesToSign({ ...statement, message }).length).toBeGreaterThan(0);
  });
});

describe('the schema of a signed frame', () => {
  const accepts = Schema.is(SignedFrameSchema);
  const shown = defineMessage('Shown', { frame: SignedFrameSchema });

  it('takes a frame around any message, by itself and inside another', () => {
    expect(accepts(frame)).toBe(true);
    expect(shown.accepts({ kind: 'Shown', frame })).toBe(true);
  });

  it.each([
    ['a bad id', { from: 'Worker 3' }],
    ['a negative life', { incarnation: -1 }],
    ['half a life', { incarnation: 0.5 }],
    ['no receiver', { to: undefined }],
    ['a message without a kind', { message: { round: 5 } }],
    ['a text for a message', { message: 'Pledged' }],
    ['a short signature', { signature: 'ab' }],
    ['a signature in capitals', { signature: frame.signature.toUpperCase().replace(/\d/gu, 'A') }],
  ])('refuses %s', (_, change) => {
    expect(accepts({ ...frame, ...change })).toBe(false);
  });
});

describe('a kind of message', () => {
  it('is signed only where it says so', () => {
    expect(defineMessage('Plain', {}).signed).toBe(false);
    expect(defineMessage('Plain', {}, [], {}).signed).toBe(false);
    expect(defineMessage('Proven', {}, [], { signed: true }).signed).toBe(true);
  });
});
