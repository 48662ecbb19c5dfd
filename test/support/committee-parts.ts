/**
 * The parts of which the states of an explored committee are made, each told apart by its canonical
 * bytes and named by a number: members with their disks (seats), what flies from one member to another
 * (channels), and what the properties remember.
 *
 * What a member does with an input depends on its seat and the input alone, so it is computed once.
 */
import { toHex } from '../../src/kernel/bytes.ts';
import { encode } from '../../src/kernel/codec.ts';
import type { Value } from '../../src/kernel/codec.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import type { Observation, Property } from '../../src/kernel/properties.ts';
import type { RoundCommitMessage } from '../../src/protocols/round-commit/messages.ts';
import {
  acknowledgeSave, beat, canonicalMessage, canonicalSeat, crash, hear, proposeTo, restart, roundDecree, stand,
} from './committee-seat.ts';
import type { Reaction, Seat, SeatOptions } from './committee-seat.ts';
import { observed } from './observations.ts';

/** Values and their numbers, in the order of their first appearance. */
class Numbering<T> {
  readonly #numbers = new Map<string, number>();
  readonly #values: T[] = [];

  number(key: string, value: T): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#values.length);
    return this.#values.push(value) - 1;
  }

  value(number: number): T {
    return this.#values[number]!;
  }
}

/** Results for pairs of numbers. */
class Table<T> {
  readonly #rows: T[][] = [];

  get(row: number, column: number, compute: () => T): T {
    const cells = (this.#rows[row] ??= []);
    return (cells[column] ??= compute());
  }
}

const canonical = (value: Value): string => toHex(encode(value));

/** What a property remembers but for the words of its facts, on which nothing depends. */
function withoutWords(value: Value): Value {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(withoutWords);
  const kept = Object.entries(value as { [key: string]: Value }).filter(([name]) => name !== 'words' && name !== 'node');
  return Object.fromEntries(kept.map(([name, one]) => [name, withoutWords(one)]));
}

/** Inputs of a seat; those above are numbers of frames. */
export const inputs = { save: 0, stand: 1, beat: 2, propose: 3, restart: 4, hear: 5 } as const;

export interface NumberedReaction {
  readonly seat: number;
  readonly sent: readonly { readonly to: number; readonly message: number }[];
  /** The number of what was recorded; −1 for nothing. */
  readonly recorded: number;
}

/** A property that does not hold. */
export class Violation extends Error {
  readonly property: string;

  constructor(property: string, because: string) {
    super(because);
    this.property = property;
  }
}

type Recorded = { readonly place: number; readonly facts: Reaction['recorded'] };

export class CommitteeParts {
  readonly members: readonly NodeId[];
  readonly #options: SeatOptions;
  readonly #properties: readonly Property[];
  readonly #seats = new Numbering<Seat>();
  readonly #messages = new Numbering<RoundCommitMessage>();
  readonly #channels = new Numbering<readonly number[]>();
  readonly #recorded = new Numbering<Recorded>();
  readonly #memories = new Numbering<readonly Value[]>();
  readonly #reactions = new Table<NumberedReaction>();
  readonly #crashes = new Table<number>();
  readonly #appended = new Table<number>();
  readonly #unspent = new Table<number>();
  readonly #observed = new Table<number>();

  constructor(members: readonly NodeId[], options: SeatOptions, properties: readonly Property[]) {
    this.members = members;
    this.#options = options;
    this.#properties = properties;
    this.#channels.number('', []);
  }

  seat(number: number): Seat {
    return this.#seats.value(number);
  }

  numberSeat(seat: Seat): number {
    return this.#seats.number(canonical(canonicalSeat(seat)), seat);
  }

  message(number: number): RoundCommitMessage {
    return this.#messages.value(number);
  }

  /** The messages of a channel, oldest first. Channel 0 is the empty one. */
  channel(number: number): readonly number[] {
    return this.#channels.value(number);
  }

  #numberChannel(messages: readonly number[]): number {
    return this.#channels.number(messages.join(' '), messages);
  }

  appended(channel: number, message: number): number {
    return this.#appended.get(channel, message, () => this.#numberChannel([...this.channel(channel), message]));
  }

  withoutFirst(channel: number): number {
    return this.#numberChannel(this.channel(channel).slice(1));
  }

