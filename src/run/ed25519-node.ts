/**
 * Ed25519 by node:crypto: the port that the rim passes in where Node runs.
 *
 * OpenSSL solves the equation of RFC 8032 §5.1.7 without a cofactor, and which points it takes for keys
 * depends on its version (3.0.19 takes those of small order, 3.5.8 does not). So a key is first held to
 * the rules of src/crypto/ed25519.ts, once; for the keys that are left both give the same verdict on
 * every signature. The bytes of signatures are copied out of Node's Buffer.
 */
import { createPrivateKey, createPublicKey, sign, verify as verifyByOpenSsl } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isStrictPublicKey } from '../crypto/ed25519.ts';
import { secretBytes, signatureBytes } from '../crypto/identity.ts';
import type { SignatureScheme, Signer, VerifySignature } from '../crypto/identity.ts';
import { assert } from '../kernel/assert.ts';
import { concatBytes, fromHex, toHex } from '../kernel/bytes.ts';

/** What stands before 32 bytes of a public key, and of a secret, in DER (RFC 8410 §4 and §7). */
const publicKeyHead = fromHex('302a300506032b6570032100');
const secretHead = fromHex('302e020100300506032b657004220420');

const derOf = (head: Uint8Array, bytes: Uint8Array): Buffer => Buffer.from(concatBytes(head, bytes));

/** Keys that are kept ready; past it the table starts anew. */
const keysMax = 4_096;

/** Public keys as OpenSSL wants them, by their digits; undefined for those that are refused. */
const keys = new Map<string, KeyObject | undefined>();

function keyOf(publicKey: Uint8Array): KeyObject | undefined {
  const digits = toHex(publicKey);
  if (keys.has(digits)) return keys.get(digits);
  const key = isStrictPublicKey(publicKey)
    ? createPublicKey({ key: derOf(publicKeyHead, publicKey), format: 'der', type: 'spki' })
    : undefined;
  if (keys.size >= keysMax) keys.clear();
  keys.set(digits, key);
  return key;
}

const verify: VerifySignature = (signature, bytes, publicKey) => {
  if (signature.length !== signatureBytes) return false;
  const key = keyOf(publicKey);
  return key !== undefined && verifyByOpenSsl(null, bytes, key, signature);
};

function signerOf(secret: Uint8Array): Signer {
  assert(secret.length === secretBytes, `an Ed25519 secret has ${secretBytes} bytes, got ${secret.length}`);
  const key = createPrivateKey({ key: derOf(secretHead, secret), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    publicKey: new Uint8Array(spki.subarray(publicKeyHead.length)),
    sign: (bytes) => new Uint8Array(sign(null, bytes, key)),
  };
}

/** Ed25519 by the OpenSSL that Node carries. */
export const ed25519Node: SignatureScheme = { signerOf, verify };
