/**
 * Arithmetic of training: what a quorum is, what an update weighs, whom a node turns to.
 *
 * Pure functions. Which updates count, and how aggregators share them, is protocols/work-sharing;
 * adding updates up is src/ml/merging/merge.ts.
 */
import { assertInteger } from '../../kernel/assert.ts';
import { childKey, drawWord, purposes, seedKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { inIdOrder } from '../../kernel/ids.ts';

/** A sum of such products may miss a whole number by far less than this, and no share is finer. */
const roundingSlack = 1e-9;

/** How many of `count` nodes a share of them is: ceil(share × count), and at least one. */
export function quorumOf(share: number, count: number): number {
  assertInteger(count, 'nodes of a quorum', 0, Number.MAX_SAFE_INTEGER);
  return Math.max(1, Math.ceil(share * count - roundingSlack));
}

/** What an update weighs: what it claims, but never more than the samples that were assigned. */
export function weightOf(claimed: number, assigned: number): number {
  return Math.min(claimed, assigned);
}

/**
 * The node among `candidates` that `node` turns to: the highest of the hashes keyed by both (Thaler
 * and Ravishankar, "Using name-based mappings to increase hit rates", 1998), so that one that goes
 * away moves only those that had turned to it. Undefined when there is none.
 */
export function rendezvous(node: NodeId, candidates: readonly NodeId[]): NodeId | undefined {
  let best: NodeId | undefined;
  let highest = -1;
  const key = childKey(seedKey(0, 0), `rendezvous ${node}`);
  for (const candidate of inIdOrder(candidates)) {
    const rank = drawWord(childKey(key, candidate), purposes.rank);
    if (rank <= highest) continue;
    highest = rank;
    best = candidate;
  }
  return best;
}

/**
 * Whom a node turns to after those in `avoided` did not answer it. Once nobody else is left all are
 * tried again, since who was silent may be back. Undefined when there is no candidate.
 */
export function rendezvousAvoiding(
  node: NodeId,
  candidates: readonly NodeId[],
  avoided: readonly NodeId[],
): { readonly chosen: NodeId | undefined; readonly avoided: readonly NodeId[] } {
  const others = candidates.filter((candidate) => !avoided.includes(candidate));
  if (others.length > 0) return { chosen: rendezvous(node, others), avoided };
  return { chosen: rendezvous(node, candidates), avoided: [] };
}

/**
 * Redirects that are followed at once within one try. One names the leader or the server, a second
 * one a newer leader; more are aggregators that disagree, and going round between them as fast as the
 * links allow would send a whole update each time.
 */
export const redirectsAtOnceMax = 2;
