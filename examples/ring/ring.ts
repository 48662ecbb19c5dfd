/**
 * Tokens go round a ring, over datagrams that may be lost.
 *
 * A member passes one token at a time to its successor and repeats it until the successor
 * acknowledges (stop-and-wait ARQ). Each passing has a turn, the sender's count of passings, so that
 * a repeated token is recognised and not passed on twice. The starter puts the tokens on the ring and
 * is done when each has made its laps.
 *
 * The file reads as one story: words, promises, the chart that both roles share, and the two roles.
 * It is the load of the benchmarks and the framework's first user, of which the framework knows
 * nothing.
 */
import * as Schema from 'effect/Schema';
import { act, defineRole, record, reject, roleSetup, send } from '../../src/actors/define.ts';
import type { Effects, IssuedCommand, RoleEvent } from '../../src/actors/define.ts';
import type { StartInput } from '../../src/kernel/contract.ts';
import { uniform } from '../../src/kernel/draws.ts';
import { inIdOrder } from '../../src/kernel/ids.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import type { Property } from '../../src/kernel/properties.ts';
import { factOf, irrelevant, satisfied, unmet, violated } from '../../src/kernel/properties.ts';
import { CountSchema, defineMessage, defineProtocol } from '../../src/protocols/define.ts';
import { DurationUs, withDefault } from '../../src/protocols/quantities.ts';

// Words.

type Token = { kind: 'TokenPassed'; turn: number; token: number; hop: number; body: Uint8Array };
type Acknowledgement = { kind: 'TokenAcknowledged'; turn: number };

const bodyBytes = 64;
const body = new Uint8Array(bodyBytes).fill(0x2a);

const BodySchema = Schema.Uint8Array.check(Schema.makeFilter((bytes) => bytes.length === bodyBytes));

const messages = [
  defineMessage('TokenPassed', { turn: CountSchema, token: CountSchema, hop: CountSchema, body: BodySchema }, ['turn']),
  defineMessage('TokenAcknowledged', { turn: CountSchema }, ['turn']),
];

/** What a scenario sets under `ring`. */
const section = {
  key: 'ring',
  about: 'Tokens that go round a ring.',
  schema: Schema.Struct({
    tokens: withDefault(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 })), 1),
    laps: withDefault(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 })), 3),
    repeatAfter: withDefault(DurationUs, '200ms'),
  }),
};

// Promises.

const onceAHop: Property<{ next: Record<string, number> }> = {
  name: 'a token takes each hop once',
  kind: 'always',
  watches: ['token-taken'],
  start: () => ({ next: {} }),
  observe(state, observation) {
    const { token, hop } = observation.data as { token: number; hop: number };
    const expected = state.next[`t${token}`] ?? 1;
    state.next[`t${token}`] = hop + 1;
    if (hop === expected) return satisfied;
    return violated(
      `token ${token} took hop ${hop} where hop ${expected} was due`,
      factOf(observation, `${observation.node} took token ${token} at hop ${hop}`),
    );
  },
};

const repeated: Property<null> = {
  name: 'a token was repeated',
  kind: 'sometimes',
  watches: ['token-repeated'],
  start: () => null,
  observe: () => satisfied,
};

const allHome: Property<null> = {
  name: 'every token came home',
  kind: 'eventually',
  watches: ['token-home', 'ring-complete'],
  start: () => null,
  observe: (_, observation) => (observation.kind === 'ring-complete' ? satisfied : observation.kind === 'token-home' ? unmet : irrelevant),
};

export const ringProtocol = defineProtocol({
  name: 'ring',
  about: 'Tokens that go round, repeated until they are acknowledged.',
  version: 1,
  transport: 'datagram',
  tolerates: { crash: 'none: a dead member stops the ring', byzantine: 'none' },
  messages,
  records: {
    'token-taken': 'a member took a token for the first time',
    'token-repeated': 'a member sent a token again because no acknowledgement came',
    'token-home': 'a token made its last lap',
    'ring-complete': 'all tokens are home',
  },
  section,
  invariants: [onceAHop],
  phrases: [repeated, allHome],
  measures: [],
});

// The chart that both roles share.

interface Carried {
  readonly token: number;
  readonly hop: number;
}

interface RingContext {
  readonly self: NodeId;
  readonly next: NodeId;
  readonly members: number;
  readonly tokens: number;
  readonly laps: number;
  readonly repeatAfterMs: number;
  /** Tokens that wait until the one in hand is acknowledged. */
  readonly waiting: readonly Carried[];
  readonly inHand: Carried | null;
  /** The latest turn on which a token was passed to the successor. */
  readonly passed: number;
  /** How often the token in hand was repeated. */
  readonly repeats: number;
  /** The latest turn of the predecessor on which a token was taken. */
  readonly taken: number;
  readonly home: number;
}

type RingEvent = RoleEvent<Token | Acknowledgement>;

function firstContext(input: StartInput): RingContext {
  const known = input.config['known'] as { [role: string]: readonly NodeId[] };
  const ring = inIdOrder(Object.values(known).flat());
  const { tokens, laps, repeatAfter } = input.config['ring'] as { tokens: number; laps: number; repeatAfter: number };
  const next = ring[(ring.indexOf(input.self) + 1) % ring.length]!;
  return {
    self: input.self, next, members: ring.length, tokens, laps, repeatAfterMs: repeatAfter / 1_000,
    waiting: [], inHand: null, passed: 0, repeats: 0, taken: 0, home: 0,
  };
}

