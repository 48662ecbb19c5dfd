/**
 * What an aggregator makes of its own workers' updates: it takes them, makes one part of them, and
 * offers it to the leader.
 *
 * A part belongs to one term and one version of the list of serving members, so that no worker can
 * stand in two parts that are added up.
 */
import type { BlobRef } from '../../kernel/blobs.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { present } from '../../kernel/assert.ts';
import { weightOf } from '../../protocols/training/rules.ts';
import type { PartOffered } from '../../protocols/work-sharing/messages.ts';
import { faultOfUpdate, isAcknowledged, isAwaited, isTaken } from '../../protocols/work-sharing/rules.ts';
import type { ServedWorker } from '../../protocols/work-sharing/rules.ts';
import type { SignedFrame } from '../../protocols/signed-frames.ts';
import { compute, record, reject, send } from '../define.ts';
import { rowOf, withRow } from '../roster.ts';
import { isOver, leads } from './context.ts';
import type { AggregatorContext, Step } from './context.ts';
import { patch, step } from './draft.ts';
import type { Draft } from './draft.ts';
import { hold } from './exchanging.ts';
import { redirect, update } from './joining.ts';
import { compareStatements } from './witnessing.ts';

export const sumTask = 'learning/sum-updates';
export const inspectTask = 'learning/inspect-updates';

// Updates.

/** Takes an update into the open round, or says why not. */
export const takeUpdate = step((draft, event) => {
  if (event.type !== 'UpdateSubmitted') return;
  const { from, message } = event;
  const row = rowOf(draft.context.workers, from);
  const fault = faultOfUpdate(message, row, awaitedRound(draft.context), draft.context.ledger.model?.bytes ?? 0);
  if (fault !== undefined) draft.commands.push(reject(fault, { from, round: message.round }));
  if (row === undefined) redirect(draft, from);
  if (isAcknowledged(fault)) draft.commands.push(send(from, { kind: 'UpdateReceived', round: message.round }));
  const frame = present(event.signed, 'the signed frame of an update');
  if (row !== undefined && isTaken(fault)) takeInto(draft, row, message.update, message.samples, frame);
  compareStatements(draft, from, frame);
});

/** The round whose updates count; once the training is over, every update is late. */
function awaitedRound(context: AggregatorContext): number {
  if (isOver(context)) return Number.MAX_SAFE_INTEGER;
  return context.openRound === 0 ? context.ledger.round + 1 : context.openRound;
}

function takeInto(draft: Draft, row: ServedWorker, sent: BlobRef, claimed: number, frame: SignedFrame): void {
  const samples = weightOf(claimed, row.samples);
  update(draft, { ...row, update: { update: sent, samples, frame } });
  if (draft.context.options.aggregate.name !== 'mean') hold(draft, draft.context.openRound, sent);
  draft.commands.push(record('update-counted', { round: draft.context.openRound, worker: row.node, samples, update: sent.blob }));
}

// The part.

/** Whether the part that was offered last is what the leader wants now. */
function isCurrent(context: AggregatorContext): boolean {
  const { offered, agreement, openRound, requested } = context;
  if (offered === null || offered.term !== agreement.term || offered.version !== agreement.bulletin.version) return false;
  if (offered.round !== openRound) return false;
  const isAsked = requested.term === agreement.term && requested.round === openRound && requested.attempt > offered.attempt;
  return !isAsked && (offered.complete || !isComplete(context));
}

/** Whether nobody whom this member serves is awaited. */
export function isComplete({ workers }: AggregatorContext): boolean {
  return !workers.rows.some(isAwaited);
}

function isRequested({ requested, agreement, openRound }: AggregatorContext): boolean {
  return requested.term === agreement.term && requested.round === openRound;
}

/** Whether a part is to be made now: all are in, or the leader wants what there is. */
export const partIsDue = ({ context }: Step): boolean => {
  const { agreement, openRound, dividedBy } = context;
  if (openRound === 0 || isOver(context) || agreement.leader === null) return false;
  if (!agreement.bulletin.serving.includes(agreement.self)) return false;
  if (dividedBy.term !== agreement.term || dividedBy.version !== agreement.bulletin.version) return false;
  return (isComplete(context) || isRequested(context)) && !isCurrent(context);
};

const takenRows = ({ workers }: AggregatorContext) =>
  workers.rows.flatMap(({ node, update: taken }) => (taken === null || taken === 'refused' ? [] : [{ node, ...taken }]));

