/**
 * A scenario after all its words have been understood: pure data, ready to run.
 *
 * Everything that decides a run stands here; the trace header carries its canonical bytes.
 */
import type { OptionValues } from '../actors/adversaries/options.ts';
import type { ValueMap } from '../kernel/codec.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { Fault, Reseed } from '../host/faults.ts';
import type { Weather } from '../host/weather.ts';
import type { PropertyKind } from '../kernel/properties.ts';
import type { Micros } from '../kernel/time.ts';

export type Comparison = '>=' | '>' | '<=' | '<' | '==' | '!=';

/** One line under `expect`. */
export type Expectation =
  | { readonly kind: PropertyKind; readonly phrase: string }
  | {
      readonly kind: PropertyKind;
      readonly measure: string;
      readonly comparison: Comparison;
      readonly bound: number;
      readonly withinRounds?: number;
      readonly withinUs?: Micros;
    }
  /** The run must break this property; anything else is a failure. */
  | { readonly kind: 'breaks'; readonly phrase: string };

/** Some nodes of a role that lie, all in one way. */
export interface Wrap {
  /** Its name among the faults of the scenario: `wrap.worker`, `wrap.worker.2`. */
  readonly id: string;
  readonly role: string;
  readonly as: string;
  /** In id order; nobody where a file counts 0. */
  readonly nodes: readonly NodeId[];
  readonly options: OptionValues;
}

export interface ResolvedScenario {
  readonly name: string;
  readonly about: string;
  readonly seed: number;
  readonly salt: number;
  readonly world: 'sim' | 'memory' | 'tcp';
  /** Indices of the nodes of each role, in order; shrinking leaves gaps. */
  readonly nodes: Readonly<Record<string, readonly number[]>>;
  /** Roles from files, by name: the path relative to the scenario file. */
  readonly roles: Readonly<Record<string, string>>;
  /** Decoded sections of protocols and roles, by key. */
  readonly sections: Readonly<Record<string, ValueMap>>;
  readonly weather: Weather;
  readonly wrap: readonly Wrap[];
  readonly faults: readonly Fault[];
  readonly reseed: readonly Reseed[];
  readonly expect: readonly Expectation[];
  /** The run ends here even when its nodes have more to do. */
  readonly virtualTimeMaxUs: Micros;
  readonly eventsMax: number;
}
