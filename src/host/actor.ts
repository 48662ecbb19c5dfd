/**
 * How a node folds its inputs: by the chart of its role, or as an adversary that hosts copies of it.
 *
 * Whatever steps a node (a world's host, a fold of its journal) asks an `Actor` and does not look which
 * of the two it is.
 */
import type { Wrapping } from '../actors/adversaries/define.ts';
import type { RoleDefinition } from '../actors/define.ts';
import type { Value } from '../kernel/codec.ts';
import type { Input, StartInput } from '../kernel/contract.ts';
import type { NodeId } from '../kernel/ids.ts';
import { AdversaryActor } from './adversary.ts';
import type { AdversaryState } from './adversary.ts';
import { persistSnapshot, prepareMachine, reviveSnapshot, startStep, step } from './step.ts';
import type { Snapshot, StepCommand } from './step.ts';

/** What an actor is between two inputs. */
export type ActorState = Snapshot | AdversaryState;

export interface ActorStep {
  readonly state: ActorState;
  readonly commands: readonly StepCommand[];
}

export interface Actor {
  /** The first step of an incarnation. */
  start(input: StartInput): ActorStep;
  /** Folds one input. */
  step(node: NodeId, state: ActorState, input: Input): ActorStep;
  /** A state as a plain value, and back: what follows is the same. */
  persist(state: ActorState): Value;
  revive(persisted: Value): ActorState;
}

/** The actor of a role, wrapped where a scenario says so. */
export function actorOf(role: RoleDefinition, wrapping: Wrapping | undefined): Actor {
  return wrapping === undefined ? new ChartActor(role) : (new AdversaryActor(role, wrapping) as Actor);
}

class ChartActor implements Actor {
  readonly #role: RoleDefinition;

  constructor(role: RoleDefinition) {
    this.#role = role;
    prepareMachine(role.machine);
  }

  start(input: StartInput): ActorStep {
    const { snapshot, commands } = startStep(this.#role, input);
    return { state: snapshot, commands };
  }

  step(node: NodeId, state: ActorState, input: Input): ActorStep {
    const { snapshot, commands } = step(this.#role, node, state as Snapshot, input);
    return { state: snapshot, commands };
  }

  persist(state: ActorState): Value {
    return persistSnapshot(this.#role, state as Snapshot);
  }

  revive(persisted: Value): ActorState {
    return reviveSnapshot(this.#role, persisted);
  }
}

/** The charts of an actor: one, or those of an adversary's copies. */
export function chartsOf(state: ActorState): readonly Snapshot[] {
  return 'copies' in state ? state.copies : [state];
}

/** Whether every chart of an actor has come to an end. */
export function isFinished(state: ActorState): boolean {
  return chartsOf(state).every(({ status }) => status === 'done');
}

/** What an actor holds in memory: whatever blob stands in it is alive. */
export function valuesOf(state: ActorState): readonly Value[] {
  const contexts = chartsOf(state).map((chart) => (chart as { context: Value }).context);
  return 'copies' in state ? [...contexts, state.memory] : contexts;
}
