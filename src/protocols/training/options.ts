/**
 * What a scenario may set under `training`, and how it becomes what actors are configured with.
 *
 * Durations decode to microseconds, `off` to null. What is learned is in learning.ts, how updates become
 * one in aggregation.ts. The training seed decides data and first weights and is apart from the seed of
 * the run.
 */
import * as Schema from 'effect/Schema';
import type { ValueMap } from '../../kernel/codec.ts';
import type { AggregationRule } from '../../ml/rules/aggregation-rule.ts';
import { SectionRefused } from '../define.ts';
import type { PrepareInput, SectionDefinition } from '../define.ts';
import { DurationUs, DurationUsOrOff, Off, Share, withDefault } from '../quantities.ts';
import { workersPerFrameMax } from '../round-commit/messages.ts';
import { aggregationAdvice, aggregationWords, refuseUnservable, ruleOf } from './aggregation.ts';
import { learningAdvice, learningFiles, learningWords, prepareLearning } from './learning.ts';
import type { LearningOptions } from './learning.ts';
import { quorumOf } from './rules.ts';

const integer = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }));
const number = (minimum: number, maximum: number) => Schema.Finite.check(Schema.isBetween({ minimum, maximum }));
const about = (text: string) => ({ description: text });

const TrainingWords = Schema.Struct({
  ...learningWords,
  seed: withDefault(integer(0, Number.MAX_SAFE_INTEGER), 1).annotateKey(about('Seed of data, first weights and batches.')),
  rounds: withDefault(integer(1, 1_000_000), 20).annotateKey(about('How many rounds are committed.')),
  quorum: withDefault(Share, '70%').annotateKey(about('Share of the admitted workers without which no round closes.')),
  roundTimeout: withDefault(DurationUsOrOff, '4s').annotateKey(about('When a round closes although some are missing.')),
  joinTimeout: withDefault(DurationUsOrOff, '10s').annotateKey(about('How long the first round waits for all workers.')),
  ...aggregationWords,
  localEpochs: withDefault(integer(1, 1_000), 2).annotateKey(about('Passes over its shard that a worker makes a round.')),
  batch: withDefault(integer(1, 65_536), 32).annotateKey(about('Samples of one step.')),
  momentum: withDefault(number(0, 1), 0.9).annotateKey(about('Momentum, reset each round.')),
  heartbeatEvery: withDefault(DurationUsOrOff, '1s').annotateKey(about('How often a worker says that it lives.')),
  suspectAt: withDefault(Schema.Union([number(0.1, 1_000), Off]), 8)
    .annotateKey(about('How unlikely a silence must be, as the power of ten φ, before a node is not waited for.')),
  deviationMin: withDefault(DurationUs, '250ms').annotateKey(about('The least deviation of heartbeats that is reckoned with.')),
  followEvery: withDefault(DurationUsOrOff, '5s').annotateKey(about('How often a client says that it follows.')),
  retryAfter: withDefault(DurationUsOrOff, '1s').annotateKey(about('First wait before a request is repeated.')),
  resendAfter: withDefault(DurationUs, '2s').annotateKey(about('How long a model may be under way before it is sent again.')),
});

type Words = typeof TrainingWords.Type;

/** `config.training` of every role that speaks the protocol. */
export type TrainingOptions = Omit<Words, keyof LearningOptions | 'aggregate'> & LearningOptions & { readonly aggregate: AggregationRule };

/** The options of a node's configuration. */
export function trainingOptionsOf(config: ValueMap): TrainingOptions {
  return config['training'] as unknown as TrainingOptions;
}

/** How many nodes of a role the scenario has. */
export function declaredCount(config: ValueMap, role: string): number {
  return (config['counts'] as { readonly [role: string]: number })[role] ?? 0;
}

function refuseWhatCannotWork(words: Words, counts: PrepareInput['counts']): void {
  for (const role of ['bootstrap', 'aggregator', 'worker', 'client']) {
    if ((counts[role] ?? 0) > 0) continue;
    throw new SectionRefused(`a training needs at least one ${role}, and the scenario has none`, []);
  }
  const workers = counts['worker'] ?? 0;
  if (words.quorum <= 0) {
    throw new SectionRefused(`a quorum of 0 of ${workers} workers would close rounds in which nothing was learned`, ['quorum']);
  }
  if (words.quorum > 1) {
    const needed = quorumOf(words.quorum, workers);
    throw new SectionRefused(`a quorum of ${needed} of ${workers} workers can never be met`, ['quorum']);
  }
  if (workers > workersPerFrameMax) {
    throw new SectionRefused(`a committee serves at most ${workersPerFrameMax} workers, and the scenario has ${workers}`, []);
  }
  refuseUnservable(words, workers);
  if (words.heartbeatEvery === null && words.suspectAt !== null) {
    throw new SectionRefused('without heartbeats every worker would be suspected: set suspectAt: off too', ['heartbeatEvery']);
  }
}

/** Makes `TrainingOptions` of the decoded section. Throws `SectionRefused` in words. */
function prepareTraining(section: ValueMap, input: PrepareInput): ValueMap {
  const words = section as unknown as Words;
  refuseWhatCannotWork(words, input.counts);
  return { ...section, aggregate: ruleOf(words), ...prepareLearning(words, input) };
}

export const trainingSection: SectionDefinition = {
  key: 'training',
  about: 'What is trained, by whom, and in how many rounds.',
  schema: TrainingWords,
  files: (section) => learningFiles(section as unknown as Words),
  prepare: prepareTraining,
  advise: (section, counts) => {
    const words = section as unknown as Words;
    return [...learningAdvice(words), ...aggregationAdvice(words, counts['worker'] ?? 0)];
  },
};
