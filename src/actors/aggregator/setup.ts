/** Names of everything that the aggregator's chart refers to: its guards, delays and actions. */
import { uniform } from '../../kernel/draws.ts';
import { roleSetup } from '../define.ts';
import { periodMs, retryDelayMs } from '../delays.ts';
import { presenceDelays } from '../presence.ts';
import {
  askWhereAllStand, beatAsLeader, hearCommittee, isCommitteeSave, noteFailedSave, restartsElectionWait, restoreSeat,
  standForElection, stands, takeSave, tryToSaveAgain,
} from './agreement.ts';
import { giveUpPart, isPart, makePart, nothingIsMade, noteRequest, partIsDue, takePart, takeUpdate } from './collecting.ts';
import type { AggregatorContext, AggregatorEvent } from './context.ts';
import { giveUpdates, takeUpdates } from './exchanging.ts';
import {
  admitApplicants, enoughApplied, everybodyApplied, hearHeartbeat, isCutEvent, letGo, noteUncut, somebodyTakesPart, takeApplicant,
  takeConfirmation, takeShare,
} from './joining.ts';
import {
  computeFirstWeights, hasBegun, isFinished, isFirstWeights, isMerge, isSettled, isStopped, leadsNoMore, leadsNow, merge, mergeAddsUp,
  nothingIsProposed, proposeBeginning, proposeRound, proposeStop, requestIsAnswered, requestParts, roundIsComplete, stopIsAsked,
  takeOffer,
} from './leading.ts';
import { takeRemoval } from './removing.ts';
import {
  evaluate, evaluationIsDue, isEvaluation, lastIsEvaluated, noteFailure, noteFollower, noteStop, noteWrongMerge, reportRound,
  sendToLeader, tellAllFinished, tellAllStopped, tellFinished, tellStarted, tellStopped, welcomeFollower,
} from './reporting.ts';
import { beginVerifying, failVerification, isVerification, hasEntryToVerify, nothingIsVerified, takeVerification } from './verifying.ts';
import { lookAround, watchEveryUs } from './watching.ts';
import { takeClaim, takeReport } from './witnessing.ts';

/** Rounds of questions where everybody stands, in one wait for an election. */
const questionsPerElectionTimeout = 2;

export function aggregatorSetup() {
  return roleSetup<AggregatorContext, AggregatorEvent>().extend({
    guards: {
      isReturning: stands('returning'), isFollower: stands('follower'), isAsking: stands('asking'),
      isCandidate: stands('candidate'), leadsNow, leadsNoMore,
      restartsElectionWait, isCommitteeSave, isCutEvent, isPart, nothingIsMade, partIsDue,
      hasEntryToVerify, isVerification, nothingIsVerified,
      everybodyApplied, enoughApplied, somebodyTakesPart, isFirstWeights, isSettled, hasBegun, isStopped, isFinished,
      roundIsComplete, requestIsAnswered, isMerge, mergeAddsUp, nothingIsProposed, stopIsAsked,
      isEvaluation, evaluationIsDue, lastIsEvaluated,
    },
    delays: {
      ...presenceDelays,
      // Figure 2 and §5.2: drawn anew each time, so that members rarely stand at one time.
      electionWait: ({ context, event }) => (context.committee.electionTimeout / 1_000) * (1 + uniform(event.dice, 'election')),
      // Votes are here within two delays or were split. Whoever voted waits longer, so that few stand the next time.
      candidacy: ({ context, event }) => (context.committee.electionTimeout / 1_000) * (0.25 + uniform(event.dice, 'candidacy')),
      committeeBeat: ({ context }) => periodMs(context.committee.heartbeatEvery),
      askAgain: ({ context }) => periodMs(context.committee.electionTimeout, questionsPerElectionTimeout),
      joinTimeout: ({ context }) => periodMs(context.options.joinTimeout),
      // Shares are handed out in the first round, too.
      roundTimeout: ({ context }) => periodMs(context.ledger.round === 0 ? context.options.joinTimeout : context.options.roundTimeout),
      watchEvery: ({ context }) => watchEveryUs(context) / 1_000,
      requestAgain: ({ context, event }) => retryDelayMs(context.options.retryAfter, context.requests, event.dice),
      saveAgain: ({ context, event }) => retryDelayMs(context.options.retryAfter, context.failedSaves, event.dice),
    },
    actions: {
      restoreSeat, hearCommittee, standForElection, askWhereAllStand, beatAsLeader, takeSave, noteFailedSave, tryToSaveAgain,
      takeApplicant, takeConfirmation, takeShare, noteUncut, admitApplicants, hearHeartbeat, letGo, takeRemoval, lookAround,
      takeUpdate, giveUpdates, takeUpdates, takeClaim, takeReport, makePart, takePart, giveUpPart, noteRequest,
      beginVerifying, takeVerification, failVerification,
      computeFirstWeights, proposeBeginning, takeOffer, requestParts, merge, proposeRound, proposeStop,
      noteFollower, welcomeFollower, sendToLeader, tellStarted, evaluate, reportRound, tellAllFinished, tellFinished,
      tellAllStopped, tellStopped, noteStop, noteFailure, noteWrongMerge,
    },
  });
}
