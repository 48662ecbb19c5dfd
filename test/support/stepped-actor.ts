/** One actor stepped by hand: events in, commands out, no world around it. */
import type { RoleDefinition } from '../../src/actors/define.ts';
import { step, startStep } from '../../src/host/step.ts';
import type { Snapshot, StepCommand } from '../../src/host/step.ts';
import type { BlobRef } from '../../src/kernel/blobs.ts';
import type { ValueMap } from '../../src/kernel/codec.ts';
import type { InputEvent, Message } from '../../src/kernel/contract.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import { heard } from './signatures.ts';

/** A reference to a blob that nobody has: charts never look at bytes. */
export function blobNamed(digit: string, bytes = 64): BlobRef {
  return { blob: digit.repeat(64), bytes };
}

export class SteppedActor {
  readonly #role: RoleDefinition;
  readonly #self: NodeId;
  #snapshot: Snapshot;
  #atUs = 0;
  /** Commands of the latest step. */
  commands: readonly StepCommand[];

  constructor(role: RoleDefinition, self: NodeId, config: ValueMap, incarnation = 0) {
    this.#role = role;
    this.#self = self;
    const first = startStep(role, { self, incarnation, config, at: 0, mono: 0, dice: 0 });
    this.#snapshot = first.snapshot;
    this.commands = first.commands;
  }

  /** Lets time pass without telling the actor. */
  wait(us: number): this {
    this.#atUs += us;
    return this;
  }

  tell(event: InputEvent): this {
    const result = step(this.#role, this.#self, this.#snapshot, { at: this.#atUs, mono: this.#atUs, dice: this.#atUs * 7_919, event });
    this.#snapshot = result.snapshot;
    this.commands = result.commands;
    return this;
  }

  /** Tells a message, as a peer's first life sent it; with proof if its kind is signed. */
  hear(from: NodeId, message: Message): this {
    return this.tell(heard(this.#role, { from, incarnation: 0, to: this.#self, message }));
  }

  /** Fires the armed timer whose name contains `name`. */
  fire(name: string): this {
    const timers = Object.keys(this.#timers).filter((id) => id.includes(name));
    if (timers.length !== 1) throw new Error(`${timers.length} timers of the present states are called "${name}"`);
    return this.tell({ type: this.#timers[timers[0]!]! });
  }

  /** Event types of the timers that the present states have, by their delay. */
  get #timers(): Record<string, string> {
    const timers: Record<string, string> = {};
    for (const node of this.#snapshot._nodes) {
      for (const { delay, eventType } of node.after as unknown as { delay: string; eventType: string }[]) timers[delay] = eventType;
    }
    return timers;
  }

  isIn(state: string): boolean {
    return this.#snapshot._nodes.some((node) => node.key === state);
  }

  get finished(): boolean {
    return this.#snapshot.status === 'done';
  }

  get context(): Readonly<Record<string, unknown>> {
    return this.#snapshot.context as Readonly<Record<string, unknown>>;
  }

  /** Messages sent in the latest step, with their receivers. */
  get sent(): readonly { to: NodeId; message: Message }[] {
    return this.commands.flatMap((command) => (command.type === 'send' ? [{ to: command.to, message: command.message }] : []));
  }

  get sentKinds(): readonly string[] {
    return this.sent.map(({ message }) => message.kind);
  }

  get recorded(): readonly string[] {
    return this.commands.flatMap((command) => (command.type === 'record' ? [command.kind] : []));
  }

  get rejected(): readonly string[] {
    return this.commands.flatMap((command) => (command.type === 'reject' ? [command.reason] : []));
  }

  /** Saves and tasks of the latest step: `save round-odd`, `compute learning/merge round-1`. */
  get asked(): readonly string[] {
    return this.commands.flatMap((command) => {
      if (command.type === 'save') return [`save ${command.key}`];
      return command.type === 'compute' ? [`compute ${command.task} ${command.key}`] : [];
    });
  }
}
