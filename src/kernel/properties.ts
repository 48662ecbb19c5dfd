/**
 * Promises as data: always, sometimes, eventually.
 *
 * A property folds over observations: what nodes say by `record`, and what a world sees of its own
 * (kinds that begin with `world-`). Its state is a plain value that only it changes, so that a
 * checkpoint can carry it. A property never acts on anything.
 */
import type { Value, ValueMap } from './codec.ts';
import type { NodeId } from './ids.ts';
import type { Micros } from './time.ts';

/** One fact that somebody observed. */
export interface Observation {
  readonly sequence: number;
  readonly at: Micros;
  /** The node that observed it; empty for the world itself. */
  readonly node: NodeId;
  readonly role: string;
  /** Whether the node plays its role unaltered; an adversary's words count for nothing. */
  readonly honest: boolean;
  readonly kind: string;
  readonly data: ValueMap;
}

/** A fact named in a verdict: who, when, what, in words. */
export interface Fact {
  readonly sequence: number;
  readonly at: Micros;
  readonly node: NodeId;
  readonly words: string;
}

/**
 * What an observation did to a property.
 * - `applies`: its antecedent fired, so that it was not vacuous.
 * - `holds`: an `always` that applies and does not hold is violated; a `sometimes` or `eventually`
 *   that holds is fulfilled.
 * - `expired`: an `eventually` that can no longer be fulfilled in its bound.
 */
export interface Outcome {
  readonly applies: boolean;
  readonly holds: boolean;
  readonly expired?: boolean;
  readonly because?: string;
  readonly facts?: readonly Fact[];
}

export type PropertyKind = 'always' | 'sometimes' | 'eventually';

export interface Property<State extends Value = Value> {
  /** The promise in words, as it stands in a scenario and in a verdict. */
  readonly name: string;
  readonly kind: PropertyKind;
  /** Observation kinds that it looks at. */
  readonly watches: readonly string[];
  /** A fresh state for a run. */
  start(): State;
  /** Folds one observation; `state` is the property's own and may be changed in place. */
  observe(state: State, observation: Observation): Outcome;
}

export const irrelevant: Outcome = { applies: false, holds: true };
export const satisfied: Outcome = { applies: true, holds: true };
export const unmet: Outcome = { applies: true, holds: false };

/** The fact of an observation, in words. */
export function factOf(observation: Observation, words: string): Fact {
  return { sequence: observation.sequence, at: observation.at, node: observation.node, words };
}

/** A violated `always`, with the facts that conflict. */
export function violated(because: string, ...facts: readonly Fact[]): Outcome {
  return { applies: true, holds: false, because, facts };
}
