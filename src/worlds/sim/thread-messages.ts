/** What the loop's thread and a compute thread say to each other. */
import type { BlobRef } from '../../kernel/blobs.ts';
import type { Value } from '../../kernel/codec.ts';
import type { TaskAnswer } from './compute.ts';

/** What a thread is started with. */
export interface ThreadSetup {
  /** Files of a scenario's own roles, as URLs; their tasks run here too. */
  readonly roleFiles: readonly string[];
}

export interface ToThread {
  readonly number: number;
  readonly task: string;
  readonly input: Value;
  /** The blobs that the input names, in shared memory. */
  readonly blobs: readonly (readonly [BlobRef, Uint8Array])[];
}

export type FromThread =
  | { readonly kind: 'answered'; readonly number: number; readonly answer: TaskAnswer; readonly blobs: readonly Uint8Array[] }
  /** The task threw something else than a refusal: a bug. */
  | { readonly kind: 'threw'; readonly number: number; readonly words: string }
  /** This machine cannot compute at all, in words. */
  | { readonly kind: 'unavailable'; readonly words: string };

/** Why no more answers will come: `unavailable` is the machine's fault, `crashed` a bug or a death. */
export class ThreadFailure extends Error {
  static override readonly name = 'ThreadFailure';
  override readonly name = 'ThreadFailure';
  readonly kind: 'crashed' | 'unavailable';

  constructor(kind: 'crashed' | 'unavailable', message: string) {
    super(message);
    this.kind = kind;
  }
}
