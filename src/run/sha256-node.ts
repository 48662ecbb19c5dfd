/**
 * SHA-256 by node:crypto: the port that the rim passes into simulator, judge and blob store.
 *
 * The one-shot `hash` is used because it costs no Hash object; the digest is copied out of Node's
 * Buffer, so that no caller comes to depend on Buffer's methods.
 */
import { hash } from 'node:crypto';
import type { Sha256 } from '../kernel/blobs.ts';

/** SHA-256 (FIPS 180-4) of some bytes, by the OpenSSL that Node carries. */
export const sha256Node: Sha256 = (bytes) => new Uint8Array(hash('sha256', bytes, 'buffer'));
