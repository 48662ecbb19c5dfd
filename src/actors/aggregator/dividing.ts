/**
 * How the committee's workers are divided: who is served by this aggregator, and with which share.
 *
 * The division follows from what is decided (who takes part) and from the leader's list of serving
 * members, so that every member draws the same conclusion without a word. A worker that is taken over
 * is asked for its update again; a share is cut anew from the same list of workers, to the same bytes.
 */
import type { NodeId } from '../../kernel/ids.ts';
import { present } from '../../kernel/assert.ts';
import { firstPulse } from '../../protocols/membership/suspicion.ts';
import { takingPart } from '../../protocols/round-commit/ledger.ts';
import type { CheckpointState } from '../../protocols/round-commit/messages.ts';
import { membersFor, workersOf } from '../../protocols/work-sharing/rules.ts';
import type { ServedWorker } from '../../protocols/work-sharing/rules.ts';
import { compute, record, send } from '../define.ts';
import { rosterOf, rowOf, withRow } from '../roster.ts';
import { isOver, leads } from './context.ts';
import type { AggregatorContext } from './context.ts';
import { patch } from './draft.ts';
import type { Draft } from './draft.ts';

export const cutTask = 'learning/cut-shard';

/** Shares that are cut at one time; well below what one node may have under way. */
const cutsMax = 64;

/** The member that serves a worker now, and the one that witnesses; undefined where nobody leads yet. */
export function serverOf({ agreement }: AggregatorContext, worker: NodeId): { server: NodeId; witness: NodeId | null } | undefined {
  const [server, witness] = membersFor(worker, agreement.bulletin.serving);
  return server === undefined ? undefined : { server, witness: witness ?? null };
}

/**
 * Serves other workers, when who takes part or who serves has changed. The list of an earlier leader
 * is no news in a new term: the next leader may give its own first list the same version.
 */
export function redivide(draft: Draft, before: AggregatorContext): void {
  const { agreement, ledger, dividedBy } = draft.context;
  const { bulletin, leader } = agreement;
  const given = leader === null ? dividedBy : { term: agreement.term, version: bulletin.version };
  const sameList = dividedBy.term === given.term && dividedBy.version === given.version;
  if (bulletin.serving.length === 0 || (sameList && ledger.workers === before.ledger.workers)) return;
  const known = new Set(takingPart(before.ledger));
  const served = workersOf(agreement.self, takingPart(ledger), bulletin.serving);
  const rows = served.map((worker) => rowOf(draft.context.workers, worker) ?? newlyServed(draft, worker, !known.has(worker)));
  const taken = rows.filter(({ node }) => rowOf(draft.context.workers, node) === undefined && known.has(node));
  patch(draft, { workers: rosterOf(rows), dividedBy: given });
  if (taken.length > 0) draft.commands.push(record('workers-taken-over', { workers: taken.map(({ node }) => node) }));
  cutShares(draft);
}

/** `fresh`: it has just been admitted, so that it has yet to be told of its share. */
function newlyServed({ context, nowUs }: Draft, node: NodeId, fresh: boolean): ServedWorker {
  const among = present(context.ledger.workers.find(({ worker }) => worker === node), 'the admission of a worker').among;
  return {
    node, among, cut: 'wanted', shard: null, samples: 0, asked: fresh ? { attempt: 0, holding: null } : null, holds: !fresh,
    pulse: firstPulse(nowUs, context.options.heartbeatEvery ?? 1), suspected: false,
    openedUs: null, update: null, previous: null, leaving: null,
  };
}

/** Begins to cut the shares that are wanted, as many as may be under way. */
export function cutShares(draft: Draft): void {
  const { ledger, options } = draft.context;
  const { model, train, seed, partition } = options;
  let underWay = draft.context.workers.rows.filter(({ cut }) => cut === 'underWay').length;
  for (const row of draft.context.workers.rows) {
    if (row.cut !== 'wanted' || underWay >= cutsMax || ledger.workers.length < row.among) continue;
    underWay += 1;
    const attempts = draft.context.attempts + 1;
    patch(draft, { attempts, workers: withRow(draft.context.workers, { ...row, cut: 'underWay' }) });
    const input = { model, train, seed, partition, workers: divisionOf(ledger, row.among), worker: row.node };
    draft.commands.push(compute(cutTask, cutKey(row.node, attempts), input));
  }
}

/** The workers among whom the data are divided for whoever was admitted as one of the first `among`. */
function divisionOf(ledger: CheckpointState, among: number): readonly NodeId[] {
  return ledger.workers.slice(0, among).map(({ worker }) => worker);
}

/** A worker may be given up and served again while its share is being cut, so a key says which time it was. */
const cutKey = (worker: NodeId, attempt: number): string => `${worker}/${attempt}`;
export const workerOfCut = (key: string): NodeId => key.slice(0, key.indexOf('/'));

/** Opens the round after the last decided one, unless it is open. */
export function openNextRound(draft: Draft): void {
  const { context } = draft;
  const { ledger, workers, openRound } = context;
  const round = ledger.round + 1;
  if (isOver(context)) {
    if (openRound !== 0) patch(draft, { openRound: 0, offered: null });
    return;
  }
  if (ledger.model === null || takingPart(ledger).length === 0) return;
  if (openRound !== round) {
    const rows = workers.rows.map((row) => ({ ...row, previous: frameOf(row), update: null, openedUs: null }));
    patch(draft, { openRound: round, workers: rosterOf(rows), offered: null });
    if (rows.length > 0 || leads(context)) draft.commands.push(record('round-opened', { round }));
  }
  for (const { node } of draft.context.workers.rows) openFor(draft, node);
}

const frameOf = ({ update }: ServedWorker) => (update === null || update === 'refused' ? null : update.frame);

/** Sends the open round to a worker that has yet to answer it, unless it is likely under way. */
export function openFor(draft: Draft, worker: NodeId): void {
  const { openRound, ledger, options, workers } = draft.context;
  const row = rowOf(workers, worker);
  if (row === undefined || openRound === 0 || ledger.model === null) return;
  if (row.cut !== 'known' || !row.holds || row.suspected || row.update !== null || row.leaving !== null) return;
  if (row.openedUs !== null && draft.nowUs - row.openedUs < options.resendAfter) return;
  const witness = serverOf(draft.context, worker)?.witness ?? null;
  draft.commands.push(send(worker, { kind: 'RoundOpened', round: openRound, weights: ledger.model, witness }));
  patch(draft, { workers: withRow(workers, { ...row, openedUs: draft.nowUs }) });
}
