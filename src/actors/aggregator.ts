/** The aggregator: a member of the committee that commits one model a round. */
import { membershipProtocol } from '../protocols/membership/protocol.ts';
import { roundCommitProtocol } from '../protocols/round-commit/protocol.ts';
import { trainingProtocol } from '../protocols/training/protocol.ts';
import { workSharingProtocol } from '../protocols/work-sharing/protocol.ts';
import { learningTasks } from '../ml/tasks/tasks.ts';
import { aggregatorChart } from './aggregator/chart.ts';
import { defineRole } from './define.ts';

export const aggregator = defineRole({
  name: 'aggregator',
  about: 'Serves its share of the workers, and decides with the others on one model a round.',
  machine: aggregatorChart(),
  protocols: [membershipProtocol, trainingProtocol, workSharingProtocol, roundCommitProtocol],
  knows: ['bootstrap', 'aggregator'],
  knowsKeysOf: ['worker'],
  tasks: learningTasks,
});
