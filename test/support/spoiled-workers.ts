/**
 * Workers that send something else than what they learned: what a committee must refuse or prove.
 *
 * Only the named workers are spoiled; all others are honest. What a worker says is signed by its own
 * key as always, so that a lie is as provable as the truth.
 */
import { worker } from '../../src/actors/worker.ts';
import { submit, train, trainTask } from '../../src/actors/worker/actions.ts';
import type { WorkerContext, WorkerEvent } from '../../src/actors/worker/context.ts';
import { compute } from '../../src/actors/define.ts';
import type { IssuedCommand, RoleDefinition } from '../../src/actors/define.ts';
import type { BlobRef } from '../../src/kernel/blobs.ts';
import type { Message, SendCommand } from '../../src/kernel/contract.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import type { TaskDefinition } from '../../src/kernel/tasks.ts';
import type { UpdateClaimed, UpdateSubmitted } from '../../src/protocols/training/messages.ts';
import { altered, withActions } from './altered-actions.ts';

/** What stands in the numbers of a spoiled update, and how many bytes are too many or missing. */
export type Spoilage = { readonly value: number; readonly extraBytes?: number };

type SpoilInput = { readonly weights: BlobRef; readonly value: string; readonly bytes: number };

/** A task in the place of training: numbers of one value, in as many bytes as it is told. */
const spoil: TaskDefinition = {
  name: 'test/spoil',
  version: 1,
  work: () => 1,
  small: () => true,
  run: (input, context) => {
    const { value, bytes } = input as SpoilInput;
    return { update: context.write(new Uint8Array(new Float32Array(bytes / 4).fill(Number(value)).buffer)), samples: 200, loss: 0 };
  },
};

type Step = { readonly context: WorkerContext; readonly event: WorkerEvent };

/** Workers of which some send updates of one value, or of another size, instead of training. */
export function workersThatSpoil(spoiled: readonly NodeId[], { value, extraBytes = 0 }: Spoilage): RoleDefinition {
  const planted = altered(train, (honestly, given) => {
    const { weights, round, presence } = given.context;
    if (!spoiled.includes(presence.self) || weights === null) return honestly(given);
    return { commands: [compute(spoil.name, `round-${round}`, { weights, value: String(value), bytes: weights.bytes + extraBytes })] };
  });
  const isTrainingOfRound = ({ context, event }: Step): boolean =>
    (event.type === 'computed' || event.type === 'computeFailed') &&
    [trainTask, spoil.name].includes(event.task) && event.key === `round-${context.round}`;
  return withActions({ ...worker, tasks: [...worker.tasks, spoil] }, { train: planted }, { isTrainingOfRound });
}

/** What a worker is about to say when it submits: a frame to its server and, if it has one, to its witness. */
export type Saying = SendCommand & { readonly message: UpdateSubmitted | UpdateClaimed };

/** Workers of which some say something else than honest ones when they submit an update. */
export function workersThatSay(
  lying: readonly NodeId[],
  instead: (honest: readonly Saying[], context: WorkerContext) => readonly { readonly to: NodeId; readonly message: Message }[],
): RoleDefinition {
  const planted = altered(submit, (honestly, given) => {
    const deed = honestly(given);
    if (!lying.includes(given.context.presence.self)) return deed;
    const said = instead(deed.commands as readonly Saying[], deed.context);
    return { context: deed.context, commands: said.map((one): IssuedCommand => ({ type: 'send', ...one })) };
  });
  return withActions(worker, { submit: planted });
}
