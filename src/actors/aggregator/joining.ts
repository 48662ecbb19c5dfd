/**
 * How an aggregator takes workers in: requests, shares of the data, confirmations, departures.
 *
 * While the first round is awaited, requests are only collected, so that the data is divided among
 * all who asked. From then on a worker that asks is given the share that rendezvous hashing gives it
 * beside the others; their shares stay. A share is told of only once it is saved.
 */
import type { ValueMap } from '../../kernel/codec.ts';
import { inIdOrder } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import type { JoinRequested } from '../../protocols/training/messages.ts';
import type { Member } from '../../protocols/training/rules.ts';
import { act, compute, record, reject, save, send } from '../define.ts';
import type { IssuedCommand } from '../define.ts';
import { rosterOf, rowOf, withoutRow, withRow } from '../roster.ts';
import { admissionKey, isAdmissionKey, unknownMember, workerOfAdmission } from './context.ts';
import type { Admission, AggregatorContext, AggregatorEffects, AggregatorEvent, Applicant } from './context.ts';
import { admit, openFor } from './watching.ts';

export const cutTask = 'learning/cut-shard';

/** Shares that are cut at one time; well below what one node may have under way. */
const cutsMax = 64;

/** Begins to cut the shares of applicants, as many as may be under way. */
function cutShares(context: AggregatorContext, nowUs: Micros): AggregatorEffects {
  const { applicants, members, options } = context;
  const underWay = members.rows.filter(({ assigned }) => !assigned).length;
  const chosen = applicants.rows.slice(0, Math.max(0, cutsMax - underWay));
  if (chosen.length === 0) return { context };
  const workers = inIdOrder([...members.rows, ...applicants.rows].map(({ node }) => node));
  const { model, train, seed } = options;
  return {
    context: {
      ...context,
      applicants: rosterOf<Applicant>(applicants.rows.slice(chosen.length)),
      members: rosterOf<Member>([...members.rows, ...chosen.map(({ node, attempt }) => unknownMember(node, attempt, nowUs))]),
    },
    commands: chosen.map(({ node }) => compute(cutTask, node, { model, train, seed, workers, worker: node })),
  };
}

/** All who were awaited have asked: divide the data among them. */
export const beginSharing = act<AggregatorContext, AggregatorEvent>(({ context, event }) =>
  cutShares({ ...context, sharing: true, expectedWorkers: appliedCount(context) }, event.mono));

/** Workers that have asked so far, whether they have a share or not. */
export const appliedCount = ({ applicants, members }: AggregatorContext): number => applicants.rows.length + members.rows.length;

/** A worker asks to take part. It may ask again and again, and after a restart. */
export const takeApplicant = act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
  if (event.type !== 'JoinRequested') return {};
  const { from, message, mono } = event;
  const member = rowOf(context.members, from);
  if (member !== undefined) return takeBack(context, member, message, mono);
  const applicants = withRow(context.applicants, { node: from, attempt: message.attempt });
  return context.sharing ? cutShares({ ...context, applicants }, mono) : { context: { applicants } };
});

/** A worker that has a share already, or will have soon. */
function takeBack(context: AggregatorContext, member: Member, { attempt, holding }: JoinRequested, nowUs: Micros): AggregatorEffects {
  if (member.left) return {}; // It is forgotten when the next round opens, and may then ask again.
  // A restarted worker has forgotten the open round, so it may be sent again at once.
  const members = withRow(context.members, { ...member, attempt, heardUs: nowUs, openedUs: null });
  if (!member.assigned) return { context: { members } };
  return { context: { members }, commands: [acceptance({ ...member, attempt }, holding)] };
}

/** Tells a worker of its share; one that it holds already is not sent again. */
function acceptance({ node, attempt, shard, samples }: Member, holding: string | null): IssuedCommand {
  const kept = shard !== null && shard.blob === holding;
  return send(node, { kind: 'JoinAccepted', attempt, shard: kept ? null : shard, samples, kept });
}

/** A share was cut: save it before the worker hears of it. A worker with an empty one has nothing to train on. */
export const saveShare = act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
  if (event.type !== 'computed') return {};
  const member = rowOf(context.members, event.key);
  if (member === undefined) return {};
  const { shard, samples } = event.result as unknown as Admission;
  if (samples > 0) {
    const members = withRow(context.members, { ...member, shard, samples });
    return { context: { members }, commands: [save(admissionKey(member.node), { shard, samples })] };
  }
  const others = { ...context, members: withoutRow(context.members, member.node), expectedWorkers: context.expectedWorkers - 1 };
  const next = cutShares(others, event.mono);
  return { ...next, commands: [acceptance({ ...member, samples: 0 }, null), ...(next.commands ?? [])] };
});

/** A share is on disk: the worker may have it. */
export const tellShare = act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
  if (event.type !== 'saved') return {};
  const member = rowOf(context.members, workerOfAdmission(event.key));
  if (member === undefined || member.left) return {}; // Its departure was saved.
  const assigned = { ...member, assigned: true };
  const next = cutShares({ ...context, members: withRow(context.members, assigned) }, event.mono);
  return { ...next, commands: [acceptance(assigned, null), ...(next.commands ?? [])] };
});

/** No share could be cut or saved: the worker is unknown again, and may ask again. */
export const forgetShare = act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
  if (event.type !== 'computeFailed' && event.type !== 'saveFailed') return {};
  const worker = event.type === 'computeFailed' ? event.key : workerOfAdmission(event.key);
  if (rowOf(context.members, worker)?.assigned !== false) return {};
  const next = cutShares({ ...context, members: withoutRow(context.members, worker) }, event.mono);
  const data: ValueMap = { task: cutTask, worker, reason: event.reason };
  return { ...next, commands: [record('task-failed', data), ...(next.commands ?? [])] };
});

/** A worker has its share on disk and takes part from now on. */
export const takeConfirmation = act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
  if (event.type !== 'JoinConfirmed') return {};
  const member = rowOf(context.members, event.from);
  if (member?.assigned !== true) return { commands: [reject('foreignConfirmation', { from: event.from })] };
  const admitted = admit(member, event.mono);
  const opened = openFor(context, admitted.member, event.mono);
  const members = withRow(context.members, opened.member);
  return { context: { members }, commands: [...admitted.commands, ...opened.commands] };
});

/** A worker leaves in order: it is not waited for, and its share is forgotten. */
export const letGo = act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
  if (event.type !== 'WorkerLeft') return {};
  const member = rowOf(context.members, event.from);
  if (member === undefined || member.left) return {};
  const members = withRow(context.members, { ...member, left: true });
  return {
    context: { members },
    commands: [record('worker-left', { worker: event.from }), save(admissionKey(event.from), null)],
  };
});

export const isShareEvent = ({ event }: { event: AggregatorEvent }): boolean =>
  ((event.type === 'computed' || event.type === 'computeFailed') && event.task === cutTask) ||
  ((event.type === 'saved' || event.type === 'saveFailed') && isAdmissionKey(event.key));
