/**
 * One member of a committee with its disk, as a plain value, for tests that play the world by hand.
 *
 * A seat is given an input and becomes the next seat; what it sends and records comes back beside it.
 * The application is as simple as may be: models are recomputed at once and always found right.
 */
import type { Value, ValueMap } from '../../src/kernel/codec.ts';
import type { RejectCommand, SaveCommand } from '../../src/kernel/contract.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import { isVoteKey, newestVote } from '../../src/protocols/round-commit/disk-records.ts';
import type { VoteRecord } from '../../src/protocols/round-commit/disk-records.ts';
import { standForElection } from '../../src/protocols/round-commit/elections.ts';
import type { Decree } from '../../src/protocols/round-commit/decrees.ts';
import type { Outcome, RoundCommitCommand, RoundCommitState } from '../../src/protocols/round-commit/member.ts';
import type { RoundCommitMessage } from '../../src/protocols/round-commit/messages.ts';
import type { CommitteeOptions } from '../../src/protocols/round-commit/options.ts';
import { receive } from '../../src/protocols/round-commit/receive.ts';
import { heartbeatDue, propose } from '../../src/protocols/round-commit/replication.ts';
import { askStandings } from '../../src/protocols/round-commit/returning.ts';
import { firstMember } from '../../src/protocols/round-commit/start.ts';
import { restoreMember, takeSaved } from '../../src/protocols/round-commit/storage.ts';
import { turnOf } from '../../src/protocols/round-commit/turn.ts';
import { toVerify, verify } from '../../src/protocols/round-commit/verification.ts';

export interface Seat {
  readonly state: RoundCommitState;
  /** What is on its disk for good. */
  readonly records: ValueMap;
  /** Saves that are not acknowledged, oldest first. */
  readonly pending: readonly SaveCommand[];
  readonly dead: boolean;
}

/** What a seat did with an input. */
export interface Reaction {
  readonly seat: Seat;
  readonly sent: readonly { readonly to: NodeId; readonly message: RoundCommitMessage }[];
  readonly recorded: readonly { readonly kind: string; readonly data: ValueMap }[];
  readonly rejected: readonly RejectCommand[];
}

/** Changes what the protocol decided, as a planted bug. */
export type Plant = (outcome: Outcome, before: RoundCommitState) => Outcome;

export type SeatOptions = CommitteeOptions & { readonly plant?: Plant };

export function firstSeat(self: NodeId, members: readonly NodeId[]): Seat {
  return { state: firstMember(self, members, 0), records: {}, pending: [], dead: false };
}

/** A model that is named by a number; its bytes are never looked at. */
export function modelNumber(number: number): { digest: string; bytes: number } {
  return { digest: number.toString(16).padStart(64, '0'), bytes: 8 };
}

export const blobOf = ({ digest, bytes }: { digest: string; bytes: number }) => ({ blob: digest, bytes });

/** The decree that closes round 1 with a model. */
export function roundDecree(model: number, round = 1): Decree {
  return { kind: 'roundClosed', round, model: modelNumber(model), attendance: 1, admitted: 1 };
}

export const removeKey = (records: ValueMap, key: string): ValueMap =>
  Object.fromEntries(Object.entries(records).filter(([name]) => name !== key));

/** A disk after one more save. */
export function applySave(records: ValueMap, { key, value }: SaveCommand): ValueMap {
  return value === null ? removeKey(records, key) : { ...records, [key]: value };
}

/** Gives a seat something that the protocol makes an outcome of. */
export function decide(seat: Seat, input: (state: RoundCommitState) => Outcome, options: SeatOptions): Reaction {
  const commands: RoundCommitCommand[] = [];
  let { state } = seat;
  const take = (next: (before: RoundCommitState) => Outcome) => {
    const outcome = next(state);
    const planted = options.plant?.(outcome, state) ?? outcome;
    commands.push(...planted.commands);
    state = planted.state;
  };
  take(input);
  for (let entry = toVerify(state); entry !== undefined && entry.evidence?.kind === 'model'; entry = toVerify(state)) {
    const { index, term, evidence } = entry;
    const { model } = evidence;
    take((before) => verify(before, index, term, model, 0));
  }
  return {
    seat: { ...seat, state, pending: [...seat.pending, ...commands.filter((one) => one.type === 'save')] },
    sent: commands
      .filter((one) => one.type === 'send')
      .map(({ to, message }) => ({ to, message: message as unknown as RoundCommitMessage })),
    recorded: commands.filter((one) => one.type === 'record').map(({ kind, data }) => ({ kind, data })),
    rejected: commands.filter((one) => one.type === 'reject'),
  };
}

