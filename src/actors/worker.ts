/**
 * The worker: it takes a share of the data, trains on it, and submits what it learned.
 *
 * Three regions run beside each other: `presence` makes it known, `heart` says that it lives, and
 * `work` is what it does. Whichever aggregator opens a round for it serves it from then on.
 */
import { membershipProtocol } from '../protocols/membership/protocol.ts';
import { trainingProtocol } from '../protocols/training/protocol.ts';
import { redirectsAtOnceMax } from '../protocols/training/rules.ts';
import { learningTasks } from '../ml/tasks/tasks.ts';
import { parseNodeId } from '../kernel/ids.ts';
import type { NodeId } from '../kernel/ids.ts';
import { defineRole, raise, roleSetup } from './define.ts';
import { periodMs, retryDelayMs } from './delays.ts';
import { presenceDelays, presenceRegion } from './presence.ts';
import {
  askAnother, askToJoin, askWhoServes, avoidAggregator, beat, chooseAggregator, confirm, confirmAgain, noteReceipt, recordFailure,
  refuseStale, sayGoodbye, saveShard, seek, submit, takeRecords, takeRound, takeServer, takeShare, takeUpdate, train, trainTask, tryAnew,
  turnTo,
} from './worker/actions.ts';
import { firstContext, shardKey, storedShardOf, workerSection } from './worker/context.ts';
import type { WorkerContext, WorkerEvent } from './worker/context.ts';

const raiseHeld = raise<WorkerContext, WorkerEvent>(() => ({ type: 'ShardHeld' }));
const raiseLeaving = raise<WorkerContext, WorkerEvent>(() => ({ type: 'Leaving' }));

/** A round to learn in; an older one than the last is of no use. */
const openings = [
  { guard: 'opensNewRound', target: 'training', actions: 'takeRound' },
  { guard: 'repeatsAnswered', target: 'submitting', reenter: true, actions: 'takeServer' },
  // Its training was refused, and would be again; but somebody else may serve this worker by now.
  { guard: 'repeatsRound', actions: 'takeServer' },
  { actions: 'refuseStale' },
] as const;
/** Another aggregator does not know that this worker holds its share. */
const acceptedAgain = { guard: 'isFromCommittee', actions: 'confirmAgain' } as const;
const redirected = { guard: 'isFromCommittee', actions: 'turnTo' } as const;
/** Another aggregator answers: it is asked at once, unless redirects go round and round. */
const askingWhere = <Here extends 'joining' | 'submitting'>(target: Here) =>
  [{ guard: 'leadsOn', target, reenter: true, actions: 'turnTo' }, redirected] as const;
const invitedAgain = { guard: 'isFromCommittee', target: 'joining', actions: 'tryAnew' } as const;

/** From the start until the shard is on disk. */
const joining = {
  restoring: {
    on: {
      restored: [{ guard: 'hasShard', target: 'joining', actions: 'takeRecords' }, { target: 'seeking' }],
    },
  },
  seeking: {
    entry: 'seek',
    on: { PeersFound: { guard: 'foundSomebody', target: 'joining', actions: 'chooseAggregator' } },
    after: { tryAgain: { target: 'seeking', reenter: true } },
  },
  joining: {
    entry: 'askToJoin',
    on: {
      JoinAccepted: [
        { guard: 'isEmptyShare', target: 'idle' },
        { guard: 'bringsShare', target: 'storing', actions: 'takeShare' },
      ],
      Redirected: askingWhere('joining'),
    },
    after: {
      tryAgain: [
        { guard: 'shouldLookElsewhere', target: 'seeking', actions: 'avoidAggregator' },
        { target: 'joining', reenter: true, actions: 'tryAnew' },
      ],
    },
  },
  storing: {
    entry: 'saveShard',
    on: {
      saved: { guard: 'isShard', target: 'resting', actions: ['confirm', raiseHeld] },
      saveFailed: { guard: 'isShard', target: 'storingDelayed' },
    },
  },
  storingDelayed: { after: { tryAgain: { target: 'storing' } } },
  /** There are more workers than parts of the data: nothing is left for this one. */
  idle: {},
} as const;

/** Round after round. */
const working = {
  resting: {
    on: {
      RoundOpened: openings,
      JoinAccepted: acceptedAgain,
      Redirected: redirected,
      JoinInvited: invitedAgain,
    },
  },
  training: {
    entry: 'train',
    on: {
      RoundOpened: [
        { guard: 'opensNewRound', target: 'training', reenter: true, actions: 'takeRound' },
        { guard: 'repeatsRound', actions: 'takeServer' },
        { actions: 'refuseStale' },
      ],
      JoinAccepted: acceptedAgain,
      Redirected: redirected,
      computed: { guard: 'isTrainingOfRound', target: 'submitting', actions: 'takeUpdate' },
      computeFailed: { guard: 'isTrainingOfRound', target: 'resting', actions: 'recordFailure' },
    },
  },
  submitting: {
    entry: 'submit',
    on: {
      RoundOpened: openings,
      UpdateReceived: [
        { guard: 'mayLeave', target: 'left', actions: ['sayGoodbye', raiseLeaving] },
        { guard: 'isReceiptOfRound', target: 'resting', actions: 'noteReceipt' },
      ],
      JoinAccepted: acceptedAgain,
      Redirected: askingWhere('submitting'),
      JoinInvited: invitedAgain,
    },
    after: {
      tryAgain: [
        { guard: 'shouldLookElsewhere', target: 'submitting', reenter: true, actions: ['tryAnew', 'askWhoServes'] },
        { target: 'submitting', reenter: true, actions: 'tryAnew' },
      ],
    },
  },
  left: { type: 'final' },
} as const;

