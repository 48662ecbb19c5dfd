/**
 * Measures over the rounds of a run: how many, how long, and what each cost.
 *
 * Costs are taken between the first opening of a round and the first knowledge of the last closed
 * one, so that joining and handing out data, which happen once, do not weigh on short runs. Bytes
 * are what links were charged: whole frames with blobs, envelopes and signatures.
 */
import * as Schema from 'effect/Schema';
import type { Observation } from '../../../kernel/properties.ts';
import { microsPerSecond } from '../../../kernel/time.ts';
import type { Counters } from '../../../worlds/sim/recorder.ts';
import type { LooseSchema } from '../../scenario/words.ts';
import type { MeasureWatch, StudyMeasure } from './define.ts';

/** The schema of measures that need to know nothing. */
export const noParameters = Schema.Struct({}) as unknown as LooseSchema;

/** What was spent up to some moment. */
interface Spent {
  readonly us: number;
  readonly bytes: number;
  readonly messages: number;
}

const bytesSent = ({ bytesByKind }: Readonly<Counters>): number => [...bytesByKind.values()].reduce((sum, bytes) => sum + bytes, 0);

/** Watches from the first opened round to the last closed one, and gives what was spent in between by round. */
class RoundsSpan implements MeasureWatch {
  readonly #take: (spent: Spent) => number;
  #from: Spent | undefined;
  #to: Spent | undefined;
  readonly #closed = new Set<number>();

  constructor(take: (spent: Spent) => number) {
    this.#take = take;
  }

  observe({ kind, at, data, honest }: Observation, counters: Readonly<Counters>): void {
    if (!honest || (kind !== 'round-opened' && kind !== 'round-closed')) return;
    const round = data['round'];
    if (typeof round !== 'number') return;
    const spent = (): Spent => ({ us: at, bytes: bytesSent(counters), messages: counters.messages });
    if (kind === 'round-opened') {
      this.#from ??= spent();
    } else if (!this.#closed.has(round)) {
      this.#closed.add(round);
      this.#to = spent();
    }
  }

  end(): number | null {
    if (this.#from === undefined || this.#to === undefined) return null;
    return (this.#take(this.#to) - this.#take(this.#from)) / this.#closed.size;
  }
}

const aRound = (name: string, about: string, unit: string, take: (spent: Spent) => number): StudyMeasure => ({
  name, unit, isShare: false, parameters: noParameters,
  about: `${about} from the first opened round to the last closed one, by closed rounds.`,
  start: () => new RoundsSpan(take),
});

export const roundMeasures: readonly StudyMeasure[] = [
  {
    name: 'rounds',
    about: 'Rounds that were closed.',
    unit: 'rounds',
    isShare: false,
    parameters: noParameters,
    start: () => ({ end: ({ outcome }) => outcome.rounds }),
  },
  aRound('seconds-a-round', 'Virtual time', 's', ({ us }) => us / microsPerSecond),
  aRound('bytes-a-round', 'Bytes that links were charged', 'B', ({ bytes }) => bytes),
  aRound('messages-a-round', 'Messages that were delivered', 'messages', ({ messages }) => messages),
];
