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
import { parseNodeId } from '../kernel/ids.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { SectionDefinition } from '../protocols/define.ts';
import type { MembershipMessage } from '../protocols/membership/messages.ts';
import { membershipProtocol } from '../protocols/membership/protocol.ts';
import { CountOrOff, withDefault } from '../protocols/quantities.ts';
import type { TrainingMessage } from '../protocols/training/messages.ts';
import { trainingOptionsOf } from '../protocols/training/options.ts';
import type { TrainingOptions } from '../protocols/training/options.ts';
import { trainingProtocol } from '../protocols/training/protocol.ts';
import { redirectsAtOnceMax, rendezvousAvoiding } from '../protocols/training/rules.ts';
import { act, defineRole, raise, record, roleSetup, send } from './define.ts';
import type { RoleEvent } from './define.ts';
import { periodMs, retryDelayMs } from './delays.ts';
import { askForPeers, firstPresence, presenceDelays, presenceRegion } from './presence.ts';
import type { Leaving, WithPresence } from './presence.ts';

/** Questions without an answer, after which a client turns to another aggregator. */
const questionsUnheardMax = 2;

interface ClientContext extends WithPresence {
  readonly options: TrainingOptions;
  readonly stopAfterRound: number | null;
  readonly aggregator: NodeId | null;
  /** Aggregators that did not answer since one did. */
  readonly avoided: readonly NodeId[];
  /** Redirects that were followed in the present try. */
  readonly redirects: number;
  /** Questions since the aggregator said anything. */
  readonly unheard: number;
  /** Tries of the present request, from 1. */
  readonly attempt: number;
  readonly sequence: number;
}

type ClientEvent = RoleEvent<MembershipMessage | TrainingMessage, Leaving>;

const raiseLeaving = raise<ClientContext, ClientEvent>(() => ({ type: 'Leaving' }));

/** Whatever a client is waiting for, the end of the training is the end of its work. */
const theEnd = {
  TrainingFinished: { guard: 'isFromCommittee', target: 'done', actions: ['recordEnd', raiseLeaving] },
  TrainingStopped: { guard: 'isFromCommittee', target: 'done', actions: ['recordEnd', raiseLeaving] },
} as const;

/** Another aggregator answers: it is asked at once, unless redirects go round and round. */
const askingWhere = <Here extends 'requesting' | 'stopping'>(target: Here) =>
  [{ guard: 'leadsOn', target, reenter: true, actions: 'turnTo' }, { guard: 'isFromCommittee', actions: 'turnTo' }] as const;

const asking = {
  restoring: { on: { restored: { target: 'seeking' } } },
  seeking: {
    entry: 'seek',
    on: { ...theEnd, PeersFound: { guard: 'foundSomebody', target: 'requesting', actions: 'chooseAggregator' } },
    after: { tryAgain: { target: 'seeking', reenter: true } },
  },
  requesting: {
    entry: 'request',
    on: {
      ...theEnd,
      TrainingStarted: { guard: 'isFromCommittee', target: 'following', actions: 'recordStarted' },
      Redirected: askingWhere('requesting'),
    },
    after: {
      tryAgain: [
        { guard: 'shouldLookElsewhere', target: 'seeking', actions: 'avoidAggregator' },
        { target: 'requesting', reenter: true, actions: 'tryAnew' },
      ],
    },
  },
  following: {
    on: {
      ...theEnd,
      TrainingStarted: { guard: 'isFromCommittee', actions: 'noteAnswer' },
      RoundReported: [{ guard: 'stopIsDue', target: 'stopping' }, { guard: 'isFromCommittee', actions: 'noteAnswer' }],
      Redirected: [
        { guard: 'leadsOn', actions: ['turnTo', 'follow'] },
        { guard: 'isFromCommittee', actions: 'turnTo' },
      ],
    },
    after: {
      followEvery: [
        { guard: 'isUnheard', target: 'seeking', actions: 'avoidAggregator' },
        { target: 'following', reenter: true, actions: ['tryAnew', 'follow'] },
      ],
    },
  },
  stopping: {
    entry: 'requestStop',
    on: {
      ...theEnd,
      Redirected: askingWhere('stopping'),
      PeersFound: { guard: 'foundSomebody', target: 'stopping', reenter: true, actions: 'chooseAggregator' },
    },
    after: {
      tryAgain: [
        { guard: 'shouldLookElsewhere', target: 'stopping', reenter: true, actions: ['tryAnew', 'askForAnother'] },
        { target: 'stopping', reenter: true, actions: 'tryAnew' },
      ],
    },
  },
  done: { type: 'final' },
} as const;

