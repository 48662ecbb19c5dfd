/**
 * A breadth-first explorer of a committee: every order in which its members can meet deliveries, disks
 * that answer late, elections, crashes and a cut of the network.
 *
 * It drives the pure core of protocols/round-commit directly. Time stands still: a member may stand for
 * election whenever the bounds allow, without pre-votes. A pre-vote changes nothing at whoever answers
 * it and only holds candidates back, so whatever can happen with pre-votes is among what is explored.
 *
 * Frames between two members keep their order, and each disk answers in the order of the saves. A
 * crash keeps any number of the first saves under way, breaks the member's connections, loses what is
 * in flight there, and begins the next life. A cut does the same to the connections of one member. Both
 * are one step at the moment of their end: as long as a member is dead or cut off it only takes no
 * input, which every member may do at any time, and what was sent to or by it is lost when it ends.
 * Where disks are not trusted, a crash may also take everything that ever was on the disk.
 */
import type { NodeId } from '../../src/kernel/ids.ts';
import type { Observation } from '../../src/kernel/properties.ts';
import { roundCommitProtocol } from '../../src/protocols/round-commit/protocol.ts';
import { CommitteeParts, inputs, Violation } from './committee-parts.ts';
import type { Seat, SeatOptions } from './committee-seat.ts';
import { StateSet } from './state-set.ts';

/** How far the exploration goes. Each number but the first counts over all members, and is at most 15. */
export interface Bounds {
  /** No member stands for election in a term above this one. */
  readonly termMax: number;
  /** How often a member stands for election. */
  readonly candidacies: number;
  /** How often a leader sends heartbeats. */
  readonly heartbeats: number;
  readonly crashes: number;
  readonly cuts: number;
  /** How often a leader proposes to close round 1; none does that has such an entry in its log. */
  readonly proposals: number;
}

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** Steps of the longest of the shortest paths. */
  readonly depth: number;
  /** States in which some member knows that the round is decided. */
  readonly decided: number;
  /** The first promise that is broken, and a shortest path to that. */
  readonly violation?: { readonly property: string; readonly because: string; readonly path: readonly string[] };
}

type BudgetName = 'candidacies' | 'heartbeats' | 'crashes' | 'cuts' | 'proposals';
/** Each budget takes four bits of one number. */
const budgetShift: Readonly<Record<BudgetName, number>> = { candidacies: 0, heartbeats: 4, crashes: 8, cuts: 12, proposals: 16 };

/** States of one depth, one after another. */
class Level {
  readonly #width: number;
  numbers: Int32Array<ArrayBuffer>;
  count = 0;

  constructor(width: number) {
    this.#width = width;
    this.numbers = new Int32Array(width * 1_024);
  }

  push(state: Int32Array): void {
    const at = this.count * this.#width;
    if (at === this.numbers.length) {
      const longer = new Int32Array(at * 2);
      longer.set(this.numbers);
      this.numbers = longer;
    }
    this.numbers.set(state, at);
    this.count += 1;
  }

  at(index: number): Int32Array {
    return this.numbers.subarray(index * this.#width, (index + 1) * this.#width);
  }
}

export class CommitteeExplorer {
  readonly #parts: CommitteeParts;
  readonly #bounds: Bounds;
  readonly #count: number;
  readonly #width: number;
  readonly #seen = new StateSet();
  /** How each state was reached first, in the order of discovery; empty unless paths are wanted. */
  readonly #arrivals: { readonly before: number; readonly action: string }[] = [];
  readonly #tracing: boolean;
  #next: Level;
  #transitions = 0;
  /** The state that is being left, its number, and the one that is being made. */
  #from: Int32Array;
  #fromNumber = 0;
  /** The name of the action that is being taken. */
  #action: () => string = () => 'begin';
  #made: Int32Array<ArrayBuffer>;

  constructor(members: readonly NodeId[], bounds: Bounds, options: SeatOptions, { tracing = false } = {}) {
    this.#parts = new CommitteeParts(members, options, roundCommitProtocol.invariants);
    this.#bounds = bounds;
    this.#tracing = tracing;
    this.#count = members.length;
    // Seats, channels, what the properties remember, budgets.
    this.#width = this.#count * this.#count + 2;
    this.#next = new Level(this.#width);
    this.#from = new Int32Array(this.#width);
    this.#made = new Int32Array(this.#width);
  }

