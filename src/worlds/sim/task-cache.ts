/**
 * Remembers task answers by content, so that the same work is done once.
 *
 * The key is the task's name and version, the numerics tag of the backend, and the input, whose
 * blobs are named by their hashes. A hit changes nothing that a trace shows. Bytes are bounded; the
 * longest unused go first.
 */
import type { BlobStore } from '../../kernel/blobs.ts';
import { forEachBlobRef } from '../../kernel/blobs.ts';
import { toHex } from '../../kernel/bytes.ts';
import type { Sha256 } from '../../kernel/blobs.ts';
import { encode } from '../../kernel/codec.ts';
import type { Value } from '../../kernel/codec.ts';
import { assert } from '../../kernel/assert.ts';
import type { TaskDefinition } from '../../kernel/tasks.ts';
import type { Job, TaskAnswer, TaskRunner } from './compute.ts';

interface Remembered {
  readonly answer: TaskAnswer;
  readonly blobs: readonly Uint8Array[];
  readonly sizeBytes: number;
}

export interface TaskCacheOptions {
  readonly sha256: Sha256;
  /** Names the library and backend that give the bits. */
  readonly numerics: string;
  readonly bytesMax: number;
}

/** The memory of one process; shared by the runs that it makes. */
export class TaskCache {
  readonly #options: TaskCacheOptions;
  readonly #answers = new Map<string, Remembered>();
  #bytes = 0;
  hits = 0;
  misses = 0;

  constructor(options: TaskCacheOptions) {
    assert(options.bytesMax >= 0, 'a cache has room for at least 0 bytes');
    this.#options = options;
  }

  /** A runner that asks `runner` only for what is not remembered. */
  over(runner: TaskRunner, blobs: BlobStore): TaskRunner {
    return { begin: (task, input) => this.#begin(runner, blobs, task, input) };
  }

  #begin(runner: TaskRunner, blobs: BlobStore, task: TaskDefinition, input: Value): Job {
    const key = toHex(this.#options.sha256(encode([task.name, task.version, this.#options.numerics, input])));
    const known = this.#answers.get(key);
    if (known !== undefined) {
      this.hits += 1;
      this.#answers.delete(key);
      this.#answers.set(key, known); // moves it to the young end
      let answer: TaskAnswer | undefined;
      return { answer: () => (answer ??= recall(known, blobs)), ready: () => Promise.resolve() };
    }
    this.misses += 1;
    const job = runner.begin(task, input);
    let kept = false;
    return {
      ready: () => job.ready(),
      answer: () => {
        const answer = job.answer();
        if (answer !== undefined && !kept) {
          kept = true;
          this.#keep(key, answer, blobs);
        }
        return answer;
      },
    };
  }

  #keep(key: string, answer: TaskAnswer, blobs: BlobStore): void {
    if (this.#answers.has(key)) return;
    const made: Uint8Array[] = [];
    if ('result' in answer) forEachBlobRef(answer.result, (ref) => made.push(blobs.get(ref)));
    const sizeBytes = made.reduce((sum, bytes) => sum + bytes.length, 512);
    this.#answers.set(key, { answer, blobs: made, sizeBytes });
    this.#bytes += sizeBytes;
    for (const [oldest, { sizeBytes: freed }] of this.#answers) {
      if (this.#bytes <= this.#options.bytesMax) return;
      this.#answers.delete(oldest);
      this.#bytes -= freed;
    }
  }
}

/** Puts the blobs of a remembered answer back; their names are their contents. */
function recall(known: Remembered, blobs: BlobStore): TaskAnswer {
  for (const bytes of known.blobs) blobs.put(bytes);
  return known.answer;
}
