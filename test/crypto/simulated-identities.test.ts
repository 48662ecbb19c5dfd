import { describe, expect, it } from 'vitest';
import { ed25519Pure } from '../../src/crypto/ed25519.ts';
import { SimulatedIdentities } from '../../src/crypto/simulated-identities.ts';
import { sha256Pure } from '../../src/crypto/digest.ts';
import { toHex } from '../../src/kernel/bytes.ts';
import { encode } from '../../src/kernel/codec.ts';
import { identitiesOf } from '../support/signatures.ts';

const pure = (seed: number) => new SimulatedIdentities({ seed, sha256: sha256Pure, scheme: ed25519Pure });
const keyOf = (seed: number, node: string): string => toHex(identitiesOf(seed).publicKeyOf(node));

describe('simulated identities', () => {
  it('come from seed and id alone, on every platform', () => {
    expect(keyOf(7, 'worker-03')).toBe('e8ff77890ca5261b8bc6de5b4ff0bc9121d614e11e57ad900d3d73050c4a3e1c');
    expect(toHex(pure(7).publicKeyOf('worker-03'))).toBe(keyOf(7, 'worker-03'));
  });

  it('differ from node to node and from seed to seed', () => {
    const all = [1, 2].flatMap((seed) => ['worker-00', 'worker-01', 'aggregator-00'].map((node) => keyOf(seed, node)));
    expect(new Set(all).size).toBe(all.length);
  });

  it('sign what their own public keys verify, and nobody else\'s', () => {
    const identities = identitiesOf(3);
    const text = Uint8Array.of(1, 2, 3);
    const signature = identities.signerOf('worker-00').sign(text);
    expect(identities.verify('worker-00', text, signature)).toBe(true);
    expect(identities.verify('worker-01', text, signature)).toBe(false);
    expect(identities.verify('worker-00', Uint8Array.of(1, 2), signature)).toBe(false);
    expect(pure(3).signerOf('worker-00').sign(text)).toEqual(signature);
  });

  it('are derived once, and show no secret to whoever prints them or turns them into a value', () => {
    const secrets: Uint8Array[] = [];
    const scheme = { ...ed25519Pure, signerOf: (secret: Uint8Array) => (secrets.push(secret), ed25519Pure.signerOf(secret)) };
    const identities = new SimulatedIdentities({ seed: 1, sha256: sha256Pure, scheme });
    for (let use = 0; use < 3; use += 1) identities.publicKeyOf('worker-00');
    expect(secrets).toHaveLength(1);
    expect(JSON.stringify(identities)).toBe('{}');
    expect(JSON.stringify(identities.signerOf('worker-00'))).not.toContain(JSON.stringify([...secrets[0]!]).slice(1, -1));
    expect(() => encode(identities as never)).toThrow('only plain objects have a canonical encoding');
  });
});
