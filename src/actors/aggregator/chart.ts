/**
 * The aggregator's chart: it leads a training from the first request to the last model.
 *
 * Three regions run beside each other: `presence` makes the aggregator known, `watch` looks for
 * silent workers, and `rounds` is the training itself. Workers join, leave and send heartbeats in any
 * state of `rounds`, so these events are handled at the root. A save that fails is tried again after a
 * while, in a state of its own.
 */
import { raise } from '../define.ts';
import { presenceRegion } from '../presence.ts';
import { firstContext } from './context.ts';
import type { AggregatorContext, AggregatorEvent } from './context.ts';
import { aggregatorSetup } from './setup.ts';

const stop = { target: 'stopping', actions: 'noteStop' } as const;

/** From the start until a client's first request is on disk. */
const beginning = {
  restoring: {
    on: {
      restored: [
        { guard: 'hadStopped', target: 'stopped', actions: 'takeStop' },
        { guard: 'hadFinished', target: 'evaluating', actions: 'takeRecords' },
        { guard: 'hadCommitted', target: 'collecting', actions: 'takeRecords' },
        { guard: 'hadBegun', target: 'gathering', actions: 'takeRecords' },
        { target: 'waiting' },
      ],
    },
  },
  // Nothing begins before a client asks.
  waiting: {
    on: {
      TrainingRequested: { target: 'initializing', actions: 'noteFollower' },
      TrainingFollowed: { target: 'initializing', actions: 'noteFollower' },
      StopRequested: {},
    },
  },
  initializing: {
    entry: 'computeFirstWeights',
    on: {
      TrainingRequested: { actions: 'noteFollower' },
      TrainingFollowed: { actions: 'noteFollower' },
      computed: { guard: 'isFirstWeights', target: 'storing', actions: 'takeWeights' },
      computeFailed: { guard: 'isFirstWeights', target: 'stopping', actions: 'noteFailure' },
    },
  },
  storing: {
    entry: 'saveRound',
    on: {
      TrainingRequested: { actions: 'noteFollower' },
      TrainingFollowed: { actions: 'noteFollower' },
      saved: { guard: 'roundWasSaved', target: 'gathering', actions: ['commitFirstWeights', 'tellStarted'] },
      saveFailed: { guard: 'roundWasNotSaved', target: 'storingDelayed', actions: 'noteFailedSave' },
    },
  },
  storingDelayed: {
    on: {
      TrainingRequested: { actions: 'noteFollower' },
      TrainingFollowed: { actions: 'noteFollower' },
    },
    after: { saveAgain: { target: 'storing' } },
  },
} as const;

/** Until enough workers have their shares. */
const assembling = {
  gathering: {
    always: { guard: 'everybodyApplied', target: 'sharing', actions: 'beginSharing' },
    on: { StopRequested: stop },
    after: { joinTimeout: { target: 'shorthanded' } },
  },
  shorthanded: {
    always: { guard: 'enoughApplied', target: 'sharing', actions: 'beginSharing' },
    on: { StopRequested: stop },
  },
  sharing: {
    always: { guard: 'everybodyAdmitted', target: 'collecting' },
    on: { StopRequested: stop },
    after: { joinTimeout: { target: 'incomplete' } },
  },
  incomplete: {
    always: { guard: 'enoughAdmitted', target: 'collecting' },
    on: { StopRequested: stop },
  },
} as const;

