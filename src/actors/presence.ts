/**
 * How every role but the bootstraps makes itself known: a region of a chart, and the way to ask.
 *
 * A node announces itself to all bootstraps until one acknowledges, and again from time to time; when
 * it leaves in order it says so. Asking for addresses goes to one bootstrap at a time, to another one
 * at each try.
 */
import type { StartInput } from '../kernel/contract.ts';
import { parseNodeId } from '../kernel/ids.ts';
import type { NodeId } from '../kernel/ids.ts';
import { present } from '../kernel/assert.ts';
import type { MembershipMessage } from '../protocols/membership/messages.ts';
import { membershipOptionsOf } from '../protocols/membership/options.ts';
import type { MembershipOptions } from '../protocols/membership/options.ts';
import { act, record, send, stampOf } from './define.ts';
import type { IssuedCommand } from './define.ts';
import { periodMs, retryDelayMs } from './delays.ts';

/** Raised by a role that leaves in order, for all regions of its chart. */
export type Leaving = { readonly type: 'Leaving' };

/** What the region keeps, under `presence` of its role's context. */
export interface Presence {
  readonly self: NodeId;
  readonly role: string;
  readonly life: number;
  readonly bootstraps: readonly NodeId[];
  /** How often this life has announced itself. */
  readonly announcement: number;
  /** Announcements since the last one that was acknowledged. */
  readonly unanswered: number;
  readonly options: MembershipOptions;
}

export interface WithPresence {
  readonly presence: Presence;
}

export function firstPresence({ self, incarnation, config }: StartInput): Presence {
  const known = config['known'] as { readonly [role: string]: readonly NodeId[] };
  const role = present(parseNodeId(self), 'the role in a node id').role;
  const bootstraps = known['bootstrap'] ?? [];
  return { self, role, life: incarnation, bootstraps, announcement: 0, unanswered: 0, options: membershipOptionsOf(config) };
}

/** Delays of the region, for the `setup` of its role. */
export const presenceDelays = {
  announceEvery: ({ context }: { context: WithPresence }) => periodMs(context.presence.options.announceEvery),
  announceAgain: ({ context, event }: { context: WithPresence; event: unknown }) =>
    retryDelayMs(context.presence.options.retryAfter, context.presence.unanswered, stampOf(event).dice),
};

/** The region `presence` of a parallel chart. */
export function presenceRegion<Context extends WithPresence & object, Event extends { type: string }>() {
  const announce = act<Context, Event>(({ context }) => {
    const { presence } = context;
    const announcement = presence.announcement + 1;
    const next: Presence = { ...presence, announcement, unanswered: presence.unanswered + 1 };
    return { context: { presence: next } as Partial<Context>, commands: announcementOf(next, 'PresenceAnnounced') };
  });
  const noteAcknowledged = act<Context, Event>(({ context }) => {
    const { presence } = context;
    const patch = { presence: { ...presence, unanswered: 0 } } as Partial<Context>;
    // Only the first one of a life is worth a word; afterwards it is routine.
    const isFirst = presence.announcement === presence.unanswered;
    return { context: patch, commands: isFirst ? [record('presence-registered', { life: presence.life })] : [] };
  });
  const depart = act<Context, Event>(({ context }) => ({ commands: announcementOf(context.presence, 'Departed') }));
  return {
    initial: 'announcing',
    on: { Leaving: { target: '.gone', actions: depart } },
    states: {
      announcing: {
        entry: announce,
        on: { PresenceAcknowledged: { target: 'announced', actions: noteAcknowledged } },
        after: { announceAgain: { target: 'announcing', reenter: true } },
      },
      announced: { after: { announceEvery: { target: 'announcing' } } },
      gone: { type: 'final' },
    },
  } as const;
}

function announcementOf(presence: Presence, kind: 'PresenceAnnounced' | 'Departed'): IssuedCommand[] {
  const { role, life, announcement, bootstraps } = presence;
  const message: MembershipMessage = { kind, role, life, announcement };
  return bootstraps.map((bootstrap) => send(bootstrap, message));
}

/** The question for a role's addresses, to the bootstrap whose turn it is at this try. */
export function askForPeers(presence: Presence, role: string, attempt: number): IssuedCommand[] {
  const { bootstraps, self } = presence;
  if (bootstraps.length === 0) return [];
  // Nodes begin at different bootstraps, by their own index.
  const start = present(parseNodeId(self), 'the index in a node id').index;
  const message: MembershipMessage = { kind: 'PeersRequested', role, attempt };
  return [send(bootstraps[(start + attempt) % bootstraps.length]!, message)];
}
