/**
 * How an adversary is written: an actor that hosts one or two copies of a role and lies under its key.
 *
 * It is a fold like every actor: it holds a plain memory, sees what its copies are about to learn and
 * what they want done, and may change, keep back, repeat or invent either. What it knows beyond its own
 * node is its declared `tap`. The host steps the copies (host/adversary.ts); the world hands it what its
 * tap overhears. Twins (S. Bano et al., "Twins: BFT Systems Made Robust", OPODIS 2021) are two copies
 * under one identity.
 */
import { assert } from '../../kernel/assert.ts';
import type { Value, ValueMap } from '../../kernel/codec.ts';
import type { InputEvent, Message, Stamp, StartInput } from '../../kernel/contract.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import type { IssuedCommand } from '../define.ts';
import type { OptionName, OptionValues } from './options.ts';

/**
 * Whose frames an adversary reads beside those that are sent to it: nobody's, those of its fellow liars,
 * or everybody's (the omniscient adversary of the literature). No tap reads what a node keeps for itself.
 */
export type Tap = 'own' | 'colluders' | 'allHonest';

/** What an adversary may do of its own accord. `act` counts as a hit of the wrapping that made it lie. */
export type AdversaryCommand =
  | IssuedCommand
  | { readonly type: 'arm'; readonly id: string; readonly delayUs: Micros; readonly event: string }
  | { readonly type: 'cancel'; readonly id: string }
  | { readonly type: 'act'; readonly what: string };

/** An event for one of the copies, counted from 0. */
export interface Given {
  readonly copy: number;
  readonly event: InputEvent;
}

/** What an adversary makes of one event or command. What is left out stays as it was. */
export interface Turn<Memory> {
  readonly memory?: Memory;
  /** What copies learn in the place of the event; left out, the copy learns the event itself. */
  readonly give?: readonly Given[];
  /** What leaves the node. In the place of a command of a copy; beside what copies will want. */
  readonly say?: readonly AdversaryCommand[];
}

/** What an adversary is given when an incarnation starts. */
export interface AdversaryStart extends StartInput {
  readonly options: OptionValues;
  /** The nodes of its role that the scenario wraps together with it, itself included, in id order. */
  readonly liars: readonly NodeId[];
  /** The nodes of its role that nobody wraps, in id order. */
  readonly honest: readonly NodeId[];
}

/** Every timer and every task of an adversary's own bears this prefix, so that no copy is given it. */
export const ownPrefix = 'adversary/';

/** A frame that a tap has overheard: the host gives it to `notice`, never to a copy. */
export interface Overheard {
  readonly type: 'overheard';
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: Message;
}

export interface AdversaryDefinition<Memory extends Value = Value> {
  readonly name: string;
  readonly about: string;
  /** Roles that it can wrap; null: any. */
  readonly roles: readonly string[] | null;
  readonly tap: Tap;
  /** Message kinds that its tap brings. */
  readonly overhears: readonly string[];
  readonly copies: 1 | 2;
  /** Options of `wrap` that it reads, with their defaults. */
  readonly reads: { readonly [name in OptionName]?: OptionValues[name] };
  /** Why it cannot lie in a scenario with these sections; undefined where it can. */
  refuses?(sections: Readonly<Record<string, ValueMap>>): string | undefined;
  start(input: AdversaryStart): Memory;
  /** What happens to itself: overheard frames, its own timers (by event type) and tasks (by key). */
  notice?(memory: Memory, event: InputEvent, stamp: Stamp): Turn<Memory>;
  /** What a copy is about to learn. */
  hear?(memory: Memory, given: Given, stamp: Stamp): Turn<Memory> | undefined;
  /** What a copy wants done. */
  speak?(memory: Memory, command: IssuedCommand, copy: number, stamp: Stamp): Turn<Memory> | undefined;
}

/** An adversary as it wraps the nodes of a role in one scenario. */
export interface Wrapping {
  /** Names the wrapping as a fault of the scenario: its acts are counted under this id. */
  readonly id: string;
  readonly definition: AdversaryDefinition;
  readonly options: OptionValues;
  readonly liars: readonly NodeId[];
  readonly honest: readonly NodeId[];
}

const namePattern = /^[a-z][a-z0-9]*(?:-[a-z][a-z0-9]*)*$/u;

/** Checks an adversary once, where it is defined. Its memory is a plain value, which the host keeps. */
export function defineAdversary<Memory extends Value>(definition: AdversaryDefinition<Memory>): AdversaryDefinition {
  const { name, tap, overhears } = definition;
  assert(namePattern.test(name), `adversary "${name}" is not in lower-case with dashes`);
  assert((tap === 'own') === (overhears.length === 0), `adversary ${name} has a tap without anything to overhear, or the reverse`);
  return Object.freeze(definition) as unknown as AdversaryDefinition;
}

/** A result of a task with some of its fields changed. */
export function changedResult(event: InputEvent, fields: ValueMap): InputEvent {
  return { ...event, result: { ...(event['result'] as ValueMap), ...fields } };
}
