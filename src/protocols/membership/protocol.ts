/** The membership protocol: bootstraps that every node knows tell nodes of each other. */
import { defineProtocol } from '../define.ts';
import { bootstrapsAgree } from './agreement.ts';
import { bootstrapReturned, knowledgeOnlyGrows, learnedByExchange, peerExpired } from './invariants.ts';
import { membershipMessages } from './messages.ts';
import { membershipSection } from './options.ts';

export const membershipProtocol = defineProtocol({
  name: 'membership',
  about: 'Who is there: nodes announce themselves to bootstraps, which exchange what they know.',
  version: 1,
  transport: 'stream',
  tolerates: {
    crash: 'all bootstraps but one; a bootstrap that comes back learns anew from announcements and exchanges',
    byzantine: 'whoever lies about itself alone; a bootstrap that lies about addresses is believed',
    liars: ['worker', 'client'],
  },
  messages: membershipMessages,
  records: {
    'bootstrap-started': 'a bootstrap began a life with empty hands',
    'peer-known': 'a bootstrap learned of a node, of a new life of it, of its return or of its departure',
    'view-held': 'a bootstrap, in each exchange: how many nodes it counts as present, and the digest of their ids',
    'peer-expired': 'a bootstrap struck off a node that had not announced itself in time',
    'presence-registered': 'a bootstrap acknowledged the first announcement of a life',
    'peers-found': 'a node was told the addresses of a role',
  },
  section: membershipSection,
  invariants: [knowledgeOnlyGrows],
  phrases: [learnedByExchange, peerExpired, bootstrapReturned, bootstrapsAgree],
  measures: [],
});
