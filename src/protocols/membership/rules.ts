/**
 * Arithmetic of membership: which of two entries is newer, who counts as present, what to pass on.
 *
 * Merging is a join: it is commutative, associative and idempotent, so bootstraps that exchange long
 * enough agree whatever the order of their exchanges (Shapiro et al., "Conflict-free replicated data
 * types", 2011, state-based objects). Nothing here knows of time-outs that are armed or messages sent.
 */
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import type { PeerEntry } from './messages.ts';
import { entriesPerExchangeMax, peersPerAnswerMax } from './messages.ts';

/** An entry as a bootstrap keeps it: with the time on its own clock when it last became newer. */
export type KnownPeer = PeerEntry & { readonly heardUs: Micros };

/** Order of two versions: by life, by announcement, and a departure after the announcement that it repeats. */
export function compareVersions(a: Omit<PeerEntry, 'node' | 'role'>, b: Omit<PeerEntry, 'node' | 'role'>): number {
  return a.life - b.life || a.announcement - b.announcement || Number(a.departed) - Number(b.departed);
}

/** Whether `said` tells something new about a peer. */
export function isNewer(said: PeerEntry, known: PeerEntry | undefined): boolean {
  return known === undefined || compareVersions(said, known) > 0;
}

/** Whether a peer has announced itself within the time-out; `null` never expires. */
export function isPresent(peer: KnownPeer, nowUs: Micros, presenceTimeoutUs: Micros | null): boolean {
  return !peer.departed && (presenceTimeoutUs === null || nowUs - peer.heardUs <= presenceTimeoutUs);
}

/** The first present peers of a role; `peers` stand in id order, and so does the answer. */
export function peersOfRole(
  peers: readonly KnownPeer[],
  role: string,
  nowUs: Micros,
  presenceTimeoutUs: Micros | null,
): readonly NodeId[] {
  const found: NodeId[] = [];
  for (const peer of peers) {
    if (found.length === peersPerAnswerMax) break;
    if (peer.role === role && isPresent(peer, nowUs, presenceTimeoutUs)) found.push(peer.node);
  }
  return found;
}

/** The window of entries that exchange number `round` passes on: windows go round all that is known. */
export function exchangeWindow(peers: readonly KnownPeer[], round: number): readonly PeerEntry[] {
  const windows = Math.max(1, Math.ceil(peers.length / entriesPerExchangeMax));
  const start = (round % windows) * entriesPerExchangeMax;
  return peers
    .slice(start, start + entriesPerExchangeMax)
    .map(({ node, role, life, announcement, departed }) => ({ node, role, life, announcement, departed }));
}
