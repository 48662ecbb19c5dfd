/**
 * How workers come to take part, and go: requests, shares of the data, confirmations, departures.
 *
 * Any member may be asked. Who serves the worker answers; of a worker that nobody serves yet the
 * leader takes note, and everybody else says who that is. While the first round is awaited, requests
 * are only collected, so that the data is divided among all who asked.
 */
import { parseNodeId } from '../../kernel/ids.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { refusalOf } from '../../ml/rules/aggregation-rule.ts';
import { takingPart } from '../../protocols/round-commit/ledger.ts';
import { workersPerDecreeMax } from '../../protocols/round-commit/decrees.ts';
import type { JoinRequested } from '../../protocols/training/messages.ts';
import { quorumOf } from '../../protocols/training/rules.ts';
import type { ServedWorker } from '../../protocols/work-sharing/rules.ts';
import { beat, firstPulse } from '../../protocols/membership/suspicion.ts';
import { record, reject, send } from '../define.ts';
import { rosterOf, rowOf, withRow } from '../roster.ts';
import { isProposed, proposeDecree } from './agreement.ts';
import { leads } from './context.ts';
import type { AggregatorContext, Applicant, Step } from './context.ts';
import { cutShares, cutTask, openFor, serverOf, workerOfCut } from './dividing.ts';
import { patch, step } from './draft.ts';
import type { Draft } from './draft.ts';
import { askForRemoval } from './removing.ts';

/** Replaces what is known of a served worker. */
export function update(draft: Draft, row: ServedWorker): void {
  patch(draft, { workers: withRow(draft.context.workers, row) });
}

// Requests.

/** A worker asks to take part. It may ask again and again, and after a restart. */
export const takeApplicant = step((draft, event) => {
  if (event.type !== 'JoinRequested') return;
  const { from, message } = event;
  if (parseNodeId(from)?.role !== 'worker') return void draft.commands.push(reject('foreignApplicant', { from }));
  const row = rowOf(draft.context.workers, from);
  if (row !== undefined) return answerApplicant(draft, row, message);
  const admitted = draft.context.ledger.workers.find(({ worker }) => worker === from);
  if (admitted === undefined || admitted.removed === 'left') return apply(draft, from, message);
  if (admitted.removed === 'emptyShare') return refuseShare(draft, from, message.attempt);
  if (admitted.removed !== '') draft.commands.push(reject('foreignApplicant', { from }));
  else redirect(draft, from);
});

/** A worker that this aggregator serves: its share, or a note to send it once it is cut. */
function answerApplicant(draft: Draft, row: ServedWorker, { attempt, holding }: JoinRequested): void {
  // A restarted worker has forgotten the open round, so it may be sent again at once.
  update(draft, { ...row, asked: { attempt, holding }, openedUs: null, holds: false });
  tellShare(draft, row.node);
}

/** Tells a worker of its share, if it asked and the share is known; one that it holds already is not sent again. */
function tellShare(draft: Draft, worker: NodeId): void {
  const row = rowOf(draft.context.workers, worker);
  if (row === undefined || row.asked === null || row.cut !== 'known' || row.leaving !== null) return;
  const { shard, samples, asked } = row;
  const kept = shard !== null && shard.blob === asked.holding;
  draft.commands.push(send(worker, { kind: 'JoinAccepted', attempt: asked.attempt, shard: kept ? null : shard, samples, kept }));
  update(draft, { ...row, asked: null });
}

function refuseShare(draft: Draft, worker: NodeId, attempt: number): void {
  draft.commands.push(send(worker, { kind: 'JoinAccepted', attempt, shard: null, samples: 0, kept: false }));
}

/** A worker that nobody serves yet: the leader notes it, everybody else says who leads. */
function apply(draft: Draft, from: NodeId, { attempt }: JoinRequested): void {
  if (!leads(draft.context)) return redirect(draft, from);
  patch(draft, { applicants: withRow(draft.context.applicants, { node: from, attempt }) });
  if (takingPart(draft.context.ledger).length > 0) admit(draft);
}

/** Says who serves a worker, or who leads; nothing while neither is known. */
export function redirect(draft: Draft, from: NodeId): void {
  const { ledger, agreement } = draft.context;
  const takesPart = ledger.workers.some(({ worker, removed }) => worker === from && removed === '');
  const to = takesPart ? serverOf(draft.context, from)?.server : agreement.leader;
  if (to === undefined || to === null || to === agreement.self) return;
  draft.commands.push(send(from, { kind: 'Redirected', to }));
}

// Admission.

/** Proposes that all applicants take part, in as few decrees as may be. */
export const admitApplicants = step((draft) => admit(draft));

