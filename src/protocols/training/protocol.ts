/** The training protocol: one aggregator, its workers, and the clients that want a model. */
import { modelFileOf } from '../../ml/model-file.ts';
import type { Model } from '../../ml/models.ts';
import { defineProtocol } from '../define.ts';
import {
  aggregatorResumed,
  closedWithoutFullAttendance,
  committedRoundsOnlyGrow,
  countedUpdatesWereSent,
  oneModelPerRound,
  trainingFinished,
  trainingStopped,
  workerResumed,
  workerReturned,
  workerSuspected,
} from './invariants.ts';
import { trainingMessages } from './messages.ts';
import { trainingSection } from './options.ts';

export const trainingProtocol = defineProtocol({
  name: 'training',
  about: 'Federated averaging in synchronous rounds, led by one aggregator.',
  version: 1,
  transport: 'stream',
  tolerates: {
    crash: 'workers down to the quorum, and restarts of the aggregator with its disk; not its death',
    byzantine: 'none: a worker may send any update of the right size, with at most its assigned weight',
  },
  messages: trainingMessages,
  records: {
    'training-started': 'the first client asked, and the aggregator saved that it began',
    'training-finished': 'the last round was committed and evaluated',
    'training-stopped': 'the training ended before its last round, and why',
    'aggregator-resumed': 'an aggregator continued after the last round on its disk',
    'worker-admitted': 'a worker has its share of the data on disk and takes part',
    'worker-suspected': 'a worker was silent for too long and is not waited for',
    'worker-returned': 'a suspected worker was heard of again',
    'worker-left': 'a worker left in order',
    'worker-resumed': 'a worker continued with the shard on its disk',
    'shard-stored': 'a worker has its shard on disk',
    'round-opened': 'the aggregator sent a model out to be trained',
    'round-overdue': 'the time of a round is over, and its quorum is not met',
    'update-sent': 'a worker sent its update of a round for the first time',
    'update-counted': 'the aggregator took an update into a round',
    'round-closed': 'the model of a round is on disk: attendance of so many admitted',
    'round-evaluated': 'accuracy and loss of the model of a round on the test set',
    'task-failed': 'a task of the training was refused, and why',
    'client-started': 'a client was told that the training runs',
    'client-finished': 'a client learned of the end of the training',
  },
  section: trainingSection,
  invariants: [oneModelPerRound, committedRoundsOnlyGrow, countedUpdatesWereSent],
  phrases: [
    closedWithoutFullAttendance,
    trainingFinished,
    trainingStopped,
    workerSuspected,
    workerReturned,
    workerResumed,
    aggregatorResumed,
  ],
  measures: [
    { name: 'accuracy', about: 'Share of right answers on the test set.', kind: 'round-evaluated', field: 'accuracy', roundField: 'round' },
    { name: 'loss', about: 'Mean loss on the test set.', kind: 'round-evaluated', field: 'loss', roundField: 'round' },
    { name: 'attendance', about: 'Updates in a closed round.', kind: 'round-closed', field: 'attendance', roundField: 'round' },
  ],
  outcome: {
    kind: 'round-closed',
    roundField: 'round',
    modelField: 'weights',
    modelFile: (section, weights) => modelFileOf(section['model'] as unknown as Model, weights),
  },
});
