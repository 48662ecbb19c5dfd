/** What several adversaries of learning do alike: they watch their worker's training, and exchange its update. */
import type { BlobRef } from '../../kernel/blobs.ts';
import type { Value, ValueMap } from '../../kernel/codec.ts';
import type { InputEvent } from '../../kernel/contract.ts';
import type { IssuedCommand } from '../define.ts';
import { changedResult } from './define.ts';

export const trainTask = 'learning/train';

/** The training that a worker has asked for. */
export type Training = {
  /** Under which it is answered. */
  readonly key: string;
  readonly round: number;
  readonly model: Value;
  readonly seed: number;
  readonly worker: string;
};

/** The training that a command asks for; undefined for any other command. */
export function trainingOf(command: IssuedCommand): Training | undefined {
  if (command.type !== 'compute' || command.task !== trainTask) return undefined;
  const { round, model, seed, worker } = command.input as unknown as Training;
  return { key: command.key, round, model, seed, worker };
}

/** Whether a worker is about to learn of its own update in the training that it asked for last; an older one, it ignores. */
export function isTrained(event: InputEvent, training: Training | null): boolean {
  return event.type === 'computed' && event['task'] === trainTask && event['key'] === training?.key;
}

/** The update of such an event. */
export function updateOf(event: InputEvent): BlobRef {
  return (event['result'] as ValueMap)['update'] as unknown as BlobRef;
}

/** The event as the worker is to believe it. */
export function withUpdate(event: InputEvent, update: BlobRef): InputEvent {
  return changedResult(event, { update });
}
