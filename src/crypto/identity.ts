/**
 * What a node is known by: an Ed25519 key pair (RFC 8032), behind ports.
 *
 * The ports have two implementations with equal bytes and equal verdicts: src/crypto/ed25519.ts in
 * JavaScript alone, and src/run/ed25519-node.ts over OpenSSL. Where secrets come from is no concern of
 * theirs: simulated ones are in simulated-identities.ts, real ones belong to the live worlds.
 */

/** Bytes of a secret seed, of a public key and of a signature (RFC 8032 §5.1.5, §5.1.6). */
export const secretBytes = 32;
export const publicKeyBytes = 32;
export const signatureBytes = 64;

/**
 * Whether a signature of 64 bytes over some bytes was made with the secret of a public key of 32 bytes.
 * False, never an exception, for whatever has another length or is no point or number of the curve.
 */
export type VerifySignature = (signature: Uint8Array, bytes: Uint8Array, publicKey: Uint8Array) => boolean;

/** One key pair, whose secret stays inside. */
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The signature, 64 bytes; the same bytes always get the same one (RFC 8032 §8.2). */
  sign(bytes: Uint8Array): Uint8Array;
}

/** One implementation of Ed25519. */
export interface SignatureScheme {
  /** The key pair of a secret seed of 32 bytes; any other length is a bug of the caller. */
  signerOf(secret: Uint8Array): Signer;
  readonly verify: VerifySignature;
}
