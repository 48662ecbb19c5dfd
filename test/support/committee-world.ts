/**
 * A committee in a world that a test plays by hand: frames in order between any two members, disks
 * that answer when told, crashes, lies of disks, cuts. The promises of the protocol are judged at every
 * observation, every frame must be one of its words, and every record must fit a disk.
 */
import { assert } from '../../src/kernel/assert.ts';
import { encode } from '../../src/kernel/codec.ts';
import type { Value, ValueMap } from '../../src/kernel/codec.ts';
import type { SaveCommand } from '../../src/kernel/contract.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import { makeNodeId } from '../../src/kernel/ids.ts';
import { limits } from '../../src/kernel/limits.ts';
import type { Observation } from '../../src/kernel/properties.ts';
import type { Decree } from '../../src/protocols/round-commit/decrees.ts';
import { electionTimedOut } from '../../src/protocols/round-commit/elections.ts';
import type { RoundCommitState } from '../../src/protocols/round-commit/member.ts';
import { roundCommitMessages } from '../../src/protocols/round-commit/messages.ts';
import type { RoundCommitMessage } from '../../src/protocols/round-commit/messages.ts';
import { roundCommitProtocol } from '../../src/protocols/round-commit/protocol.ts';
import { askStandings } from '../../src/protocols/round-commit/returning.ts';
import { acknowledgeSave, applySave, beat, crash, decide, firstSeat, hear, proposeTo, restart } from './committee-seat.ts';
import type { Reaction, Seat, SeatOptions } from './committee-seat.ts';
import { observed } from './observations.ts';

export const committeeOptions: SeatOptions = {
  electionTimeout: 800_000, heartbeatEvery: 200_000, checkpointEvery: 5, quorum: 0, trustDisk: true,
};

export const committeeOf = (count: number): NodeId[] => Array.from({ length: count }, (_, index) => makeNodeId('aggregator', index));

export class CommitteeWorld {
  readonly members: readonly NodeId[];
  readonly options: SeatOptions;
  readonly observations: Observation[] = [];
  /** Why what was refused was refused. */
  readonly rejections: string[] = [];
  readonly #seats = new Map<NodeId, Seat>();
  readonly #flying = new Map<string, RoundCommitMessage[]>();
  /** All acknowledged saves of a member's lives, for disks that lie. */
  readonly #acknowledged = new Map<NodeId, SaveCommand[]>();
  readonly #memories = roundCommitProtocol.invariants.map((property) => ({ property, memory: property.start() }));
  #cut: ReadonlySet<NodeId> = new Set();
  nowUs = 0;
  /** Whether the promises are judged; not where a test invents what others said. */
  judging = true;
  /** How long each step takes. */
  stepUs = 1_000;

  constructor(count: number, options: Partial<SeatOptions> = {}) {
    this.members = committeeOf(count);
    this.options = { ...committeeOptions, ...options };
    for (const node of this.members) this.#seats.set(node, firstSeat(node, this.members));
  }

  seat(node: NodeId): Seat {
    return this.#seats.get(node)!;
  }

  state(node: NodeId): RoundCommitState {
    return this.seat(node).state;
  }

  /** Replaces a state, to begin in the middle of a story. */
  place(node: NodeId, fields: Partial<RoundCommitState>, records: ValueMap = this.seat(node).records): void {
    this.#seats.set(node, { ...this.seat(node), state: { ...this.state(node), ...fields }, records });
  }

  leaders(): NodeId[] {
    return this.members.filter((node) => this.state(node).standing === 'leader' && !this.seat(node).dead);
  }

  flying(from: NodeId, to: NodeId): readonly RoundCommitMessage[] {
    return this.#flying.get(`${from} ${to}`) ?? [];
  }

  kinds(kind: string): Observation[] {
    return this.observations.filter((observation) => observation.kind === kind);
  }

