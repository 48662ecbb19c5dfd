/**
 * Words of membership: who is there, said by each node for itself and passed on by bootstraps.
 *
 * Every entry carries the life (incarnation) of its owner and how often that life has announced
 * itself. The pair only grows, so two bootstraps that merge what they know always agree which of two
 * entries is newer. Lists are bounded so that a frame stays small (see kernel/limits).
 */
import * as Schema from 'effect/Schema';
import type { NodeId } from '../../kernel/ids.ts';
import { CountSchema, defineMessage, NodeIdSchema } from '../define.ts';

/** Entries of one exchange: sixteen of them stay below the 1 KiB of an inline value. */
export const entriesPerExchangeMax = 16;
/** Addresses in one answer. */
export const peersPerAnswerMax = 16;

/** What is said of one node. `announcement` counts from 1 in each life. */
export type PeerEntry = {
  readonly node: NodeId;
  readonly role: string;
  readonly life: number;
  readonly announcement: number;
  readonly departed: boolean;
};

/** A node to every bootstrap: I am here. Repeated for as long as it is. */
export type PresenceAnnounced = { kind: 'PresenceAnnounced'; role: string; life: number; announcement: number };
export type PresenceAcknowledged = { kind: 'PresenceAcknowledged'; announcement: number };
/** A node to every bootstrap: I am leaving in order. */
export type Departed = { kind: 'Departed'; role: string; life: number; announcement: number };
/** A node to one bootstrap: who plays this role? */
export type PeersRequested = { kind: 'PeersRequested'; role: string; attempt: number };
export type PeersFound = { kind: 'PeersFound'; role: string; attempt: number; peers: readonly NodeId[] };
/** One bootstrap to another: a part of what I know. */
export type PeersExchanged = { kind: 'PeersExchanged'; round: number; entries: readonly PeerEntry[] };

export type MembershipMessage =
  | PresenceAnnounced
  | PresenceAcknowledged
  | Departed
  | PeersRequested
  | PeersFound
  | PeersExchanged;

const RoleSchema = Schema.String.check(Schema.isPattern(/^[a-z][a-z0-9-]{0,40}$/u));
const EntrySchema = Schema.Struct({
  node: NodeIdSchema,
  role: RoleSchema,
  life: CountSchema,
  announcement: CountSchema,
  departed: Schema.Boolean,
});

export const membershipMessages = [
  defineMessage('PresenceAnnounced', { role: RoleSchema, life: CountSchema, announcement: CountSchema }, ['announcement']),
  defineMessage('PresenceAcknowledged', { announcement: CountSchema }, ['announcement']),
  defineMessage('Departed', { role: RoleSchema, life: CountSchema, announcement: CountSchema }, ['announcement']),
  defineMessage('PeersRequested', { role: RoleSchema, attempt: CountSchema }, ['role', 'attempt']),
  defineMessage(
    'PeersFound',
    {
      role: RoleSchema,
      attempt: CountSchema,
      peers: Schema.Array(NodeIdSchema).check(Schema.isMaxLength(peersPerAnswerMax)),
    },
    ['role', 'attempt'],
  ),
  defineMessage(
    'PeersExchanged',
    { round: CountSchema, entries: Schema.Array(EntrySchema).check(Schema.isMaxLength(entriesPerExchangeMax)) },
    ['round'],
  ),
];
