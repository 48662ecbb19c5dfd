/**
 * How an aggregator makes rounds: open, count, merge, commit, evaluate.
 *
 * A round is committed once its model is on disk; only then anybody hears of it. Its evaluation runs
 * beside the next round, so that nobody waits for a number that decides nothing.
 */
import type { BlobRef } from '../../kernel/blobs.ts';
import { present } from '../../kernel/assert.ts';
import {
  admittedCount, answeredCount, faultOfUpdate, hasQuorum, isAcknowledged, isCounted, nobodyAwaited, weightOf,
} from '../../protocols/training/rules.ts';
import type { Member } from '../../protocols/training/rules.ts';
import { act, compute, record, reject, save, send } from '../define.ts';
import type { IssuedCommand } from '../define.ts';
import { rosterOf, rowOf, withRow } from '../roster.ts';
import type { Roster } from '../roster.ts';
import { membersOf, newestRound, roundKey } from './context.ts';
import type { AggregatorContext, AggregatorEffects, AggregatorEvent } from './context.ts';

export const firstWeightsTask = 'learning/first-weights';
export const mergeTask = 'learning/merge';
export const evaluateTask = 'learning/evaluate';

type Step = { readonly context: AggregatorContext; readonly event: AggregatorEvent };

/** Computes the model of round 0. */
export const computeFirstWeights = act<AggregatorContext, AggregatorEvent>(({ context }) => {
  const { model, seed } = context.options;
  return { commands: [compute(firstWeightsTask, 'round-0', { model, seed })] };
});

/** Takes what the disk kept. */
export const takeRecords = act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
  if (event.type !== 'restored') return {};
  const committed = present(newestRound(event.records), 'the committed round of a restored aggregator');
  const members = rosterOf<Member>(membersOf(event.records, event.mono));
  const { round, weights } = committed;
  const commands: IssuedCommand[] = [record('aggregator-resumed', { round })];
  // Members that confirmed in an earlier life are told of again, for whoever judges this one.
  for (const { node } of members.rows) commands.push(record('worker-admitted', { worker: node }));
  const resumed = { ...context, round, weights, members, sharing: round > 0 };
  if (round === 0) return { context: resumed, commands };
  const evaluation = evaluationOf(resumed, round, weights, 0);
  return { context: { ...resumed, ...evaluation.context }, commands: [...commands, ...(evaluation.commands ?? [])] };
});

/** Sends the committed model out, to everybody who seems to live. */
export const openRound = act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
  const round = context.round + 1;
  const weights = present(context.weights, 'the model of an open round');
  const commands: IssuedCommand[] = [record('round-opened', { round })];
  const message = { kind: 'RoundOpened', round, weights } as const;
  const rows = context.members.rows
    .filter(({ left }) => !left)
    .map((member) => ({ ...member, update: null, openedUs: member.admitted && !member.suspected ? event.mono : null }));
  for (const { node, openedUs } of rows) if (openedUs !== null) commands.push(send(node, message));
  return { context: { members: rosterOf(rows), openRound: round }, commands };
});

/** The members after an update was counted; undefined when it is not. */
function membersAfter({ context, event }: Step): Roster<Member> | undefined {
  if (event.type !== 'UpdateSubmitted' || context.openRound === null || context.weights === null) return undefined;
  const { from, message } = event;
  const member = rowOf(context.members, from);
  const fault = faultOfUpdate(message, member, context.openRound, context.weights.bytes);
  if (member === undefined || !isCounted(fault)) return undefined;
  const update = { update: message.update, samples: weightOf(message.samples, member.samples) };
  return withRow(context.members, { ...member, update, heardUs: event.mono });
}

/** Counts an update, or says why not. */
export const countUpdate = act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
  if (event.type !== 'UpdateSubmitted') return {};
  const { from, message } = event;
  // While nothing is open, the committed round and the one that is being merged are late.
  const round = context.openRound ?? context.round + 2;
  const fault = faultOfUpdate(message, rowOf(context.members, from), round, context.weights?.bytes ?? 0);
  const commands: IssuedCommand[] = [];
  if (fault !== undefined) commands.push(reject(fault, { from, round: message.round }));
  const members = membersAfter({ context, event });
  if (members !== undefined) {
    const { update, samples } = present(rowOf(members, from)?.update, 'the update that was counted');
    commands.push(record('update-counted', { round, worker: from, samples, update: update.blob }));
  }
  if (isAcknowledged(fault)) commands.push(send(from, { kind: 'UpdateReceived', round: message.round }));
  return { context: members === undefined ? {} : { members }, commands };
});

