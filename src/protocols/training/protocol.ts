/** The training protocol: aggregators, their workers, and the clients that want a model. */
import { modelFileOf } from '../../ml/models/model-file.ts';
import type { Model } from '../../ml/models/models.ts';
import { defineProtocol } from '../define.ts';
import {
  closedWithoutFullAttendance,
  committedRoundsOnlyGrow,
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
  about: 'Federated learning in synchronous rounds: clients ask for it, workers learn, aggregators make one model of it.',
  version: 1,
  transport: 'stream',
  tolerates: {
    crash: 'workers down to the quorum; of aggregators what round-commit tolerates',
    byzantine: 'as many workers as the rule of merging is told of (training.byzantine); under the mean one leads the model astray',
    liars: ['worker'],
  },
  messages: trainingMessages,
  records: {
    'training-started': 'the first client asked, and the aggregator saved that it began',
    'training-finished': 'the last round was committed and evaluated',
    'training-stopped': 'the training ended before its last round, and why',
    'worker-admitted': 'a member learned that a worker was decided to take part',
    'worker-removed': 'a member learned that a worker was decided to take part no longer, and why',
    'worker-suspected': 'a worker was silent for too long and is not waited for',
    'worker-returned': 'a suspected worker was heard of again',
    'worker-left': 'a worker left in order',
    'worker-resumed': 'a worker continued with the shard on its disk',
    'shard-stored': 'a worker has its shard on disk',
    'round-opened': 'an aggregator sent a model out to be trained',
    'update-sent': 'a worker sent its update of a round for the first time',
    'round-closed': 'a member learned the one model of a round: attendance of so many admitted',
    'round-evaluated': 'accuracy and loss of the model of a round on the test set',
    'task-failed': 'a task of the training was refused, and why',
    'client-started': 'a client was told that the training runs',
    'client-finished': 'a client learned of the end of the training',
  },
  section: trainingSection,
  invariants: [oneModelPerRound, committedRoundsOnlyGrow],
  phrases: [
    closedWithoutFullAttendance,
    trainingFinished,
    trainingStopped,
    workerSuspected,
    workerReturned,
    workerResumed,
    ],
  measures: [
    {
      name: 'accuracy', about: 'Share of right answers on the test set.', unit: 'share',
      kind: 'round-evaluated', field: 'accuracy', roundField: 'round',
    },
    { name: 'loss', about: 'Mean loss on the test set.', unit: 'nats', kind: 'round-evaluated', field: 'loss', roundField: 'round' },
    {
      name: 'attendance', about: 'Updates in a closed round.', unit: 'updates',
      kind: 'round-closed', field: 'attendance', roundField: 'round',
    },
  ],
  outcome: {
    kind: 'round-closed',
    roundField: 'round',
    modelField: 'weights',
    modelFile: (section, weights) => modelFileOf(section['model'] as unknown as Model, weights),
  },
});
