/**
 * All measures that a study may name, for the roles of its scenario.
 *
 * The numbers that protocols and roles bring (accuracy, loss…) stand here under their own names, as
 * the last value that was told; the measures of the house stand beside them.
 */
import type { Registry } from '../../registry.ts';
import { countMeasures } from './counts.ts';
import type { StudyMeasure } from './define.ts';
import { recoveryMeasures } from './recovery.ts';
import { noParameters, roundMeasures } from './rounds.ts';
import { thresholdMeasures } from './thresholds.ts';

/** The measure that every table has. */
export const passedMeasure = 'passed';

const houseMeasures = [...countMeasures, ...roundMeasures, ...thresholdMeasures, ...recoveryMeasures];

/** Measures by name. A name of the house goes before one of a role. */
export function studyMeasures(registry: Registry): ReadonlyMap<string, StudyMeasure> {
  const ofRoles = [...registry.measures.values()].map(
    ({ name, about, unit }): StudyMeasure => ({
      name,
      about: `${about} The last value of the run.`,
      unit: unit ?? '',
      isShare: false,
      parameters: noParameters,
      start: () => ({ end: ({ outcome }) => outcome.measures[name] ?? null }),
    }),
  );
  return new Map([...ofRoles, ...houseMeasures].map((measure) => [measure.name, measure]));
}
