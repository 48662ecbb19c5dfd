/** What a scenario's run is judged by: house invariants, those of its protocols and roles, and its own words. */
import type { EvaluationOptions, Expectation as JudgedExpectation } from '../judge/evaluate.ts';
import type { DeclaredFault } from '../judge/tally.ts';
import { houseInvariants } from '../judge/house.ts';
import { measureProperty } from '../judge/measures.ts';
import { present } from '../kernel/assert.ts';
import type { Property } from '../kernel/properties.ts';
import { vocabularyOf } from './registry.ts';
import type { Registry } from './registry.ts';
import type { Expectation, ResolvedScenario } from './resolved.ts';

export function evaluationOptions(scenario: ResolvedScenario, registry: Registry): EvaluationOptions {
  const vocabulary = vocabularyOf(registry, Object.keys(scenario.nodes));
  const invariants: Property[] = [...houseInvariants];
  for (const { property, standing } of vocabulary.properties.values()) {
    if (standing === 'invariant') invariants.push(property);
  }
  const expectations = scenario.expect.map((expectation) => judged(expectation, vocabulary));
  return { invariants, expectations, faults: declaredFaults(scenario) };
}

/** The adversaries that anybody is wrapped in, by the names under which their acts count; they lie for as long as a run lasts. */
function wrappingIds({ wrap }: ResolvedScenario): string[] {
  return wrap.filter(({ nodes }) => nodes.length > 0).map(({ id }) => id);
}

/** What must show: every fault, and every kind of adversary. */
function declaredFaults(scenario: ResolvedScenario): DeclaredFault[] {
  const liars = wrappingIds(scenario).map((id) => ({ id, drawn: false }));
  return [...liars, ...scenario.faults.map(({ id, drawn }) => ({ id, drawn }))];
}

function judged(expectation: Expectation, vocabulary: Registry): JudgedExpectation {
  if ('phrase' in expectation) {
    const { property } = present(vocabulary.properties.get(expectation.phrase), `the property "${expectation.phrase}"`);
    return { property, breaks: expectation.kind === 'breaks' };
  }
  const measure = present(vocabulary.measures.get(expectation.measure), `the measure "${expectation.measure}"`);
  return { property: measureProperty(measure, expectation), breaks: false };
}
