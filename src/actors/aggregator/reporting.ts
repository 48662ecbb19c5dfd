/**
 * What an aggregator tells clients: that the training runs, its rounds, and its end.
 *
 * Clients ask again from time to time, so none of this needs a retry of its own; what a client missed
 * at the end it is told when it asks the next time.
 */
import { present } from '../../kernel/assert.ts';
import { inIdOrder } from '../../kernel/ids.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { act, record, save, send } from '../define.ts';
import type { IssuedCommand } from '../define.ts';
import { newestRound, stopKey, stopReasonOf } from './context.ts';
import type { AggregatorContext, AggregatorEvent } from './context.ts';
import { evaluateTask } from './rounds.ts';

const following = ({ followers }: AggregatorContext, node: NodeId): readonly NodeId[] =>
  followers.includes(node) ? followers : inIdOrder([...followers, node]);

/** A client asked before there is a model: it is answered once the training has begun. */
export const noteFollower = act<AggregatorContext, AggregatorEvent>(({ context, event }) =>
  'from' in event ? { context: { followers: following(context, event.from) } } : {});

/** The training has begun, for everybody who asked so far. */
export const tellStarted = act<AggregatorContext, AggregatorEvent>(({ context }) => ({
  commands: context.followers.map((client) => send(client, { kind: 'TrainingStarted', attempt: 0, round: context.round })),
}));

/** A client asked while the training runs: it follows from now on. */
export const welcomeFollower = act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
  if (event.type !== 'TrainingRequested' && event.type !== 'TrainingFollowed') return {};
  const followers = following(context, event.from);
  if (event.type === 'TrainingFollowed') return { context: { followers } };
  const { attempt } = event.message;
  return { context: { followers }, commands: [send(event.from, { kind: 'TrainingStarted', attempt, round: context.round })] };
});

export const isEvaluation = ({ event }: { event: AggregatorEvent }): boolean =>
  (event.type === 'computed' || event.type === 'computeFailed') && event.task === evaluateTask;

export const isLastEvaluation = ({ context, event }: { context: AggregatorContext; event: AggregatorEvent }): boolean =>
  context.evaluating === 1 && isEvaluation({ event });

/** A model was evaluated, or could not be. */
export const reportRound = act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
  if (event.type !== 'computed' && event.type !== 'computeFailed') return {};
  const round = Number(event.key.slice('round-'.length));
  const attendance = context.attendances.find((one) => one.round === round)?.attendance ?? 0;
  const patch = { evaluating: context.evaluating - 1, attendances: context.attendances.filter((one) => one.round !== round) };
  if (event.type === 'computeFailed') {
    return { context: patch, commands: [record('task-failed', { task: event.task, round, reason: event.reason })] };
  }
  const { accuracy, loss } = event.result as { accuracy: number; loss: number };
  const message = { kind: 'RoundReported', round, attendance, accuracy } as const;
  const reports: IssuedCommand[] = context.followers.map((client) => send(client, message));
  return { context: patch, commands: [record('round-evaluated', { round, accuracy, loss }), ...reports] };
});

// The end.

export const recordFinished = act<AggregatorContext, AggregatorEvent>(({ context }) => {
  const model = present(context.weights, 'the model of a finished training');
  const commands: IssuedCommand[] = [record('training-finished', { rounds: context.round, weights: model.blob })];
  for (const client of context.followers) commands.push(send(client, { kind: 'TrainingFinished', rounds: context.round, model }));
  return { commands };
});

/** A client asks after the end, or missed it. */
export const tellFinished = act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
  if (!('from' in event)) return {};
  const model = present(context.weights, 'the model of a finished training');
  return { commands: [send(event.from, { kind: 'TrainingFinished', rounds: context.round, model })] };
});

/** Remembers that the training is to end, until a moment when it can. */
export const noteStop = act<AggregatorContext, AggregatorEvent>(({ event }) =>
  event.type === 'StopRequested' ? { context: { stopReason: `${event.from} asked for it` } } : {});

/** The updates of a round could not be merged, or there is no first model: nothing can go on. */
export const noteFailure = act<AggregatorContext, AggregatorEvent>(({ event }) => {
  if (event.type !== 'computeFailed') return {};
  const { task, key, reason } = event;
  return {
    context: { stopReason: `${task} of ${key} was refused: ${reason}`.slice(0, 512) },
    commands: [record('task-failed', { task, round: Number(key.slice('round-'.length)), reason })],
  };
});

export const saveStop = act<AggregatorContext, AggregatorEvent>(({ context }) => ({
  context: { openRound: null },
  commands: [save(stopKey, { round: context.round, reason: context.stopReason }, stopKey)],
}));

export const recordStopped = act<AggregatorContext, AggregatorEvent>(({ context }) => {
  const reason = present(context.stopReason, 'the reason of a stop');
  const commands: IssuedCommand[] = [record('training-stopped', { round: context.round, reason })];
  for (const client of context.followers) commands.push(send(client, { kind: 'TrainingStopped', round: context.round, reason }));
  return { commands };
});

/** A restarted aggregator whose disk says that the training was stopped. */
export const takeStop = act<AggregatorContext, AggregatorEvent>(({ event }) => {
  if (event.type !== 'restored') return {};
  const { records } = event;
  return { context: { stopReason: stopReasonOf(records) ?? null, round: newestRound(records)?.round ?? 0 } };
});

export const tellStopped = act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
  if (!('from' in event)) return {};
  const reason = present(context.stopReason, 'the reason of a stop');
  return { commands: [send(event.from, { kind: 'TrainingStopped', round: context.round, reason })] };
});