export function hear(seat: Seat, from: NodeId, message: RoundCommitMessage, options: SeatOptions, nowUs = 0): Reaction {
  return decide(seat, (state) => receive(state, from, message, options, nowUs), options);
}

/** The disk acknowledges its oldest save. */
export function acknowledgeSave(seat: Seat, options: SeatOptions, nowUs = 0): Reaction {
  const [save, ...pending] = seat.pending;
  if (save === undefined) return { seat, sent: [], recorded: [], rejected: [] };
  const saved = { ...seat, records: applySave(seat.records, save), pending };
  return decide(saved, (state) => takeSaved(state, save.key, save.ticket, options, nowUs), options);
}

/** Stands for election without asking for pre-votes. */
export function stand(seat: Seat, options: SeatOptions): Reaction {
  return decide(seat, (state) => turnOf(state, standForElection), options);
}

export function beat(seat: Seat, options: SeatOptions, nowUs = 0): Reaction {
  return decide(seat, (state) => heartbeatDue(state, options, nowUs), options);
}

export function proposeTo(seat: Seat, decree: Decree, options: SeatOptions): Reaction {
  const model = 'model' in decree ? blobOf(decree.model) : null;
  return decide(seat, (state) => propose(state, decree, null, model, 0), options);
}

/** A crash that keeps the first `kept` of the saves under way, or, below 0, nothing that ever was on the disk. */
export function crash(seat: Seat, kept: number): Seat {
  if (kept < 0) return { ...seat, records: {}, pending: [], dead: true };
  const records = seat.pending.slice(0, kept).reduce<ValueMap>(applySave, seat.records);
  return { ...seat, records, pending: [], dead: true };
}

/** Begins the next life with what is on the disk; a returning member asks where all stand at once. */
export function restart(seat: Seat, options: SeatOptions, damaged: readonly string[] = [], nowUs = 0): Reaction {
  const { self, members, life } = seat.state;
  const risen = { ...seat, state: firstMember(self, members, life + 1), dead: false };
  const restored = decide(risen, (state) => restoreMember(state, seat.records, damaged, options, nowUs), options);
  const asked = decide(restored.seat, (state) => askStandings(state), options);
  return { ...asked, sent: [...restored.sent, ...asked.sent], recorded: [...restored.recorded, ...asked.recorded] };
}

/**
 * The canonical form of a seat: equal for seats that behave alike for ever. Tickets are compared for
 * equality only, so they are numbered anew; versions of the vote are compared with each other only, so
 * they count from the one on disk, and of that the older slot is never read again unless the newer one
 * is damaged, which is not explored; a follower only repeats the sequence of a frame in its answer; of
 * a dead member only the disk is left.
 */
export function canonicalSeat({ state, records, pending, dead }: Seat): Value {
  const disk = canonicalDisk(records);
  if (dead) return { self: state.self, disk: disk.records, life: state.life };
  const order = state.owedSaves.map(({ ticket }) => ticket);
  const renamed = <S extends { key: string; value: Value; ticket: string }>(save: S) =>
    ({ ...recounted(save, disk.sequence), ticket: String(order.indexOf(save.ticket) + 1) });
  const fresh = {
    ...state,
    voteSequence: state.voteSequence - disk.sequence,
    voteStored: state.voteStored - disk.sequence,
    owedSaves: state.owedSaves.map(renamed),
    saveSequence: 0,
    sequence: state.standing === 'leader' ? state.sequence : 0,
  };
  return { disk: disk.records, pending: pending.map((save) => ({ ...renamed(save) })), state: fresh as unknown as Value };
}

/** The canonical form of a message: a leader looks at the sequence of refusals only. */
export function canonicalMessage(message: RoundCommitMessage): Value {
  const isAccepted = message.kind === 'EntriesAnswered' && message.accepted;
  return (isAccepted ? { ...message, sequence: 0 } : message) as unknown as Value;
}

function canonicalDisk(records: ValueMap): { records: ValueMap; sequence: number } {
  const vote = newestVote(records);
  const others = Object.fromEntries(Object.entries(records).filter(([key]) => !isVoteKey(key)));
  if (vote === undefined) return { records: others, sequence: 0 };
  return { records: { ...others, vote: { ...vote, sequence: 0 } as unknown as Value }, sequence: vote.sequence };
}

function recounted<S extends { key: string; value: Value }>(save: S, sequence: number): S {
  if (!isVoteKey(save.key)) return save;
  const value = save.value as unknown as VoteRecord;
  return { ...save, key: 'vote', value: { ...value, sequence: value.sequence - sequence } };
}
