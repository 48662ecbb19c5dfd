/**
 * A short digest by which two bootstraps compare whom they count as present.
 *
 * It covers ids alone: versions change with every announcement, while the answer to the question who
 * is there does not. Two views of one digest are taken to be the same.
 */
import { sha256Pure } from '../../crypto/digest.ts';
import { toHex } from '../../kernel/bytes.ts';
import type { NodeId } from '../../kernel/ids.ts';

/** Eight bytes of a digest: a pair of different views shares them with a chance of 2^-64. */
const digestBytes = 8;
/** A digest on the wire, in lower-case hexadecimal. */
export const viewDigestPattern = /^[0-9a-f]{16}$/u;

const utf8 = new TextEncoder();

/** The digest of some peers that stand in id order: the first eight bytes of SHA-256 over their ids, one a line. */
export function viewDigest(peers: readonly { readonly node: NodeId }[]): string {
  const lines = peers.map(({ node }) => node).join('\n');
  return toHex(sha256Pure(utf8.encode(lines)).subarray(0, digestBytes));
}