/** Heartbeats to an aggregator that says nothing, before the worker asks around who serves it. */
const heartbeatsUnheardMax = 5;

const isAggregator = (node: NodeId): boolean => parseNodeId(node)?.role === 'aggregator';

type Step = { readonly context: WorkerContext; readonly event: WorkerEvent };

const repeatsRound = ({ context, event }: Step): boolean =>
  event.type === 'RoundOpened' && isAggregator(event.from) && event.message.round === context.round;

const isReceiptOfRound = ({ context, event }: Step): boolean =>
  event.type === 'UpdateReceived' && isAggregator(event.from) && event.message.round === context.round;

function workerSetup() {
  return roleSetup<WorkerContext, WorkerEvent>().extend({
    guards: {
      hasShard: ({ event }) => event.type === 'restored' && storedShardOf(event.records) !== undefined,
      foundSomebody: ({ event }) => event.type === 'PeersFound' && event.message.peers.length > 0,
      isFromCommittee: ({ event }) => 'from' in event && isAggregator(event.from),
      leadsOn: ({ context, event }) =>
        event.type === 'Redirected' && isAggregator(event.from) && context.redirects < redirectsAtOnceMax,
      // A share is named instead of sent to whoever holds it; a worker whose disk lost it since must have it sent.
      bringsShare: ({ context, event }) =>
        event.type === 'JoinAccepted' && isAggregator(event.from) && (!event.message.kept || (context.held?.shard ?? null) !== null),
      isEmptyShare: ({ event }) => event.type === 'JoinAccepted' && isAggregator(event.from) && event.message.samples === 0,
      // Every fourth try asks the bootstraps again, in case the aggregator is another one by now.
      shouldLookElsewhere: ({ context }) => context.attempt % 4 === 0,
      isShard: ({ event }) => (event.type === 'saved' || event.type === 'saveFailed') && event.key === shardKey,
      opensNewRound: ({ context, event }) =>
        event.type === 'RoundOpened' && isAggregator(event.from) && event.message.round > context.round,
      repeatsRound,
      repeatsAnswered: ({ context, event }) => repeatsRound({ context, event }) && context.update !== null,
      isUnheard: ({ context }) => context.unheard >= heartbeatsUnheardMax,
      isWondering: ({ context }) => context.wondering,
      isTrainingOfRound: ({ context, event }) =>
        (event.type === 'computed' || event.type === 'computeFailed') &&
        event.task === trainTask && event.key === `round-${context.round}`,
      isReceiptOfRound,
      mayLeave: ({ context, event }) =>
        isReceiptOfRound({ context, event }) && context.leaveAfterRound !== null && context.round >= context.leaveAfterRound,
    },
    delays: {
      ...presenceDelays,
      heartbeatEvery: ({ context }) => periodMs(context.options.heartbeatEvery),
      tryAgain: ({ context, event }) => retryDelayMs(context.options.retryAfter, context.attempt, event.dice),
    },
    actions: {
      takeRecords, seek, chooseAggregator, askToJoin, takeShare, saveShard, confirm, confirmAgain, avoidAggregator, turnTo, tryAnew,
      askWhoServes, askAnother, beat, takeRound, takeServer, train, takeUpdate, recordFailure, submit, noteReceipt, sayGoodbye, refuseStale,
    },
  });
}

function workerChart() {
  return workerSetup().createMachine({
    id: 'worker',
    type: 'parallel',
    context: ({ input }) => firstContext(input),
    states: {
      presence: presenceRegion<WorkerContext, WorkerEvent>(),
      heart: {
        initial: 'silent',
        on: { Leaving: { target: '.still' } },
        states: {
          silent: { on: { ShardHeld: { target: 'beating' } } },
          beating: {
            on: { PeersFound: { guard: 'isWondering', actions: 'askAnother' } },
            after: {
              heartbeatEvery: [
                { guard: 'isUnheard', target: 'beating', reenter: true, actions: ['beat', 'askWhoServes'] },
                { target: 'beating', reenter: true, actions: 'beat' },
              ],
            },
          },
          still: { type: 'final' },
        },
      },
      work: { initial: 'restoring', states: { ...joining, ...working } },
    },
  });
}

export const worker = defineRole({
  name: 'worker',
  about: 'Trains on its share of the data and submits what it learned.',
  machine: workerChart(),
  protocols: [membershipProtocol, trainingProtocol],
  knows: ['bootstrap'],
  tasks: learningTasks,
  section: workerSection,
});