  /**
   * Explores everything within the bounds from these seats on, or up to the first violation. `history`
   * is what was recorded before.
   */
  explore(seats: readonly Seat[], history: readonly Observation[] = []): Exploration {
    const { candidacies, heartbeats, crashes, cuts, proposals } = this.#bounds;
    const budgets = { candidacies, heartbeats, crashes, cuts, proposals };
    this.#made.set(seats.map((seat) => this.#parts.numberSeat(seat)));
    this.#made[this.#width - 2] = this.#parts.observeBefore(history);
    for (const [name, count] of Object.entries(budgets)) this.#made[this.#width - 1]! |= count << budgetShift[name as BudgetName];
    this.#offer();
    let [depth, decided, number] = [0, 0, 0];
    for (let level = this.#turnLevel(); level.count > 0; level = this.#turnLevel(), depth += 1) {
      for (let index = 0; index < level.count; index += 1, number += 1) {
        this.#from = level.at(index);
        this.#fromNumber = number;
        if (this.#hasDecided()) decided += 1;
        try {
          this.#takeActions();
        } catch (error) {
          if (!(error instanceof Violation)) throw error;
          const violation = { property: error.property, because: error.message, path: this.#pathThrough(number) };
          return { states: this.#seen.size, transitions: this.#transitions, depth: depth + 1, decided, violation };
        }
      }
    }
    return { states: this.#seen.size, transitions: this.#transitions - 1, depth: depth - 1, decided };
  }

  #turnLevel(): Level {
    const level = this.#next;
    this.#next = new Level(this.#width);
    return level;
  }

  /** Takes the state that was made for one that was reached. */
  #offer(): void {
    this.#transitions += 1;
    if (!this.#seen.add(this.#made, 0, this.#width)) return;
    this.#next.push(this.#made);
    if (this.#tracing) this.#arrivals.push({ before: this.#fromNumber, action: this.#action() });
  }

  /** The actions that lead to a state, and the one that is being taken there. */
  #pathThrough(number: number): string[] {
    const path = [this.#action()];
    for (let at = number; this.#tracing && at > 0; at = this.#arrivals[at]!.before) path.unshift(this.#arrivals[at]!.action);
    return path;
  }

  #hasDecided(): boolean {
    for (let place = 0; place < this.#count; place += 1) {
      const { log, commitIndex } = this.#parts.seat(this.#from[place]!).state;
      if (log.some(({ index, decree }) => index <= commitIndex && decree.kind === 'roundClosed')) return true;
    }
    return false;
  }

  #takeActions(): void {
    for (let place = 0; place < this.#count; place += 1) {
      const seat = this.#parts.seat(this.#from[place]!);
      this.#deliver(place);
      if (seat.pending.length > 0) this.#give(place, inputs.save, () => `${seat.state.self} saved ${seat.pending[0]!.key}`);
      this.#act(place, seat);
      this.#crash(place, seat);
      this.#cutOff(place);
    }
  }

  // Places and values of a state's parts.
  #channel(from: number, to: number): number {
    return this.#count + from * (this.#count - 1) + (to > from ? to - 1 : to);
  }
  #budget(name: BudgetName): number {
    return (this.#from[this.#width - 1]! >>> budgetShift[name]) & 15;
  }

  /** Begins the state that follows an action, with one of a budget spent. */
  #begin(action: () => string, spent?: BudgetName): void {
    this.#action = action;
    this.#made.set(this.#from);
    if (spent !== undefined) this.#made[this.#width - 1]! -= 1 << budgetShift[spent];
  }

  #deliver(to: number): void {
    for (let from = 0; from < this.#count; from += 1) {
      if (from === to) continue;
      const channel = this.#from[this.#channel(from, to)]!;
      const message = this.#parts.channel(channel)[0];
      if (message === undefined) continue;
      this.#begin(() => `${this.#parts.members[from]!} > ${this.#parts.members[to]!} ${this.#parts.message(message).kind}`);
      this.#made[this.#channel(from, to)] = this.#parts.withoutFirst(channel);
      this.#react(to, this.#parts.hearing(from, message));
      this.#offer();
    }
  }

  #give(place: number, input: number, action: () => string, spent?: BudgetName): void {
    this.#begin(action, spent);
    this.#react(place, input);
    this.#offer();
  }

  /** What a member may do by itself. */
  #act(place: number, { state }: Seat): void {
    const { self, standing } = state;
    if (standing === 'leader') {
      if (this.#budget('heartbeats') > 0) this.#give(place, inputs.beat, () => `${self} beats`, 'heartbeats');
      const isProposed = state.log.some(({ decree }) => decree.kind === 'roundClosed');
      if (!isProposed && this.#budget('proposals') > 0) this.#give(place, inputs.propose, () => `${self} proposes`, 'proposals');
    } else if (standing !== 'returning' && state.mustReach === null) {
      const may = state.term < this.#bounds.termMax && this.#budget('candidacies') > 0;
      if (may) this.#give(place, inputs.stand, () => `${self} stands`, 'candidacies');
    }
  }

  #crash(place: number, { state, pending }: Seat): void {
    if (this.#budget('crashes') === 0) return;
    for (let kept = this.#parts.trustsDisks ? 0 : -1; kept <= pending.length; kept += 1) {
      const left = kept < 0 ? 'nothing' : `${kept} of ${pending.length} saves`;
      this.#begin(() => `${state.self} crashes, keeping ${left}, and restarts`, 'crashes');
      this.#breakConnections(place);
      this.#made[place] = this.#parts.crashed(this.#from[place]!, kept);
      this.#react(place, inputs.restart);
      this.#offer();
    }
  }

  /** Where nothing is in flight, a cut has no effect. */
  #cutOff(place: number): void {
    if (this.#budget('cuts') === 0) return;
    this.#begin(() => `${this.#parts.members[place]!} is cut off for a while`, 'cuts');
    if (this.#breakConnections(place)) this.#offer();
  }

  /** Loses what is in flight to and from a member; false when that is nothing. */
  #breakConnections(place: number): boolean {
    let lost = false;
    for (let other = 0; other < this.#count; other += 1) {
      if (other === place) continue;
      for (const channel of [this.#channel(place, other), this.#channel(other, place)]) {
        lost ||= this.#made[channel] !== 0;
        this.#made[channel] = 0;
      }
    }
    return lost;
  }

  /** Gives a member an input in the state that is being made. */
  #react(place: number, input: number): void {
    const made = this.#made;
    const { seat, sent, recorded } = this.#parts.react(made[place]!, input);
    made[place] = seat;
    for (const { to, message } of sent) {
      const channel = this.#channel(place, to);
      made[channel] = this.#parts.withoutSpent(this.#parts.appended(made[channel]!, message), place, made[to]!);
    }
    for (let from = 0; from < this.#count; from += 1) {
      if (from === place) continue;
      const channel = this.#channel(from, place);
      made[channel] = this.#parts.withoutSpent(made[channel]!, from, seat);
    }
    if (recorded >= 0) made[this.#width - 2] = this.#parts.observe(made[this.#width - 2]!, recorded);
  }
}
