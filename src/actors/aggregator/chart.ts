/**
 * The aggregator's chart: a member of the committee, which serves workers and at times leads.
 *
 * Regions run beside each other: `presence` makes it known, `seat` is its standing in the committee,
 * `disk` saves again what failed, `verify` recomputes what the leader proposed, `serve` makes a part
 * of its own workers' updates, `watch` looks for who fell silent, `evaluate` measures decided models,
 * and `lead` is the training itself, in the hands of whoever leads. Messages that any member takes at
 * any time are handled at the root.
 */
import { presenceRegion } from '../presence.ts';
import { firstContext } from './context.ts';
import type { AggregatorContext, AggregatorEvent } from './context.ts';
import { aggregatorSetup } from './setup.ts';

/** Words of the committee, some of which make a follower wait for its leader anew. */
const committeeWords = [
  'PreVoteRequested', 'PreVoteAnswered', 'VoteRequested', 'VoteAnswered', 'EntriesAppended', 'EntriesAnswered', 'EntriesStored',
  'CheckpointSent', 'StandingRequested', 'StandingTold',
] as const;

const onCommitteeWords = Object.fromEntries(committeeWords.map((kind) => [kind, [
  { guard: 'restartsElectionWait', target: '.waiting', actions: 'hearCommittee' },
  { actions: 'hearCommittee' },
]]));

/** Where this member stands (Figure 4); protocols/round-commit decides, and the chart follows. */
const toReturning = { guard: 'isReturning', target: 'returning' } as const;
const toFollower = { guard: 'isFollower', target: 'follower' } as const;
const toAsking = { guard: 'isAsking', target: 'asking' } as const;
const toCandidate = { guard: 'isCandidate', target: 'candidate' } as const;
const toLeader = { guard: 'leadsNow', target: 'leader' } as const;
/** Asks, anew perhaps, who would vote for it. */
const toElection = { target: 'waiting', actions: 'standForElection' } as const;
/** So long a follower waits for its leader, and whoever asks waits for answers. */
const askInTime = { electionWait: toElection } as const;

const seat = {
  initial: 'restoring',
  on: onCommitteeWords,
  states: {
    restoring: { on: { restored: { target: 'waiting', actions: 'restoreSeat' } } },
    /** Never stays: it leads to the state of the present standing, whose waits begin anew. */
    waiting: { always: [toReturning, toFollower, toAsking, toCandidate, toLeader] },
    returning: {
      entry: 'askWhereAllStand',
      always: toFollower,
      after: { askAgain: { target: 'returning', reenter: true } },
    },
    follower: { always: [toAsking, toCandidate, toLeader], after: askInTime },
    asking: { always: [toFollower, toCandidate, toLeader], after: askInTime },
    candidate: { always: [toFollower, toAsking, toLeader], after: { candidacy: toElection } },
    leader: {
      always: { guard: 'leadsNoMore', target: 'waiting' },
      after: { committeeBeat: { target: 'leader', reenter: true, actions: 'beatAsLeader' } },
    },
  },
} as const;

const disk = {
  initial: 'sound',
  states: {
    sound: { on: { saveFailed: { guard: 'isCommitteeSave', target: 'failing', actions: 'noteFailedSave' } } },
    failing: {
      on: { saveFailed: { guard: 'isCommitteeSave', actions: 'noteFailedSave' } },
      after: { saveAgain: { target: 'sound', actions: 'tryToSaveAgain' } },
    },
  },
} as const;

const verify = {
  initial: 'idle',
  states: {
    idle: { always: { guard: 'hasEntryToVerify', target: 'verifying', actions: 'beginVerifying' } },
    verifying: {
      always: { guard: 'nothingIsVerified', target: 'idle' },
      on: {
        computed: { guard: 'isVerification', actions: 'takeVerification' },
        computeFailed: { guard: 'isVerification', actions: 'failVerification' },
      },
    },
  },
} as const;

const serve = {
  initial: 'collecting',
  states: {
    collecting: { always: { guard: 'partIsDue', target: 'summing', actions: 'makePart' } },
    summing: {
      always: { guard: 'nothingIsMade', target: 'collecting' },
      on: {
        computed: { guard: 'isPart', actions: 'takePart' },
        computeFailed: { guard: 'isPart', actions: 'giveUpPart' },
      },
    },
  },
} as const;

const watch = {
  initial: 'watching',
  states: { watching: { after: { watchEvery: { target: 'watching', reenter: true, actions: 'lookAround' } } } },
} as const;

const evaluateRegion = {
  initial: 'idle',
  states: {
    idle: { always: { guard: 'evaluationIsDue', target: 'evaluating', actions: 'evaluate' } },
    evaluating: {
      on: {
        computed: { guard: 'isEvaluation', target: 'idle', actions: 'reportRound' },
        computeFailed: { guard: 'isEvaluation', target: 'idle', actions: 'reportRound' },
      },
    },
  },
} as const;

/** A client asks while the training runs. */
const welcome = {
  TrainingRequested: { actions: 'welcomeFollower' },
  TrainingFollowed: { actions: 'welcomeFollower' },
  StopRequested: { actions: 'noteStop' },
} as const;

/** A client asks before it does. */
const notedUntilBegun = {
  TrainingRequested: { actions: 'noteFollower' },
  TrainingFollowed: { actions: 'noteFollower' },
} as const;

