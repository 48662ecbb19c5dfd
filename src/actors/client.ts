/**
 * The client: it wants a model. It starts a training or follows the one that runs, may stop it, and
 * is done when it knows how the training ended.
 *
 * It keeps nothing on disk, because asking again is harmless: a training is started once, however
 * often and by however many it is asked for.
 */
import * as Schema from 'effect/Schema';
import { present } from '../kernel/assert.ts';
import type { StartInput } from '../kernel/contract.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { SectionDefinition } from '../protocols/define.ts';
import type { MembershipMessage } from '../protocols/membership/messages.ts';
import { membershipProtocol } from '../protocols/membership/protocol.ts';
import { CountOrOff, withDefault } from '../protocols/quantities.ts';
import type { TrainingMessage } from '../protocols/training/messages.ts';
import { trainingOptionsOf } from '../protocols/training/options.ts';
import type { TrainingOptions } from '../protocols/training/options.ts';
import { trainingProtocol } from '../protocols/training/protocol.ts';
import { rendezvous } from '../protocols/training/rules.ts';
import { act, defineRole, raise, record, roleSetup, send } from './define.ts';
import type { RoleEvent } from './define.ts';
import { periodMs, retryDelayMs } from './delays.ts';
import { askForPeers, firstPresence, presenceDelays, presenceRegion } from './presence.ts';
import type { Leaving, WithPresence } from './presence.ts';

interface ClientContext extends WithPresence {
  readonly options: TrainingOptions;
  readonly stopAfterRound: number | null;
  readonly aggregator: NodeId | null;
  /** Tries of the present request, from 1. */
  readonly attempt: number;
  readonly sequence: number;
}

type ClientEvent = RoleEvent<MembershipMessage | TrainingMessage, Leaving>;

const raiseLeaving = raise<ClientContext, ClientEvent>(() => ({ type: 'Leaving' }));

/** Whatever a client is waiting for, the end of the training is the end of its work. */
const theEnd = {
  TrainingFinished: { guard: 'isFromAggregator', target: 'done', actions: ['recordEnd', raiseLeaving] },
  TrainingStopped: { guard: 'isFromAggregator', target: 'done', actions: ['recordEnd', raiseLeaving] },
} as const;

const asking = {
  restoring: { on: { restored: { target: 'seeking' } } },
  seeking: {
    entry: 'seek',
    on: { PeersFound: { guard: 'foundSomebody', target: 'requesting', actions: 'chooseAggregator' } },
    after: { tryAgain: { target: 'seeking', reenter: true } },
  },
  requesting: {
    entry: 'request',
    on: { ...theEnd, TrainingStarted: { guard: 'isFromAggregator', target: 'following', actions: 'recordStarted' } },
    after: { tryAgain: [{ guard: 'shouldLookElsewhere', target: 'seeking' }, { target: 'requesting', reenter: true }] },
  },
  following: {
    on: { ...theEnd, RoundReported: { guard: 'stopIsDue', target: 'stopping' } },
    after: { followEvery: { target: 'following', reenter: true, actions: 'follow' } },
  },
  stopping: {
    entry: 'requestStop',
    on: theEnd,
    after: { tryAgain: { target: 'stopping', reenter: true } },
  },
  done: { type: 'final' },
} as const;

function clientChart() {
  return roleSetup<ClientContext, ClientEvent>()
    .extend({
      guards: {
        foundSomebody: ({ event }) => event.type === 'PeersFound' && event.message.peers.length > 0,
        isFromAggregator: ({ context, event }) => 'from' in event && event.from === context.aggregator,
        // Every fourth try asks the bootstraps again, in case the aggregator is another one by now.
        shouldLookElsewhere: ({ context }) => context.attempt % 4 === 0,
        stopIsDue: ({ context, event }) =>
          event.type === 'RoundReported' && event.from === context.aggregator &&
          context.stopAfterRound !== null && event.message.round >= context.stopAfterRound,
      },
      delays: {
        ...presenceDelays,
        followEvery: ({ context }) => periodMs(context.options.followEvery),
        tryAgain: ({ context, event }) => retryDelayMs(context.options.retryAfter, context.attempt, event.dice),
      },
      actions: { seek, chooseAggregator, request, recordStarted, follow, requestStop, recordEnd },
    })
    .createMachine({
      id: 'client',
      type: 'parallel',
      context: ({ input }) => firstContext(input),
      states: {
        presence: presenceRegion<ClientContext, ClientEvent>(),
        asking: { initial: 'restoring', states: asking },
      },
    });
}

function firstContext(input: StartInput): ClientContext {
  const { stopAfterRound } = input.config[clientSection.key] as { stopAfterRound: number | null };
  const options = trainingOptionsOf(input.config);
  return { presence: firstPresence(input), options, stopAfterRound, aggregator: null, attempt: 0, sequence: 0 };
}

const toAggregator = ({ aggregator }: ClientContext) => present(aggregator, 'the aggregator of a client');

const seek = act<ClientContext, ClientEvent>(({ context }) => {
  const attempt = context.attempt + 1;
  return { context: { attempt }, commands: askForPeers(context.presence, 'aggregator', attempt) };
});

const chooseAggregator = act<ClientContext, ClientEvent>(({ context, event }) => {
  if (event.type !== 'PeersFound') return {};
  const { peers } = event.message;
  const aggregator = rendezvous(context.presence.self, peers) ?? null;
  return { context: { aggregator }, commands: [record('peers-found', { role: 'aggregator', peers })] };
});

const request = act<ClientContext, ClientEvent>(({ context }) => {
  const attempt = context.attempt + 1;
  return { context: { attempt }, commands: [send(toAggregator(context), { kind: 'TrainingRequested', attempt })] };
});

const recordStarted = act<ClientContext, ClientEvent>(({ context, event }) =>
  event.type === 'TrainingStarted'
    ? { context: { attempt: 0 }, commands: [record('client-started', { aggregator: toAggregator(context), round: event.message.round })] }
    : {});

const follow = act<ClientContext, ClientEvent>(({ context }) => {
  const sequence = context.sequence + 1;
  return { context: { sequence }, commands: [send(toAggregator(context), { kind: 'TrainingFollowed', sequence })] };
});

const requestStop = act<ClientContext, ClientEvent>(({ context }) => {
  const attempt = context.attempt + 1;
  return { context: { attempt }, commands: [send(toAggregator(context), { kind: 'StopRequested', attempt })] };
});

const recordEnd = act<ClientContext, ClientEvent>(({ event }) => {
  if (event.type === 'TrainingStopped') {
    const { round, reason } = event.message;
    return { commands: [record('client-finished', { rounds: round, stopped: true, reason })] };
  }
  if (event.type !== 'TrainingFinished') return {};
  const { rounds, model } = event.message;
  return { commands: [record('client-finished', { rounds, stopped: false, weights: model.blob })] };
});

const clientSection: SectionDefinition = {
  key: 'client',
  about: 'What clients want besides a model.',
  schema: Schema.Struct({
    stopAfterRound: withDefault(CountOrOff, 'off')
      .annotateKey({ description: 'The round after which clients stop the training.' }),
  }),
};

export const client = defineRole({
  name: 'client',
  about: 'Starts a training or follows it, may stop it, and learns its end.',
  machine: clientChart(),
  protocols: [membershipProtocol, trainingProtocol],
  knows: ['bootstrap'],
  tasks: [],
  concludes: true,
  section: clientSection,
});