/** One round after another. */
const training = {
  collecting: {
    entry: 'openRound',
    on: {
      UpdateSubmitted: [
        { guard: 'completesRound', target: 'merging', actions: 'countUpdate' },
        { actions: 'countUpdate' },
      ],
      MembersChanged: { guard: 'roundIsComplete', target: 'merging' },
      StopRequested: stop,
    },
    after: { roundTimeout: [{ guard: 'quorumIsMet', target: 'merging' }, { target: 'overdue' }] },
  },
  overdue: {
    entry: 'recordOverdue',
    on: {
      UpdateSubmitted: [
        { guard: 'makesQuorum', target: 'merging', actions: 'countUpdate' },
        { actions: 'countUpdate' },
      ],
      MembersChanged: { guard: 'quorumIsMet', target: 'merging' },
      StopRequested: stop,
    },
  },
  merging: {
    entry: 'merge',
    on: {
      computed: { guard: 'isMerge', target: 'committing', actions: 'takeWeights' },
      computeFailed: { guard: 'isMerge', target: 'stopping', actions: 'noteFailure' },
    },
  },
  committing: {
    entry: 'saveRound',
    on: {
      saved: [
        { guard: 'roundWasSavedLast', target: 'evaluating', actions: 'closeRound' },
        { guard: 'roundWasSavedBeforeStop', target: 'stopping', actions: 'closeRound' },
        { guard: 'roundWasSaved', target: 'collecting', actions: 'closeRound' },
      ],
      saveFailed: { guard: 'roundWasNotSaved', target: 'commitDelayed', actions: 'noteFailedSave' },
    },
  },
  commitDelayed: { after: { saveAgain: { target: 'committing' } } },
} as const;

/** The last model, or a stop. */
const ending = {
  evaluating: {
    on: {
      computed: { guard: 'isLastEvaluation', target: 'finished', actions: 'reportRound' },
      computeFailed: { guard: 'isLastEvaluation', target: 'finished', actions: 'reportRound' },
    },
  },
  finished: {
    entry: 'recordFinished',
    on: {
      TrainingRequested: { actions: 'tellFinished' },
      TrainingFollowed: { actions: 'tellFinished' },
      StopRequested: { actions: 'tellFinished' },
    },
  },
  stopping: {
    entry: 'saveStop',
    on: {
      saved: { guard: 'stopWasSaved', target: 'stopped', actions: 'recordStopped' },
      saveFailed: { guard: 'stopWasNotSaved', target: 'stopDelayed', actions: 'noteFailedSave' },
    },
  },
  stopDelayed: { after: { saveAgain: { target: 'stopping' } } },
  stopped: {
    on: {
      TrainingRequested: { actions: 'tellStopped' },
      TrainingFollowed: { actions: 'tellStopped' },
      StopRequested: { actions: 'tellStopped' },
    },
  },
} as const;

export function aggregatorChart() {
  const membersChanged = raise<AggregatorContext, AggregatorEvent>(() => ({ type: 'MembersChanged' }));
  return aggregatorSetup().createMachine({
    id: 'aggregator',
    type: 'parallel',
    context: ({ input }) => firstContext(input),
    on: {
      JoinRequested: { actions: 'takeApplicant' },
      JoinConfirmed: { actions: 'takeConfirmation' },
      HeartbeatSent: { actions: 'hearHeartbeat' },
      WorkerLeft: { actions: ['letGo', membersChanged] },
      UpdateSubmitted: { actions: 'countUpdate' },
      TrainingRequested: { actions: 'welcomeFollower' },
      TrainingFollowed: { actions: 'welcomeFollower' },
      StopRequested: { actions: 'noteStop' },
      computed: [{ guard: 'isShareEvent', actions: 'saveShare' }, { guard: 'isEvaluation', actions: 'reportRound' }],
      computeFailed: [{ guard: 'isShareEvent', actions: 'forgetShare' }, { guard: 'isEvaluation', actions: 'reportRound' }],
      saved: { guard: 'isShareEvent', actions: 'tellShare' },
      saveFailed: { guard: 'isShareEvent', actions: 'forgetShare' },
    },
    states: {
      presence: presenceRegion<AggregatorContext, AggregatorEvent>(),
      watch: {
        initial: 'watching',
        states: {
          watching: {
            after: {
              watchEvery: [
                { guard: 'someoneFellSilent', target: 'watching', reenter: true, actions: ['suspect', membersChanged] },
                { target: 'watching', reenter: true },
              ],
            },
          },
        },
      },
      rounds: {
        initial: 'restoring',
        states: { ...beginning, ...assembling, ...training, ...ending },
      },
    },
  });
}
