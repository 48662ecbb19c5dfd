/** What a worker does: looks for an aggregator, joins, keeps its shard, trains, submits, leaves. */
import type { BlobRef } from '../../kernel/blobs.ts';
import { present } from '../../kernel/assert.ts';
import { choose } from '../../kernel/draws.ts';
import { rendezvousAvoiding } from '../../protocols/training/rules.ts';
import { act, compute, record, reject, save, send } from '../define.ts';
import type { Effects, IssuedCommand } from '../define.ts';
import { askForPeers } from '../presence.ts';
import { shardKey, storedShardOf } from './context.ts';
import type { StoredShard, WorkerContext, WorkerEvent } from './context.ts';

export const trainTask = 'learning/train';

/** What an answer of an aggregator makes of earlier silence. */
const afterAnAnswer = { unheard: 0, wondering: false, avoided: [], redirects: 0 } as const;

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
  const { peers } = event.message;
  // Whoever did not answer may be dead or cut off, although bootstraps have yet to notice.
  const { chosen, avoided } = rendezvousAvoiding(context.presence.self, peers, context.avoided);
  const aggregator = present(chosen, 'an aggregator among those found');
  return { context: { aggregator, avoided, redirects: 0 }, commands: [record('peers-found', { role: 'aggregator', peers })] };
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
  return { context: { ...afterAnAnswer, held, aggregator: event.from } };
});

export const saveShard = act<WorkerContext, WorkerEvent>(({ context }) => ({
  commands: [save(shardKey, present(context.held, 'the shard to be saved'))],
}));

/** The shard is on disk; only now the aggregator may count on this worker. */
export const confirm = act<WorkerContext, WorkerEvent>(({ context }) => {
  const { held, attempt } = context;
  const samples = present(held, 'the shard that was saved').samples;
  return {
    context: { ...afterAnAnswer, attempt: 0 },
    commands: [record('shard-stored', { samples }), send(toAggregator(context), { kind: 'JoinConfirmed', attempt })],
  };
});

/** The aggregator does not answer: the next one is to be another. Heartbeats go on to it until that one is found. */
export const avoidAggregator = act<WorkerContext, WorkerEvent>(({ context }) => ({
  context: { avoided: [...context.avoided, toAggregator(context)] },
}));

/** Another aggregator answers this: turn to it. Whom it names may be dead, so this is no answer yet. */
export const turnTo = act<WorkerContext, WorkerEvent>(({ context, event }) =>
  event.type === 'Redirected'
    ? { context: { aggregator: event.message.to, unheard: 0, wondering: false, redirects: context.redirects + 1 } }
    : {});

/** A try that a timer begins. */
export const tryAnew = act<WorkerContext, WorkerEvent>(() => ({ context: { redirects: 0 } }));

/** Somebody serves this worker who did not know that it holds its share. */
export const confirmAgain = act<WorkerContext, WorkerEvent>(({ event }) => {
  if (event.type !== 'JoinAccepted') return {};
  return {
    context: { ...afterAnAnswer, aggregator: event.from },
    commands: [send(event.from, { kind: 'JoinConfirmed', attempt: event.message.attempt })],
  };
});

// Taking part.

const heartbeatOf = ({ heartbeats, round, answered }: WorkerContext) =>
  ({ kind: 'HeartbeatSent', sequence: heartbeats + 1, round, answered }) as const;

export const beat = act<WorkerContext, WorkerEvent>(({ context }) => ({
  context: { heartbeats: context.heartbeats + 1, unheard: context.unheard + 1 },
  commands: [send(toAggregator(context), heartbeatOf(context))],
}));

/** A new round: what was computed for an earlier one is of no use any more. Whoever opens it serves this worker. */
export const takeRound = act<WorkerContext, WorkerEvent>(({ event }) => {
  if (event.type !== 'RoundOpened') return {};
  const { round, weights, witness } = event.message;
  return { context: { ...afterAnAnswer, aggregator: event.from, witness, round, weights, update: null, attempt: 0 } };
});

/** The round is known; somebody else may serve this worker by now. */
export const takeServer = act<WorkerContext, WorkerEvent>(({ event }) =>
  event.type === 'RoundOpened' ? { context: { ...afterAnAnswer, aggregator: event.from, witness: event.message.witness } } : {});

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
  const said = record('update-sent', { round: context.round, update: update.blob });
  return { context: { update, samples, attempt: 0, redirects: 0 }, commands: [said] };
});

export const recordFailure = act<WorkerContext, WorkerEvent>(({ context, event }) =>
  event.type === 'computeFailed'
    ? { commands: [record('task-failed', { task: event.task, round: context.round, reason: event.reason })] }
    : {});

export const submit = act<WorkerContext, WorkerEvent>(({ context }) => {
  const { round, samples, witness } = context;
  const update = present(context.update, 'the update to be sent');
  const message = { kind: 'UpdateSubmitted', round, update, samples } as const;
  const commands: IssuedCommand[] = [send(toAggregator(context), message)];
  if (witness !== null) commands.push(send(witness, { kind: 'UpdateClaimed', round, digest: update.blob, samples }));
  return { context: { attempt: context.attempt + 1 }, commands };
});

export const noteReceipt = act<WorkerContext, WorkerEvent>(({ context }) => ({ context: { ...afterAnAnswer, answered: context.round } }));

/** Its aggregator has been silent for so long that another one may serve this worker. */
export const askWhoServes = act<WorkerContext, WorkerEvent>(({ context }) => ({
  context: { wondering: true },
  commands: askForPeers(context.presence, 'aggregator', context.attempt + context.heartbeats),
}));

/**
 * A heartbeat to another aggregator, which will say who serves this worker. Its own aggregator may
 * just have nothing to say, so that it goes on getting every heartbeat until a redirect comes.
 */
export const askAnother = act<WorkerContext, WorkerEvent>(({ context, event }) => {
  if (event.type !== 'PeersFound') return {};
  const others = event.message.peers.filter((peer) => peer !== context.aggregator);
  const other = others[choose(event.dice, 'another aggregator', Math.max(1, others.length))];
  if (other === undefined) return {};
  return { context: { wondering: false, heartbeats: context.heartbeats + 1 }, commands: [send(other, heartbeatOf(context))] };
});

export const sayGoodbye = act<WorkerContext, WorkerEvent>(({ context }): Effects<WorkerContext> => {
  const { round, aggregator } = context;
  const commands: IssuedCommand[] = aggregator === null ? [] : [send(aggregator, { kind: 'WorkerLeft', round })];
  return { commands };
});

export const refuseStale = act<WorkerContext, WorkerEvent>(({ event }) =>
  'from' in event ? { commands: [reject(`stale${event.type}`, { from: event.from })] } : {});
