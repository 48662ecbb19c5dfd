/** A runner whose answers are not ready until somebody has waited for them. */
import type { BlobStore } from '../../src/kernel/blobs.ts';
import type { Job, TaskAnswer, TaskRunner } from '../../src/worlds/sim/compute.ts';
import { runTask } from '../../src/worlds/sim/inline-runner.ts';

export class LateRunner implements TaskRunner {
  readonly #blobs: BlobStore;
  begun = 0;

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  begin(...[task, input]: Parameters<TaskRunner['begin']>): Job {
    this.begun += 1;
    let answer: TaskAnswer | undefined;
    return {
      answer: () => answer,
      ready: () => {
        answer ??= runTask(task, input, this.#blobs);
        return Promise.resolve();
      },
    };
  }
}
