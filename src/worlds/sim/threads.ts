/**
 * A pool of worker threads that compute tasks while the loop goes on.
 *
 * Which thread computes what, and when, is invisible: an answer is a pure function of the task and
 * its input. Blobs are shared memory, so that none is copied to be read. A thread that dies takes
 * the run with it: every job that waits is rejected, and the run ends as `crash` instead of hanging.
 */
import { Worker } from 'node:worker_threads';
import type { BlobRef, BlobStore } from '../../kernel/blobs.ts';
import { forEachBlobRef } from '../../kernel/blobs.ts';
import type { Value } from '../../kernel/codec.ts';
import type { TaskDefinition } from '../../kernel/tasks.ts';
import type { Job, TaskAnswer, TaskRunner } from './compute.ts';
import { ThreadFailure } from './thread-messages.ts';
import type { FromThread, ThreadSetup, ToThread } from './thread-messages.ts';

interface Waiting {
  readonly number: number;
  readonly task: string;
  readonly input: Value;
  readonly blobs: BlobStore;
  /** What the input names, held here because its node may die, and the store forget, before it is computed. */
  readonly inputBlobs: readonly (readonly [BlobRef, Uint8Array])[];
  readonly made: Uint8Array[];
  answer: TaskAnswer | undefined;
  stored: boolean;
  readonly done: () => void;
  readonly failed: (error: Error) => void;
  readonly promise: Promise<void>;
}

/** Tasks that one thread is given ahead, so that it never waits for the loop. */
const aheadPerThread = 2;

/** The bytes in shared memory; copied there once. */
function shared(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

export class ThreadPool {
  readonly #setup: ThreadSetup;
  readonly #entry: URL;
  readonly #size: number;
  /** Threads and the jobs that each is working on. */
  readonly #threads = new Map<Worker, Set<Waiting>>();
  readonly #queue: Waiting[] = [];
  readonly #sharedOf = new WeakMap<Uint8Array, Uint8Array>();
  #failure: Error | undefined;
  #number = 0;
  #closed = false;

  /** `entry` is the module that a thread runs (see run/compute-thread). */
  constructor(size: number, entry: URL, setup: ThreadSetup) {
    this.#size = size;
    this.#entry = entry;
    this.#setup = setup;
  }

  /** The running threads, for tests that kill one. */
  get threads(): readonly Worker[] {
    return [...this.#threads.keys()];
  }

  /** A runner whose results land in `blobs`. */
  runner(blobs: BlobStore): TaskRunner {
    return { begin: (task, input) => this.#begin(task, input, blobs) };
  }

  #begin(task: TaskDefinition, input: Value, blobs: BlobStore): Job {
    this.#number += 1;
    const inputBlobs: [BlobRef, Uint8Array][] = [];
    forEachBlobRef(input, (ref) => inputBlobs.push([ref, blobs.get(ref)]));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {}); // A failure is told to whoever waits; nobody may be waiting yet.
    const waiting: Waiting = {
      number: this.#number, task: task.name, input, blobs, inputBlobs, made: [], answer: undefined, stored: false,
      done: resolve, failed: reject, promise,
    };
    if (this.#failure !== undefined) reject(this.#failure);
    else this.#queue.push(waiting);
    this.#spread();
    return { answer: () => settle(waiting), ready: () => promise };
  }

  /** Hands queued jobs to threads that have room; starts threads while there are fewer than allowed. */
  #spread(): void {
    while (this.#queue.length > 0 && this.#failure === undefined) {
      const thread = this.#freest();
      if (thread === undefined) return;
      const waiting = this.#queue.shift()!;
      this.#threads.get(thread)!.add(waiting);
      const { number, task, input } = waiting;
      const blobs = waiting.inputBlobs.map(([ref, bytes]) => [ref, this.#share(bytes)] as const);
      const message: ToThread = { number, task, input, blobs };
      thread.postMessage(message, []);
    }
  }

  #share(bytes: Uint8Array): Uint8Array {
    let found = this.#sharedOf.get(bytes);
    if (found === undefined) this.#sharedOf.set(bytes, (found = shared(bytes)));
    return found;
  }

  #freest(): Worker | undefined {
    let best: Worker | undefined;
    let load = aheadPerThread;
    for (const [thread, jobs] of this.#threads) {
      if (jobs.size < load) {
        best = thread;
        load = jobs.size;
      }
    }
    return load > 0 && this.#threads.size < this.#size ? this.#start() : best;
  }

  #start(): Worker {
    const thread = new Worker(this.#entry, { workerData: this.#setup });
    this.#threads.set(thread, new Set());
    thread.on('message', (message: FromThread) => this.#answered(thread, message));
    thread.on('error', (error) => this.#fail(new ThreadFailure('crashed', `a compute thread failed: ${String(error)}`)));
    thread.on('exit', (code) => {
      if (!this.#closed) this.#fail(new ThreadFailure('crashed', `a compute thread ended with code ${code} in the middle of a run`));
    });
    return thread;
  }

  #answered(thread: Worker, message: FromThread): void {
    if (message.kind === 'unavailable') return this.#fail(new ThreadFailure('unavailable', message.words));
    const jobs = this.#threads.get(thread)!;
    const waiting = [...jobs].find((job) => job.number === message.number);
    if (waiting === undefined) return;
    // The job stays among those that wait, so that it is rejected with them.
    if (message.kind === 'threw') return this.#fail(new ThreadFailure('crashed', message.words));
    jobs.delete(waiting);
    waiting.made.push(...message.blobs);
    waiting.answer = message.answer;
    waiting.done();
    this.#spread();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    const waiting = [...this.#queue, ...[...this.#threads.values()].flatMap((jobs) => [...jobs])];
    this.#queue.length = 0;
    for (const job of waiting) job.failed(this.#failure);
  }

  /** Ends every thread. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#threads.keys()].map((thread) => thread.terminate()));
    this.#threads.clear();
  }
}

/** The answer of a job; its blobs enter the store when it is first asked for, at its due time. */
function settle(waiting: Waiting): TaskAnswer | undefined {
  if (waiting.answer !== undefined && !waiting.stored) {
    waiting.stored = true;
    for (const bytes of waiting.made) waiting.blobs.put(bytes);
  }
  return waiting.answer;
}
