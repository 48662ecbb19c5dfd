/** The work-sharing protocol: a committee divides the workers, and adds up what each member collects. */
import { defineProtocol } from '../define.ts';
import {
  aggregatorReturned, aggregatorSuspected, completeRoundsCountAll, countedUpdatesWereSent, equivocationProved, lieCounted, roundOverdue,
  workersTakenOver,
} from './invariants.ts';
import { workSharingMessages } from './messages.ts';

export const workSharingProtocol = defineProtocol({
  name: 'work-sharing',
  about: 'Each aggregator collects the updates of its own workers; the leader adds the parts up.',
  version: 1,
  transport: 'stream',
  tolerates: {
    crash: 'any aggregator: its workers are taken over, and asked again for their updates',
    byzantine: 'workers that tell two aggregators different things are proved and removed; no aggregator may lie',
  },
  messages: workSharingMessages,
  records: {
    'workers-taken-over': 'an aggregator serves workers that another one served before',
    'aggregator-suspected': 'the leader has not heard of a member for too long, and its workers go to others',
    'aggregator-returned': 'the leader heard of a suspected member again',
    'update-counted': 'an aggregator took an update of the open round, for its next part',
    'update-refused': 'an update was left out of a part, and why',
    'equivocation-proved': 'two signed frames of a worker contradict each other',
    'round-overdue': 'the time of a round is over, and the leader asks for what there is',
    'round-merging': 'the leader has all parts that it waits for, and adds them up',
    'round-proposed': 'the leader has computed a model, and proposes it with the updates that are in it',
  },
  invariants: [countedUpdatesWereSent, completeRoundsCountAll],
  phrases: [lieCounted, workersTakenOver, equivocationProved, aggregatorSuspected, aggregatorReturned, roundOverdue],
  measures: [],
});
