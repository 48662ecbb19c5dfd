/**
 * Committees in random weather. Every promise of the protocol is judged at every observation (see
 * test/support/committee-world.ts); in the end, with everybody healed, a proposal must be decided by all.
 */
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { NodeId } from '../../../src/kernel/ids.ts';
import { applyEntry } from '../../../src/protocols/round-commit/ledger.ts';
import { committedAfter } from '../../../src/protocols/round-commit/commitment.ts';
import { saveCheckpoint } from '../../../src/protocols/round-commit/checkpoints.ts';
import type { RoundCommitState } from '../../../src/protocols/round-commit/member.ts';
import { survives } from '../../../src/protocols/round-commit/rules.ts';
import { modelNumber } from '../../support/committee-seat.ts';
import { CommitteeWorld } from '../../support/committee-world.ts';

/** One move of the world: what, at whom, and two numbers that say how. */
type Move = { readonly what: string; readonly who: number; readonly whom: number; readonly amount: number };

const weights: Record<string, number> = {
  bustle: 12, deliver: 20, save: 12, timeOut: 3, beat: 6, propose: 5, crash: 2, restart: 4, cut: 1, heal: 2, checkpoint: 3, ask: 1,
};

const moves = (more: Record<string, number> = {}) =>
  fc.array(
    fc.record({
      what: fc.oneof(...Object.entries({ ...weights, ...more }).map(([what, weight]) => ({ arbitrary: fc.constant(what), weight }))),
      who: fc.nat(4),
      whom: fc.nat(4),
      amount: fc.nat(20),
    }),
    { minLength: 50, maxLength: 400, size: 'max' },
  );

/** The state that a member's decided entries add up to. */
function ledgerOf(state: RoundCommitState) {
  return committedAfter(state, state.checkpoint.index).reduce(applyEntry, state.checkpoint);
}

class Story {
  readonly world: CommitteeWorld;
  /** How many of a crashed member's last acknowledged saves its disk loses, at most. */
  readonly #lies: boolean;
  #proposals = 0;

  constructor(count: number, lies: boolean) {
    this.world = new CommitteeWorld(count, { trustDisk: !lies });
    // So slow that leaders fall silent now and then.
    this.world.stepUs = 20_000;
    this.#lies = lies;
  }

  /** Members that are dead, or alive and not whole. */
  #faulty(): NodeId[] {
    const { world } = this;
    return world.members.filter((node) => {
      const { dead, state } = world.seat(node);
      return dead || state.standing === 'returning' || state.mustReach !== null;
    });
  }

  take({ what, who, whom, amount }: Move): void {
    const { world } = this;
    const node = world.members[who % world.members.length]!;
    const other = world.members[whom % world.members.length]!;
    const { dead } = world.seat(node);
    if (what === 'restart') return dead ? world.restart(node) : undefined;
    if (what === 'heal') return world.cut([]);
    if (what === 'cut') return world.cut(amount % 2 === 0 ? [node] : [node, other]);
    if (what === 'bustle') return this.#bustle(amount % 8);
    if (dead) return;
    if (what === 'deliver') for (let count = 0; count <= amount % 4; count += 1) world.deliver(other, node);
    else if (what === 'save') for (let count = 0; count <= amount % 4; count += 1) world.save(node);
    else if (what === 'timeOut') world.timeOut(node);
    else if (what === 'beat') world.beat(node);
    else if (what === 'ask') world.ask(node);
    else if (what === 'propose') this.#propose(node);
    else if (what === 'checkpoint') world.give(node, (state) => saveCheckpoint(state, ledgerOf(state)));
    else if (what === 'crash') this.#crash(node, amount);
  }

  /** For some rounds every member takes one frame of each other and one acknowledgement of its disk. */
  #bustle(rounds: number): void {
    const alive = () => this.world.members.filter((node) => !this.world.seat(node).dead);
    for (let round = 0; round <= rounds; round += 1) {
      for (const node of alive()) {
        this.world.save(node);
        for (const from of this.world.members) this.world.deliver(from, node);
      }
    }
  }

  #propose(node: NodeId): void {
    this.#proposals += 1;
    const number = this.#proposals;
    const admits = number % 3 === 0;
    const leader = this.world.leaders()[0] ?? node;
    this.world.propose(leader, admits
      ? { kind: 'workersAdmitted', workers: [`worker-${String(number).padStart(2, '0')}`], among: number }
      : { kind: 'roundClosed', round: number, model: modelNumber(number), attendance: 1, admitted: 1 });
  }

  /** Crashes a member, and lets its disk forget, if then no more than f members are dead or not whole. */
  #crash(node: NodeId, amount: number): void {
    const { world } = this;
    const faulty = new Set([...this.#faulty(), node]).size;
    if (this.#lies && faulty > survives(world.members.length)) return;
    world.crash(node, amount % (world.seat(node).pending.length + 1), this.#lies ? amount : 0);
  }

  /** Everybody is back and hears everybody. */
  heal(): void {
    const { world } = this;
    world.cut([]);
    world.nowUs += 10_000_000;
    world.stepUs = 10;
    for (const node of world.members) {
      if (world.seat(node).dead) world.restart(node);
      world.breakConnections(node);
    }
    for (let attempt = 0; attempt < 40; attempt += 1) {
      for (const node of world.members) world.ask(node);
      world.settle();
      if (world.leaders().length === 0) world.elect(world.members[attempt % world.members.length]!);
      for (const node of world.leaders()) world.beat(node);
      world.settle();
    }
  }
}

/** Whether what a leader proposes now is decided by all, and all agree on what everything adds up to. */
function expectProgress({ world }: Story): void {
  const [leader] = world.leaders();
  expect(leader).toBeDefined();
  world.propose(leader!, { kind: 'trainingStopped', reason: 'the end' });
  world.settle();
  world.beat(leader!);
  world.settle();
  const ledgers = world.members.map((node) => ledgerOf(world.state(node)));
  expect(ledgers[0]!.stopReason).toBe('the end');
  for (const ledger of ledgers) expect(ledger).toEqual(ledgers[0]);
}

function play(count: number, lies: boolean, story: readonly Move[]): void {
  const told = new Story(count, lies);
  for (const move of story) told.take(move);
  told.heal();
  expectProgress(told);
}

const runs = Number(process.env['COMMITTEE_RUNS'] ?? 60);

describe('a committee in random weather keeps every promise, and goes on once it is healed', () => {
  test.prop({ story: moves() }, { numRuns: runs })('three members', ({ story }) => play(3, false, story));
  test.prop({ story: moves() }, { numRuns: runs })('five members', ({ story }) => play(5, false, story));
});

describe('whose disks lose what they had acknowledged, at no more than f members at one time', () => {
  const more = { crash: 3, restart: 6, ask: 6 };
  test.prop({ story: moves(more) }, { numRuns: runs })('three members', ({ story }) => play(3, true, story));
  test.prop({ story: moves(more) }, { numRuns: runs })('five members', ({ story }) => play(5, true, story));
});
