/**
 * How members get each other's updates, where the rule of merging is no sum and so needs them all.
 *
 * Parts and evidence name updates by digest. Who needs one, the leader to merge and each member to
 * recompute, asks whoever served the worker, a few at a time and one request a peer: a round's updates all
 * at once would fill the links for longer than anybody waits for a heartbeat.
 */
import type { BlobRef } from '../../kernel/blobs.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { toVerify } from '../../protocols/round-commit/verification.ts';
import type { CountedUpdate, WeightedUpdate } from '../../protocols/round-commit/messages.ts';
import { updatesPerAnswerMax } from '../../protocols/work-sharing/messages.ts';
import { partsNow } from '../../protocols/work-sharing/rules.ts';
import { reject, send } from '../define.ts';
import { rowOf, withoutRow, withRow } from '../roster.ts';
import { leads } from './context.ts';
import type { AggregatorContext, Fetch } from './context.ts';
import { serverOf } from './dividing.ts';
import { patch, step } from './draft.ts';
import type { Draft } from './draft.ts';

/** Bytes of one answer that may hold up whatever comes behind it: 63 ms at 100 Mbit/s. */
const bytesPerAnswerMax = 786_432;
/** Decided rounds whose updates are still given to others. */
const decidedRoundsKept = 1;

/** Keeps an update of a round, for this member and for whoever asks. */
export function hold(draft: Draft, round: number, update: BlobRef): void {
  const { held } = draft.context;
  if (!held.some((one) => one.update.blob === update.blob)) patch(draft, { held: [...held, { round, update }] });
}

/** Lets go of the updates of rounds that are over. */
export function letGoOfUpdates(draft: Draft): void {
  const { held, ledger } = draft.context;
  const kept = held.filter(({ round }) => round > ledger.round - decidedRoundsKept);
  if (kept.length < held.length) patch(draft, { held: kept });
}

/** Updates as a rule takes them; undefined while this member lacks one. */
export function heldUpdates({ held }: AggregatorContext, counted: readonly CountedUpdate[]): readonly WeightedUpdate[] | undefined {
  const updates: WeightedUpdate[] = [];
  for (const { worker, digest, samples } of counted) {
    const found = held.find(({ update }) => update.blob === digest);
    if (found === undefined) return undefined;
    updates.push({ worker, update: found.update, samples });
  }
  return updates;
}

type Wanted = { readonly round: number; readonly digest: string; readonly peers: readonly NodeId[] };

/** What this member needs and lacks, with whom it may ask, in the order in which it does. */
function wantedUpdates(context: AggregatorContext): readonly Wanted[] {
  const { held, agreement, parts } = context;
  const isLacking = ({ digest }: CountedUpdate): boolean => !held.some(({ update }) => update.blob === digest);
  const { term, bulletin } = agreement;
  const now = { term, version: bulletin.version, round: context.ledger.round + 1, serving: bulletin.serving };
  const offered = leads(context) && context.options.aggregate.name !== 'mean' ? partsNow(parts.rows, now) : [];
  const ofParts = offered.flatMap(({ node, round, counted }) =>
    counted.filter(isLacking).map(({ digest }) => ({ round, digest, peers: [node] })));
  const entry = toVerify(agreement);
  if (entry?.evidence?.kind !== 'updates' || entry.decree.kind !== 'roundClosed') return ofParts;
  const { round } = entry.decree;
  const ofEntry = entry.evidence.updates.filter(isLacking).map(({ worker, digest }) => ({
    round, digest,
    peers: [serverOf(context, worker)?.server, agreement.leader].filter((peer) => peer !== undefined && peer !== null),
  }));
  return [...ofParts, ...ofEntry].map((one) => ({ ...one, peers: one.peers.filter((peer) => peer !== agreement.self) }));
}

