/**
 * Committees with one bug each: the promise that is named finds it within 50 seeds, and the honest
 * committee passes the same seeds under the same faults, so that nothing but the bug is found.
 */
import { expect, it } from 'vitest';
import { aggregator } from '../../src/actors/aggregator.ts';
import { beatAsLeader, hearCommittee, settle, takeSave } from '../../src/actors/aggregator/agreement.ts';
import { takeUpdate } from '../../src/actors/aggregator/collecting.ts';
import type { AggregatorContext, AggregatorEvent } from '../../src/actors/aggregator/context.ts';
import { step } from '../../src/actors/aggregator/draft.ts';
import { proposeRound } from '../../src/actors/aggregator/leading.ts';
import { takeVerification } from '../../src/actors/aggregator/verifying.ts';
import { lookAround } from '../../src/actors/aggregator/watching.ts';
import type { RoleAction } from '../../src/actors/define.ts';
import { mapRows, rowOf } from '../../src/actors/roster.ts';
import { present } from '../../src/kernel/assert.ts';
import { roundCommitProtocol } from '../../src/protocols/round-commit/protocol.ts';
import { restoreMember } from '../../src/protocols/round-commit/storage.ts';
import { altered, deedOf, withActions } from '../support/altered-actions.ts';
import { runChaos } from '../support/chaos-run.ts';
import { simulate } from '../support/simulate.ts';
import type { Simulated, Simulation } from '../support/simulate.ts';
import { at, committeeOfFive, fault, inRound, theLeader } from '../support/training-stories.ts';

type Action = RoleAction<AggregatorContext, AggregatorEvent>;
type Run = (seed: number, roles: NonNullable<Simulation['roles']>) => Simulated;

const seedsMax = 50;

/** The promises that a run broke. */
const brokenIn = (run: Simulated): readonly string[] =>
  run.summary.findings.filter(({ class: kind }) => kind === 'fail').map(({ property }) => property);

/** Runs seed after seed until the planted bug breaks the promise; the honest committee keeps all promises meanwhile. */
function expectFound(promise: string, actions: Readonly<Record<string, Action>>, run: Run): void {
  const planted = withActions(aggregator, actions);
  for (let seed = 1; seed <= seedsMax; seed += 1) {
    expect(brokenIn(run(seed, [])), `the honest committee with seed ${seed}`).toEqual([]);
    if (brokenIn(run(seed, [planted])).includes(promise)) return void process.stdout.write(`${promise}: found by seed ${seed}\n`);
  }
  expect.fail(`none of ${seedsMax} seeds breaks "${promise}"`);
}

/** A planted bug may keep a training from its end, so that runs are cut short. */
const chaos: Run = (seed, roles) => runChaos(seed, { roles, phrases: [], virtualTimeMaxUs: 40_000_000 });

it('a commit without a majority is found', () => {
  const countingTwo = altered<AggregatorContext, AggregatorEvent>(hearCommittee, (honestly, { context, event }) => {
    if (event.type === 'PreVoteAnswered' || event.type === 'VoteAnswered') return honestly({ context, event });
    const { quorum } = context.agreement;
    const deed = honestly({ context: { ...context, agreement: { ...context.agreement, quorum: 2 } }, event });
    return { ...deed, context: { ...deed.context, agreement: { ...deed.context.agreement, quorum } } };
  });
  expectFound('a committed entry is on the disks of a majority', { hearCommittee: countingTwo }, chaos);
});

