/** What a worker holds, what it keeps on disk, and what a scenario may set for it alone. */
import * as Schema from 'effect/Schema';
import type { BlobRef } from '../../kernel/blobs.ts';
import type { ValueMap } from '../../kernel/codec.ts';
import type { StartInput } from '../../kernel/contract.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { SectionDefinition } from '../../protocols/define.ts';
import type { MembershipMessage } from '../../protocols/membership/messages.ts';
import { CountOrOff, withDefault } from '../../protocols/quantities.ts';
import type { TrainingMessage } from '../../protocols/training/messages.ts';
import { trainingOptionsOf } from '../../protocols/training/options.ts';
import type { TrainingOptions } from '../../protocols/training/options.ts';
import type { RoleEvent } from '../define.ts';
import { firstPresence } from '../presence.ts';
import type { Leaving, WithPresence } from '../presence.ts';

/** The one record of a worker: its share of the data, and who gave it. */
export const shardKey = 'shard';
export type StoredShard = { readonly aggregator: NodeId; readonly shard: BlobRef | null; readonly samples: number };

export interface WorkerContext extends WithPresence {
  readonly options: TrainingOptions;
  /** The round after whose update it leaves; null when it stays. */
  readonly leaveAfterRound: number | null;
  readonly aggregator: NodeId | null;
  /** Aggregators that did not answer since one did. */
  readonly avoided: readonly NodeId[];
  /** Redirects that were followed in the present try. */
  readonly redirects: number;
  /** The aggregator that is to hear the digest of its update. */
  readonly witness: NodeId | null;
  /** Null until one is given; a worker of the bowl holds one without data. */
  readonly held: StoredShard | null;
  /** Tries of the present request, from 1; looking for an aggregator and joining count on. */
  readonly attempt: number;
  /** The newest round that it was told of, and its model. */
  readonly round: number;
  readonly weights: BlobRef | null;
  /** Its update of that round, once it is computed. */
  readonly update: BlobRef | null;
  readonly samples: number;
  /** Heartbeats since an aggregator said anything. */
  readonly unheard: number;
  /** Whether it asks around who serves it, because its aggregator is silent. */
  readonly wondering: boolean;
  /** The newest round in which its update was acknowledged. */
  readonly answered: number;
  readonly heartbeats: number;
}

export type WorkerEvent = RoleEvent<MembershipMessage | TrainingMessage, Leaving | ShardHeld>;
/** The shard is on disk, so the worker takes part from now on. */
export type ShardHeld = { readonly type: 'ShardHeld' };

export function firstContext(input: StartInput): WorkerContext {
  const { leaveAfterRound } = input.config[workerSection.key] as { leaveAfterRound: number | null };
  return {
    presence: firstPresence(input),
    options: trainingOptionsOf(input.config),
    leaveAfterRound,
    aggregator: null,
    avoided: [],
    redirects: 0,
    witness: null,
    held: null,
    attempt: 0,
    round: 0,
    weights: null,
    update: null,
    samples: 0,
    unheard: 0,
    wondering: false,
    answered: 0,
    heartbeats: 0,
  };
}

export function storedShardOf(records: ValueMap): StoredShard | undefined {
  return records[shardKey] as unknown as StoredShard | undefined;
}

export const workerSection: SectionDefinition = {
  key: 'worker',
  about: 'What workers do of their own accord.',
  schema: Schema.Struct({
    leaveAfterRound: withDefault(CountOrOff, 'off')
      .annotateKey({ description: 'The round after whose update every worker leaves in order.' }),
  }),
};