const isComplete = (members: Roster<Member>, quorum: number): boolean =>
  nobodyAwaited(members.rows) && hasQuorum(members.rows, quorum);

/** Whether this update is the last one that an open round waits for. */
export const completesRound = (step: Step): boolean => {
  const members = membersAfter(step);
  return members !== undefined && isComplete(members, step.context.options.quorum);
};

/** Whether this update makes the quorum of an overdue round. */
export const makesQuorum = (step: Step): boolean => {
  const members = membersAfter(step);
  return members !== undefined && hasQuorum(members.rows, step.context.options.quorum);
};

export const roundIsComplete = ({ context }: Step): boolean => isComplete(context.members, context.options.quorum);
export const quorumIsMet = ({ context }: Step): boolean => hasQuorum(context.members.rows, context.options.quorum);

export const recordOverdue = act<AggregatorContext, AggregatorEvent>(({ context }) => {
  const { openRound: round, members } = context;
  return { commands: [record('round-overdue', { round, attendance: answeredCount(members.rows), admitted: admittedCount(members.rows) })] };
});

/** Adds the counted updates to the committed model. */
export const merge = act<AggregatorContext, AggregatorEvent>(({ context }) => {
  const { options, weights, members } = context;
  const round = context.round + 1;
  const updates = members.rows.flatMap(({ node, update }) =>
    update === null ? [] : [{ update: update.update, samples: update.samples, worker: node }]);
  return {
    context: { openRound: null },
    commands: [compute(mergeTask, `round-${round}`, { model: options.model, weights, updates })],
  };
});

/** Takes the model that was computed, to be saved. */
export const takeWeights = act<AggregatorContext, AggregatorEvent>(({ event }) => {
  if (event.type !== 'computed') return {};
  const { weights } = event.result as unknown as { weights: BlobRef };
  return { context: { merged: weights, failedSaves: 0 } };
});

/** The round that `merged` is the model of: 0 before there is any committed model. */
const roundOfMerged = ({ weights, round }: AggregatorContext): number => (weights === null ? 0 : round + 1);

export const saveRound = act<AggregatorContext, AggregatorEvent>(({ context }) => {
  const round = roundOfMerged(context);
  const weights = present(context.merged, 'the model to be saved');
  return { commands: [save(roundKey(round), { round, weights }, `round-${round}`)] };
});

export const roundWasSaved = ({ context, event }: Step): boolean =>
  event.type === 'saved' && event.ticket === `round-${roundOfMerged(context)}`;
export const roundWasNotSaved = ({ context, event }: Step): boolean =>
  event.type === 'saveFailed' && event.ticket === `round-${roundOfMerged(context)}`;

/** The model of round 0 is on disk: from now on the training lasts. */
export const commitFirstWeights = act<AggregatorContext, AggregatorEvent>(({ context }) => ({
  context: { weights: context.merged, merged: null },
  commands: [record('training-started', { rounds: context.options.rounds })],
}));

/** The model of a round is on disk: say so, and begin to evaluate it. */
export const closeRound = act<AggregatorContext, AggregatorEvent>(({ context }) => {
  const weights = present(context.merged, 'the model that was saved');
  const round = context.round + 1;
  const attendance = answeredCount(context.members.rows);
  // Who left after answering had been admitted too.
  const admitted = context.members.rows.filter((member) => member.admitted && (!member.left || member.update !== null)).length;
  const evaluation = evaluationOf(context, round, weights, attendance);
  return {
    context: { ...evaluation.context, round, weights, merged: null },
    commands: [record('round-closed', { round, attendance, admitted, weights: weights.blob }), ...(evaluation.commands ?? [])],
  };
});

function evaluationOf(context: AggregatorContext, round: number, weights: BlobRef, attendance: number): AggregatorEffects {
  const { model, test, seed } = context.options;
  return {
    context: { evaluating: context.evaluating + 1, attendances: [...context.attendances, { round, attendance }] },
    commands: [compute(evaluateTask, `round-${round}`, { model, weights, test, seed })],
  };
}

export const wasLastRound = ({ context }: Step): boolean => context.round + 1 >= context.options.rounds;
export const stopIsAsked = ({ context }: Step): boolean => context.stopReason !== null;
