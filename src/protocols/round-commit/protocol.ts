/** The round-commit protocol: a committee decides one decree after another, whoever dies. */
import { defineProtocol } from '../define.ts';
import {
  decidedIsStored,
  leaderHasMajority,
  newestCheckpointRestored,
  noResultDisputed,
  oneDecreeAtEachIndex,
  oneLeaderATerm,
  oneVoteATerm,
} from './invariants.ts';
import { roundCommitMessages } from './messages.ts';
import { committeeSection } from './options.ts';
import {
  checkpointInstalled,
  checkpointTaken,
  leaderElectedAgain,
  leaderSteppedDown,
  restoredFromDisk,
  restoredFromPeers,
} from './phrases.ts';

export const roundCommitProtocol = defineProtocol({
  name: 'round-commit',
  about: 'A committee of aggregators decides one model a round (Raft).',
  version: 1,
  transport: 'stream',
  tolerates: {
    crash: 'fewer than half of the members dead, paused, cut off or forgetful at one time',
    byzantine: 'none: a lying aggregator breaks it',
  },
  messages: roundCommitMessages,
  records: {
    'vote-granted': 'a vote is on disk and was sent, or is a candidate\'s own',
    'leader-elected': 'a member has the votes of a majority and leads a term',
    'leader-stepped-down': 'a leader gave up its place, and why',
    'entry-stored': 'an entry of the log is on a member\'s disk',
    'entry-committed': 'a member learned that an entry is decided',
    'result-disputed': 'a member recomputed what a leader proposed and found something else',
    'member-restored': 'a member read its disk at the beginning of a life',
    'member-returned': 'a member that may have lost its memory learned from the others where everybody stands',
    'checkpoint-saved': 'a member has a checkpoint of its own on disk',
    'checkpoint-installed': 'a member has a checkpoint of its leader on disk',
  },
  section: committeeSection,
  invariants: [
    oneLeaderATerm,
    oneVoteATerm,
    leaderHasMajority,
    oneDecreeAtEachIndex,
    decidedIsStored,
    newestCheckpointRestored,
    noResultDisputed,
  ],
  phrases: [leaderElectedAgain, leaderSteppedDown, restoredFromDisk, restoredFromPeers, checkpointInstalled, checkpointTaken],
  measures: [],
});
