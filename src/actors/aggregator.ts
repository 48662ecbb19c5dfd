/** The aggregator: leads the rounds of a training, and commits one model a round. */
import { membershipProtocol } from '../protocols/membership/protocol.ts';
import { trainingProtocol } from '../protocols/training/protocol.ts';
import { learningTasks } from '../ml/tasks.ts';
import { aggregatorChart } from './aggregator/chart.ts';
import { defineRole } from './define.ts';

export const aggregator = defineRole({
  name: 'aggregator',
  about: 'Divides the data, collects updates, and commits one model a round.',
  machine: aggregatorChart(),
  protocols: [membershipProtocol, trainingProtocol],
  knows: ['bootstrap'],
  tasks: learningTasks,
});
