/** Roles with a bug each, which the promise that is named must find: a detector that is never tried detects nothing. */
import { describe, expect, it } from 'vitest';
import { aggregator } from '../../src/actors/aggregator.ts';
import { hearCommittee, takeSave } from '../../src/actors/aggregator/agreement.ts';
import { makePart, takeUpdate } from '../../src/actors/aggregator/collecting.ts';
import type { AggregatorContext, AggregatorEvent } from '../../src/actors/aggregator/context.ts';
import { proposeRound } from '../../src/actors/aggregator/leading.ts';
import { beginVerifying, takeVerification } from '../../src/actors/aggregator/verifying.ts';
import { bootstrap } from '../../src/actors/bootstrap.ts';
import { act, record } from '../../src/actors/define.ts';
import type { IssuedCommand, RoleAction } from '../../src/actors/define.ts';
import { mapRows } from '../../src/actors/roster.ts';
import { altered, withActions } from '../support/altered-actions.ts';
import { simulate } from '../support/simulate.ts';
import type { Simulation } from '../support/simulate.ts';
import { atMs, fault, inRound, nodes, these } from '../support/training-stories.ts';

type Action = RoleAction<AggregatorContext, AggregatorEvent>;

/** Properties that some seed finds broken. */
function brokenIn({ counts = {}, ...simulation }: Partial<Omit<Simulation, 'seed'>>, seeds = 4): string[] {
  const broken = new Set<string>();
  const all = { bootstrap: 2, aggregator: 1, worker: 6, client: 1, ...counts };
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { summary } = simulate({ ...simulation, counts: all, seed, virtualTimeMaxUs: 30_000_000 });
    for (const { property, class: kind } of summary.findings) if (kind === 'fail') broken.add(property);
  }
  return [...broken].sort();
}

/** Every aggregator dies in the third round, and comes back. */
const crash = (count: number) =>
  fault(inRound(3, 20_000), { kind: 'kill', who: nodes('aggregator', count), restartAfterUs: 300_000 }, 'crash');

/** Workers that repeat themselves before an answer can have come, and rounds that do not wait for all. */
const hasty = { training: { retryAfter: '30ms', roundTimeout: '200ms', quorum: '30%' } };
/** Workers that are late for such rounds. */
const slow = fault(atMs(0), { kind: 'slow', who: nodes('worker', 2), factor: 5_000 }, 'slow');

/** An action whose commands are others. */
const saying = (honest: Action, change: (command: IssuedCommand) => readonly IssuedCommand[]): Action =>
  altered(honest, (honestly, given) => {
    const { context, commands } = honestly(given);
    return { context, commands: commands.flatMap(change) };
  });

const countedOnce = 'every counted update was sent for that round by an admitted worker, once';
const countsAll = 'a round that closes before its time counts every worker that is not suspected';

describe.each([1, 3, 5])('with %d aggregators', (count) => {
  const counts = { aggregator: count };

  it('nothing is found when nothing is planted', () => {
    expect(brokenIn({ counts, faults: [crash(count)] })).toEqual([]);
    expect(brokenIn({ counts, sections: hasty, faults: [slow] })).toEqual([]);
  });

  it('an aggregator that takes whatever comes for the open round is found', () => {
    const role = withActions(aggregator, {
      takeUpdate: altered(takeUpdate, (honestly, { context, event }) =>
        honestly({
          context,
          event: event.type === 'UpdateSubmitted' ? { ...event, message: { ...event.message, round: context.openRound } } : event,
        })),
    });
    expect(brokenIn({ counts, roles: [role], sections: hasty, faults: [slow] })).toEqual([countedOnce]);
  });

  it('an aggregator that says that nobody is awaited any more is found', () => {
    const role = withActions(aggregator, {
      makePart: altered(makePart, (honestly, { context, event }) => {
        const first = context.presence.self === 'aggregator-00' ? context.workers.rows[0] : undefined;
        const forgotten = mapRows(context.workers, (row) => (row === first ? { ...row, update: 'refused' as const } : row));
        return honestly({ context: { ...context, workers: forgotten }, event });
      }),
    });
    expect(brokenIn({ counts, roles: [role] })).toEqual([countsAll]);
  });

  it('aggregators that forget to say whom they admitted are found', () => {
    const silent = (command: IssuedCommand) => (command.type === 'record' && command.kind === 'worker-admitted' ? [] : [command]);
    const role = withActions(aggregator, { hearCommittee: saying(hearCommittee, silent), takeSave: saying(takeSave, silent) });
    expect(brokenIn({ counts, roles: [role] })).toContain(countedOnce);
  });

  it('aggregators whose models do not reach the disk, and that close rounds again, are found', () => {
    const lost = (command: IssuedCommand) =>
      (command.type === 'save' && command.key.startsWith('log/') && JSON.stringify(command.value).includes('roundClosed')
        ? [{ ...command, value: null }]
        : [command]);
    const altering = { proposeRound, hearCommittee, beginVerifying, takeVerification };
    const role = withActions(
      aggregator,
      Object.fromEntries(Object.entries(altering).map(([name, honest]) => [name, saying(honest, lost)])),
    );
    expect(brokenIn({ counts, roles: [role], faults: [crash(count)], sections: hasty })).toContain('one decree at each index');
  });
});

it('a bootstrap that takes the last word for the newest is found', () => {
  const learn = act<{ self: string }, never>(({ event }) => {
    const { entries } = (event as { message: { entries: readonly { node: string }[] } }).message;
    return { commands: entries.map(({ node, ...entry }) => record('peer-known', { ...entry, peer: node, from: 'exchange' })) };
  });
  // A bootstrap that cannot hear one worker is sent all that the other knows, and has heard the rest itself.
  const cut = fault(atMs(0), { kind: 'partition', sides: [these('bootstrap-01'), these('worker-00')] }, 'cut');
  const roles = [withActions(bootstrap, { learn })];
  const broken = brokenIn({ roles, faults: [cut], sections: { training: { rounds: 60 } } });
  expect(broken).toEqual(["a bootstrap's knowledge of a peer only grows"]);
});
