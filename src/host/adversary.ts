/**
 * Steps an adversary: its memory, and the charts of the copies that it hosts.
 *
 * The fold is that of any actor, (state, Input) → (state, commands), so that a trace or journal of a liar
 * folds offline like any other. The second copy has timers, tasks and records of its own under a prefix,
 * and its own dice; both have one identity on the wire.
 */
import type { Given, Turn, Wrapping } from '../actors/adversaries/define.ts';
import { ownPrefix } from '../actors/adversaries/define.ts';
import type { IssuedCommand, RoleDefinition } from '../actors/define.ts';
import { assert } from '../kernel/assert.ts';
import type { Value, ValueMap } from '../kernel/codec.ts';
import type { Input, InputEvent, StartInput } from '../kernel/contract.ts';
import { expand } from '../kernel/draws.ts';
import type { Dice } from '../kernel/draws.ts';
import { persistSnapshot, prepareMachine, reviveSnapshot, startStep, step } from './step.ts';
import type { Snapshot, StepCommand, StepResult } from './step.ts';

export interface AdversaryState {
  readonly copies: readonly Snapshot[];
  readonly memory: Value;
}

export interface AdversaryStep {
  readonly state: AdversaryState;
  readonly commands: readonly StepCommand[];
}

/** Marks timers, tasks and records of the second copy. */
const twinPrefix = 'twin/';

/** The dice of the second copy: it must not throw what the first one throws. */
function diceOf(dice: Dice, copy: number): Dice {
  if (copy === 0) return dice;
  const word = expand(dice, 'twin');
  return word(0) * 2_097_152 + (word(1) >>> 11); // 53 bits, as the host stamps them
}

export class AdversaryActor {
  readonly #role: RoleDefinition;
  readonly #wrapping: Wrapping;

  constructor(role: RoleDefinition, wrapping: Wrapping) {
    this.#role = role;
    this.#wrapping = wrapping;
    prepareMachine(role.machine);
  }

  /** Every copy takes its first step. */
  start(input: StartInput): AdversaryStep {
    const { definition, options, liars, honest } = this.#wrapping;
    const commands: StepCommand[] = [];
    let memory = definition.start({ ...input, options, liars, honest });
    const copies = Array.from({ length: definition.copies }, (_, copy) => {
      const { snapshot, commands: wanted } = startStep(this.#role, { ...input, dice: diceOf(input.dice, copy) });
      memory = this.#pass(memory, wanted, copy, input, commands);
      return snapshot;
    });
    return { state: { copies, memory }, commands };
  }

  /** Folds one input: what concerns the adversary alone, or what its copies learn of it. */
  step(node: string, state: AdversaryState, input: Input): AdversaryStep {
    const { definition } = this.#wrapping;
    const turn = new AdversaryTurn(state);
    if (isItsOwn(input.event)) {
      const noticed = definition.notice?.(state.memory, input.event, input) ?? {};
      turn.take(noticed);
      for (const given of noticed.give ?? []) this.#give(node, turn, given, input);
    } else {
      for (const given of routed(input.event, definition.copies)) {
        const heard: Turn<Value> = definition.hear?.(turn.memory, given, input) ?? {};
        turn.take(heard);
        for (const one of heard.give ?? [given]) this.#give(node, turn, one, input);
      }
    }
    return { state: { copies: turn.copies, memory: turn.memory }, commands: turn.commands };
  }

  #give(node: string, turn: AdversaryTurn, { copy, event }: Given, input: Input): void {
    const before = turn.copies[copy];
    assert(before !== undefined, () => `the adversary ${this.#wrapping.definition.name} has no copy ${copy}`);
    const result: StepResult = step(this.#role, node, before, { ...input, dice: diceOf(input.dice, copy), event });
    turn.copies[copy] = result.snapshot;
    turn.memory = this.#pass(turn.memory, result.commands, copy, input, turn.commands);
  }

  /** Appends what the adversary makes of a copy's commands; gives its memory after them. */
  #pass(memory: Value, wanted: readonly StepCommand[], copy: number, stamp: StartInput | Input, said: StepCommand[]): Value {
    const { speak } = this.#wrapping.definition;
    let after = memory;
    for (const command of wanted) {
      const turn = isIssued(command) ? speak?.(after, command, copy, stamp) : undefined;
      if (turn?.memory !== undefined) after = turn.memory;
      for (const one of turn?.say ?? [command]) said.push(copy === 0 ? one : underTwin(one));
    }
    return after;
  }

