/**
 * Ed25519 (RFC 8032 §5.1) for rooms that may not touch Node: noble's implementation behind the ports.
 *
 * RFC 8032 §5.1.7 lets a verifier choose between two equations, which differ for points outside the
 * subgroup of prime order, and a hostile signer can make such points. One frame must not be proof on
 * one machine and none on another, so nothing but the prime subgroup is accepted, where both equations
 * agree. src/run/ed25519-node.ts is faster and gives the same verdicts; a test compares the two.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { assert } from '../kernel/assert.ts';
import { publicKeyBytes, secretBytes, signatureBytes } from './identity.ts';
import type { SignatureScheme, Signer, VerifySignature } from './identity.ts';

const { Point } = ed25519;

/** Whether 32 bytes are the canonical form of a point of prime order, or of the neutral point. */
function isInPrimeSubgroup(bytes: Uint8Array): boolean {
  try {
    return Point.fromBytes(bytes, false).isTorsionFree();
  } catch {
    return false; // The bytes are from outside and name no point; noble says so by throwing.
  }
}

/** Whether bytes are a public key that a signature may be checked against at all; costs most of a verification. */
export function isStrictPublicKey(publicKey: Uint8Array): boolean {
  return publicKey.length === publicKeyBytes && isInPrimeSubgroup(publicKey) && !Point.fromBytes(publicKey, false).is0();
}

const verify: VerifySignature = (signature, bytes, publicKey) => {
  if (signature.length !== signatureBytes || !isStrictPublicKey(publicKey)) return false;
  // With zip215 false noble refuses points and numbers that are not in their shortest form.
  return isInPrimeSubgroup(signature.subarray(0, 32)) && ed25519.verify(signature, bytes, publicKey, { zip215: false });
};

function signerOf(secret: Uint8Array): Signer {
  assert(secret.length === secretBytes, `an Ed25519 secret has ${secretBytes} bytes, got ${secret.length}`);
  const own = new Uint8Array(secret);
  return { publicKey: ed25519.getPublicKey(own), sign: (bytes) => ed25519.sign(bytes, own) };
}

/** Ed25519 in JavaScript alone. */
export const ed25519Pure: SignatureScheme = { signerOf, verify };
