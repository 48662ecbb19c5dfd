/**
 * What makes a function of this room a task: a schema for its input, an estimate of its work, and
 * refusals in words.
 *
 * The tasks themselves stand in training-tasks.ts and merging-tasks.ts, their inputs in task-inputs.ts.
 */
import * as Result from 'effect/Result';
import * as Schema from 'effect/Schema';
import type { Value } from '../../kernel/codec.ts';
import { TaskRefused } from '../../kernel/tasks.ts';
import type { TaskContext, TaskDefinition } from '../../kernel/tasks.ts';
import { DatasetRefused } from '../data/dataset.ts';
import { UpdateRefused } from '../merging/merge.ts';
import type { Model } from '../models/models.ts';

interface LearningTask<Input extends { readonly model: Model }> {
  /** The name under `learning/`. */
  readonly name: string;
  /** Raised when the same input would give another result. */
  readonly version: number;
  readonly input: Schema.Codec<Input, unknown>;
  /** Floating-point operations. */
  work(input: Input): number;
  run(input: Input, context: TaskContext): Value;
}

/** What a schema found wrong, on one line. */
function wordsOf(error: Schema.SchemaError): string {
  return error.message.replaceAll(/\s*\n\s*/gu, ' ');
}

/** Ties a task to its schema, and turns refusals of this room into `TaskRefused`. */
export function defineLearningTask<Input extends { readonly model: Model }>(task: LearningTask<Input>): TaskDefinition {
  const decode = decodedOnce(Schema.decodeUnknownResult(task.input));
  return {
    name: `learning/${task.name}`,
    version: task.version,
    work(value) {
      const decoded = decode(value);
      return Result.isSuccess(decoded) ? task.work(decoded.success) : 0; // Refusing costs nothing.
    },
    small(value) {
      return (value as { model?: { name?: unknown } } | null)?.model?.name === 'bowl';
    },
    run(value, context) {
      const decoded = decode(value);
      if (Result.isFailure(decoded)) throw new TaskRefused(`learning/${task.name}: ${wordsOf(decoded.failure)}`);
      try {
        return task.run(decoded.success, context);
      } catch (error) {
        if (error instanceof DatasetRefused || error instanceof UpdateRefused) throw new TaskRefused(error.message);
        throw error;
      }
    },
  };
}

/** An input is asked for its work and then run: it is the same object, and is decoded once. */
function decodedOnce<Output>(decode: (value: unknown) => Output): (value: unknown) => Output {
  const known = new WeakMap<object, Output>();
  return (value) => {
    if (typeof value !== 'object' || value === null) return decode(value);
    let decoded = known.get(value);
    if (decoded === undefined) known.set(value, (decoded = decode(value)));
    return decoded;
  };
}
