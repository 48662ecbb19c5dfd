/**
 * Folds a journal offline: the same inputs must give the same commands and snapshots, bit for bit.
 *
 * This is what "runs identically" means, and it is how a journal is checked away from its world.
 */
import type { Wrapping } from '../actors/adversaries/define.ts';
import type { RoleDefinition } from '../actors/define.ts';
import { assert } from '../kernel/assert.ts';
import { encode } from '../kernel/codec.ts';
import type { Value, ValueMap } from '../kernel/codec.ts';
import type { Input } from '../kernel/contract.ts';
import type { NodeId } from '../kernel/ids.ts';
import { actorOf } from './actor.ts';
import type { Actor, ActorState, ActorStep } from './actor.ts';
import type { StepCommand } from './step.ts';

/** One incarnation of one node, as a journal holds it. */
export interface Incarnation {
  readonly node: NodeId;
  readonly incarnation: number;
  readonly config: ValueMap;
  /** The first input is `start`. */
  readonly inputs: readonly Input[];
}

export interface FoldedStep {
  readonly commands: readonly StepCommand[];
  /** Canonical bytes of the snapshot after the step. */
  readonly snapshot: Uint8Array;
}

/** A node that is stepped through its inputs without a world; a `start` opens a new incarnation. */
export class Fold {
  readonly #actor: Actor;
  readonly #node: NodeId;
  readonly #config: ValueMap;
  #state: ActorState | undefined;

  constructor(role: RoleDefinition, node: NodeId, config: ValueMap, wrapping?: Wrapping) {
    this.#actor = actorOf(role, wrapping);
    this.#node = node;
    this.#config = config;
  }

  /** Steps through one input and returns what the actor asked for. */
  take(input: Input): readonly StepCommand[] {
    const result = input.event.type === 'start' ? this.#start(input) : this.#step(input);
    this.#state = result.state;
    return result.commands;
  }

  #start({ at, mono, dice, event }: Input): ActorStep {
    const { incarnation } = event as { incarnation?: Value };
    assert(typeof incarnation === 'number', `a start of ${this.#node} does not name its incarnation`);
    return this.#actor.start({ self: this.#node, incarnation, config: this.#config, at, mono, dice });
  }

  #step(input: Input): ActorStep {
    assert(this.#state !== undefined, `the journal of ${this.#node} does not open with a start`);
    return this.#actor.step(this.#node, this.#state, input);
  }

  /** Canonical bytes of the snapshot as it stands. */
  snapshot(): Uint8Array {
    assert(this.#state !== undefined, `${this.#node} has not started`);
    return encode(this.#actor.persist(this.#state));
  }
}

/** Steps a fresh actor through the inputs of one incarnation. */
export function* foldIncarnation(role: RoleDefinition, journal: Incarnation): Generator<FoldedStep> {
  const fold = new Fold(role, journal.node, journal.config);
  for (const input of journal.inputs) {
    const commands = fold.take(input);
    yield { commands, snapshot: fold.snapshot() };
  }
}

/** Commands as canonical bytes, for comparison. */
export function encodeCommands(commands: readonly StepCommand[]): Uint8Array {
  return encode(commands as unknown as Value);
}
