/**
 * What a leader keeps beside its seat: which members seem to live, and hence who serves workers.
 *
 * The list of serving members shrinks as soon as one is suspected, because its workers wait; it grows
 * again only between two rounds, so that nobody's work is thrown away for somebody who comes back.
 */
import type { NodeId } from '../../kernel/ids.ts';
import { inIdOrder } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import { beat, firstPulse, isSuspect } from '../../protocols/membership/suspicion.ts';
import { publish } from '../../protocols/round-commit/replication.ts';
import { record } from '../define.ts';
import { mapRows, rosterOf, rowOf, withRow } from '../roster.ts';
import { leads } from './context.ts';
import type { AggregatorContext, OfferedPart, WatchedMember } from './context.ts';
import { adopt, patch } from './draft.ts';
import type { Draft } from './draft.ts';

/**
 * A member begins to lead: everybody serves, but for the leader before it, whose silence was the
 * reason. One that lives after all says so by its next answer, and serves from the next round on.
 */
export function beginLeading(draft: Draft): void {
  const { agreement, committee, ledBy: silent } = draft.context;
  const { self, members } = agreement;
  const watched = members.filter((node) => node !== self).map((node): WatchedMember => ({
    node, pulse: firstPulse(draft.nowUs, committee.heartbeatEvery), suspected: node === silent,
  }));
  patch(draft, { watched: rosterOf(watched), parts: rosterOf<OfferedPart>([]), requests: 0, overdue: false, merging: null, ledBy: null });
  if (silent !== null) draft.commands.push(record('aggregator-suspected', { aggregator: silent }));
  publishServing(draft);
}

/** A member leads no longer: what it held as leader is the next leader's to collect anew. */
export function endLeading(draft: Draft): void {
  patch(draft, { watched: rosterOf<WatchedMember>([]), parts: rosterOf<OfferedPart>([]), merging: null, overdue: false });
}

/** A round is decided: members that came back serve again, and parts of it are of no use any more, unlike early ones of the next. */
export function leadOn(draft: Draft): void {
  const { parts, ledger } = draft.context;
  const early = parts.rows.filter(({ round }) => round > ledger.round);
  patch(draft, { parts: rosterOf(early), requests: 0, overdue: false, merging: null });
  if (servingNow(draft.context).join(' ') !== draft.context.agreement.bulletin.serving.join(' ')) publishServing(draft);
}

function servingNow({ agreement, watched }: AggregatorContext): readonly NodeId[] {
  return inIdOrder([agreement.self, ...watched.rows.filter(({ suspected }) => !suspected).map(({ node }) => node)]);
}

/** Tells everybody who serves workers now. */
function publishServing(draft: Draft): void {
  const { agreement } = draft.context;
  const bulletin = { version: agreement.bulletin.version + 1, serving: servingNow(draft.context) };
  adopt(draft, publish(agreement, bulletin, draft.nowUs));
}

/** A member said something; answers to the leader come as regularly as its heartbeats. */
export function hearMember(draft: Draft, from: NodeId, kind: string): void {
  const member = leads(draft.context) ? rowOf(draft.context.watched, from) : undefined;
  if (member === undefined || kind !== 'EntriesAnswered') return;
  if (member.suspected) draft.commands.push(record('aggregator-returned', { aggregator: from }));
  patch(draft, { watched: withRow(draft.context.watched, { ...member, pulse: beat(member.pulse, draft.nowUs), suspected: false }) });
}

/** Takes silent members off the list, whose workers then go to the others. */
export function watchMembers(draft: Draft): void {
  const { context, nowUs } = draft;
  if (!leads(context)) return;
  const silent = silentMembers(context, nowUs);
  if (silent.length === 0) return;
  const suspect = (row: WatchedMember): WatchedMember => (silent.includes(row.node) ? { ...row, suspected: true } : row);
  patch(draft, { watched: mapRows(context.watched, suspect) });
  for (const aggregator of silent) draft.commands.push(record('aggregator-suspected', { aggregator }));
  if (silent.some((node) => context.agreement.bulletin.serving.includes(node))) publishServing(draft);
}

function silentMembers({ watched, options }: AggregatorContext, nowUs: Micros): readonly NodeId[] {
  const { suspectAt, deviationMin: deviationMinUs } = options;
  if (suspectAt === null) return [];
  const isSilent = ({ suspected, pulse }: WatchedMember) => !suspected && isSuspect(pulse, nowUs, { suspectAt, deviationMinUs });
  return watched.rows.filter(isSilent).map(({ node }) => node);
}
