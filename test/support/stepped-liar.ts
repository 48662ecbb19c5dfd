/** An adversary of learning, driven by hand: what its worker asks, what that learns, what its tap brings. */
import type { AdversaryCommand, AdversaryDefinition, AdversaryStart, Given, Turn } from '../../src/actors/adversaries/define.ts';
import { builtinAdversaries } from '../../src/actors/adversaries/registry.ts';
import { compute, send } from '../../src/actors/define.ts';
import type { IssuedCommand } from '../../src/actors/define.ts';
import { present } from '../../src/kernel/assert.ts';
import type { BlobRef } from '../../src/kernel/blobs.ts';
import type { Value } from '../../src/kernel/codec.ts';
import type { InputEvent } from '../../src/kernel/contract.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import { stamp } from './planted-role.ts';
import { blobNamed } from './stepped-actor.ts';

/** The adversary of a name. */
export const adversaryOf = (name: string): AdversaryDefinition => present(builtinAdversaries.get(name), `the adversary ${name}`);

/** A round's training, as a worker asks for it. */
export function training(round: number): IssuedCommand {
  return compute('learning/train', `round-${round}`, {
    model: { name: 'bowl', dimensions: 16 }, weights: blobNamed('e'), shard: null, seed: 1, worker: 'worker-00', round,
    epochs: 2, batch: 32, rate: 0.1, momentum: 0.9,
  } as unknown as Value);
}

/** The result of that training. */
export function trained(round: number, update: BlobRef): InputEvent {
  const result = { update, samples: 200, loss: 1 };
  return { type: 'computed', task: 'learning/train', key: `round-${round}`, result } as unknown as InputEvent;
}

/** The update that a worker sends in a round. */
export function submitted(round: number, update: BlobRef): IssuedCommand {
  return send('aggregator-00', { kind: 'UpdateSubmitted', round, update, samples: 200 } as never);
}

/** What it tells its witness beside. */
export function claimed(round: number, { blob }: BlobRef): IssuedCommand {
  return send('aggregator-01', { kind: 'UpdateClaimed', round, digest: blob, samples: 200 } as never);
}

/** Another worker's update on its way. */
export function overheard(from: NodeId, round: number, update: BlobRef): InputEvent {
  const message = { kind: 'UpdateSubmitted', round, update, samples: 200 };
  return { type: 'overheard', from, to: 'aggregator-00', message } as unknown as InputEvent;
}

export class SteppedLiar {
  readonly #definition: AdversaryDefinition;
  #memory: Value;

  constructor(name: string, more: Partial<AdversaryStart> = {}) {
    this.#definition = adversaryOf(name);
    const options = { ...this.#definition.reads, ...more.options };
    const start = { self: 'worker-00', incarnation: 0, config: {}, liars: ['worker-00'], honest: [], ...stamp, ...more, options };
    this.#memory = this.#definition.start(start);
  }

  #take(turn: Turn<Value> | undefined): Turn<Value> {
    if (turn?.memory !== undefined) this.#memory = turn.memory;
    return turn ?? {};
  }

  /** What leaves in the place of a command of its worker. */
  says(command: IssuedCommand, copy = 0): readonly AdversaryCommand[] {
    return this.#take(this.#definition.speak?.(this.#memory, command, copy, stamp)).say ?? [command];
  }

  /** What a copy learns in the place of an event, and what is asked for beside. */
  hears(event: InputEvent, copy = 0): Required<Pick<Turn<Value>, 'give' | 'say'>> {
    const given: Given = { copy, event };
    const turn = this.#take(this.#definition.hear?.(this.#memory, given, stamp));
    return { give: turn.give ?? [given], say: turn.say ?? [] };
  }

  /** What it makes of what concerns itself alone. */
  notices(event: InputEvent): Required<Pick<Turn<Value>, 'give' | 'say'>> {
    const turn = this.#take(this.#definition.notice?.(this.#memory, event, stamp));
    return { give: turn.give ?? [], say: turn.say ?? [] };
  }

  get memory(): Value {
    return this.#memory;
  }
}
