/**
 * Measures of learning against a threshold: in which round it was reached, and in how many runs.
 *
 * `{ measure: rounds-to, with: { of: accuracy, atLeast: 0.9 } }` gives the first round whose value is
 * as asked, over all honest nodes that tell one, and nothing for a run that never came so far.
 */
import * as Schema from 'effect/Schema';
import type { ValueMap } from '../../../kernel/codec.ts';
import type { Observation } from '../../../kernel/properties.ts';
import { present } from '../../../kernel/assert.ts';
import { microsPerSecond } from '../../../kernel/time.ts';
import type { Micros } from '../../../kernel/time.ts';
import type { Measure } from '../../../protocols/define.ts';
import type { Registry } from '../../registry.ts';
import { nearestWord } from '../../scenario/nearest-word.ts';
import type { LooseSchema } from '../../scenario/words.ts';
import type { MeasureWatch, StudyMeasure } from './define.ts';

const bounds = ['atLeast', 'atMost'] as const;
const Threshold = Schema.Struct({
  of: Schema.String,
  atLeast: Schema.optionalKey(Schema.Finite),
  atMost: Schema.optionalKey(Schema.Finite),
}) as unknown as LooseSchema;

function refuse(parameters: ValueMap, registry: Registry): ReturnType<NonNullable<StudyMeasure['refuse']>> {
  const of = String(parameters['of']);
  const byRound = [...registry.measures.values()].filter(({ roundField }) => roundField !== undefined).map(({ name }) => name);
  if (!byRound.includes(of)) {
    const nearest = nearestWord(of, byRound);
    return { message: `no measure "${of}" is told round by round`, ...(nearest === undefined ? {} : { nearest }) };
  }
  const given = bounds.filter((bound) => parameters[bound] !== undefined);
  return given.length === 1 ? undefined : { message: 'expected exactly one of atLeast and atMost' };
}

/** When a value was first within the bound. */
interface Reached {
  readonly round: number;
  readonly atUs: Micros;
}

/** Remembers the first round whose value is within the bound. */
class FirstRound implements MeasureWatch {
  readonly #measure: Measure;
  readonly #parameters: ValueMap;
  readonly #give: (reached: Reached | null) => number | null;
  #reached: Reached | null = null;

  constructor(measure: Measure, parameters: ValueMap, give: (reached: Reached | null) => number | null) {
    this.#measure = measure;
    this.#parameters = parameters;
    this.#give = give;
  }

  observe({ kind, at, data, honest }: Observation): void {
    if (!honest || kind !== this.#measure.kind) return;
    const round = data[this.#measure.roundField ?? ''];
    const value = data[this.#measure.field];
    if (typeof round !== 'number' || typeof value !== 'number' || !this.#reaches(value)) return;
    if (this.#reached === null || round < this.#reached.round) this.#reached = { round, atUs: at };
  }

  #reaches(value: number): boolean {
    const { atLeast, atMost } = this.#parameters;
    return typeof atLeast === 'number' ? value >= atLeast : value <= Number(atMost);
  }

  end(): number | null {
    return this.#give(this.#reached);
  }
}

function starting(give: (reached: Reached | null) => number | null): StudyMeasure['start'] {
  return (parameters, registry) => {
    const of = String(parameters['of']);
    return new FirstRound(present(registry.measures.get(of), `the measure "${of}"`), parameters, give);
  };
}

export const thresholdMeasures: readonly StudyMeasure[] = [
  {
    name: 'rounds-to',
    about: 'The first round in which a measure is at least, or at most, a value: with { of, atLeast } or { of, atMost }.',
    unit: 'rounds',
    isShare: false,
    parameters: Threshold,
    refuse,
    start: starting((reached) => reached?.round ?? null),
  },
  {
    name: 'seconds-to',
    about: 'Virtual time from the beginning until a measure is at least, or at most, a value: with { of, atLeast } or { of, atMost }.',
    unit: 's',
    isShare: false,
    parameters: Threshold,
    refuse,
    start: starting((reached) => (reached === null ? null : reached.atUs / microsPerSecond)),
  },
  {
    name: 'reached',
    about: 'Whether a measure ever was at least, or at most, a value: with { of, atLeast } or { of, atMost }.',
    unit: 'share of runs',
    isShare: true,
    parameters: Threshold,
    refuse,
    start: starting((reached) => (reached === null ? 0 : 1)),
  },
];
