/**
 * Turns a bound on a measure, `accuracy: ">= 0.90" within 20 rounds`, into a property.
 *
 * A measure is a number in the data of some observation kind. Rounds count from 1, so "within 20
 * rounds" speaks of the rounds 1 to 20; a value of a later round, or of a later time, comes too late.
 * Where the measure comes from is the protocol's business, what is promised of it the scenario's.
 */
import { unreachable } from '../kernel/assert.ts';
import type { Value } from '../kernel/codec.ts';
import type { Fact, Observation, Outcome, Property, PropertyKind } from '../kernel/properties.ts';
import { factOf, irrelevant, satisfied, unmet, violated } from '../kernel/properties.ts';
import type { Micros } from '../kernel/time.ts';
import { toSecondsText } from '../kernel/time.ts';

export type MeasureComparison = '>=' | '>' | '<=' | '<' | '==' | '!=';

/** Where a measure's numbers are found. */
export interface MeasureSource {
  readonly name: string;
  readonly kind: string;
  readonly field: string;
  readonly roundField?: string;
}

/** What is promised of a measure; both bounds may be given, and both then hold. */
export interface MeasureBound {
  readonly kind: PropertyKind;
  readonly comparison: MeasureComparison;
  readonly bound: number;
  readonly withinRounds?: number;
  readonly withinUs?: Micros;
}

/** The judge observes this of itself when a run is over, so that a bound in time can expire. */
export const runEndedKind = 'world-run-ended';

/** The last value seen within the bounds; null before the first. */
type MeasureState = { last: { value: number; round: number | null; fact: Fact & Value } | null };

/** Whether a measured value is as promised; never for NaN, except that NaN differs from all numbers. */
export function compares(value: number, comparison: MeasureComparison, bound: number): boolean {
  switch (comparison) {
    case '>=':
      return value >= bound;
    case '>':
      return value > bound;
    case '<=':
      return value <= bound;
    case '<':
      return value < bound;
    case '==':
      return value === bound;
    case '!=':
      return value !== bound;
    default:
      return unreachable(comparison, 'comparison');
  }
}

/** The promise in words: `accuracy >= 0.9 within 20 rounds`. */
export function measureWords(measure: string, bound: MeasureBound): string {
  const rounds = bound.withinRounds === undefined ? '' : ` within ${bound.withinRounds} rounds`;
  const time = bound.withinUs === undefined ? '' : ` within ${toSecondsText(bound.withinUs)} s`;
  return `${bound.kind} ${measure} ${bound.comparison} ${bound.bound}${rounds}${time}`;
}

/** The property of one bound on one measure. */
export function measureProperty(measure: MeasureSource, bound: MeasureBound): Property<MeasureState> {
  return {
    name: measureWords(measure.name, bound),
    kind: bound.kind,
    watches: bound.kind === 'eventually' ? [measure.kind, runEndedKind] : [measure.kind],
    start: () => ({ last: null }),
    observe: (state, observation) =>
      observation.kind === runEndedKind
        ? atTheEnd(state, observation, bound)
        : observeValue(state, observation, measure, bound),
  };
}

function observeValue(
  state: MeasureState,
  observation: Observation,
  measure: MeasureSource,
  bound: MeasureBound,
): Outcome {
  const value = observation.data[measure.field];
  if (typeof value !== 'number') return irrelevant;
  const round = roundOf(observation, measure);
  if (isTooLate(observation.at, round, bound)) return bound.kind === 'eventually' ? expired(state) : irrelevant;
  const words = `${measure.name} was ${value}${round === null ? '' : ` in round ${round}`}`;
  state.last = { value, round, fact: { ...factOf(observation, words) } };
  if (compares(value, bound.comparison, bound.bound)) return satisfied;
  if (bound.kind !== 'always') return unmet;
  return violated(`${words}, not ${bound.comparison} ${bound.bound}`, state.last.fact);
}

function roundOf(observation: Observation, measure: MeasureSource): number | null {
  const round = measure.roundField === undefined ? undefined : observation.data[measure.roundField];
  return typeof round === 'number' ? round : null;
}

function isTooLate(at: Micros, round: number | null, bound: MeasureBound): boolean {
  if (bound.withinUs !== undefined && at > bound.withinUs) return true;
  return bound.withinRounds !== undefined && round !== null && round > bound.withinRounds;
}

/**
 * At the end a bound has expired when its last round was measured or its time has passed; a run that
 * never came so far did not miss the bound, it stopped on the way.
 */
function atTheEnd(state: MeasureState, end: Observation, bound: MeasureBound): Outcome {
  const { last } = state;
  if (last === null) return irrelevant;
  const allRounds = bound.withinRounds !== undefined && last.round !== null && last.round >= bound.withinRounds;
  const allTime = bound.withinUs !== undefined && end.at >= bound.withinUs;
  return allRounds || allTime ? expired(state) : { ...unmet, because: last.fact.words, facts: [last.fact] };
}

function expired({ last }: MeasureState): Outcome {
  const because = last === null ? 'nothing was measured in time' : `at the last, ${last.fact.words}`;
  return { applies: true, holds: false, expired: true, because, facts: last === null ? [] : [last.fact] };
}
