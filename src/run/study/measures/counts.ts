/**
 * Measures that count: observations of a kind, refusals, events, messages, time, and whether it passed.
 *
 * `{ measure: count, with: { of: leader-elected } }` counts what honest nodes recorded.
 */
import * as Schema from 'effect/Schema';
import { microsPerSecond } from '../../../kernel/time.ts';
import { nearestWord } from '../../scenario/nearest-word.ts';
import type { LooseSchema } from '../../scenario/words.ts';
import type { MeasureWatch, StudyMeasure } from './define.ts';
import { noParameters } from './rounds.ts';

type Ended = Parameters<MeasureWatch['end']>[0];

const atTheEnd = (name: string, about: string, unit: string, take: (ended: Ended) => number): StudyMeasure => ({
  name, about, unit, isShare: false, parameters: noParameters, start: () => ({ end: take }),
});

/** Counts observations of one kind. */
class KindCount implements MeasureWatch {
  readonly #kind: string;
  #count = 0;

  constructor(kind: string) {
    this.#kind = kind;
  }

  observe({ kind, honest }: Parameters<NonNullable<MeasureWatch['observe']>>[0]): void {
    if (honest && kind === this.#kind) this.#count += 1;
  }

  end(): number {
    return this.#count;
  }
}

export const countMeasures: readonly StudyMeasure[] = [
  {
    name: 'passed',
    about: 'Whether the run passed: every expectation of its scenario came true. Always in the table.',
    unit: 'share of runs',
    isShare: true,
    parameters: noParameters,
    start: () => ({ end: (_, passed) => (passed ? 1 : 0) }),
  },
  {
    name: 'count',
    about: 'How often honest nodes recorded a kind of observation: with { of }.',
    unit: 'times',
    isShare: false,
    parameters: Schema.Struct({ of: Schema.String }) as unknown as LooseSchema,
    refuse: ({ of }, { records }) => {
      if (records.has(String(of))) return undefined;
      const nearest = nearestWord(String(of), records.keys());
      return { message: `no role records "${String(of)}"`, ...(nearest === undefined ? {} : { nearest }) };
    },
    start: ({ of }) => new KindCount(String(of)),
  },
  atTheEnd('rejected', 'What nodes rejected: messages that they could not use, of whatever reason.', 'times', ({ rejected }) =>
    Object.values(rejected).reduce((sum, count) => sum + count, 0)),
  atTheEnd('virtual-seconds', 'Virtual time of the whole run.', 's', ({ virtualUs }) => virtualUs / microsPerSecond),
  atTheEnd('events', 'Inputs that were given to nodes.', 'events', ({ events }) => events),
  atTheEnd('messages', 'Messages that were delivered.', 'messages', ({ messages }) => messages),
];
