/** Promises of membership. A bootstrap keeps what it knows in memory, so each of its lives starts anew. */
import type { Property } from '../../kernel/properties.ts';
import { factOf, irrelevant, satisfied, violated } from '../../kernel/properties.ts';
import type { PeerEntry } from './messages.ts';
import { compareVersions } from './rules.ts';

type Version = { life: number; announcement: number; departed: boolean };
type Versions = { bootstraps: { [bootstrap: string]: { [peer: string]: Version } } };

/** What a bootstrap knows of a peer is only ever replaced by something newer. */
export const knowledgeOnlyGrows: Property<Versions> = {
  name: "a bootstrap's knowledge of a peer only grows",
  kind: 'always',
  watches: ['bootstrap-started', 'peer-known'],
  start: () => ({ bootstraps: {} }),
  observe(state, observation) {
    const { node, kind } = observation;
    if (kind === 'bootstrap-started') {
      state.bootstraps[node] = {};
      return irrelevant;
    }
    const { peer, life, announcement, departed } = observation.data as unknown as PeerEntry & { peer: string };
    const known = (state.bootstraps[node] ??= {});
    const before = known[peer];
    const said = { life, announcement, departed };
    known[peer] = said;
    if (before === undefined || compareVersions(said, before) > 0) return satisfied;
    return violated(
      `${node} replaced what it knew of ${peer} by something older`,
      factOf(observation, `life ${life} announcement ${announcement} came after life ${before.life} announcement ${before.announcement}`),
    );
  },
};

/** A bootstrap learned of a node from another bootstrap before the node itself had told it. */
export const learnedByExchange: Property<null> = {
  name: 'a bootstrap learned of a node from another',
  kind: 'sometimes',
  watches: ['peer-known'],
  start: () => null,
  observe: (_, { data }) => (data['from'] === 'exchange' ? satisfied : irrelevant),
};

/** A node that had fallen silent was struck off. */
export const peerExpired: Property<null> = {
  name: 'a bootstrap struck off a silent node',
  kind: 'sometimes',
  watches: ['peer-expired'],
  start: () => null,
  observe: () => satisfied,
};

/** A bootstrap that had died began a further life. */
export const bootstrapReturned: Property<{ started: { [bootstrap: string]: boolean } }> = {
  name: 'a bootstrap returned',
  kind: 'sometimes',
  watches: ['bootstrap-started'],
  start: () => ({ started: {} }),
  observe(state, { node }) {
    if (state.started[node] === true) return satisfied;
    state.started[node] = true;
    return irrelevant;
  },
};
