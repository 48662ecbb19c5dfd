/** Names of everything that the aggregator's chart refers to: its guards, delays and actions. */
import { admittedCount, quorumOf } from '../../protocols/training/rules.ts';
import { act, roleSetup } from '../define.ts';
import { periodMs, retryDelayMs } from '../delays.ts';
import { presenceDelays } from '../presence.ts';
import { newestRound, stopKey, stopReasonOf } from './context.ts';
import type { AggregatorContext, AggregatorEvent } from './context.ts';
import {
  appliedCount, beginSharing, forgetShare, isShareEvent, letGo, saveShare, takeApplicant, takeConfirmation, tellShare,
} from './joining.ts';
import {
  isEvaluation, isLastEvaluation, noteFailure, noteFollower, noteStop, recordFinished, recordStopped, reportRound,
  saveStop, takeStop, tellFinished, tellStarted, tellStopped, welcomeFollower,
} from './reporting.ts';
import {
  closeRound, commitFirstWeights, completesRound, computeFirstWeights, countUpdate, firstWeightsTask, makesQuorum,
  merge, mergeTask, openRound, quorumIsMet, recordOverdue, roundIsComplete, roundWasNotSaved, roundWasSaved, saveRound,
  stopIsAsked, takeRecords, takeWeights, wasLastRound,
} from './rounds.ts';
import { hearHeartbeat, someoneFellSilent, suspect } from './watching.ts';

type Step = { readonly context: AggregatorContext; readonly event: AggregatorEvent };

/** How often silence is looked for, as a part of how long it may last. */
const looksPerSilence = 4;

// What the disk kept.

const hadBegun = ({ event }: Step): boolean => event.type === 'restored' && newestRound(event.records) !== undefined;
const hadCommitted = (step: Step): boolean => roundOnDisk(step) > 0;
const hadFinished = (step: Step): boolean => roundOnDisk(step) >= step.context.options.rounds;
const hadStopped = ({ event }: Step): boolean => event.type === 'restored' && stopReasonOf(event.records) !== undefined;

function roundOnDisk({ event }: Step): number {
  return event.type === 'restored' ? (newestRound(event.records)?.round ?? 0) : 0;
}

// Whether enough workers are there for the first round.

const enough = (count: number, { options, declaredWorkers }: AggregatorContext): boolean =>
  count >= quorumOf(options.quorum, declaredWorkers);

const everybodyApplied = ({ context }: Step): boolean => appliedCount(context) >= context.declaredWorkers;
const enoughApplied = ({ context }: Step): boolean => enough(appliedCount(context), context);
const enoughAdmitted = ({ context }: Step): boolean => enough(admittedCount(context.members.rows), context);
const everybodyAdmitted = ({ context }: Step): boolean =>
  context.members.rows.length > 0 && context.members.rows.filter(({ admitted }) => admitted).length >= context.expectedWorkers;

// What an answer of the host is about.

const isTask = (task: string) => ({ event }: Step): boolean =>
  (event.type === 'computed' || event.type === 'computeFailed') && event.task === task;
const stopWasSaved = ({ event }: Step): boolean => event.type === 'saved' && event.key === stopKey;
const stopWasNotSaved = ({ event }: Step): boolean => event.type === 'saveFailed' && event.key === stopKey;

const noteFailedSave = act<AggregatorContext, AggregatorEvent>(({ context }) => ({
  context: { failedSaves: context.failedSaves + 1 },
}));

export function aggregatorSetup() {
  return roleSetup<AggregatorContext, AggregatorEvent>().extend({
    guards: {
      hadBegun, hadCommitted, hadFinished, hadStopped,
      everybodyApplied, enoughApplied, everybodyAdmitted, enoughAdmitted,
      completesRound, makesQuorum, roundIsComplete, quorumIsMet,
      roundWasSaved, roundWasNotSaved, stopWasSaved, stopWasNotSaved, someoneFellSilent,
      roundWasSavedLast: (step) => roundWasSaved(step) && wasLastRound(step),
      roundWasSavedBeforeStop: (step) => roundWasSaved(step) && stopIsAsked(step),
      isShareEvent, isEvaluation, isLastEvaluation,
      isFirstWeights: isTask(firstWeightsTask),
      isMerge: isTask(mergeTask),
    },
    delays: {
      ...presenceDelays,
      joinTimeout: ({ context }) => periodMs(context.options.joinTimeout),
      roundTimeout: ({ context }) => periodMs(context.options.roundTimeout),
      watchEvery: ({ context }) => periodMs(context.options.suspectAfter, looksPerSilence),
      saveAgain: ({ context, event }) => retryDelayMs(context.options.retryAfter, context.failedSaves, event.dice),
    },
    actions: {
      takeApplicant, takeConfirmation, saveShare, tellShare, forgetShare, beginSharing, letGo,
      hearHeartbeat, suspect,
      computeFirstWeights, takeRecords, takeWeights, saveRound, noteFailedSave, commitFirstWeights,
      openRound, countUpdate, recordOverdue, merge, closeRound,
      noteFollower, tellStarted, welcomeFollower, reportRound,
      recordFinished, tellFinished, noteStop, noteFailure, saveStop, recordStopped, takeStop, tellStopped,
    },
  });
}
