/**
 * The learning tasks: what a role may `compute`, as pure functions of values and blobs.
 *
 * This is the list only. Whatever is wrong with an input or a blob becomes `TaskRefused`, in words.
 */
import type { TaskDefinition } from '../../kernel/tasks.ts';
import { forgeTask } from './forging-tasks.ts';
import { applySumTask, inspectUpdatesTask, mergeSumsTask, mergeTask, sumUpdatesTask } from './merging-tasks.ts';
import { cutShardTask, evaluateTask, firstWeightsTask, trainTask } from './training-tasks.ts';

/** All tasks of this room. */
export const learningTasks: readonly TaskDefinition[] = [
  firstWeightsTask,
  cutShardTask,
  trainTask,
  mergeTask,
  sumUpdatesTask,
  inspectUpdatesTask,
  mergeSumsTask,
  applySumTask,
  evaluateTask,
  forgeTask,
];
