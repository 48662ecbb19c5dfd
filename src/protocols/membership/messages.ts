/**
 * Words of membership: who is there, said by each node for itself and passed on by bootstraps.
 *
 * Every entry carries the life (incarnation) of its owner and how often that life has announced
 * itself. The pair only grows, so two bootstraps that merge what they know always agree which of two
 * entries is newer. Lists are bounded so that a frame stays small (see kernel/limits).
 *
 * Bootstraps compare digests and send entries only where these differ, or where one of them has not
 * heard of somebody for long: an exchange between two that agree costs two small frames.
 */
import * as Schema from 'effect/Schema';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import { CountSchema, defineMessage, NodeIdSchema } from '../define.ts';
import { viewDigestPattern } from './view-digest.ts';

/** Entries of one frame: with usual names less than 6 KB, a tenth of what a frame may have. */
export const entriesPerExchangeMax = 64;
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

/** An entry on its way to another bootstrap: with the time since its owner was heard of, in µs. */
export type PassedEntry = PeerEntry & { readonly silentUs: Micros };

/** A node to every bootstrap: I am here. Repeated for as long as it is. */
export type PresenceAnnounced = { kind: 'PresenceAnnounced'; role: string; life: number; announcement: number };
export type PresenceAcknowledged = { kind: 'PresenceAcknowledged'; announcement: number };
/** A node to every bootstrap: I am leaving in order. */
export type Departed = { kind: 'Departed'; role: string; life: number; announcement: number };
/** A node to one bootstrap: who plays this role? */
export type PeersRequested = { kind: 'PeersRequested'; role: string; attempt: number };
export type PeersFound = { kind: 'PeersFound'; role: string; attempt: number; peers: readonly NodeId[] };
/**
 * One bootstrap to every other, in each exchange: this is the digest of my view. `refresh` asks for
 * entries even if the views agree, because somebody has been silent towards the sender for long.
 */
export type ViewCompared = { kind: 'ViewCompared'; round: number; digest: string; refresh: boolean };
/** The answer where views differ: a part of what I know. `round` is that of the question. */
export type PeersExchanged = { kind: 'PeersExchanged'; round: number; part: number; entries: readonly PassedEntry[] };

export type MembershipMessage =
  | PresenceAnnounced
  | PresenceAcknowledged
  | Departed
  | PeersRequested
  | PeersFound
  | ViewCompared
  | PeersExchanged;

const RoleSchema = Schema.String.check(Schema.isPattern(/^[a-z][a-z0-9-]{0,40}$/u));
const EntrySchema = Schema.Struct({
  node: NodeIdSchema,
  role: RoleSchema,
  life: CountSchema,
  announcement: CountSchema,
  departed: Schema.Boolean,
  silentUs: CountSchema,
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
    'ViewCompared',
    { round: CountSchema, digest: Schema.String.check(Schema.isPattern(viewDigestPattern)), refresh: Schema.Boolean },
    ['round'],
  ),
  defineMessage(
    'PeersExchanged',
    {
      round: CountSchema,
      part: CountSchema,
      entries: Schema.Array(EntrySchema).check(Schema.isMaxLength(entriesPerExchangeMax)),
    },
    ['round', 'part'],
  ),
];
