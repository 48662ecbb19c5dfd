/**
 * Runs tasks on the loop's own thread: small ones always, all of them where there are no threads.
 *
 * A task runs when its result is asked for, so one whose node died is never computed.
 */
import type { BlobStore } from '../../kernel/blobs.ts';
import type { Value } from '../../kernel/codec.ts';
import { TaskRefused } from '../../kernel/tasks.ts';
import type { TaskDefinition } from '../../kernel/tasks.ts';
import type { Job, TaskAnswer, TaskRunner } from './compute.ts';

/** Runs one task over a blob store. A refusal is an answer; any other error is a bug and thrown. */
export function runTask(task: TaskDefinition, input: Value, blobs: Pick<BlobStore, 'get' | 'put'>): TaskAnswer {
  try {
    return { result: task.run(input, { read: (ref) => blobs.get(ref), write: (bytes) => blobs.put(bytes) }) };
  } catch (error) {
    if (error instanceof TaskRefused) return { refused: error.message };
    throw error;
  }
}

export class InlineRunner implements TaskRunner {
  readonly #blobs: BlobStore;

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  begin(task: TaskDefinition, input: Value): Job {
    let answer: TaskAnswer | undefined;
    return {
      answer: () => (answer ??= runTask(task, input, this.#blobs)),
      ready: () => Promise.resolve(),
    };
  }
}
