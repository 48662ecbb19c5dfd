/** An aggregator stepped by hand, with a disk that answers when it is told to, and tasks that end then. */
import { aggregator } from '../../src/actors/aggregator.ts';
import type { StepCommand } from '../../src/host/step.ts';
import type { Value, ValueMap } from '../../src/kernel/codec.ts';
import type { ComputeCommand, InputEvent } from '../../src/kernel/contract.ts';
import { SteppedActor } from './stepped-actor.ts';

export class SteppedAggregator extends SteppedActor {
  #underWay: ComputeCommand[] = [];

  constructor(config: ValueMap, incarnation = 0) {
    super(aggregator, 'aggregator-00', config, incarnation);
  }

  override tell(event: InputEvent): this {
    super.tell(event);
    this.#underWay.push(...this.commands.filter((command) => command.type === 'compute'));
    return this;
  }

  /** The disk acknowledges all saves, also those that follow; `commands` are those of all steps since. */
  save(): this {
    const all: StepCommand[] = [...this.commands];
    for (let next = 0; next < all.length; next += 1) {
      const command = all[next]!;
      if (command.type === 'save') all.push(...this.tell({ type: 'saved', key: command.key, ticket: command.ticket }).commands);
    }
    this.commands = all;
    return this;
  }

  /** The disk refuses the saves of the latest step. */
  refuseSave(): this {
    for (const command of this.commands) {
      if (command.type === 'save') this.tell({ type: 'saveFailed', key: command.key, ticket: command.ticket, reason: 'diskFull' });
    }
    return this;
  }

  /** All tasks of a name end; `commands` are those of all steps since. */
  finish(name: string, result: (input: ValueMap) => Value): this {
    return this.#end(name, ({ task, key, input }) => ({ type: 'computed', task, key, result: result(input as ValueMap) }));
  }

  /** All tasks of a name are refused. */
  refuse(name: string, reason: string): this {
    return this.#end(name, ({ task, key }) => ({ type: 'computeFailed', task, key, reason }));
  }

  #end(name: string, how: (command: ComputeCommand) => InputEvent): this {
    const ended = this.#underWay.filter(({ task }) => task === `learning/${name}`);
    if (ended.length === 0) throw new Error(`no task ${name} is under way`);
    this.#underWay = this.#underWay.filter((command) => !ended.includes(command));
    this.commands = ended.flatMap((command) => this.tell(how(command)).commands);
    return this;
  }

  /** Tasks that the latest steps began, without their keys. */
  get began(): readonly string[] {
    return this.commands.flatMap((command) => (command.type === 'compute' ? [command.task.replace('learning/', '')] : []));
  }

  /** Kinds of the decrees that the latest steps saved. */
  get decrees(): readonly string[] {
    const saved = this.commands.flatMap((command) => (command.type === 'save' && command.key.startsWith('log/') ? [command.value] : []));
    return saved.flatMap((value) => (value === null ? [] : [(value as { decree: { kind: string } }).decree.kind]));
  }
}