  #take(node: NodeId, { seat, sent, recorded, rejected }: Reaction): void {
    const fresh = seat.pending.filter((save) => !this.seat(node).pending.includes(save));
    for (const { key, value } of fresh) {
      assert(value === null || encode(value).length <= limits.inlineValueBytesMax, `the record ${key} does not fit a disk`);
    }
    this.#seats.set(node, seat);
    this.rejections.push(...rejected.map(({ reason }) => reason));
    for (const { to, message } of sent) this.#send(node, to, message);
    for (const { kind, data } of recorded) this.#observe(observed(this.observations.length, node, kind, data));
    this.nowUs += this.stepUs;
  }

  #send(from: NodeId, to: NodeId, message: RoundCommitMessage): void {
    const accepts = roundCommitMessages.find(({ kind }) => kind === message.kind)!.accepts(message);
    assert(accepts, `no word of the protocol: ${JSON.stringify(message)}`);
    if (this.#isApart(from, to) || this.seat(to).dead) return;
    this.#flying.set(`${from} ${to}`, [...this.flying(from, to), message]);
  }

  #isApart(a: NodeId, b: NodeId): boolean {
    return this.#cut.has(a) !== this.#cut.has(b);
  }

  #observe(observation: Observation): void {
    assert(observation.kind in roundCommitProtocol.records, `no observation of the protocol: ${observation.kind}`);
    this.observations.push(observation);
    for (const { property, memory } of this.#memories) {
      if (!this.judging || !property.watches.includes(observation.kind)) continue;
      const { applies, holds, because } = property.observe(memory as Value, observation);
      if (applies && !holds) throw new Error(`${property.name}: ${because ?? ''}`);
    }
  }

  /** Delivers the oldest frame between two members; false when there is none. */
  deliver(from: NodeId, to: NodeId): boolean {
    const [message, ...rest] = this.flying(from, to);
    if (message === undefined) return false;
    this.#flying.set(`${from} ${to}`, rest);
    this.#take(to, hear(this.seat(to), from, message, this.options, this.nowUs));
    return true;
  }

  hear(to: NodeId, from: NodeId, message: RoundCommitMessage): void {
    this.#take(to, hear(this.seat(to), from, message, this.options, this.nowUs));
  }

  /** A member's disk acknowledges its oldest save; false when there is none. */
  save(node: NodeId): boolean {
    const [save] = this.seat(node).pending;
    if (save === undefined) return false;
    this.#acknowledged.set(node, [...(this.#acknowledged.get(node) ?? []), save]);
    this.#take(node, acknowledgeSave(this.seat(node), this.options, this.nowUs));
    return true;
  }

  saveAll(node: NodeId): void {
    while (this.save(node));
  }

  timeOut(node: NodeId): void {
    this.#take(node, decide(this.seat(node), (state) => electionTimedOut(state, this.nowUs), this.options));
  }

  beat(node: NodeId): void {
    this.#take(node, beat(this.seat(node), this.options, this.nowUs));
  }

  ask(node: NodeId): void {
    this.#take(node, decide(this.seat(node), askStandings, this.options));
  }

  propose(node: NodeId, decree: Decree): void {
    this.#take(node, proposeTo(this.seat(node), decree, this.options));
  }

  give(node: NodeId, input: Parameters<typeof decide>[1]): void {
    this.#take(node, decide(this.seat(node), input, this.options));
  }

  /** Delivers and saves until nothing is left to do, member by member in id order. */
  settle(): void {
    for (let busy = true; busy;) {
      busy = false;
      for (const node of this.members) {
        if (this.seat(node).dead) continue;
        while (this.save(node)) busy = true;
        for (const from of this.members) while (this.deliver(from, node)) busy = true;
      }
    }
  }

  /** Makes a member the leader, and lets the rest follow. */
  elect(node: NodeId): void {
    this.timeOut(node);
    this.settle();
  }

  /** Adds an observation that the test did not play. */
  note(node: NodeId, kind: string, data: ValueMap): void {
    this.#observe(observed(this.observations.length, node, kind, data));
  }

  /** Loses what is in flight to and from a member. */
  breakConnections(node: NodeId): void {
    for (const other of this.members) {
      this.#flying.delete(`${node} ${other}`);
      this.#flying.delete(`${other} ${node}`);
    }
  }

  /** Cuts these members off from the others; nobody when the list is empty. */
  cut(nodes: readonly NodeId[]): void {
    this.#cut = new Set(nodes);
    for (const a of this.members) for (const b of this.members) if (this.#isApart(a, b)) this.#flying.delete(`${a} ${b}`);
  }

  /** A crash that keeps the first saves under way, and of those that were acknowledged loses the last `forgotten`. */
  crash(node: NodeId, kept = 0, forgotten = 0): void {
    this.breakConnections(node);
    let seat = crash(this.seat(node), forgotten > 0 ? 0 : kept);
    if (forgotten > 0) {
      const history = (this.#acknowledged.get(node) ?? []).slice(0, -forgotten);
      this.#acknowledged.set(node, history);
      seat = { ...seat, records: history.reduce<ValueMap>(applySave, {}) };
    } else {
      this.#acknowledged.set(node, [...(this.#acknowledged.get(node) ?? []), ...this.seat(node).pending.slice(0, kept)]);
    }
    this.#seats.set(node, seat);
  }

  restart(node: NodeId, damaged: readonly string[] = []): void {
    this.#take(node, restart(this.seat(node), this.options, damaged, this.nowUs));
  }
}
