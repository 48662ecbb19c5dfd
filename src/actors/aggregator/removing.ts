/**
 * How a worker comes to take part no longer: it left, there is nothing for it to learn from, or two
 * frames that it signed prove that it told two aggregators different things.
 *
 * Whoever serves the worker asks the leader until the committee has decided it.
 */
import type { NodeId } from '../../kernel/ids.ts';
import { ed25519Pure } from '../../crypto/ed25519.ts';
import { isSignedBy } from '../../protocols/signed-frames.ts';
import type { SignedFrame } from '../../protocols/signed-frames.ts';
import type { RemovalRequested } from '../../protocols/work-sharing/messages.ts';
import { areEquivocal, statementOf } from '../../protocols/work-sharing/rules.ts';
import { record, reject, send } from '../define.ts';
import { rowOf, withRow } from '../roster.ts';
import { isProposed, proposeDecree } from './agreement.ts';
import { leads } from './context.ts';
import type { AggregatorContext } from './context.ts';
import { patch, step } from './draft.ts';
import type { Draft } from './draft.ts';

type Reason = RemovalRequested['reason'];

/** Asks the committee to remove a worker; repeated by `askAgainForRemovals` until it has. */
export function askForRemoval(draft: Draft, worker: NodeId, reason: Reason, proof: readonly SignedFrame[]): void {
  const row = rowOf(draft.context.workers, worker);
  if (row !== undefined) patch(draft, { workers: withRow(draft.context.workers, { ...row, leaving: reason }) });
  const { leader, self } = draft.context.agreement;
  if (leads(draft.context)) proposeRemoval(draft, worker, reason);
  else if (leader !== null && leader !== self) draft.commands.push(send(leader, { kind: 'RemovalRequested', worker, reason, proof }));
}

function proposeRemoval(draft: Draft, worker: NodeId, reason: Reason): void {
  const { ledger } = draft.context;
  if (!ledger.workers.some((one) => one.worker === worker && one.removed === '')) return;
  if (isProposed(draft.context, (decree) => decree.kind === 'workerRemoved' && decree.worker === worker)) return;
  proposeDecree(draft, { kind: 'workerRemoved', worker, reason });
}

/** What was asked for and is not decided yet is asked for again. */
export function askAgainForRemovals(draft: Draft): void {
  for (const { node, leaving } of draft.context.workers.rows) {
    if (leaving !== null && leaving !== 'equivocation') askForRemoval(draft, node, leaving, []);
  }
  const { ledger, proofs } = draft.context;
  for (const { node, frames } of proofs.rows) {
    const takesPart = ledger.workers.some(({ worker, removed }) => worker === node && removed === '');
    if (takesPart) askForRemoval(draft, node, 'equivocation', frames);
  }
}

/** Whether two frames prove, to anybody who knows the worker's key, that it told two stories. */
export function isProof({ publicKeys }: AggregatorContext, worker: NodeId, frames: readonly SignedFrame[]): boolean {
  const [first, second] = frames;
  const key = publicKeys[worker];
  if (first === undefined || second === undefined || key === undefined) return false;
  if (first.from !== worker || second.from !== worker || !areEquivocal(first, second)) return false;
  return isSignedBy(first, key, ed25519Pure.verify) && isSignedBy(second, key, ed25519Pure.verify);
}

/** Two frames of one worker contradict each other: it is out, once somebody else can check it too. */
export function accuse(draft: Draft, worker: NodeId, frames: readonly SignedFrame[]): void {
  if (rowOf(draft.context.proofs, worker) !== undefined) return;
  if (!isProof(draft.context, worker, frames)) {
    draft.commands.push(reject('unprovenEquivocation', { from: worker }));
    return;
  }
  const [first, second] = frames.map((frame) => statementOf(frame)!);
  const data = { worker, round: first!.round, first: first!.digest, second: second!.digest };
  draft.commands.push(record('equivocation-proved', data));
  patch(draft, { proofs: withRow(draft.context.proofs, { node: worker, frames }) });
  const row = rowOf(draft.context.workers, worker);
  if (row !== undefined) patch(draft, { workers: withRow(draft.context.workers, { ...row, update: 'refused' }) });
  askForRemoval(draft, worker, 'equivocation', frames);
}

/** A member asks this leader to remove a worker. An accusation counts only with its proof. */
export const takeRemoval = step((draft, event) => {
  if (event.type !== 'RemovalRequested' || !leads(draft.context)) return;
  const { from, message } = event;
  const { worker, reason, proof } = message;
  const isUnproven = reason === 'equivocation' && !isProof(draft.context, worker, proof);
  if (!draft.context.agreement.members.includes(from)) draft.commands.push(reject('foreignMember', { from }));
  else if (isUnproven) draft.commands.push(reject('unprovenEquivocation', { from }));
  else proposeRemoval(draft, worker, reason);
});
