/** Where explorations of a committee begin, and the bugs that they must find. */
import { advanceCommit } from '../../src/protocols/round-commit/commitment.ts';
import { standForElection, takeStoredVote } from '../../src/protocols/round-commit/elections.ts';
import type { HeldEntry, Outcome } from '../../src/protocols/round-commit/member.ts';
import { entryAt, heldIndex, voteIsStored } from '../../src/protocols/round-commit/rules.ts';
import { change, note, turnOf } from '../../src/protocols/round-commit/turn.ts';
import type { Turn } from '../../src/protocols/round-commit/turn.ts';
import { CommitteeExplorer } from './committee-explorer.ts';
import type { Bounds, Exploration } from './committee-explorer.ts';
import { blobOf, modelNumber, roundDecree } from './committee-seat.ts';
import type { Plant, SeatOptions } from './committee-seat.ts';
import { committeeOptions, CommitteeWorld } from './committee-world.ts';

/** Time stands still in an exploration, so time-outs are nothing and no silence is ever too long. */
export const proofOptions: SeatOptions = { ...committeeOptions, electionTimeout: 0, heartbeatEvery: 0 };

export const nothing: Bounds = { termMax: 0, candidacies: 0, heartbeats: 0, crashes: 0, cuts: 0, proposals: 0 };

/** A committee of which nobody has said anything. */
export function freshCommittee(count: number, options: Partial<SeatOptions> = {}): CommitteeWorld {
  const world = new CommitteeWorld(count, { ...proofOptions, ...options });
  world.stepUs = 0;
  return world;
}

/**
 * A committee whose first member leads term 1, with everything said, saved and decided. Which member
 * leads makes no difference: a member's id is never compared but for order of sending.
 */
export function ledCommittee(count: number, options: Partial<SeatOptions> = {}): CommitteeWorld {
  const world = freshCommittee(count, options);
  world.give(world.members[0]!, (state) => turnOf(state, standForElection));
  world.settle();
  return world;
}

/** Figure 8 (b) with three members: one holds an entry of term 2, another one of term 3, both undecided. */
function figure8(): CommitteeWorld {
  const world = freshCommittee(3);
  const held = (index: number, term: number): HeldEntry => ({
    index, term, decree: roundDecree(term, index), model: blobOf(modelNumber(term)),
    evidence: null, verified: true, stored: true, disputed: false,
  });
  const logs = [[held(1, 1), held(2, 2)], [held(1, 1)], [held(1, 1), held(2, 3)]];
  for (const [place, node] of world.members.entries()) {
    world.place(node, { term: 3, log: logs[place]! });
    for (const { index, term } of logs[place]!) world.note(node, 'entry-stored', { index, term });
  }
  return world;
}

/**
 * On the way to Figure 8 (c): the first member was elected in term 4 and has sent its entry of term 2 to
 * the second, whose disk has yet to answer. The third has heard of the term, and its answer is lost.
 */
export function figure8Led(): CommitteeWorld {
  const world = figure8();
  const [first, second, third] = world.members as [string, string, string];
  world.give(first, (state) => turnOf(state, standForElection));
  world.saveAll(first);
  world.deliver(first, second);
  world.saveAll(second);
  world.deliver(second, first);
  world.beat(first);
  while (world.deliver(first, second) || world.deliver(second, first));
  while (world.deliver(first, third));
  world.breakConnections(third);
  return world;
}

/** Explores what can follow from where a world stands, with nothing in flight. */
export function exploreFrom(world: CommitteeWorld, bounds: Partial<Bounds>, plant?: Plant): Exploration {
  const options = { ...world.options, ...(plant === undefined ? {} : { plant }) };
  const explorer = new CommitteeExplorer(world.members, { ...nothing, ...bounds }, options, { tracing: plant !== undefined });
  return explorer.explore(world.members.map((node) => world.seat(node)), world.observations);
}

const after = ({ state, commands, heard = false }: Outcome, write: (turn: Turn) => void): Outcome => {
  const more = turnOf(state, write);
  return { state: more.state, commands: [...commands, ...more.commands], heard };
};

/** A leader takes its own disk for enough. */
export const commitsAlone: Plant = (outcome) => {
  const { standing, quorum } = outcome.state;
  return after(outcome, (turn) => {
    if (standing !== 'leader') return;
    change(turn, { quorum: 1 });
    advanceCommit(turn);
    change(turn, { quorum });
  });
};

/** A vote leaves before it is on disk. */
export const votesBeforeSaving: Plant = (outcome) =>
  after(outcome, (turn) => {
    const { voteStored, voteSequence, voteOwed } = turn.state;
    if (voteIsStored(turn.state) || voteOwed === null) return;
    change(turn, { voteStored: voteSequence });
    takeStoredVote(turn, 0);
    change(turn, { voteStored });
  });

/** A leader decides by counting, whatever the term of the entry (Figure 8). */
export const countsEarlierTerms: Plant = (outcome) =>
  after(outcome, (turn) => {
    const { standing, followers, quorum, commitIndex, members } = turn.state;
    if (standing !== 'leader') return;
    const stored = turn.state.log.findLast((entry) => entry.stored)?.index ?? 0;
    const matches = [stored, ...followers.map(({ matchIndex }) => matchIndex)].sort((a, b) => b - a);
    const next = Math.min(matches[quorum - 1] ?? 0, heldIndex(turn.state));
    if (next <= commitIndex) return;
    change(turn, { commitIndex: next });
    for (let index = commitIndex + 1; index <= next; index += 1) {
      const { term, decree } = entryAt(turn.state, index)!;
      const model = 'model' in decree ? decree.model.digest : '';
      note(turn, 'entry-committed', { index, term, decree: decree.kind, model, members: members.length });
    }
  });
