/**
 * Tasks: named pure computations that an actor asks for by `compute`.
 *
 * A task is a function of its input and of the blobs that the input names, and of nothing else; so
 * its result may be cached by content, computed on any thread, and is not needed before its virtual
 * due time.
 */
import type { BlobRef } from './blobs.ts';
import type { Value } from './codec.ts';

/** What a running task may touch. */
export interface TaskContext {
  /** Bytes of a blob that the input names. They must not be changed. */
  read(ref: BlobRef): Uint8Array;
  /** Keeps a large result and returns its name. */
  write(bytes: Uint8Array): BlobRef;
}

export interface TaskDefinition {
  /** Unique name, `room/verb`. */
  readonly name: string;
  /** Raised when the same input would give another result; part of the cache key. */
  readonly version: number;
  /** Floating-point operations that the input asks for; a device model turns them into time. */
  work(input: Value): number;
  /** Whether the input is so small that another thread would cost more than it saves. */
  small(input: Value): boolean;
  /**
   * Computes the result. Throws `TaskRefused` for an input that cannot be served, which the actor
   * learns as `computeFailed`; any other error is a bug and ends the run as `crash`.
   */
  run(input: Value, context: TaskContext): Value;
}

/** An operating error of a task: an empty shard, a blob of the wrong shape. */
export class TaskRefused extends Error {
  static override readonly name = 'TaskRefused';
  override readonly name = 'TaskRefused';
}
