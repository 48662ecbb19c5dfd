/**
 * The bootstrap: the node that everybody knows, and that tells nodes of each other.
 *
 * It keeps what it hears in memory only; after a restart announcements and exchanges fill it anew. In
 * an exchange it tells every other bootstrap the digest of its view, and is sent what the other knows
 * where they differ (anti-entropy by pull, with checksums: A. Demers et al., "Epidemic algorithms for
 * replicated database maintenance", PODC 1987). Who counts as present is decided when somebody
 * asks, so that silence needs no timer a peer.
 */
import type { StartInput } from '../kernel/contract.ts';
import type { NodeId } from '../kernel/ids.ts';
import { limits } from '../kernel/limits.ts';
import type { Micros } from '../kernel/time.ts';
import type { MembershipMessage, PeerEntry } from '../protocols/membership/messages.ts';
import { membershipOptionsOf } from '../protocols/membership/options.ts';
import type { MembershipOptions } from '../protocols/membership/options.ts';
import { membershipProtocol } from '../protocols/membership/protocol.ts';
import { exchangeParts, isNewer, isOverdue, isPresent, peersOfRole } from '../protocols/membership/rules.ts';
import type { KnownPeer } from '../protocols/membership/rules.ts';
import { viewDigest } from '../protocols/membership/view-digest.ts';
import { act, defineRole, record, reject, roleSetup, send } from './define.ts';
import type { Effects, IssuedCommand, RoleEvent } from './define.ts';
import { periodMs } from './delays.ts';
import { mapRows, rosterOf, rowOf, withRow } from './roster.ts';
import type { Roster } from './roster.ts';

/** `struckOff` keeps an expired peer from being told of twice. */
type Peer = KnownPeer & { readonly struckOff: boolean };

interface BootstrapContext {
  readonly self: NodeId;
  readonly others: readonly NodeId[];
  readonly options: MembershipOptions;
  readonly peers: Roster<Peer>;
  /** Exchanges begun. */
  readonly round: number;
}

type BootstrapEvent = RoleEvent<MembershipMessage>;

function bootstrapChart() {
  return roleSetup<BootstrapContext, BootstrapEvent>()
    .extend({
      actions: { begin, hear, answer, exchange, passOn, learn },
      delays: { exchangeEvery: ({ context }) => periodMs(context.options.exchangeEvery) },
    })
    .createMachine({
      id: 'bootstrap',
      context: ({ input }) => firstContext(input),
      initial: 'starting',
      states: {
        starting: { on: { restored: { target: 'serving', actions: 'begin' } } },
        serving: {
          on: {
            PresenceAnnounced: { actions: 'hear' },
            Departed: { actions: 'hear' },
            PeersRequested: { actions: 'answer' },
            ViewCompared: { actions: 'passOn' },
            PeersExchanged: { actions: 'learn' },
          },
          after: { exchangeEvery: { target: 'serving', reenter: true, actions: 'exchange' } },
        },
      },
    });
}

function firstContext({ self, config }: StartInput): BootstrapContext {
  const known = config['known'] as { readonly [role: string]: readonly NodeId[] };
  const others = (known['bootstrap'] ?? []).filter((bootstrap) => bootstrap !== self);
  return { self, others, options: membershipOptionsOf(config), peers: rosterOf<Peer>([]), round: 0 };
}

const begin = act<BootstrapContext, BootstrapEvent>(() => ({ commands: [record('bootstrap-started', {})] }));

/** A node spoke for itself. */
const hear = act<BootstrapContext, BootstrapEvent>(({ context, event }) => {
  if (event.type !== 'PresenceAnnounced' && event.type !== 'Departed') return {};
  const { role, life, announcement } = event.message;
  const departed = event.type === 'Departed';
  const said = { node: event.from, role, life, announcement, departed };
  const learned = take(context.peers, said, 'itself', event.mono);
  const commands: IssuedCommand[] = [...learned.commands];
  if (!departed) commands.push(send(event.from, { kind: 'PresenceAcknowledged', announcement }));
  return { context: { peers: learned.peers }, commands };
});