/** Takes a token in hand, on the next turn. */
function pass(context: RingContext, inHand: Carried): Effects<RingContext> & { readonly commands: readonly IssuedCommand[] } {
  const passed = context.passed + 1;
  return { context: { inHand, passed, repeats: 0 }, commands: [passing(context.next, passed, inHand)] };
}

const passing = (to: NodeId, turn: number, { token, hop }: Carried): IssuedCommand =>
  send(to, { kind: 'TokenPassed', turn, token, hop: hop + 1, body });

/** A token arrived: acknowledge it always, take it the first time. */
const take = act<RingContext, RingEvent>(({ context, event }) => {
  if (event.type !== 'TokenPassed') return {};
  const { turn, token, hop } = event.message;
  const acknowledge = send(event.from, { kind: 'TokenAcknowledged', turn });
  if (turn <= context.taken) return { commands: [acknowledge] };
  const commands = [acknowledge, record('token-taken', { token, hop })];
  if (hop >= context.members * context.laps) return bringHome(context, turn, token, commands);
  const carried = { token, hop };
  if (context.inHand !== null) return { context: { taken: turn, waiting: [...context.waiting, carried] }, commands };
  const passed = pass(context, carried);
  return { context: { taken: turn, ...passed.context }, commands: [...commands, ...passed.commands] };
});

/** The token has made its last lap and stays here. */
function bringHome(context: RingContext, turn: number, token: number, commands: readonly IssuedCommand[]): Effects<RingContext> {
  const home = context.home + 1;
  const told = [...commands, record('token-home', { token })];
  if (home === context.tokens) told.push(record('ring-complete', { tokens: home }));
  return { context: { taken: turn, home }, commands: told };
}

/** The token in hand is acknowledged: take up the next one that waits. */
const release = act<RingContext, RingEvent>(({ context }) => {
  const [first, ...waiting] = context.waiting;
  if (first === undefined) return { context: { inHand: null } };
  const passed = pass(context, first);
  return { context: { waiting, ...passed.context }, commands: passed.commands };
});

const repeat = act<RingContext, RingEvent>(({ context }) => {
  const { inHand, next, passed } = context;
  if (inHand === null) return {};
  return {
    context: { repeats: context.repeats + 1 },
    commands: [record('token-repeated', { token: inHand.token, hop: inHand.hop }), passing(next, passed, inHand)],
  };
});

/** The starter takes all its tokens in hand at hop 0. */
const launch = act<RingContext, RingEvent>(({ context }) => {
  const [first, ...waiting] = Array.from({ length: context.tokens }, (_, token) => ({ token, hop: 0 }));
  const passed = pass(context, first!);
  return { context: { waiting, ...passed.context }, commands: passed.commands };
});

const refuse = act<RingContext, RingEvent>(({ event }) => {
  const sender = 'from' in event ? event.from : '';
  return { commands: [reject('staleAcknowledgement', { from: sender })] };
});

/** Where a token goes round: idle, in hand, and in hand for too long. */
function ringChart(starter: boolean) {
  return roleSetup<RingContext, RingEvent>()
    .extend({
      guards: {
        acknowledgesHand: ({ context, event }) =>
          event.type === 'TokenAcknowledged' && context.inHand !== null && event.message.turn === context.passed,
        handIsFull: ({ context }) => context.inHand !== null,
        allTokensHome: ({ context }) => starter && context.home === context.tokens && context.inHand === null,
      },
      delays: {
        // Repeats back off, and members that lost a token together do not repeat it together.
        repeatAfter: ({ context, event }) =>
          context.repeatAfterMs * Math.min(1 + context.repeats, 8) * (1 + 0.5 * uniform(event.dice, 'repeat')),
      },
    })
    .createMachine({
      id: starter ? 'ring-starter' : 'ring-member',
      context: ({ input }) => firstContext(input),
      initial: 'starting',
      on: { TokenAcknowledged: { actions: refuse } },
      states: {
        starting: {
          on: {
            restored: starter ? { target: 'passing', actions: launch } : { target: 'idle' },
            TokenPassed: { target: 'received', actions: take },
          },
        },
        idle: { on: { TokenPassed: { target: 'received', actions: take } } },
        received: {
          always: [{ guard: 'handIsFull', target: 'passing' }, { guard: 'allTokensHome', target: 'done' }, { target: 'idle' }],
        },
        passing: {
          on: {
            TokenPassed: { actions: take },
            TokenAcknowledged: [{ guard: 'acknowledgesHand', target: 'received', actions: release }, { actions: refuse }],
          },
          after: { repeatAfter: { target: 'passing', reenter: true, actions: repeat } },
        },
        done: { type: 'final' },
      },
    });
}

// The two roles.

const common = { protocols: [ringProtocol], knows: ['ring-starter', 'ring-member'], tasks: [] };

export const ringStarter = defineRole({
  ...common,
  name: 'ring-starter',
  about: 'Puts the tokens on the ring and waits for them to come home.',
  machine: ringChart(true),
  concludes: true,
});

export const ringMember = defineRole({
  ...common,
  name: 'ring-member',
  about: 'Passes tokens to its successor.',
  machine: ringChart(false),
});