function clientChart() {
  return roleSetup<ClientContext, ClientEvent>()
    .extend({
      guards: {
        foundSomebody: ({ event }) => event.type === 'PeersFound' && event.message.peers.length > 0,
        isFromCommittee: ({ event }) => 'from' in event && isAggregator(event.from),
        leadsOn: ({ context, event }) =>
          event.type === 'Redirected' && isAggregator(event.from) && context.redirects < redirectsAtOnceMax,
        isUnheard: ({ context }) => context.unheard >= questionsUnheardMax,
        // Every fourth try asks the bootstraps again, in case the aggregator is another one by now.
        shouldLookElsewhere: ({ context }) => context.attempt % 4 === 0,
        stopIsDue: ({ context, event }) =>
          event.type === 'RoundReported' && isAggregator(event.from) &&
          context.stopAfterRound !== null && event.message.round >= context.stopAfterRound,
      },
      delays: {
        ...presenceDelays,
        followEvery: ({ context }) => periodMs(context.options.followEvery),
        tryAgain: ({ context, event }) => retryDelayMs(context.options.retryAfter, context.attempt, event.dice),
      },
      actions: {
        seek, chooseAggregator, askForAnother, avoidAggregator, turnTo, tryAnew, noteAnswer, request, recordStarted, follow,
        requestStop, recordEnd,
      },
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
  return { presence: firstPresence(input), options, stopAfterRound, aggregator: null, ...afterAnAnswer, attempt: 0, sequence: 0 };
}

/** What an answer of an aggregator makes of earlier silence. */
const afterAnAnswer = { unheard: 0, avoided: [], redirects: 0 } as const;

const isAggregator = (node: NodeId): boolean => parseNodeId(node)?.role === 'aggregator';

const toAggregator = ({ aggregator }: ClientContext) => present(aggregator, 'the aggregator of a client');

const seek = act<ClientContext, ClientEvent>(({ context }) => {
  const attempt = context.attempt + 1;
  return { context: { attempt }, commands: askForPeers(context.presence, 'aggregator', attempt) };
});

const chooseAggregator = act<ClientContext, ClientEvent>(({ context, event }) => {
  if (event.type !== 'PeersFound') return {};
  const { peers } = event.message;
  // Whoever did not answer may be dead or cut off, although bootstraps have yet to notice.
  const { chosen, avoided } = rendezvousAvoiding(context.presence.self, peers, context.avoided);
  const aggregator = present(chosen, 'an aggregator among those found');
  const next = { aggregator, avoided, unheard: 0, redirects: 0 };
  return { context: next, commands: [record('peers-found', { role: 'aggregator', peers })] };
});

/** The aggregator does not answer a stop: who else is there? */
const askForAnother = act<ClientContext, ClientEvent>(({ context }) => ({
  context: { avoided: [...context.avoided, toAggregator(context)] }, commands: askForPeers(context.presence, 'aggregator', context.attempt),
}));

/** The aggregator does not answer: the next one is to be another. */
const avoidAggregator = act<ClientContext, ClientEvent>(({ context }) => ({
  context: { avoided: [...context.avoided, toAggregator(context)] },
}));

/** Another aggregator answers this: turn to it. Whom it names may be dead, so this is no answer yet. */
const turnTo = act<ClientContext, ClientEvent>(({ context, event }) =>
  event.type === 'Redirected' ? { context: { aggregator: event.message.to, unheard: 0, redirects: context.redirects + 1 } } : {});

/** A try that a timer begins. */
const tryAnew = act<ClientContext, ClientEvent>(() => ({ context: { redirects: 0 } }));

const noteAnswer = act<ClientContext, ClientEvent>(() => ({ context: afterAnAnswer }));

const request = act<ClientContext, ClientEvent>(({ context }) => {
  const attempt = context.attempt + 1;
  return { context: { attempt }, commands: [send(toAggregator(context), { kind: 'TrainingRequested', attempt })] };
});

const recordStarted = act<ClientContext, ClientEvent>(({ event }) =>
  event.type === 'TrainingStarted'
    ? {
        context: { ...afterAnAnswer, attempt: 0, aggregator: event.from },
        commands: [record('client-started', { aggregator: event.from, round: event.message.round })],
      }
    : {});

const follow = act<ClientContext, ClientEvent>(({ context }) => {
  const sequence = context.sequence + 1;
  const unheard = context.unheard + 1;
  return { context: { sequence, unheard }, commands: [send(toAggregator(context), { kind: 'TrainingFollowed', sequence })] };
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