/** Begins to make a part of what is there; without any update there is nothing to compute. */
export const makePart = step((draft) => {
  const { context } = draft;
  const { openRound: round, options, agreement, requested } = context;
  const attempts = context.attempts + 1;
  const { term, bulletin } = agreement;
  const attempt = requested.term === term && requested.round === round ? requested.attempt : 0;
  const making = { key: `part-${round}-${attempts}`, term, version: bulletin.version, round, attempt };
  patch(draft, { attempts, making });
  const updates = takenRows(context).map(({ node, update: sent, samples }) => ({ worker: node, update: sent, samples }));
  if (updates.length === 0) return offer(draft, { sum: null, samples: 0, fingerprint: 0, counted: [], refused: [] });
  const task = options.aggregate.name === 'mean' ? sumTask : inspectTask;
  draft.commands.push(compute(task, making.key, { model: options.model, seed: options.seed, round, updates }));
});

type Summed = {
  readonly sum?: BlobRef | null;
  readonly samples?: number;
  readonly fingerprint?: number;
  readonly counted: readonly NodeId[];
  readonly refused: readonly { readonly worker: NodeId; readonly reason: string }[];
};

export const isPart = ({ context, event }: Step): boolean =>
  (event.type === 'computed' || event.type === 'computeFailed') && event.key === context.making?.key;
export const nothingIsMade = ({ context }: Step): boolean => context.making === null;

export const takePart = step((draft, event) => {
  if (event.type === 'computed') offer(draft, event.result as unknown as Summed);
});

/** A part could not be made at all: what it was made of is refused, so that the round goes on without it. */
export const giveUpPart = step((draft, event) => {
  if (event.type !== 'computeFailed') return;
  const { making, workers } = draft.context;
  patch(draft, { making: null });
  draft.commands.push(record('task-failed', { task: event.task, round: making?.round ?? 0, reason: event.reason }));
  for (const { node, update: taken } of workers.rows) if (taken !== null && taken !== 'refused') refuse(draft, node, 'uncountableUpdate');
});

/** Offers what was made to the leader, unless it belongs to another time by now. */
function offer(draft: Draft, { sum = null, samples = 0, fingerprint = 0, counted, refused }: Summed): void {
  const making = present(draft.context.making, 'what a part is made for');
  patch(draft, { making: null });
  const { agreement, openRound } = draft.context;
  const { term, bulletin } = agreement;
  if (making.term !== term || making.version !== bulletin.version || making.round !== openRound) return;
  for (const { worker, reason } of refused) refuse(draft, worker, reason);
  // Whoever was found out meanwhile is in the sum all the same, so another one is made without it.
  const standing = new Set(takenRows(draft.context).map(({ node }) => node));
  if (counted.some((worker) => !standing.has(worker))) return;
  const taken = takenRows(draft.context).filter(({ node }) => counted.includes(node));
  const complete = isComplete(draft.context) && takenRows(draft.context).length === taken.length;
  const part: PartOffered = {
    kind: 'PartOffered', term, version: making.version, round: making.round, attempt: making.attempt, life: agreement.life,
    complete, samples, sum, fingerprint,
    counted: taken.map((row) => ({ worker: row.node, digest: row.update.blob, samples: row.samples })),
  };
  const offered = { ...part, node: agreement.self };
  const offers = draft.context.offers.filter(({ round }) => round === making.round);
  patch(draft, { offered, offers: [...offers, { round: making.round, samples, fingerprint }] });
  if (leads(draft.context)) patch(draft, { parts: withRow(draft.context.parts, offered) });
  else if (agreement.leader !== null) draft.commands.push(send(agreement.leader, part));
}

function refuse(draft: Draft, worker: NodeId, reason: string): void {
  const row = rowOf(draft.context.workers, worker);
  if (row !== undefined) update(draft, { ...row, update: 'refused' });
  const round = draft.context.openRound;
  draft.commands.push(reject(reason, { from: worker, round }), record('update-refused', { round, worker, reason }));
}

/** The leader wants what there is. */
export const noteRequest = step((draft, event) => {
  if (event.type !== 'PartRequested' || event.from !== draft.context.agreement.leader) return;
  const { term, round, attempt } = event.message;
  patch(draft, { requested: { term, round, attempt } });
});
