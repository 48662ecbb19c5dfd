/**
 * Words of federated training: clients ask for it, workers join it, aggregators make its rounds.
 *
 * Models, updates and shards travel as references to blobs, whose bytes the link charges. A shard
 * that a worker already holds is named by its hash only, so that it is not sent back and forth. What a
 * worker says of its update is signed, because two aggregators hear it and compare.
 */
import * as Schema from 'effect/Schema';
import type { BlobRef } from '../../kernel/blobs.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { BlobRefSchema, CountSchema, defineMessage, NodeIdSchema } from '../define.ts';

/** Client to aggregator: start the training, or let me follow the one that runs. */
export type TrainingRequested = { kind: 'TrainingRequested'; attempt: number };
/** Aggregator to client: it runs, and `round` is the last committed round. */
export type TrainingStarted = { kind: 'TrainingStarted'; attempt: number; round: number };
/** Client to aggregator, from time to time: I still follow; tell me the end if I missed it. */
export type TrainingFollowed = { kind: 'TrainingFollowed'; sequence: number };
/** Aggregator to followers: a round was committed and evaluated. */
export type RoundReported = { kind: 'RoundReported'; round: number; accuracy: number };
export type TrainingFinished = { kind: 'TrainingFinished'; rounds: number; model: BlobRef };
/** Client to aggregator: end the training after the round that is being committed, if any. */
export type StopRequested = { kind: 'StopRequested'; attempt: number };
export type TrainingStopped = { kind: 'TrainingStopped'; round: number; reason: string };

/** Worker to aggregator: let me take part. `holding` names the shard that it has on its disk. */
export type JoinRequested = { kind: 'JoinRequested'; attempt: number; holding: string | null };
/** Aggregator to worker: this is your share of the data. `kept` says: the one that you hold. */
export type JoinAccepted = {
  kind: 'JoinAccepted';
  attempt: number;
  shard: BlobRef | null;
  samples: number;
  kept: boolean;
};
/** Worker to aggregator: the shard is on my disk. */
export type JoinConfirmed = { kind: 'JoinConfirmed'; attempt: number };
/** Aggregator to a worker that takes no part, but believes to: join again. */
export type JoinInvited = { kind: 'JoinInvited' };
/** Aggregator to a worker or client: not I, but `to` answers this. */
export type Redirected = { kind: 'Redirected'; to: NodeId };
/** Worker to aggregator: I live. `round` is the newest that I was told of, `answered` the newest acknowledged to me. */
export type HeartbeatSent = { kind: 'HeartbeatSent'; sequence: number; round: number; answered: number };
/** Aggregator to its workers: train on this model. `witness` is another aggregator, which is to hear the update's digest. */
export type RoundOpened = { kind: 'RoundOpened'; round: number; weights: BlobRef; witness: NodeId | null };
/** Worker to its aggregator, signed. */
export type UpdateSubmitted = { kind: 'UpdateSubmitted'; round: number; update: BlobRef; samples: number };
/** Worker to its witness, signed: the update that I sent to my aggregator has this digest. */
export type UpdateClaimed = { kind: 'UpdateClaimed'; round: number; digest: string; samples: number };
/** Aggregator to worker: this round needs nothing more from you. */
export type UpdateReceived = { kind: 'UpdateReceived'; round: number };
/** Worker to aggregator: I leave in order. */
export type WorkerLeft = { kind: 'WorkerLeft'; round: number };

export type TrainingMessage =
  | TrainingRequested
  | TrainingStarted
  | TrainingFollowed
  | RoundReported
  | TrainingFinished
  | StopRequested
  | TrainingStopped
  | JoinRequested
  | JoinAccepted
  | JoinConfirmed
  | JoinInvited
  | Redirected
  | HeartbeatSent
  | RoundOpened
  | UpdateSubmitted
  | UpdateClaimed
  | UpdateReceived
  | WorkerLeft;

const BlobNameSchema = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/u));
const WordsSchema = Schema.String.check(Schema.isMaxLength(512));

export const trainingMessages = [
  defineMessage('TrainingRequested', { attempt: CountSchema }, ['attempt']),
  defineMessage('TrainingStarted', { attempt: CountSchema, round: CountSchema }, ['attempt']),
  defineMessage('TrainingFollowed', { sequence: CountSchema }, ['sequence']),
  defineMessage('RoundReported', { round: CountSchema, accuracy: Schema.Finite }, ['round']),
  defineMessage('TrainingFinished', { rounds: CountSchema, model: BlobRefSchema }, ['rounds']),
  defineMessage('StopRequested', { attempt: CountSchema }, ['attempt']),
  defineMessage('TrainingStopped', { round: CountSchema, reason: WordsSchema }, ['round']),
  defineMessage('JoinRequested', { attempt: CountSchema, holding: Schema.NullOr(BlobNameSchema) }, ['attempt']),
  defineMessage(
    'JoinAccepted',
    { attempt: CountSchema, shard: Schema.NullOr(BlobRefSchema), samples: CountSchema, kept: Schema.Boolean },
    ['attempt'],
  ),
  defineMessage('JoinConfirmed', { attempt: CountSchema }, ['attempt']),
  defineMessage('JoinInvited', {}),
  defineMessage('Redirected', { to: NodeIdSchema }),
  defineMessage('HeartbeatSent', { sequence: CountSchema, round: CountSchema, answered: CountSchema }, ['sequence']),
  defineMessage('RoundOpened', { round: CountSchema, weights: BlobRefSchema, witness: Schema.NullOr(NodeIdSchema) }, ['round']),
  defineMessage('UpdateSubmitted', { round: CountSchema, update: BlobRefSchema, samples: CountSchema }, ['round'], { signed: true }),
  defineMessage('UpdateClaimed', { round: CountSchema, digest: BlobNameSchema, samples: CountSchema }, ['round'], { signed: true }),
  defineMessage('UpdateReceived', { round: CountSchema }, ['round']),
  defineMessage('WorkerLeft', { round: CountSchema }, ['round']),
];
