/**
 * What aggregators tell clients: that the training runs, its rounds, and its end.
 *
 * The leader answers; everybody else says who leads. Clients ask again from time to time, so none of
 * this needs a retry of its own, and a new leader learns of its followers by their next question.
 */
import { present } from '../../kernel/assert.ts';
import { inIdOrder, parseNodeId } from '../../kernel/ids.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { compute, record, reject, send } from '../define.ts';
import { leads } from './context.ts';
import type { AggregatorContext, Step } from './context.ts';
import { patch, step } from './draft.ts';
import type { Draft } from './draft.ts';

export const evaluateTask = 'learning/evaluate';

function follow(draft: Draft, node: NodeId): void {
  const { followers } = draft.context;
  if (!followers.includes(node)) patch(draft, { followers: inIdOrder([...followers, node]) });
}

function tellAll(draft: Draft, message: Parameters<typeof send>[1]): void {
  for (const client of draft.context.followers) draft.commands.push(send(client, message));
}

/** A client asked before there is a model: it is answered once the training has begun. */
export const noteFollower = step((draft, event) => {
  if ('from' in event) follow(draft, event.from);
});

/** A client asks while the training runs: it follows from now on. */
export const welcomeFollower = step((draft, event) => {
  if (event.type !== 'TrainingRequested' && event.type !== 'TrainingFollowed') return;
  follow(draft, event.from);
  const attempt = event.type === 'TrainingRequested' ? event.message.attempt : event.message.sequence;
  draft.commands.push(send(event.from, { kind: 'TrainingStarted', attempt, round: draft.context.ledger.round }));
});

/** Somebody else leads, and answers clients. */
export const sendToLeader = step((draft, event) => {
  const { leader, self } = draft.context.agreement;
  if ('from' in event && leader !== null && leader !== self) draft.commands.push(send(event.from, { kind: 'Redirected', to: leader }));
});

/** The first model is decided, for everybody who asked so far. */
export const tellStarted = step((draft) => {
  draft.commands.push(record('training-started', { rounds: draft.context.options.rounds }));
  tellAll(draft, { kind: 'TrainingStarted', attempt: 0, round: draft.context.ledger.round });
});

// Evaluations run beside the next round, so that nobody waits for a number that decides nothing.

/** Whether the newest decided model has yet to be evaluated by this leader. */
export const evaluationIsDue = ({ context }: Step): boolean =>
  leads(context) && context.ledger.round > context.evaluated && context.evaluating === 0;

export const evaluate = step((draft) => {
  const { ledger, options } = draft.context;
  const { model, test, seed } = options;
  patch(draft, { evaluating: ledger.round });
  const weights = present(ledger.model, 'the model of a decided round');
  draft.commands.push(compute(evaluateTask, `evaluate-${ledger.round}`, { model, weights, test, seed }));
});

export const isEvaluation = ({ event }: Step): boolean =>
  (event.type === 'computed' || event.type === 'computeFailed') && event.task === evaluateTask;

/** A model was evaluated, or could not be. */
export const reportRound = step((draft, event) => {
  if (event.type !== 'computed' && event.type !== 'computeFailed') return;
  const round = draft.context.evaluating;
  patch(draft, { evaluating: 0, evaluated: round });
  if (event.type === 'computeFailed') {
    return void draft.commands.push(record('task-failed', { task: event.task, round, reason: event.reason }));
  }
  const { accuracy, loss } = event.result as { accuracy: number; loss: number };
  draft.commands.push(record('round-evaluated', { round, accuracy, loss }));
  tellAll(draft, { kind: 'RoundReported', round, accuracy });
});

export const lastIsEvaluated = ({ context }: Step): boolean => context.evaluated >= context.ledger.round;

// The end.

const finishedMessage = ({ ledger }: AggregatorContext) =>
  ({ kind: 'TrainingFinished', rounds: ledger.round, model: present(ledger.model, 'the model of a finished training') }) as const;

const stoppedMessage = ({ ledger }: AggregatorContext) =>
  ({ kind: 'TrainingStopped', round: ledger.round, reason: present(ledger.stopReason, 'the reason of a stop') }) as const;

export const tellAllFinished = step((draft) => {
  const message = finishedMessage(draft.context);
  draft.commands.push(record('training-finished', { rounds: message.rounds, weights: message.model.blob }));
  tellAll(draft, message);
});

/** A client asks after the end, or missed it. */
export const tellFinished = step((draft, event) => {
  if ('from' in event) draft.commands.push(send(event.from, finishedMessage(draft.context)));
});

export const tellAllStopped = step((draft) => {
  const message = stoppedMessage(draft.context);
  draft.commands.push(record('training-stopped', { round: message.round, reason: message.reason }));
  tellAll(draft, message);
});

export const tellStopped = step((draft, event) => {
  if ('from' in event) draft.commands.push(send(event.from, stoppedMessage(draft.context)));
});

/** Remembers that the training is to end, until a moment when it can. */
export const noteStop = step((draft, event) => {
  if (event.type !== 'StopRequested') return;
  if (parseNodeId(event.from)?.role !== 'client') return void draft.commands.push(reject('foreignStop', { from: event.from }));
  follow(draft, event.from);
  patch(draft, { stopReason: `${event.from} asked for it` });
});

/** A task on which everything depends was refused: nothing can go on. */
export const noteFailure = step((draft, event) => {
  if (event.type !== 'computeFailed') return;
  const { task, key, reason } = event;
  patch(draft, { stopReason: `${task} of ${key} was refused: ${reason}`.slice(0, 512), merging: null });
  draft.commands.push(record('task-failed', { task, reason }));
});

/** A merge whose total is not the sum of its parts shows a bug in the leader itself. */
export const noteWrongMerge = step((draft) => {
  patch(draft, { stopReason: 'the total of a merge was not the sum of its parts', merging: null });
  draft.commands.push(record('task-failed', { task: 'learning/merge-sums', reason: 'the total is not the sum of its parts' }));
});
