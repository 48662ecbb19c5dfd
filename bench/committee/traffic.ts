/**
 * What a round costs in bytes, against what its updates weigh.
 *
 * Counted is every frame of a kind by which workers and aggregators, or aggregators among themselves,
 * make rounds: whole frames as links are charged for them, with blobs, envelopes and signatures, over
 * the whole run. The model that goes out to workers stands apart. Not counted are presence, joining
 * with its shares of the data, and what clients are told: they do not grow with rounds.
 */
import { roundCommitMessages } from '../../src/protocols/round-commit/messages.ts';
import { workSharingMessages } from '../../src/protocols/work-sharing/messages.ts';

/** Of the words between workers and aggregators, those of rounds. */
const workerKinds = ['UpdateSubmitted', 'UpdateClaimed', 'UpdateReceived', 'HeartbeatSent'];
const memberKinds = [...workSharingMessages, ...roundCommitMessages].map(({ kind }) => kind);
const modelKind = 'RoundOpened';

export interface KindTraffic {
  readonly kind: string;
  readonly bytesPerRound: number;
  /** Against the weight of the updates of a round. */
  readonly share: number;
}

export interface Traffic {
  /** Counted bytes against the weight of the updates. */
  readonly share: number;
  /** The model that goes out to workers, against the same. */
  readonly modelShare: number;
  /** Counted kinds, the heaviest first. */
  readonly kinds: readonly KindTraffic[];
}

/** `updates` are those in all `rounds` rounds of a run, of `updateBytes` each. */
export function trafficOf(
  bytesByKind: Readonly<Record<string, number>>,
  { rounds, updates, updateBytes }: { readonly rounds: number; readonly updates: number; readonly updateBytes: number },
): Traffic {
  const weight = updates * updateBytes;
  const shareOf = (kind: string): number => (bytesByKind[kind] ?? 0) / weight;
  const kinds = [...workerKinds, ...memberKinds]
    .filter((kind) => bytesByKind[kind] !== undefined)
    .map((kind) => ({ kind, bytesPerRound: bytesByKind[kind]! / rounds, share: shareOf(kind) }))
    .sort((a, b) => b.bytesPerRound - a.bytesPerRound);
  return { share: kinds.reduce((sum, { share }) => sum + share, 0), modelShare: shareOf(modelKind), kinds };
}