/** How many updates are asked for at once: as many as fit an answer, and one at least. */
function updatesPerRequest({ ledger }: AggregatorContext): number {
  const fitting = Math.floor(bytesPerAnswerMax / Math.max(1, ledger.model?.bytes ?? 1));
  return Math.min(updatesPerAnswerMax, Math.max(1, fitting));
}

/** Asks for what is lacking, wherever no request is under way. */
export function fetchUpdates(draft: Draft): void {
  for (const { round, digest, peers } of wantedUpdates(draft.context)) {
    const { fetches, lacking } = draft.context;
    if (fetches.rows.some(({ digests }) => digests.includes(digest))) continue;
    const peer = peers.find((node) => !lacking.some((one) => one.node === node && one.digest === digest));
    if (peer === undefined) continue;
    const known = rowOf(fetches, peer);
    if (known === undefined) {
      patch(draft, { fetches: withRow(fetches, { node: peer, round, attempt: 0, digests: [digest], askedUs: draft.nowUs }) });
    } else if (known.attempt === 0 && known.round === round && known.digests.length < updatesPerRequest(draft.context)) {
      patch(draft, { fetches: withRow(fetches, { ...known, digests: [...known.digests, digest] }) });
    }
  }
  for (const row of draft.context.fetches.rows) if (row.attempt === 0) ask(draft, row);
}

/** Sends a request that was put together in this step. */
function ask(draft: Draft, row: Fetch): void {
  const attempt = draft.context.attempts + 1;
  patch(draft, { attempts: attempt, fetches: withRow(draft.context.fetches, { ...row, attempt }) });
  draft.commands.push(send(row.node, { kind: 'UpdatesRequested', round: row.round, attempt, digests: row.digests }));
}

/** Another member lacks updates: it gets those that are here. */
export const giveUpdates = step((draft, event) => {
  if (event.type !== 'UpdatesRequested') return;
  const { from, message } = event;
  if (!draft.context.agreement.members.includes(from)) return void draft.commands.push(reject('foreignMember', { from }));
  const { round, attempt, digests } = message;
  const updates = draft.context.held.map(({ update }) => update).filter(({ blob }) => digests.includes(blob));
  draft.commands.push(send(from, { kind: 'UpdatesSent', round, attempt, updates }));
});

/** An answer to this member's own request; what is not in it has to come from somebody else. */
export const takeUpdates = step((draft, event) => {
  if (event.type !== 'UpdatesSent') return;
  const { from, message } = event;
  const row = rowOf(draft.context.fetches, from);
  if (row === undefined || row.attempt !== message.attempt) return void draft.commands.push(reject('unaskedUpdates', { from }));
  patch(draft, { fetches: withoutRow(draft.context.fetches, from) });
  const modelBytes = draft.context.ledger.model?.bytes ?? 0;
  for (const update of message.updates) {
    if (row.digests.includes(update.blob) && update.bytes === modelBytes) hold(draft, row.round, update);
  }
  noteLacking(draft, row);
  fetchUpdates(draft);
});

/** Whoever did not give an update is not asked for it again soon. */
function noteLacking(draft: Draft, { node, digests }: Fetch): void {
  const missing = digests.filter((digest) => !draft.context.held.some(({ update }) => update.blob === digest));
  if (missing.length > 0) patch(draft, { lacking: [...draft.context.lacking, ...missing.map((digest) => ({ node, digest }))] });
}

/** From time to time: requests that were not answered are given up, and everybody may be asked anew. */
export function fetchAgain(draft: Draft): void {
  const { fetches, options, lacking } = draft.context;
  const isLost = ({ askedUs }: Fetch): boolean => draft.nowUs - askedUs > options.resendAfter;
  if (lacking.length > 0) patch(draft, { lacking: [] });
  for (const row of fetches.rows.filter(isLost)) {
    patch(draft, { fetches: withoutRow(draft.context.fetches, row.node) });
    noteLacking(draft, row);
  }
  fetchUpdates(draft);
}
