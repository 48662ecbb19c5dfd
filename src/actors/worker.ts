/**
 * The worker: it takes a share of the data, trains on it, and submits what it learned.
 *
 * Three regions run beside each other: `presence` makes it known, `heart` says that it lives, and
 * `work` is what it does. It obeys the aggregator that it joined and no other.
 */
import { membershipProtocol } from '../protocols/membership/protocol.ts';
import { trainingProtocol } from '../protocols/training/protocol.ts';
import { learningTasks } from '../ml/tasks.ts';
import { defineRole, raise, roleSetup } from './define.ts';
import { periodMs, retryDelayMs } from './delays.ts';
import { presenceDelays, presenceRegion } from './presence.ts';
import {
  askToJoin, beat, chooseAggregator, confirm, forgetAggregator, noteReceipt, recordFailure, refuseStale, sayGoodbye, saveShard, seek,
  submit, takeRecords, takeRound, takeShare, takeUpdate, train, trainTask,
} from './worker/actions.ts';
import { firstContext, shardKey, storedShardOf, workerSection } from './worker/context.ts';
import type { WorkerContext, WorkerEvent } from './worker/context.ts';

const raiseHeld = raise<WorkerContext, WorkerEvent>(() => ({ type: 'ShardHeld' }));
const raiseLeaving = raise<WorkerContext, WorkerEvent>(() => ({ type: 'Leaving' }));

/** A round from the aggregator that it joined; an older one than the last is of no use. */
const openings = [
  { guard: 'opensNewRound', target: 'training', actions: 'takeRound' },
  { guard: 'repeatsAnswered', target: 'submitting', reenter: true },
  { guard: 'isStaleRound', actions: 'refuseStale' },
] as const;

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
        { guard: 'isFromAggregator', target: 'storing', actions: 'takeShare' },
      ],
    },
    after: {
      tryAgain: [{ guard: 'shouldLookElsewhere', target: 'seeking', actions: 'forgetAggregator' }, { target: 'joining', reenter: true }],
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
  resting: { on: { RoundOpened: openings, JoinInvited: { guard: 'isFromAggregator', target: 'joining' } } },
  training: {
    entry: 'train',
    on: {
      RoundOpened: { guard: 'opensNewRound', target: 'training', reenter: true, actions: 'takeRound' },
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
      JoinInvited: { guard: 'isFromAggregator', target: 'joining' },
    },
    after: { tryAgain: { target: 'submitting', reenter: true } },
  },
  left: { type: 'final' },
} as const;

function workerSetup() {
  return roleSetup<WorkerContext, WorkerEvent>().extend({
    guards: {
      hasShard: ({ event }) => event.type === 'restored' && storedShardOf(event.records) !== undefined,
      foundSomebody: ({ event }) => event.type === 'PeersFound' && event.message.peers.length > 0,
      isFromAggregator: ({ context, event }) => 'from' in event && event.from === context.aggregator,
      isEmptyShare: ({ context, event }) =>
        event.type === 'JoinAccepted' && event.from === context.aggregator && event.message.samples === 0,
      // Every fourth try asks the bootstraps again, in case the aggregator is another one by now.
      shouldLookElsewhere: ({ context }) => context.attempt % 4 === 0,
      isShard: ({ event }) => (event.type === 'saved' || event.type === 'saveFailed') && event.key === shardKey,
      opensNewRound: ({ context, event }) =>
        event.type === 'RoundOpened' && event.from === context.aggregator && event.message.round > context.round,
      repeatsAnswered: ({ context, event }) =>
        event.type === 'RoundOpened' && event.from === context.aggregator &&
        event.message.round === context.round && context.update !== null,
      isStaleRound: ({ context, event }) =>
        event.type === 'RoundOpened' && (event.from !== context.aggregator || event.message.round < context.round),
      isTrainingOfRound: ({ context, event }) =>
        (event.type === 'computed' || event.type === 'computeFailed') &&
        event.task === trainTask && event.key === `round-${context.round}`,
      isReceiptOfRound: ({ context, event }) => event.type === 'UpdateReceived' && event.message.round === context.round,
      mayLeave: ({ context, event }) =>
        event.type === 'UpdateReceived' && event.message.round === context.round &&
        context.leaveAfterRound !== null && context.round >= context.leaveAfterRound,
    },
    delays: {
      ...presenceDelays,
      heartbeatEvery: ({ context }) => periodMs(context.options.heartbeatEvery),
      tryAgain: ({ context, event }) => retryDelayMs(context.options.retryAfter, context.attempt, event.dice),
    },
    actions: {
      takeRecords, seek, chooseAggregator, askToJoin, takeShare, saveShard, confirm, forgetAggregator,
      beat, takeRound, train, takeUpdate, recordFailure, submit, noteReceipt, sayGoodbye, refuseStale,
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
          beating: { after: { heartbeatEvery: { target: 'beating', reenter: true, actions: 'beat' } } },
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