const answer = act<BootstrapContext, BootstrapEvent>(({ context, event }) => {
  if (event.type !== 'PeersRequested') return {};
  const { role, attempt } = event.message;
  const peers = peersOfRole(context.peers.rows, role, attempt, event.mono, context.options);
  return { commands: [send(event.from, { kind: 'PeersFound', role, attempt, peers })] };
});

/** Compares its view with every other bootstrap's, and strikes off who fell silent. */
const exchange = act<BootstrapContext, BootstrapEvent>(({ context, event }) => {
  const { options, others } = context;
  const round = context.round + 1;
  const isSilent = (peer: Peer) => !peer.struckOff && !peer.departed && !isPresent(peer, event.mono, options.presenceTimeout);
  const silent = context.peers.rows.filter(isSilent);
  const strikeOff = (peer: Peer) => (isSilent(peer) ? { ...peer, struckOff: true } : peer);
  const peers = silent.length === 0 ? context.peers : mapRows(context.peers, strikeOff);
  const present = presentPeers(context, event.mono);
  const digest = viewDigest(present);
  const refresh = present.some((peer) => isOverdue(peer, event.mono, options));
  const held = record('view-held', { present: present.length, digest, everyUs: options.exchangeEvery });
  const message: MembershipMessage = { kind: 'ViewCompared', round, digest, refresh };
  const expired = silent.map(({ node }) => record('peer-expired', { peer: node }));
  return { context: { round, peers }, commands: [...expired, held, ...others.map((other) => send(other, message))] };
});

/** Another bootstrap compared its view: it is sent what is known here, unless it knows as much. */
const passOn = act<BootstrapContext, BootstrapEvent>(({ context, event }) => {
  if (event.type !== 'ViewCompared') return {};
  const { from, message: { round, digest, refresh } } = event;
  if (!context.others.includes(from)) return { commands: [reject('foreignExchange', { from })] };
  if (!refresh && digest === viewDigest(presentPeers(context, event.mono))) return {};
  const parts = exchangeParts(context.peers.rows, event.mono, context.options.presenceTimeout);
  return { commands: parts.map((entries, part) => send(from, { kind: 'PeersExchanged', round, part, entries })) };
});

/** Whom it counts as present, in id order. */
function presentPeers({ peers, options }: BootstrapContext, nowUs: Micros): readonly Peer[] {
  return peers.rows.filter((peer) => isPresent(peer, nowUs, options.presenceTimeout));
}

/** Another bootstrap told what it knows. */
const learn = act<BootstrapContext, BootstrapEvent>(({ context, event }): Effects<BootstrapContext> => {
  if (event.type !== 'PeersExchanged') return {};
  if (!context.others.includes(event.from)) return { commands: [reject('foreignExchange', { from: event.from })] };
  let { peers } = context;
  const commands: IssuedCommand[] = [];
  for (const { silentUs, ...entry } of event.message.entries) {
    const learned = take(peers, entry, 'exchange', event.mono - silentUs);
    peers = learned.peers;
    commands.push(...learned.commands);
  }
  return { context: { peers }, commands };
});

/** Joins one entry, said at `heardUs`, into what is known; only what is news to a person is recorded. */
function take(
  peers: Roster<Peer>,
  said: PeerEntry,
  from: 'itself' | 'exchange',
  heardUs: Micros,
): { peers: Roster<Peer>; commands: readonly IssuedCommand[] } {
  const known = rowOf(peers, said.node);
  if (!isNewer(said, known)) return { peers, commands: [] };
  if (known === undefined && peers.rows.length >= limits.nodesMax) {
    return { peers, commands: [reject('tooManyPeers', { from: said.node })] };
  }
  const { node, role, life, announcement, departed } = said;
  const isNews = known === undefined || known.struckOff || known.life !== life || known.departed !== departed;
  const commands = isNews ? [record('peer-known', { peer: node, role, life, announcement, departed, from })] : [];
  return { peers: withRow(peers, { ...said, heardUs, struckOff: false }), commands };
}

export const bootstrap = defineRole({
  name: 'bootstrap',
  about: 'Tells nodes of each other; its address is known to all.',
  machine: bootstrapChart(),
  protocols: [membershipProtocol],
  knows: ['bootstrap'],
  tasks: [],
});
