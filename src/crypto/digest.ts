/**
 * SHA-256 for rooms that may not touch Node: noble's implementation behind the kernel's port.
 *
 * It serves browsers and pure tests. In Node the rim passes src/run/sha256-node.ts instead, which is
 * about twenty times as fast and gives the same 32 bytes; a test compares the two.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import type { Sha256 } from '../kernel/blobs.ts';

/** SHA-256 (FIPS 180-4) of some bytes, in JavaScript alone. */
export const sha256Pure: Sha256 = (bytes) => sha256(bytes);
