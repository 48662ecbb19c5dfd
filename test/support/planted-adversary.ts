/**
 * Adversaries that a test plants, and adversaries stepped by hand: events in, commands out, no world.
 *
 * The clerk is the role that they host here: it notes whatever it learns, does what it is told, and has
 * one timer. What each copy of it noted shows what an adversary let through.
 */
import { defineAdversary } from '../../src/actors/adversaries/define.ts';
import type { AdversaryDefinition, Wrapping } from '../../src/actors/adversaries/define.ts';
import { act, roleSetup } from '../../src/actors/define.ts';
import type { IssuedCommand, RoleDefinition, RoleEvent } from '../../src/actors/define.ts';
import { isFinished } from '../../src/host/actor.ts';
import { AdversaryActor } from '../../src/host/adversary.ts';
import type { AdversaryState } from '../../src/host/adversary.ts';
import type { StepCommand } from '../../src/host/step.ts';
import { encode } from '../../src/kernel/codec.ts';
import type { Value } from '../../src/kernel/codec.ts';
import type { Input, InputEvent } from '../../src/kernel/contract.ts';
import { inputOf, roleOf, stamp } from './planted-role.ts';

/** One event as a clerk noted it, with the dice that came with it. */
export type Noted = { readonly event: InputEvent; readonly dice: number };
type ClerkContext = { readonly noted: readonly Noted[] };
type Told = RoleEvent & { readonly commands?: readonly IssuedCommand[] };

const note = act<ClerkContext, Told>(({ context, event }) => {
  const { at: _, mono: __, dice, ...told } = event as unknown as InputEvent & { at: number; mono: number; dice: number };
  return { context: { noted: [...context.noted, { event: told as InputEvent, dice }] }, commands: event.commands ?? [] };
});

/** Awaits 250 ms when told to `wait`, ends when told to `finish`. */
export const clerk: RoleDefinition = roleOf(
  roleSetup<ClerkContext, Told>().createMachine({
    id: 'clerk',
    context: { noted: [] },
    initial: 'ready',
    on: { '*': { actions: note } },
    states: {
      ready: { on: { wait: 'waiting', finish: 'finished' } },
      waiting: { after: { 250: { target: 'ready', actions: note } }, on: { stop: 'ready' } },
      finished: { type: 'final' },
    },
  }),
  { name: 'clerk' },
);

/** An adversary that changes nothing but what it is told to. */
export function planted<Memory extends Value = null>(
  parts: Partial<AdversaryDefinition<Memory>> & Pick<AdversaryDefinition<Memory>, 'start'>,
): AdversaryDefinition {
  const harmless = { name: 'planted', about: 'Planted by a test.', roles: null, tap: 'own', overhears: [], copies: 1, reads: {} } as const;
  return defineAdversary<Memory>({ ...harmless, ...parts });
}

/** A wrapping of one node by an adversary, with no options. */
export function wrappingOf(definition: AdversaryDefinition, more: Partial<Wrapping> = {}): Wrapping {
  return { id: 'wrap.clerk', definition, options: {}, liars: [], honest: [], ...more };
}

/** What a told event asks a clerk for. */
export const telling = (...commands: readonly IssuedCommand[]): InputEvent => ({ type: 'tell', commands } as unknown as InputEvent);

export class SteppedAdversary {
  readonly #actor: AdversaryActor;
  #state: AdversaryState;
  /** Commands of the latest step. */
  commands: readonly StepCommand[];

  constructor(definition: AdversaryDefinition, role = clerk) {
    this.#actor = new AdversaryActor(role, wrappingOf(definition));
    const { state, commands } = this.#actor.start({ self: 'clerk-00', incarnation: 0, config: {}, ...stamp });
    this.#state = state;
    this.commands = commands;
  }

  tell(event: InputEvent, more: Partial<Input> = {}): this {
    const { state, commands } = this.#actor.step('clerk-00', this.#state, { ...inputOf(event), ...more });
    this.#state = state;
    this.commands = commands;
    return this;
  }

  /** Goes on from what a checkpoint would hold of it. */
  revive(): this {
    this.#state = this.#actor.revive(this.persisted);
    return this;
  }

  get persisted(): Value {
    return this.#actor.persist(this.#state);
  }

  /** Canonical bytes of all that it is. */
  get bytes(): Uint8Array {
    return encode(this.persisted);
  }

  get memory(): Value {
    return this.#state.memory;
  }

  get finished(): boolean {
    return isFinished(this.#state);
  }

  /** What a copy has learned, oldest first. */
  noted(copy = 0): readonly Noted[] {
    return (this.#state.copies[copy]!.context as ClerkContext).noted;
  }

  /** Types of the events that a copy has learned. */
  learned(copy = 0): readonly string[] {
    return this.noted(copy).map(({ event }) => event.type);
  }
}