/** What comes next, by what is decided. */
const next = [
  { guard: 'isStopped', target: 'stopped' },
  { guard: 'isFinished', target: 'evaluatingLast' },
  { guard: 'stopIsAsked', target: 'stopping' },
  { guard: 'somebodyTakesPart', target: 'collecting' },
  { guard: 'hasBegun', target: 'gathering' },
  { target: 'dormant' },
] as const;

const leading = {
  /** Waits until all of its log is decided: only then a leader knows what was decided before it (§8). */
  settling: { on: notedUntilBegun, always: { guard: 'isSettled', target: 'choosing' } },
  choosing: { always: next },
  /** Nothing begins before a client asks. */
  dormant: {
    on: {
      TrainingRequested: { target: 'initializing', actions: 'noteFollower' },
      TrainingFollowed: { target: 'initializing', actions: 'noteFollower' },
    },
  },
  initializing: {
    entry: 'computeFirstWeights',
    on: {
      ...notedUntilBegun,
      computed: { guard: 'isFirstWeights', target: 'beginning', actions: 'proposeBeginning' },
      computeFailed: { guard: 'isFirstWeights', target: 'stopping', actions: 'noteFailure' },
    },
  },
  beginning: { on: notedUntilBegun, always: { guard: 'hasBegun', target: 'gathering', actions: 'tellStarted' } },
  gathering: {
    on: welcome,
    always: [{ guard: 'stopIsAsked', target: 'stopping' }, { guard: 'everybodyApplied', target: 'admitting' }],
    after: { joinTimeout: { target: 'shorthanded' } },
  },
  shorthanded: {
    on: welcome,
    always: [{ guard: 'stopIsAsked', target: 'stopping' }, { guard: 'enoughApplied', target: 'admitting' }],
  },
  admitting: { entry: 'admitApplicants', on: welcome, always: { guard: 'somebodyTakesPart', target: 'collecting' } },
  collecting: {
    on: welcome,
    always: [{ guard: 'stopIsAsked', target: 'stopping' }, { guard: 'roundIsComplete', target: 'merging' }],
    after: { roundTimeout: { target: 'overdue' } },
  },
  overdue: {
    entry: 'requestParts',
    on: welcome,
    always: [
      { guard: 'stopIsAsked', target: 'stopping' },
      { guard: 'roundIsComplete', target: 'merging' },
      { guard: 'requestIsAnswered', target: 'merging' },
    ],
    after: { requestAgain: { target: 'overdue', reenter: true } },
  },
  merging: {
    entry: 'merge',
    on: {
      ...welcome,
      computed: [
        { guard: 'mergeAddsUp', target: 'replicating', actions: 'proposeRound' },
        { guard: 'isMerge', target: 'stopping', actions: 'noteWrongMerge' },
      ],
      computeFailed: { guard: 'isMerge', target: 'stopping', actions: 'noteFailure' },
    },
  },
  replicating: { on: welcome, always: { guard: 'nothingIsProposed', target: 'choosing' } },
  evaluatingLast: { on: welcome, always: { guard: 'lastIsEvaluated', target: 'finished' } },
  finished: {
    entry: 'tellAllFinished',
    on: {
      TrainingRequested: { actions: 'tellFinished' },
      TrainingFollowed: { actions: 'tellFinished' },
      StopRequested: { actions: 'tellFinished' },
    },
  },
  stopping: { entry: 'proposeStop', on: welcome, always: { guard: 'isStopped', target: 'stopped' } },
  stopped: {
    entry: 'tellAllStopped',
    on: {
      TrainingRequested: { actions: 'tellStopped' },
      TrainingFollowed: { actions: 'tellStopped' },
      StopRequested: { actions: 'tellStopped' },
    },
  },
} as const;

const lead = {
  initial: 'elsewhere',
  states: {
    /** Another member leads, or nobody does. */
    elsewhere: {
      on: {
        TrainingRequested: { actions: 'sendToLeader' },
        TrainingFollowed: { actions: 'sendToLeader' },
        StopRequested: { actions: 'sendToLeader' },
      },
      always: { guard: 'leadsNow', target: 'here' },
    },
    here: { initial: 'settling', always: { guard: 'leadsNoMore', target: 'elsewhere' }, states: leading },
  },
} as const;

export function aggregatorChart() {
  return aggregatorSetup().createMachine({
    id: 'aggregator',
    type: 'parallel',
    context: ({ input }) => firstContext(input),
    on: {
      JoinRequested: { actions: 'takeApplicant' },
      JoinConfirmed: { actions: 'takeConfirmation' },
      HeartbeatSent: { actions: 'hearHeartbeat' },
      WorkerLeft: { actions: 'letGo' },
      UpdateSubmitted: { actions: 'takeUpdate' },
      UpdateClaimed: { actions: 'takeClaim' },
      ClaimReported: { actions: 'takeReport' },
      PartRequested: { actions: 'noteRequest' },
      PartOffered: { actions: 'takeOffer' },
      UpdatesRequested: { actions: 'giveUpdates' },
      UpdatesSent: { actions: 'takeUpdates' },
      RemovalRequested: { actions: 'takeRemoval' },
      saved: { guard: 'isCommitteeSave', actions: 'takeSave' },
      computed: { guard: 'isCutEvent', actions: 'takeShare' },
      computeFailed: { guard: 'isCutEvent', actions: 'noteUncut' },
    },
    states: {
      presence: presenceRegion<AggregatorContext, AggregatorEvent>(),
      seat, disk, verify, serve, watch,
      evaluate: evaluateRegion,
      lead,
    },
  });
}
