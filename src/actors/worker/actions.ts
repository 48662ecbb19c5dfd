/** What a worker does: looks for an aggregator, joins, keeps its shard, trains, submits, leaves. */
import type { BlobRef } from '../../kernel/blobs.ts';
import { present } from '../../kernel/assert.ts';
import { rendezvous } from '../../protocols/training/rules.ts';
import { act, compute, record, reject, save, send } from '../define.ts';
import type { Effects, IssuedCommand } from '../define.ts';
import { askForPeers } from '../presence.ts';
import { shardKey, storedShardOf } from './context.ts';
import type { StoredShard, WorkerContext, WorkerEvent } from './context.ts';

export const trainTask = 'learning/train';

const toAggregator = ({ aggregator }: WorkerContext) => present(aggregator, 'the aggregator of a worker');

/** Takes the shard that the disk kept: nothing needs to be cut or sent again. */
export const takeRecords = act<WorkerContext, WorkerEvent>(({ event }) => {
  const held = event.type === 'restored' ? storedShardOf(event.records) : undefined;
  if (held === undefined) return {};
  return {
    context: { held, aggregator: held.aggregator },
    commands: [record('worker-resumed', { samples: held.samples })],
  };
});

// Joining.

export const seek = act<WorkerContext, WorkerEvent>(({ context }) => {
  const attempt = context.attempt + 1;
  return { context: { attempt }, commands: askForPeers(context.presence, 'aggregator', attempt) };
});

export const chooseAggregator = act<WorkerContext, WorkerEvent>(({ context, event }) => {
  if (event.type !== 'PeersFound') return {};
  const aggregator = rendezvous(context.presence.self, event.message.peers) ?? null;
  return { context: { aggregator }, commands: [record('peers-found', { role: 'aggregator', peers: event.message.peers })] };
});

export const askToJoin = act<WorkerContext, WorkerEvent>(({ context }) => {
  const attempt = context.attempt + 1;
  const holding = context.held?.shard?.blob ?? null;
  return { context: { attempt }, commands: [send(toAggregator(context), { kind: 'JoinRequested', attempt, holding })] };
});

/** The share that was given, which may be the one that is on disk already. */
export const takeShare = act<WorkerContext, WorkerEvent>(({ context, event }) => {
  if (event.type !== 'JoinAccepted') return {};
  const { shard, samples, kept } = event.message;
  const held: StoredShard = { aggregator: event.from, shard: kept ? (context.held?.shard ?? null) : shard, samples };
  return { context: { held } };
});

export const saveShard = act<WorkerContext, WorkerEvent>(({ context }) => ({
  commands: [save(shardKey, present(context.held, 'the shard to be saved'))],
}));

/** The shard is on disk; only now the aggregator may count on this worker. */
export const confirm = act<WorkerContext, WorkerEvent>(({ context }) => {
  const { held, attempt } = context;
  const samples = present(held, 'the shard that was saved').samples;
  return {
    context: { attempt: 0 },
    commands: [record('shard-stored', { samples }), send(toAggregator(context), { kind: 'JoinConfirmed', attempt })],
  };
});

export const forgetAggregator = act<WorkerContext, WorkerEvent>(() => ({ context: { aggregator: null } }));

// Taking part.

export const beat = act<WorkerContext, WorkerEvent>(({ context }) => {
  const sequence = context.heartbeats + 1;
  const message = { kind: 'HeartbeatSent', sequence, round: context.round, answered: context.answered } as const;
  return { context: { heartbeats: sequence }, commands: [send(toAggregator(context), message)] };
});

/** A new round: what was computed for an earlier one is of no use any more. */
export const takeRound = act<WorkerContext, WorkerEvent>(({ event }) => {
  if (event.type !== 'RoundOpened') return {};
  const { round, weights } = event.message;
  return { context: { round, weights, update: null, attempt: 0 } };
});

export const train = act<WorkerContext, WorkerEvent>(({ context }) => {
  const { options, weights, round, held, presence } = context;
  const { model, seed, localEpochs, batch, rate, momentum } = options;
  const shard = present(held, 'the shard of a worker that trains').shard;
  const input = { model, weights, shard, seed, worker: presence.self, round, epochs: localEpochs, batch, rate, momentum };
  return { commands: [compute(trainTask, `round-${round}`, input)] };
});

export const takeUpdate = act<WorkerContext, WorkerEvent>(({ context, event }) => {
  if (event.type !== 'computed') return {};
  const { update, samples } = event.result as unknown as { update: BlobRef; samples: number };
  return { context: { update, samples, attempt: 0 }, commands: [record('update-sent', { round: context.round, update: update.blob })] };
});

export const recordFailure = act<WorkerContext, WorkerEvent>(({ context, event }) =>
  event.type === 'computeFailed'
    ? { commands: [record('task-failed', { task: event.task, round: context.round, reason: event.reason })] }
    : {});

export const submit = act<WorkerContext, WorkerEvent>(({ context }) => {
  const { round, samples } = context;
  const update = present(context.update, 'the update to be sent');
  const message = { kind: 'UpdateSubmitted', round, update, samples } as const;
  return { context: { attempt: context.attempt + 1 }, commands: [send(toAggregator(context), message)] };
});

export const noteReceipt = act<WorkerContext, WorkerEvent>(({ context }) => ({ context: { answered: context.round } }));

export const sayGoodbye = act<WorkerContext, WorkerEvent>(({ context }): Effects<WorkerContext> => {
  const { round, aggregator } = context;
  const commands: IssuedCommand[] = aggregator === null ? [] : [send(aggregator, { kind: 'WorkerLeft', round })];
  return { commands };
});

export const refuseStale = act<WorkerContext, WorkerEvent>(({ event }) =>
  'from' in event ? { commands: [reject(`stale${event.type}`, { from: event.from })] } : {});