  persist({ copies, memory }: AdversaryState): Value {
    return { copies: copies.map((copy) => persistSnapshot(this.#role, copy)), memory };
  }

  revive(persisted: Value): AdversaryState {
    const { copies, memory } = persisted as { readonly copies: readonly Value[]; readonly memory: Value };
    return { copies: copies.map((copy) => reviveSnapshot(this.#role, copy)), memory };
  }
}

/** One step as it goes on. */
class AdversaryTurn {
  readonly copies: Snapshot[];
  memory: Value;
  readonly commands: StepCommand[] = [];

  constructor({ copies, memory }: AdversaryState) {
    this.copies = [...copies];
    this.memory = memory;
  }

  take({ memory, say }: Turn<Value>): void {
    if (memory !== undefined) this.memory = memory;
    this.commands.push(...(say ?? []));
  }
}

/** Commands that an adversary may change; the timers of a chart are its own affair. */
function isIssued(command: StepCommand): command is IssuedCommand {
  return command.type !== 'arm' && command.type !== 'cancel' && command.type !== 'act';
}

/** Whether an event concerns the adversary alone. */
function isItsOwn(event: InputEvent): boolean {
  if (event.type === 'overheard' || event.type.startsWith(ownPrefix)) return true;
  return (event.type === 'computed' || event.type === 'computeFailed') && String(event['key']).startsWith(ownPrefix);
}

/** A name of the second copy; what the adversary asks for itself has a name of its own already. */
function twinName(name: string): string {
  return name.startsWith(ownPrefix) ? name : twinPrefix + name;
}

/** A command that came of the second copy, under names of its own. */
function underTwin(command: StepCommand): StepCommand {
  switch (command.type) {
    case 'arm':
      return { ...command, id: twinName(command.id), event: twinName(command.event) };
    case 'cancel':
      return { ...command, id: twinName(command.id) };
    case 'compute':
    case 'save':
      return { ...command, key: twinName(command.key) };
    default:
      return command;
  }
}

/** Answers of the host that name what was asked for. */
const answers: ReadonlySet<string> = new Set(['computed', 'computeFailed', 'saved', 'saveFailed']);

/** Which copies an event is for, in the form that each of them knows. */
function routed(event: InputEvent, copies: 1 | 2): readonly Given[] {
  if (copies === 1) return [{ copy: 0, event }];
  if (event.type.startsWith(twinPrefix)) return [{ copy: 1, event: { ...event, type: event.type.slice(twinPrefix.length) } }];
  if (event.type.startsWith('xstate.after')) return [{ copy: 0, event }];
  if (answers.has(event.type)) {
    const key = String(event['key']);
    if (!key.startsWith(twinPrefix)) return [{ copy: 0, event }];
    return [{ copy: 1, event: { ...event, key: key.slice(twinPrefix.length) } }];
  }
  if (event.type === 'restored') return [0, 1].map((copy) => ({ copy, event: restoredOf(event, copy) }));
  return [0, 1].map((copy) => ({ copy, event }));
}

/** What one copy finds on the disk that both write to. */
function restoredOf(event: InputEvent, copy: number): InputEvent {
  const isItsKey = (key: string): boolean => key.startsWith(twinPrefix) === (copy === 1);
  const ownName = (key: string): string => (copy === 1 ? key.slice(twinPrefix.length) : key);
  const records = Object.entries(event['records'] as ValueMap).filter(([key]) => isItsKey(key));
  const damaged = (event['damaged'] as readonly string[]).filter(isItsKey).map(ownName);
  return { ...event, records: Object.fromEntries(records.map(([key, value]) => [ownName(key), value])), damaged };
}
