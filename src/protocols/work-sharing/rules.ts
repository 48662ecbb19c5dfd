/**
 * Arithmetic of shared work: who serves which worker, which updates count, which parts make a whole.
 *
 * Pure functions over plain values in id order. Choosing what to do with the answer is the
 * aggregator's chart's; adding updates up is src/ml's.
 */
import type { BlobRef } from '../../kernel/blobs.ts';
import { childKey, drawWord, purposes, seedKey } from '../../kernel/draws.ts';
import { compareNodeIds, inIdOrder } from '../../kernel/ids.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import type { Pulse } from '../membership/suspicion.ts';
import type { SignedFrame } from '../signed-frames.ts';
import { trainingMessages } from '../training/messages.ts';
import type { UpdateClaimed, UpdateSubmitted } from '../training/messages.ts';
import { quorumOf } from '../training/rules.ts';
import type { PartOffered } from './messages.ts';

/** An update of the open round, with the weight that it was given and the frame that proves it. */
export type TakenUpdate = {
  readonly update: BlobRef;
  readonly samples: number;
  readonly frame: SignedFrame;
};

/** A worker as the aggregator that serves it sees it. */
export type ServedWorker = {
  readonly node: NodeId;
  /** Among how many workers the data were divided for its share. */
  readonly among: number;
  /** The share is being cut, is known, or has yet to be asked for. */
  readonly cut: 'wanted' | 'underWay' | 'known';
  readonly shard: BlobRef | null;
  /** Samples of its share: the most that its update may weigh. */
  readonly samples: number;
  /** The attempt of a request to join that is to be answered once the share is known; null when none is. */
  readonly asked: { readonly attempt: number; readonly holding: string | null } | null;
  /** Whether it is known to have its share on disk; who was taken over is believed to. */
  readonly holds: boolean;
  readonly pulse: Pulse;
  readonly suspected: boolean;
  /** When it was last sent the open round; null when it was not, or has forgotten. */
  readonly openedUs: Micros | null;
  /** Its update of the open round; `refused` when it sent one that cannot be counted. */
  readonly update: TakenUpdate | 'refused' | null;
  /** What it signed of the round before; null when nothing came. */
  readonly previous: SignedFrame | null;
  /** Why it is to take part no longer, until the committee has decided so; null while it is to stay. */
  readonly leaving: 'left' | 'emptyShare' | 'equivocation' | null;
};

/**
 * Members in the order in which they serve a worker: by hashes keyed by both (D. G. Thaler, C. V.
 * Ravishankar, "Using name-based mappings to increase hit rates", 1998), so that a member that falls
 * out moves its own workers only. The first serves, the second is the witness.
 */
export function membersFor(worker: NodeId, serving: readonly NodeId[]): readonly NodeId[] {
  const key = childKey(seedKey(0, 0), `serve ${worker}`);
  const ranks = new Map(serving.map((member) => [member, drawWord(childKey(key, member), purposes.rank)]));
  return [...serving].sort((a, b) => ranks.get(b)! - ranks.get(a)! || compareNodeIds(a, b));
}

/** The workers, of those that take part, which `member` serves. */
export function workersOf(member: NodeId, workers: readonly NodeId[], serving: readonly NodeId[]): readonly NodeId[] {
  return inIdOrder(workers).filter((worker) => membersFor(worker, serving)[0] === member);
}

/** Whether the open round waits for this worker. */
export function isAwaited({ suspected, update, leaving }: ServedWorker): boolean {
  return !suspected && update === null && leaving === null;
}

/** Why an update is not counted as it stands. `overweightUpdate` is counted, with the assigned weight. */
export type UpdateFault =
  | 'foreignUpdate'
  | 'lateUpdate'
  | 'futureUpdate'
  | 'duplicateUpdate'
  | 'conflictingUpdate'
  | 'unknownShare'
  | 'oversizedUpdate'
  | 'misshapenUpdate'
  | 'emptyUpdate'
  | 'overweightUpdate';

/** What is wrong with an update for the open round; undefined when nothing is. */
export function faultOfUpdate(
  message: Pick<UpdateSubmitted, 'round' | 'update' | 'samples'>,
  worker: ServedWorker | undefined,
  openRound: number,
  modelBytes: number,
): UpdateFault | undefined {
  if (worker === undefined || worker.leaving !== null) return 'foreignUpdate';
  if (message.round < openRound) return 'lateUpdate';
  if (message.round > openRound) return 'futureUpdate';
  if (worker.update === 'refused') return 'duplicateUpdate';
  if (worker.update !== null) return isRepeated(worker.update, message) ? 'duplicateUpdate' : 'conflictingUpdate';
  if (worker.cut !== 'known') return 'unknownShare';
  if (message.update.bytes > modelBytes) return 'oversizedUpdate';
  if (message.update.bytes < modelBytes) return 'misshapenUpdate';
  if (message.samples === 0) return 'emptyUpdate';
  return message.samples > worker.samples ? 'overweightUpdate' : undefined;
}

function isRepeated({ frame }: TakenUpdate, message: Pick<UpdateSubmitted, 'update' | 'samples'>): boolean {
  const first = statementOf(frame);
  return first?.digest === message.update.blob && first.samples === message.samples;
}

/** Whether an update is counted although something may be wrong with it. */
export function isTaken(fault: UpdateFault | undefined): boolean {
  return fault === undefined || fault === 'overweightUpdate';
}

/** Whether the sender should hear that it need not send this update again. */
export function isAcknowledged(fault: UpdateFault | undefined): boolean {
  return isTaken(fault) || fault === 'lateUpdate' || fault === 'duplicateUpdate';
}

/** What a worker has signed about its update of a round, in either kind of frame. */
export type UpdateStatement = { readonly worker: NodeId; readonly round: number; readonly digest: string; readonly samples: number };

/** The statement of a signed frame; undefined when it makes none, or when its message is misshapen. */
export function statementOf({ from, message }: SignedFrame): UpdateStatement | undefined {
  const accepted = trainingMessages.find(({ kind }) => kind === message.kind)?.accepts(message) === true;
  const said = message as UpdateSubmitted | UpdateClaimed;
  if (!accepted || (said.kind !== 'UpdateClaimed' && said.kind !== 'UpdateSubmitted')) return undefined;
  const digest = said.kind === 'UpdateClaimed' ? said.digest : said.update.blob;
  return { worker: from, round: said.round, digest, samples: said.samples };
}

/**
 * Whether two frames prove that their sender told two stories of one round: the same worker, the same
 * round, another digest or another number of samples. Training is a function of worker, round and
 * model, so that a restart tells the same story again. Signatures are checked apart (signed-frames.ts).
 */
export function areEquivocal(first: SignedFrame, second: SignedFrame): boolean {
  const [a, b] = [statementOf(first), statementOf(second)];
  if (a === undefined || b === undefined || a.worker !== b.worker || a.round !== b.round) return false;
  return a.digest !== b.digest || a.samples !== b.samples;
}

/** The parts that count now: of serving members, in this version of their list and for this round. */
export function partsNow<Part extends Pick<PartOffered, 'term' | 'version' | 'round'> & { readonly node: NodeId }>(
  parts: readonly Part[],
  now: { readonly term: number; readonly version: number; readonly round: number; readonly serving: readonly NodeId[] },
): readonly Part[] {
  return parts.filter(
    ({ node, term, version, round }) =>
      term === now.term && version === now.version && round === now.round && now.serving.includes(node),
  );
}

/** Whether updates of so many workers close a round among those admitted. */
export function hasQuorum(counted: number, admitted: number, share: number): boolean {
  return counted >= quorumOf(share, admitted);
}
