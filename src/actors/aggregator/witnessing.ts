/**
 * What an aggregator hears of workers that others serve, and how it finds that one told two stories.
 *
 * A worker sends its update to whoever serves it and the update's digest to its witness. The witness
 * holds the digest against what the leader's evidence says was counted, and shows a different one to
 * the server, which has the other signed frame: two frames that contradict each other are the proof.
 */
import type { NodeId } from '../../kernel/ids.ts';
import { present } from '../../kernel/assert.ts';
import type { CountedUpdate, Evidence } from '../../protocols/round-commit/messages.ts';
import type { SignedFrame } from '../../protocols/signed-frames.ts';
import { areEquivocal, statementOf } from '../../protocols/work-sharing/rules.ts';
import { reject, send } from '../define.ts';
import { rowOf, withRow } from '../roster.ts';
import type { AggregatorContext } from './context.ts';
import { serverOf } from './dividing.ts';
import { patch, step } from './draft.ts';
import type { Draft } from './draft.ts';
import { accuse } from './removing.ts';

const takesPart = ({ ledger }: AggregatorContext, node: NodeId): boolean =>
  ledger.workers.some(({ worker, removed }) => worker === node && removed === '');

/** What a worker says to its witness about the update that it sent to another aggregator. */
export const takeClaim = step((draft, event) => {
  if (event.type !== 'UpdateClaimed') return;
  const { from, message } = event;
  if (!takesPart(draft.context, from)) return void draft.commands.push(reject('foreignClaim', { from }));
  // Another member may be one round ahead of this one, but nobody can claim more.
  const newest = draft.context.ledger.round + 2;
  if (message.round > newest) return void draft.commands.push(reject('futureClaim', { from, round: message.round }));
  const frame = present(event.signed, 'the signed frame of a claim');
  compareStatements(draft, from, frame);
  const known = rowOf(draft.context.claims, from);
  if (known !== undefined && known.round > message.round) return;
  patch(draft, { claims: withRow(draft.context.claims, { node: from, round: message.round, frame }) });
  compareLateClaim(draft, from, message.round);
});

/** Holds a statement of a worker against all that it signed to this aggregator of this round and the last. */
export function compareStatements(draft: Draft, worker: NodeId, frame: SignedFrame): void {
  if (!takesPart(draft.context, worker)) return;
  const row = rowOf(draft.context.workers, worker);
  const taken = row === undefined || row.update === null || row.update === 'refused' ? undefined : row.update.frame;
  const earlier = [taken, row?.previous ?? undefined, rowOf(draft.context.claims, worker)?.frame];
  const other = earlier.find((one) => one !== undefined && areEquivocal(one, frame));
  if (other !== undefined) accuse(draft, worker, [other, frame]);
}

/** Another member was told something else than what was counted here. */
export const takeReport = step((draft, event) => {
  if (event.type !== 'ClaimReported') return;
  const { worker, claim } = event.message;
  if (!draft.context.agreement.members.includes(event.from)) return void draft.commands.push(reject('foreignMember', { from: event.from }));
  if (claim.from === worker && statementOf(claim) !== undefined) compareStatements(draft, worker, claim);
  else draft.commands.push(reject('unprovenEquivocation', { from: worker }));
});

type Counted = Pick<CountedUpdate, 'worker' | 'digest'>;

function countedBy(evidence: Evidence): readonly Counted[] {
  if (evidence.kind === 'model') return [];
  return evidence.kind === 'sums' ? evidence.counted : evidence.updates;
}

/** As a witness: what workers claimed here must be what was counted there. */
export function compareClaims(draft: Draft, round: number, evidence: Evidence): void {
  for (const counted of countedBy(evidence)) compareClaim(draft, round, counted);
}

function compareClaim(draft: Draft, round: number, { worker, digest }: Counted): void {
  const claim = rowOf(draft.context.claims, worker);
  if (claim === undefined || claim.round !== round || statementOf(claim.frame)?.digest === digest) return;
  const server = serverOf(draft.context, worker)?.server;
  if (server === draft.context.agreement.self) compareStatements(draft, worker, claim.frame);
  else if (server !== undefined) draft.commands.push(send(server, { kind: 'ClaimReported', worker, round, claim: claim.frame }));
}

/** A claim that comes after its round was proposed is compared as one that came before. */
function compareLateClaim(draft: Draft, worker: NodeId, round: number): void {
  const proposed = draft.context.agreement.log.findLast(({ decree }) => decree.kind === 'roundClosed' && decree.round === round);
  if (proposed === undefined || proposed.evidence === null) return;
  const counted = countedBy(proposed.evidence).find((one) => one.worker === worker);
  if (counted !== undefined) compareClaim(draft, round, counted);
}
