/**
 * How an aggregator knows which workers live: heartbeats, suspicion, return.
 *
 * A heartbeat also says which round its worker was told of and which it has answered, so that a model
 * that was lost with a connection, or an update that was lost with an earlier life of the aggregator,
 * shows without an acknowledgement of its own: the open round is then sent again.
 */
import type { Micros } from '../../kernel/time.ts';
import type { HeartbeatSent } from '../../protocols/training/messages.ts';
import { fallenSilent } from '../../protocols/training/rules.ts';
import type { Member } from '../../protocols/training/rules.ts';
import { act, record, reject, send } from '../define.ts';
import type { IssuedCommand } from '../define.ts';
import { mapRows, rowOf, withRow } from '../roster.ts';
import type { AggregatorContext, AggregatorEvent } from './context.ts';

interface Changed {
  readonly member: Member;
  readonly commands: readonly IssuedCommand[];
}

/** The member as one that was heard of now. */
export function admit(member: Member, nowUs: Micros): Changed {
  const commands: IssuedCommand[] = [];
  if (!member.admitted) commands.push(record('worker-admitted', { worker: member.node }));
  if (member.suspected) commands.push(record('worker-returned', { worker: member.node }));
  // Whoever returns was not sent the open round, or may have lost it.
  const openedUs = member.suspected || !member.admitted ? null : member.openedUs;
  return { member: { ...member, admitted: true, suspected: false, heardUs: nowUs, openedUs }, commands };
}

/** Sends the open round to a member that has yet to answer it, unless it is likely under way. */
export function openFor(context: AggregatorContext, member: Member, nowUs: Micros): Changed {
  const { openRound, weights, options } = context;
  if (openRound === null || weights === null || member.update !== null || member.left) return { member, commands: [] };
  if (member.openedUs !== null && nowUs - member.openedUs < options.resendAfter) return { member, commands: [] };
  const message = { kind: 'RoundOpened', round: openRound, weights } as const;
  return { member: { ...member, openedUs: nowUs }, commands: [send(member.node, message)] };
}

/** A worker lives. */
export const hearHeartbeat = act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
  if (event.type !== 'HeartbeatSent') return {};
  const { from, message, mono } = event;
  const known = rowOf(context.members, from);
  if (known?.assigned !== true || known.left) return unknownHeartbeat(context, from);
  if (known.admitted && !known.suspected && !needsRound(context, known, message)) {
    return { context: { members: withRow(context.members, { ...known, heardUs: mono }) } };
  }
  const admitted = admit(known, mono);
  const opened = openFor(context, admitted.member, mono);
  return { context: { members: withRow(context.members, opened.member) }, commands: [...admitted.commands, ...opened.commands] };
});

/** Whether the worker does not know of the open round, or believes to have answered it. */
function needsRound({ openRound }: AggregatorContext, { update }: Member, { round, answered }: HeartbeatSent): boolean {
  return openRound !== null && update === null && (round < openRound || answered >= openRound);
}

/** Somebody believes to take part whom this aggregator does not know, since it lost its disk. */
function unknownHeartbeat(context: AggregatorContext, from: string) {
  const isAwaited = rowOf(context.applicants, from) !== undefined || rowOf(context.members, from) !== undefined;
  if (isAwaited) return {};
  return { commands: [reject('foreignHeartbeat', { from }), send(from, { kind: 'JoinInvited' })] };
}

function silentMembers({ options, members }: AggregatorContext, nowUs: Micros): readonly Member[] {
  return options.suspectAfter === null ? [] : fallenSilent(members.rows, nowUs, options.suspectAfter);
}

export const someoneFellSilent = ({ context, event }: { context: AggregatorContext; event: AggregatorEvent }): boolean =>
  silentMembers(context, event.mono).length > 0;

/** Whoever was silent for too long is not waited for. */
export const suspect = act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
  const silent = new Set(silentMembers(context, event.mono).map(({ node }) => node));
  const members = mapRows(context.members, (member) => (silent.has(member.node) ? { ...member, suspected: true } : member));
  return { context: { members }, commands: [...silent].map((worker) => record('worker-suspected', { worker })) };
});
