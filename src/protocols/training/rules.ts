/**
 * Arithmetic of a training round: what a quorum is, which updates count, when a round may close.
 *
 * Pure functions over the members of one training, in id order. Choosing what to do with the answer
 * is the aggregator's chart's; adding updates up is src/ml/merge.ts.
 */
import type { BlobRef } from '../../kernel/blobs.ts';
import { assertInteger } from '../../kernel/assert.ts';
import { childKey, drawWord, purposes, seedKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { inIdOrder } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import type { UpdateSubmitted } from './messages.ts';

/** An update that was counted, with the weight that it was given. */
export type CountedUpdate = { readonly update: BlobRef; readonly samples: number };

/** A worker with a share of the data, as the aggregator sees it. */
export type Member = {
  readonly node: NodeId;
  /** The attempt of its latest request to join. */
  readonly attempt: number;
  readonly shard: BlobRef | null;
  /** Samples of its shard: the most that its update may weigh. */
  readonly samples: number;
  /** Whether its share is saved by the aggregator, so that it may be told of it. */
  readonly assigned: boolean;
  /** Whether the worker has its share on disk; only then it takes part in rounds. */
  readonly admitted: boolean;
  readonly suspected: boolean;
  readonly left: boolean;
  /** When it was last heard of, on the aggregator's clock. */
  readonly heardUs: Micros;
  /** When it was last sent the open round; null when it was not, or has forgotten. */
  readonly openedUs: Micros | null;
  /** Its update of the open round. */
  readonly update: CountedUpdate | null;
};

/** A sum of such products may miss a whole number by far less than this, and no share is finer. */
const roundingSlack = 1e-9;

/** How many of `count` nodes a share of them is: ceil(share × count), and at least one. */
export function quorumOf(share: number, count: number): number {
  assertInteger(count, 'nodes of a quorum', 0, Number.MAX_SAFE_INTEGER);
  return Math.max(1, Math.ceil(share * count - roundingSlack));
}

/** Members that take part in rounds. */
export function admittedCount(members: readonly Member[]): number {
  let count = 0;
  for (const { admitted, left } of members) if (admitted && !left) count += 1;
  return count;
}

/** Members whose update of the open round was counted. */
export function answeredCount(members: readonly Member[]): number {
  let count = 0;
  for (const { update } of members) if (update !== null) count += 1;
  return count;
}

/** Whether enough updates of the open round are in. Who left after answering counts on both sides. */
export function hasQuorum(members: readonly Member[], share: number): boolean {
  let admitted = 0;
  let answered = 0;
  for (const member of members) {
    if (member.update !== null) answered += 1;
    if (member.admitted && (!member.left || member.update !== null)) admitted += 1;
  }
  return answered >= quorumOf(share, admitted);
}

/** Whether nobody is awaited any more: every admitted worker has answered, is suspected, or has left. */
export function nobodyAwaited(members: readonly Member[]): boolean {
  for (const { admitted, suspected, left, update } of members) {
    if (admitted && !suspected && !left && update === null) return false;
  }
  return true;
}

/** Why an update is not counted as it stands. `overweightUpdate` is counted, with the assigned weight. */
export type UpdateFault =
  | 'foreignUpdate'
  | 'lateUpdate'
  | 'futureUpdate'
  | 'duplicateUpdate'
  | 'misshapenUpdate'
  | 'emptyUpdate'
  | 'overweightUpdate';

/** What is wrong with an update for the open round; undefined when nothing is. */
export function faultOfUpdate(
  message: Pick<UpdateSubmitted, 'round' | 'update' | 'samples'>,
  member: Member | undefined,
  openRound: number,
  modelBytes: number,
): UpdateFault | undefined {
  if (member === undefined || !member.admitted || member.left) return 'foreignUpdate';
  if (message.round < openRound) return 'lateUpdate';
  if (message.round > openRound) return 'futureUpdate';
  if (member.update !== null) return 'duplicateUpdate';
  if (message.update.bytes !== modelBytes) return 'misshapenUpdate';
  if (message.samples === 0) return 'emptyUpdate';
  return message.samples > member.samples ? 'overweightUpdate' : undefined;
}

/** Whether an update is counted although something may be wrong with it. */
export function isCounted(fault: UpdateFault | undefined): boolean {
  return fault === undefined || fault === 'overweightUpdate';
}

/** Whether the sender should hear that it need not send this update again. */
export function isAcknowledged(fault: UpdateFault | undefined): boolean {
  return isCounted(fault) || fault === 'lateUpdate' || fault === 'duplicateUpdate';
}

/** What an update weighs: what it claims, but never more than the samples that were assigned. */
export function weightOf(claimed: number, assigned: number): number {
  return Math.min(claimed, assigned);
}

/** Members that have been silent for longer than the time-out and are not suspected yet. */
export function fallenSilent(members: readonly Member[], nowUs: Micros, suspectAfterUs: Micros): readonly Member[] {
  return members.filter(
    ({ admitted, suspected, left, heardUs }) => admitted && !suspected && !left && nowUs - heardUs > suspectAfterUs,
  );
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