  /** The channel from a member without frames that can never change anything at its receiver's seat. */
  withoutSpent(channel: number, from: number, seat: number): number {
    if (channel === 0) return 0;
    return this.#unspent.get(seat, channel * this.members.length + from, () =>
      this.#numberChannel(this.channel(channel).filter((message) => !this.#isSpent(seat, from, message))));
  }

  /**
   * Whether a frame can never change anything at its receiver. These kinds are answered by nothing. A
   * vote or an acknowledgement of an earlier term stays without effect, since terms only grow as long
   * as the connection lasts; so does one of the present term that is without effect now: a candidate of
   * a term that is past does not stand in it again, and what is known to be stored only grows in a term.
   */
  #isSpent(number: number, from: number, message: number): boolean {
    const frame = this.message(message);
    const { state, dead } = this.seat(number);
    const answersNothing = frame.kind === 'VoteAnswered' || frame.kind === 'EntriesAnswered' || frame.kind === 'EntriesStored';
    if (!answersNothing || dead || frame.term > state.term) return false;
    const { seat, sent, recorded } = this.react(number, this.hearing(from, message));
    return sent.length === 0 && recorded === -1 && seat === number;
  }

  /** The input by which a seat hears a frame. */
  hearing(from: number, message: number): number {
    return inputs.hear + message * this.members.length + from;
  }

  react(seat: number, input: number): NumberedReaction {
    return this.#reactions.get(seat, input, () => this.#numbered(this.#compute(this.seat(seat), input)));
  }

  #compute(seat: Seat, input: number): Reaction {
    if (input === inputs.save) return acknowledgeSave(seat, this.#options);
    if (input === inputs.stand) return stand(seat, this.#options);
    if (input === inputs.beat) return beat(seat, this.#options);
    if (input === inputs.propose) return proposeTo(seat, roundDecree(seat.state.term), this.#options);
    if (input === inputs.restart) return restart(seat, this.#options);
    const [from, message] = [(input - inputs.hear) % this.members.length, Math.floor((input - inputs.hear) / this.members.length)];
    return hear(seat, this.members[from]!, this.message(message), this.#options);
  }

  #numbered({ seat, sent, recorded }: Reaction): NumberedReaction {
    const place = this.members.indexOf(seat.state.self);
    const numberMessage = (message: RoundCommitMessage) => this.#messages.number(canonical(canonicalMessage(message)), message);
    return {
      seat: this.numberSeat(seat),
      sent: sent.map(({ to, message }) => ({ to: this.members.indexOf(to), message: numberMessage(message) })),
      recorded: recorded.length === 0 ? -1 : this.#recorded.number(canonical([place, recorded]), { place, facts: recorded }),
    };
  }

  get trustsDisks(): boolean {
    return this.#options.trustDisk;
  }

  /** The seat after a crash that keeps the first `kept` saves, or none at all when that is −1. */
  crashed(seat: number, kept: number): number {
    return this.#crashes.get(seat, kept + 1, () => this.numberSeat(crash(this.seat(seat), kept)));
  }

  /** What the properties remember of what was recorded before the exploration begins. */
  observeBefore(history: readonly Observation[]): number {
    const states = this.#properties.map((property) => property.start());
    for (const observation of history) this.#judge(states, observation);
    return this.#memories.number(canonical(withoutWords(states)), states);
  }

  /** What the properties remember after one more observation. Throws `Violation` when one does not hold. */
  observe(memory: number, recorded: number): number {
    return this.#observed.get(memory, recorded, () => {
      const states = structuredClone(this.#memories.value(memory)) as Value[];
      const { place, facts } = this.#recorded.value(recorded);
      for (const { kind, data } of facts) this.#judge(states, observed(0, this.members[place]!, kind, data));
      return this.#memories.number(canonical(withoutWords(states)), states);
    });
  }

  #judge(states: Value[], observation: Observation): void {
    for (const [index, property] of this.#properties.entries()) {
      if (!property.watches.includes(observation.kind)) continue;
      const outcome = property.observe(states[index]!, observation);
      if (outcome.applies && !outcome.holds) throw new Violation(property.name, outcome.because ?? 'it does not hold');
    }
  }
}
