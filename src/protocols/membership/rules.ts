/**
 * Arithmetic of membership: which of two entries is newer, who counts as present, what to pass on.
 *
 * Merging is a join: it is commutative, associative and idempotent, so bootstraps that exchange long
 * enough agree whatever the order of their exchanges (Shapiro et al., "Conflict-free replicated data
 * types", 2011, state-based objects). Nothing here knows of time-outs that are armed or messages sent.
 */
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import type { PassedEntry, PeerEntry } from './messages.ts';
import { entriesPerExchangeMax, peersPerAnswerMax } from './messages.ts';
import type { MembershipOptions } from './options.ts';

/**
 * An entry as a bootstrap keeps it: with the time on its own clock when the entry was said. One that
 * came through another bootstrap is as old as it was there, so that it expires everywhere alike; the
 * time is below 0 when it was said before this bootstrap started.
 */
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

/**
 * Silence after which a present peer should have been heard of again, in µs; null when nobody expires.
 * It stands a quarter of the way from one announcement's period to the time-out, so that a lost frame
 * is no delay yet, and three quarters are left to ask other bootstraps.
 */
export function overdueAfterUs({ announceEvery, presenceTimeout }: MembershipOptions): Micros | null {
  if (presenceTimeout === null) return null;
  const expectedUs = announceEvery ?? 0;
  return expectedUs + Math.floor((presenceTimeout - expectedUs) / 4);
}

/** Whether a peer has not been heard of for longer than its announcements explain. */
export function isOverdue(peer: KnownPeer, nowUs: Micros, options: MembershipOptions): boolean {
  const afterUs = overdueAfterUs(options);
  return afterUs !== null && nowUs - peer.heardUs > afterUs;
}

/**
 * Present peers of a role, for the asker's try number `attempt`, from 1. Those heard of in time stand before
 * those that are overdue and may be dead, either in the order of `peers`. When one answer cannot name
 * them all, each next attempt is told of the next ones, and after the last again of the first.
 */
export function peersOfRole(
  peers: readonly KnownPeer[],
  role: string,
  attempt: number,
  nowUs: Micros,
  options: MembershipOptions,
): readonly NodeId[] {
  const present = peers.filter((peer) => peer.role === role && isPresent(peer, nowUs, options.presenceTimeout));
  const timely = present.filter((peer) => !isOverdue(peer, nowUs, options));
  const overdue = present.filter((peer) => isOverdue(peer, nowUs, options));
  const named = [...timely, ...overdue].map(({ node }) => node);
  const windows = Math.max(1, Math.ceil(named.length / peersPerAnswerMax));
  const start = (Math.max(0, attempt - 1) % windows) * peersPerAnswerMax;
  return named.slice(start, start + peersPerAnswerMax);
}

/**
 * All that another bootstrap could use, in frames of bounded length, in id order. Entries of
 * whom nobody has heard within the time-out are left out: they would only count as present again.
 */
export function exchangeParts(
  peers: readonly KnownPeer[],
  nowUs: Micros,
  presenceTimeoutUs: Micros | null,
): readonly (readonly PassedEntry[])[] {
  const passed = peers
    .filter(({ heardUs }) => presenceTimeoutUs === null || nowUs - heardUs <= presenceTimeoutUs)
    .map(({ node, role, life, announcement, departed, heardUs }) =>
      ({ node, role, life, announcement, departed, silentUs: nowUs - heardUs }));
  const parts: PassedEntry[][] = [];
  for (let start = 0; start < passed.length; start += entriesPerExchangeMax) {
    parts.push(passed.slice(start, start + entriesPerExchangeMax));
  }
  return parts;
}