function admit(draft: Draft): void {
  const { applicants, ledger } = draft.context;
  const waiting = applicants.rows
    .map(({ node }) => node)
    .filter((node) => !isProposed(draft.context, (decree) => decree.kind === 'workersAdmitted' && decree.workers.includes(node)));
  patch(draft, { applicants: rosterOf<Applicant>([]) });
  const fresh = waiting.filter((node) => !takingPart(ledger).includes(node));
  const known = new Set([...ledger.workers.map(({ worker }) => worker), ...proposedWorkers(draft.context), ...fresh]);
  for (let first = 0; first < fresh.length; first += workersPerDecreeMax) {
    proposeDecree(draft, { kind: 'workersAdmitted', workers: fresh.slice(first, first + workersPerDecreeMax), among: known.size });
  }
}

/** Workers in decrees that are proposed and not decided yet. */
function proposedWorkers({ agreement, ledger }: AggregatorContext): readonly NodeId[] {
  return agreement.log.flatMap(({ index, decree }) => (index > ledger.index && decree.kind === 'workersAdmitted' ? decree.workers : []));
}

/** Whether so many workers may begin without the others: they are a quorum, and the rule of merging can serve them. */
const enough = (count: number, { options, declaredWorkers }: AggregatorContext): boolean =>
  count >= quorumOf(options.quorum, declaredWorkers) && refusalOf(options.aggregate, count) === undefined;

export const everybodyApplied = ({ context }: Step): boolean => context.applicants.rows.length >= context.declaredWorkers;
export const enoughApplied = ({ context }: Step): boolean => enough(context.applicants.rows.length, context);
export const somebodyTakesPart = ({ context }: Step): boolean => takingPart(context.ledger).length > 0;

// Shares.

export const isCutEvent = ({ event }: Step): boolean =>
  (event.type === 'computed' || event.type === 'computeFailed') && event.task === cutTask;

/** A share was cut. A worker with an empty one has nothing to train on. */
export const takeShare = step((draft, event) => {
  if (event.type !== 'computed') return;
  const row = rowOf(draft.context.workers, workerOfCut(event.key));
  if (row !== undefined && row.cut === 'underWay') {
    const { shard, samples } = event.result as unknown as Pick<ServedWorker, 'shard' | 'samples'>;
    update(draft, { ...row, cut: 'known', shard, samples });
    if (samples === 0) {
      refuseShare(draft, row.node, row.asked?.attempt ?? 0);
      askForRemoval(draft, row.node, 'emptyShare', []);
    } else {
      tellShare(draft, row.node);
      openFor(draft, row.node);
    }
  }
  cutShares(draft);
});

/** A share could not be cut, and would not be again from the same data: there is nothing to train on. */
export const noteUncut = step((draft, event) => {
  if (event.type !== 'computeFailed') return;
  const worker = workerOfCut(event.key);
  draft.commands.push(record('task-failed', { task: cutTask, worker, reason: event.reason }));
  askForRemoval(draft, worker, 'emptyShare', []);
  cutShares(draft);
});

/** A worker has its share on disk and takes part from now on. */
export const takeConfirmation = step((draft, event) => {
  if (event.type !== 'JoinConfirmed') return;
  const row = rowOf(draft.context.workers, event.from);
  if (row === undefined) return redirect(draft, event.from);
  update(draft, { ...heardOf(draft, row), holds: true, openedUs: null });
  openFor(draft, event.from);
});

// Life.

/** The worker as one that has been heard of now. */
function heardOf({ commands, nowUs, context }: Draft, row: ServedWorker): ServedWorker {
  if (!row.suspected) return row;
  commands.push(record('worker-returned', { worker: row.node }));
  // Its rhythm before the silence says nothing about the one after it; and it may have lost the round.
  return { ...row, suspected: false, openedUs: null, pulse: firstPulse(nowUs, context.options.heartbeatEvery ?? 1) };
}

/** A worker lives. What it says of its rounds shows whether it was ever told of the open one. */
export const hearHeartbeat = step((draft, event) => {
  if (event.type !== 'HeartbeatSent') return;
  const { from, message } = event;
  const row = rowOf(draft.context.workers, from);
  if (row === undefined) return answerStranger(draft, from);
  const { openRound } = draft.context;
  // It sends heartbeats only with its share on disk.
  const heard = heardOf(draft, { ...row, holds: true, pulse: beat(row.pulse, draft.nowUs) });
  update(draft, heard);
  if (heard.update === null && (message.round < openRound || message.answered >= openRound || !row.holds)) openFor(draft, from);
});

/** A heartbeat of somebody whom another member serves, or who takes no part. */
function answerStranger(draft: Draft, from: NodeId): void {
  const admitted = draft.context.ledger.workers.find(({ worker }) => worker === from);
  if (admitted !== undefined && admitted.removed === '') return redirect(draft, from);
  if (!leads(draft.context)) return redirect(draft, from);
  draft.commands.push(reject('foreignHeartbeat', { from }));
  if (admitted === undefined) draft.commands.push(send(from, { kind: 'JoinInvited' }));
}

/** A worker leaves in order: it is not waited for, and the committee forgets its share. */
export const letGo = step((draft, event) => {
  if (event.type !== 'WorkerLeft') return;
  if (rowOf(draft.context.workers, event.from) === undefined) return;
  draft.commands.push(record('worker-left', { worker: event.from }));
  askForRemoval(draft, event.from, 'left', []);
});
