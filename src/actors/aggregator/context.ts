/**
 * What an aggregator holds, and what it keeps on disk.
 *
 * On disk are the two latest committed models, in turns, so that a save that is torn by a crash
 * leaves the one before it; one record for each worker that was given a share; and the end, once it
 * is decided. Updates of an open round are in memory only: a restarted aggregator opens it anew.
 */
import type { BlobRef } from '../../kernel/blobs.ts';
import type { ValueMap } from '../../kernel/codec.ts';
import type { StartInput } from '../../kernel/contract.ts';
import { compareText } from '../../kernel/ids.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import type { MembershipMessage } from '../../protocols/membership/messages.ts';
import type { TrainingMessage } from '../../protocols/training/messages.ts';
import { declaredCount, trainingOptionsOf } from '../../protocols/training/options.ts';
import type { TrainingOptions } from '../../protocols/training/options.ts';
import type { Member } from '../../protocols/training/rules.ts';
import type { Effects, RoleEvent } from '../define.ts';
import { firstPresence } from '../presence.ts';
import type { Leaving, WithPresence } from '../presence.ts';
import { rosterOf } from '../roster.ts';
import type { Roster } from '../roster.ts';

/** A worker that asked to join and has no share yet. */
export type Applicant = { readonly node: NodeId; readonly attempt: number };

export interface AggregatorContext extends WithPresence {
  readonly options: TrainingOptions;
  readonly declaredWorkers: number;
  /** How many workers the first round waits for: all declared ones, or those who asked in time. */
  readonly expectedWorkers: number;
  readonly applicants: Roster<Applicant>;
  readonly members: Roster<Member>;
  /** Whether shares are cut as soon as a worker asks; before, all workers are awaited. */
  readonly sharing: boolean;
  readonly followers: readonly NodeId[];
  /** The last committed round and its model; before the first round 0, once it is computed. */
  readonly round: number;
  readonly weights: BlobRef | null;
  /** The round that workers train for; null while none is open. */
  readonly openRound: number | null;
  /** The model that is being saved. */
  readonly merged: BlobRef | null;
  /** Evaluations under way. */
  readonly evaluating: number;
  /** How many updates each round had whose evaluation is under way. */
  readonly attendances: readonly { readonly round: number; readonly attendance: number }[];
  /** Saves of the same thing that failed in a row. */
  readonly failedSaves: number;
  /** Why the training is to end before its last round; null while it is not. */
  readonly stopReason: string | null;
}

/** Members were suspected, returned or left, so an open round may be complete now. */
export type MembersChanged = { readonly type: 'MembersChanged' };

export type AggregatorEvent = RoleEvent<MembershipMessage | TrainingMessage, MembersChanged | Leaving>;
export type AggregatorEffects = Effects<AggregatorContext>;

export function firstContext(input: StartInput): AggregatorContext {
  return {
    presence: firstPresence(input),
    options: trainingOptionsOf(input.config),
    declaredWorkers: declaredCount(input.config, 'worker'),
    expectedWorkers: declaredCount(input.config, 'worker'),
    applicants: rosterOf<Applicant>([]),
    members: rosterOf<Member>([]),
    sharing: false,
    followers: [],
    round: 0,
    weights: null,
    openRound: null,
    merged: null,
    evaluating: 0,
    attendances: [],
    failedSaves: 0,
    stopReason: null,
  };
}

// Records on disk.

/** The key of a committed round: two keys in turns. */
export const roundKey = (round: number): string => (round % 2 === 0 ? 'round-even' : 'round-odd');
export const stopKey = 'stopped';
const admissionPrefix = 'admission/';
export const admissionKey = (worker: NodeId): string => `${admissionPrefix}${worker}`;
export const isAdmissionKey = (key: string): boolean => key.startsWith(admissionPrefix);
export const workerOfAdmission = (key: string): NodeId => key.slice(admissionPrefix.length);

export type CommittedRound = { readonly round: number; readonly weights: BlobRef };
export type Admission = { readonly shard: BlobRef | null; readonly samples: number };

/** The newest committed round among the records; undefined when there is none. */
export function newestRound(records: ValueMap): CommittedRound | undefined {
  const found = [records[roundKey(0)], records[roundKey(1)]].filter((value) => value !== undefined && value !== null);
  return (found as unknown as CommittedRound[]).sort((a, b) => b.round - a.round)[0];
}

/** Why the training ended early, if the records say so. */
export function stopReasonOf(records: ValueMap): string | undefined {
  return (records[stopKey] as { reason: string } | undefined)?.reason;
}

/** Workers with a share, as members that take part at once: they were admitted before the crash or confirm soon. */
export function membersOf(records: ValueMap, nowUs: Micros): Member[] {
  return Object.keys(records)
    .filter(isAdmissionKey)
    .sort(compareText)
    .map((key) => {
      const { shard, samples } = records[key] as unknown as Admission;
      return {
        ...unknownMember(workerOfAdmission(key), 0, nowUs), shard, samples, assigned: true, admitted: true,
      };
    });
}

/** A worker that is about to be given a share. */
export function unknownMember(node: NodeId, attempt: number, nowUs: Micros): Member {
  return {
    node, attempt, shard: null, samples: 0, assigned: false, admitted: false, suspected: false, left: false,
    heardUs: nowUs, openedUs: null, update: null,
  };
}
