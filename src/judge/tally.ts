/** What an evaluation counts while a run goes on, and what its end is judged from. */
import type { Fact, Property } from '../kernel/properties.ts';
import type { Micros } from '../kernel/time.ts';
import type { Finding } from './verdict.ts';

/** A declared fault; drawn ones are judged over a whole hunt, not in one run. */
export interface DeclaredFault {
  readonly id: string;
  readonly drawn: boolean;
}

/** What became of one property so far. */
export interface PropertyTally {
  readonly property: Property;
  /** Stated by the scenario, so that it may not stay vacuous. */
  readonly stated: boolean;
  readonly breaks: boolean;
  /** How often its antecedent fired. */
  readonly applied: number;
  /** How often it held when it applied. */
  readonly held: number;
  /** An `eventually` whose bound passed before it held. */
  readonly expired: boolean;
  /** The first violation or the expiry; null while there is none. */
  readonly finding: Finding | null;
  /** How an `eventually` last stood while it was not fulfilled; null when it never said. */
  readonly standing: Standing | null;
}

/** How far something came, in words and with the facts for it. */
export type Standing = { readonly because: string; readonly facts: readonly Fact[] };

/** When a run was over; `complete` is false when it was cut short, so that absences mean nothing. */
export interface RunEnd {
  readonly sequence: number;
  readonly at: Micros;
  readonly complete: boolean;
  /** Why it ended, as the end of a sentence: `every node had finished`. */
  readonly because: string;
}
