/**
 * What a scenario may set of the rule by which updates become one, and what of it cannot work.
 *
 * Which rules there are, and what each can serve, is src/ml/rules/aggregation-rule.ts. A round never
 * closes with fewer updates than its rule can serve, whatever the quorum says.
 */
import * as Schema from 'effect/Schema';
import { aggregationFields, aggregationRuleNames, aggregationRuleOf, leastUpdates, refusalOf } from '../../ml/rules/aggregation-rule.ts';
import type { AggregationRule } from '../../ml/rules/aggregation-rule.ts';
import { SectionRefused } from '../define.ts';
import { withDefault } from '../quantities.ts';
import { quorumOf } from './rules.ts';

const about = (text: string) => ({ description: text });

/** The part of the section `training` that is about the rule. */
export const aggregationWords = {
  aggregate: withDefault(Schema.Literals(aggregationRuleNames), 'mean').annotateKey(about('The rule by which updates become one.')),
  byzantine: withDefault(aggregationFields.byzantine, 0)
    .annotateKey(about('f: how many of the updates may be lies. Every rule but the mean is told of them.')),
  clippingRadius: withDefault(aggregationFields.clippingRadius, 1)
    .annotateKey(about('Centered clipping: how far from the last aggregate an update counts in full.')),
  clippingIterations: withDefault(aggregationFields.clippingIterations, 3).annotateKey(about('Centered clipping: steps a round.')),
  smoothing: withDefault(aggregationFields.smoothing, 1e-6)
    .annotateKey(about('Geometric median: the least distance that is reckoned with.')),
  smoothingIterations: withDefault(aggregationFields.smoothingIterations, 8).annotateKey(about('Geometric median: steps a round.')),
} as const;

const AggregationWords = Schema.Struct(aggregationWords);
type AggregationWords = typeof AggregationWords.Type;

/** The rule that a section describes. */
export function ruleOf(words: AggregationWords): AggregationRule {
  return aggregationRuleOf(words.aggregate, words);
}

/** Throws `SectionRefused`, with the arithmetic, for a rule that could not even serve the updates of all workers. */
export function refuseUnservable(words: AggregationWords, workers: number): void {
  const refusal = refusalOf(ruleOf(words), workers);
  if (refusal !== undefined) throw new SectionRefused(refusal, ['byzantine']);
}

/** What a user should know of a rule that works otherwise than it may seem. */
export function aggregationAdvice(words: AggregationWords & { readonly quorum: number }, workers: number): string[] {
  const rule = ruleOf(words);
  if (rule.name === 'mean') return [];
  const advice: string[] = [];
  if (rule.byzantine === 0) {
    advice.push(`training.aggregate ${rule.name} is told of no liar: training.byzantine says against how many it is to hold.`);
  }
  const [least, quorum] = [leastUpdates(rule), quorumOf(words.quorum, workers)];
  if (least > quorum && least <= workers) {
    const told = `training.aggregate ${rule.name} with byzantine ${rule.byzantine}`;
    advice.push(`${told} closes no round of fewer than ${least} updates, although the quorum is ${quorum}.`);
  }
  return advice;
}