it('a vote that leaves before its term is on disk is found', () => {
  const votingFromMemory = altered<AggregatorContext, AggregatorEvent>(hearCommittee, (honestly, given) => {
    const { context, commands } = honestly(given);
    const vote = commands.find((command) => command.type === 'save' && command.key.startsWith('vote-'));
    if (given.event.type !== 'VoteRequested' || vote?.type !== 'save') return { context, commands };
    const { key, ticket } = vote;
    const answered = deedOf(takeSave, { context, event: { ...given.event, type: 'saved', key, ticket } });
    return { context: answered.context, commands: [...commands.filter((command) => command !== vote), ...answered.commands] };
  });
  // The first leader of a term stands still, and whoever voted for it is restarted before an entry of the term is on disk.
  const followers = { kind: 'state', role: 'aggregator', state: 'follower' } as const;
  const faults = [
    fault(inRound(2), { kind: 'kill', who: theLeader }, 'death'),
    fault(at('leader-elected', { term: 2 }, 1_000), { kind: 'pause', who: theLeader, forUs: 4_000_000 }, 'pause'),
    fault(at('leader-elected', { term: 2 }, 2_000), { kind: 'kill', who: followers, restartAfterUs: 200_000 }, 'crash'),
  ];
  expectFound('one vote a term', { hearCommittee: votingFromMemory }, (seed, roles) =>
    simulate({ seed, counts: committeeOfFive, roles, faults, virtualTimeMaxUs: 20_000_000 }));
});

it('a retransmitted update that is counted twice is found', () => {
  const countingAgain = altered<AggregatorContext, AggregatorEvent>(takeUpdate, (honestly, { context, event }) => {
    const deed = honestly({ context, event });
    const row = event.type === 'UpdateSubmitted' ? rowOf(context.workers, event.from) : undefined;
    if (event.type !== 'UpdateSubmitted' || event.message.round !== context.openRound) return deed;
    if (row === undefined || row.update === null || row.update === 'refused') return deed;
    const { rows, place } = deed.context.workers;
    return { ...deed, context: { ...deed.context, workers: { rows: [...rows, row], place } } };
  });
  // Workers repeat themselves before an answer can have come.
  const sections = { training: { retryAfter: '30ms' } };
  expectFound('every counted update was sent for that round by an admitted worker, once', { takeUpdate: countingAgain }, (seed, roles) =>
    simulate({ seed, counts: committeeOfFive, roles, sections, virtualTimeMaxUs: 20_000_000 }));
});

it('a takeover that forgets an update is found', () => {
  /** Whom it takes over it believes to have answered. */
  const forgetting = (honest: Action): Action =>
    altered(honest, (honestly, given) => {
      const deed = honestly(given);
      const takeover = deed.commands.find((command) => command.type === 'record' && command.kind === 'workers-taken-over');
      if (takeover?.type !== 'record') return deed;
      const taken = takeover.data['workers'] as readonly string[];
      const workers = mapRows(deed.context.workers, (row) => (taken.includes(row.node) ? { ...row, update: 'refused' as const } : row));
      return { ...deed, context: { ...deed.context, workers } };
    });
  const honest = { hearCommittee, takeSave, takeVerification, beatAsLeader, lookAround };
  const actions = Object.fromEntries(Object.entries(honest).map(([name, action]) => [name, forgetting(action)]));
  expectFound('a round that closes before its time counts every worker that is not suspected', actions, chaos);
});

it('a restore from the wrong checkpoint is found', () => {
  const restoringOldest = step((draft, event) => {
    if (event.type !== 'restored') return;
    const { agreement, committee } = draft.context;
    settle(draft, restoreMember(agreement, event.records, event.damaged, committee, draft.nowUs, (found) =>
      [...found].sort((a, b) => a.checkpoint.index - b.checkpoint.index)[0]));
  });
  expectFound('a restored member takes its newest checkpoint', { restoreSeat: restoringOldest }, chaos);
});

it('an aggregator that proposes a model of its own making is found, since round commit tolerates no such member', () => {
  expect(roundCommitProtocol.tolerates.byzantine).toContain('none');
  const lying = altered<AggregatorContext, AggregatorEvent>(proposeRound, (honestly, { context, event }) => {
    if (event.type !== 'computed' || context.presence.self !== 'aggregator-02') return honestly({ context, event });
    const weights = present(context.ledger.model, 'the model before');
    return honestly({ context, event: { ...event, result: { ...(event.result as object), weights } } });
  });
  expectFound('no member disputes a result', { proposeRound: lying }, chaos);
});
