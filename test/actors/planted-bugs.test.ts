/** Roles with a bug each, which the promise that is named must find: a detector that is never tried detects nothing. */
import { describe, expect, it } from 'vitest';
import { aggregator } from '../../src/actors/aggregator.ts';
import type { AggregatorContext, AggregatorEvent } from '../../src/actors/aggregator/context.ts';
import { bootstrap } from '../../src/actors/bootstrap.ts';
import { act, defineRole, record, save, send } from '../../src/actors/define.ts';
import type { RoleDefinition } from '../../src/actors/define.ts';
import type { Fault } from '../../src/host/faults.ts';
import { weightOf } from '../../src/protocols/training/rules.ts';
import { rowOf, withRow } from '../../src/actors/roster.ts';
import { simulate } from '../support/simulate.ts';
import type { Simulation } from '../support/simulate.ts';

const counts = { bootstrap: 2, aggregator: 1, worker: 6, client: 1 };

/** The role with some of its named actions replaced. */
function withActions(role: RoleDefinition, actions: Readonly<Record<string, unknown>>): RoleDefinition {
  return defineRole({ ...role, machine: role.machine.provide({ actions: actions as never }) });
}

/** Properties that some seed finds broken. */
function brokenIn(simulation: Omit<Simulation, 'counts' | 'seed'>): Set<string> {
  const broken = new Set<string>();
  for (let seed = 1; seed <= 10; seed += 1) {
    const { summary } = simulate({ ...simulation, counts, seed, virtualTimeMaxUs: 60_000_000 });
    for (const { property, class: kind } of summary.findings) if (kind === 'fail') broken.add(property);
  }
  return broken;
}

const killAggregator: Fault = {
  id: 'crash', drawn: false, trigger: { kind: 'record', record: 'round-opened', where: { round: 3 }, offsetUs: 20_000 },
  effect: { kind: 'kill', who: { kind: 'nodes', nodes: ['aggregator-00'] }, restartAfterUs: 300_000 },
};

/** Workers that repeat themselves before an answer can have come. */
const impatient = { training: { retryAfter: '30ms' } };

const countedTwice = 'every counted update was sent for that round by an admitted worker, once';

/** Counts whatever comes, without asking whether it was counted before, or which round it is for. */
const countBlindly = (roundOf: (context: AggregatorContext, said: number) => number) =>
  act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
    if (event.type !== 'UpdateSubmitted' || context.openRound === null) return {};
    const { from, message } = event;
    const member = rowOf(context.members, from)!;
    const round = roundOf(context, message.round);
    if (round !== context.openRound) return {};
    const update = { update: message.update, samples: weightOf(message.samples, member.samples) };
    return {
      context: { members: withRow(context.members, { ...member, update }) },
      commands: [
        record('update-counted', { round, worker: from, samples: update.samples, update: update.update.blob }),
        send(from, { kind: 'UpdateReceived', round: message.round }),
      ],
    };
  });

describe('a planted bug is found', () => {
  it('none, when nothing is planted', () => {
    expect([...brokenIn({ sections: impatient, faults: [killAggregator] })]).toEqual([]);
  });

  it('an aggregator that counts a retransmitted update twice', () => {
    const role = withActions(aggregator, { countUpdate: countBlindly((_, said) => said) });
    expect([...brokenIn({ roles: [role], sections: impatient })]).toEqual([countedTwice]);
  });

  it('an aggregator that counts a late update for the open round', () => {
    const role = withActions(aggregator, { countUpdate: countBlindly((context) => context.openRound!) });
    expect([...brokenIn({ roles: [role], sections: impatient })]).toContain(countedTwice);
  });

  it('an aggregator that forgets to say whom it admitted', () => {
    const takeConfirmation = act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
      if (event.type !== 'JoinConfirmed') return {};
      const member = rowOf(context.members, event.from)!;
      return { context: { members: withRow(context.members, { ...member, admitted: true, heardUs: event.mono }) } };
    });
    expect([...brokenIn({ roles: [withActions(aggregator, { takeConfirmation })] })]).toContain(countedTwice);
  });

  it('an aggregator whose commits do not reach the disk, and that closes rounds again', () => {
    const saveRound = act<AggregatorContext, AggregatorEvent>(({ context }) => {
      const round = context.weights === null ? 0 : context.round + 1;
      return { commands: [save(round === 0 ? 'round-even' : 'elsewhere', { round, weights: context.merged }, `round-${round}`)] };
    });
    // Some workers are behind when the aggregator dies; those ahead refuse its old rounds.
    const hasty = { training: { roundTimeout: '90ms', quorum: '10%' } };
    const broken = brokenIn({ roles: [withActions(aggregator, { saveRound })], faults: [killAggregator], sections: hasty });
    expect([...broken].sort()).toEqual(['committed rounds only grow', 'one model per round']);
  });

  it('a bootstrap that takes the last word for the newest', () => {
    const learn = act<{ self: string }, never>(({ event }) => {
      const { entries } = (event as { message: { entries: readonly { node: string }[] } }).message;
      return { commands: entries.map(({ node, ...entry }) => record('peer-known', { ...entry, peer: node, from: 'exchange' })) };
    });
    const broken = brokenIn({ roles: [withActions(bootstrap, { learn })], sections: { training: { rounds: 60 } } });
    expect([...broken]).toEqual(["a bootstrap's knowledge of a peer only grows"]);
  });
});
