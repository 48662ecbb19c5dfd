/**
 * Arithmetic of round commit: majorities, positions in the log, and how far a member's word reaches.
 *
 * Pure reading of a member's state; nothing here changes anything or says anything to anybody.
 */
import type { Follower, HeldEntry, LogPosition, RoundCommitState } from './member.ts';

/** More than half of `count` members. */
export function majorityOf(count: number): number {
  return Math.floor(count / 2) + 1;
}

/** How many of `count` members may fail while the others still make a majority. */
export function survives(count: number): number {
  return count - majorityOf(count);
}

/** §5.4.1: the log with the later last term is the more up-to-date one; of equal terms, the longer one. */
export function isAtLeastAsAdvanced(a: LogPosition, b: LogPosition): boolean {
  return a.lastTerm > b.lastTerm || (a.lastTerm === b.lastTerm && a.lastIndex >= b.lastIndex);
}

/** The entry at an index; undefined where the log has none, or has it in its checkpoint only. */
export function entryAt({ log, checkpoint }: RoundCommitState, index: number): HeldEntry | undefined {
  return log[index - checkpoint.index - 1];
}

/** The term of the entry at an index; undefined where the member does not know it. */
export function termAt(state: RoundCommitState, index: number): number | undefined {
  return index === state.checkpoint.index ? state.checkpoint.term : entryAt(state, index)?.term;
}

/** The index of the last entry held, verified or not. */
export function heldIndex({ log, checkpoint }: RoundCommitState): number {
  return checkpoint.index + log.length;
}

/** The last index up to which every entry is verified. */
export function verifiedIndex(state: RoundCommitState): number {
  const first = state.log.findIndex(({ verified }) => !verified);
  return first < 0 ? heldIndex(state) : state.checkpoint.index + first;
}

/** Whether the checkpoint that the log begins after is on disk. */
export function checkpointIsStored({ checkpoint, savingCheckpoint }: RoundCommitState): boolean {
  return savingCheckpoint === null || savingCheckpoint.checkpoint.index > checkpoint.index;
}

/** The last index up to which everything is verified and on disk; 0 while the log's beginning is not. */
export function storedIndex(state: RoundCommitState): number {
  if (!checkpointIsStored(state)) return 0;
  const first = state.log.findIndex(({ stored }) => !stored);
  return first < 0 ? heldIndex(state) : state.checkpoint.index + first;
}

/**
 * Where the log ends that a member stands for election with and measures candidates by. Entries that
 * it has not recomputed are no part of it: they are like frames that have not arrived.
 */
export function lastOf(state: RoundCommitState): LogPosition {
  const lastIndex = verifiedIndex(state);
  return { lastIndex, lastTerm: termAt(state, lastIndex) ?? 0 };
}

/** Where the log ends as far as it is on disk. */
export function lastStoredOf(state: RoundCommitState): LogPosition {
  const lastIndex = storedIndex(state);
  return { lastIndex, lastTerm: termAt(state, lastIndex) ?? 0 };
}

/** Whether the newest term and vote are on disk, so that what depends on them may be said (law 10). */
export function voteIsStored({ voteStored, voteSequence }: RoundCommitState): boolean {
  return voteStored >= voteSequence;
}

/**
 * Up to where this member promises, in its term, to hold the log of the term's leader: verified, on
 * disk, known to agree, and with the term itself on disk.
 */
export function acknowledgedIndex(state: RoundCommitState): number {
  if (!voteIsStored(state) || state.standing === 'returning') return 0;
  const stored = storedIndex(state);
  return state.standing === 'leader' ? stored : Math.min(state.agreedIndex, stored);
}

/** The first entry that waits to be recomputed, all before it being verified; undefined when none does. */
export function firstUnverified(state: RoundCommitState): HeldEntry | undefined {
  return entryAt(state, verifiedIndex(state) + 1);
}

/** The other members with one of them changed. */
export function withFollower(
  followers: readonly Follower[],
  node: string,
  fields: Partial<Omit<Follower, 'node'>>,
): readonly Follower[] {
  return followers.map((follower) => (follower.node === node ? { ...follower, ...fields } : follower));
}
