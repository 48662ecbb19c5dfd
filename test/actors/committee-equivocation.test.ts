/** Workers that tell two stories of one round: two frames that they signed prove it, and nothing less does. */
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/kernel/contract.ts';
import type { BlobRef } from '../../src/kernel/blobs.ts';
import type { WorkerContext } from '../../src/actors/worker/context.ts';
import { simulate } from '../support/simulate.ts';
import type { Simulated } from '../support/simulate.ts';
import { workersThatSay } from '../support/spoiled-workers.ts';
import type { Saying } from '../support/spoiled-workers.ts';
import {
  attendances, committeeOfFive, expectOneModelARound, expectPassing, fault, ids, inRound, namesIn, nodes, serverAndWitness,
} from '../support/training-stories.ts';

const liar = 'worker-03';
const seeds = [1, 2, 3];
const elsewhere = 'f'.repeat(64);

/** What an honest worker says until a round, and what is said instead from then on. */
const from = (round: number, instead: (said: readonly Saying[], context: WorkerContext) => { to: string; message: Message }[]) =>
  (said: readonly Saying[], context: WorkerContext) =>
    (context.round < round ? said.map(({ to, message }) => ({ to, message: message as Message })) : instead(said, context));

/** One update to the server, and another digest to the witness. */
const twoStories = from(2, (said) => said.map(({ to, message }) =>
  ({ to, message: (message.kind === 'UpdateClaimed' ? { ...message, digest: elsewhere } : message) as Message })));

/** An honest update, and a claim of another digest than that of the round before, which is decided by now. */
const twoStoriesLate = from(2, (said) => said.map(({ to, message }) => {
  if (message.kind !== 'UpdateClaimed') return { to, message: message as Message };
  return { to, message: { ...message, round: message.round - 1, digest: elsewhere } as Message };
}));

/** Its update, and at once the model that it was sent as an update of its own. */
const twoUpdates = from(2, (said, { weights }) => said.flatMap(({ to, message }) => {
  if (message.kind !== 'UpdateSubmitted') return [];
  return [message, { ...message, update: weights as BlobRef }].map((one) => ({ to, message: one as Message }));
}));

/** Two claims that contradict each other, beside an honest update. */
const twoClaims = from(2, (said) => said.flatMap(({ to, message }) =>
  (message.kind === 'UpdateClaimed' ? [message, { ...message, samples: 1 }] : [message]).map((one) => ({ to, message: one as Message }))));

/** One member proved it, all removed the worker, and the other workers went on. */
function expectProved(run: Simulated, rounds = 6): void {
  expect(run.of('equivocation-proved').length).toBeGreaterThan(0);
  expect(namesIn(run, 'equivocation-proved', 'worker')).toEqual([liar]);
  const removals = run.of('worker-removed');
  expect(removals.map(({ node }) => node).sort()).toEqual(ids('aggregator', 5));
  for (const { data } of removals) expect(data).toEqual({ worker: liar, reason: 'equivocation' });
  expectOneModelARound(run, rounds);
  expect(attendances(run).at(-1)).toBe(11);
}

describe.each(['mean', 'median'])('with the %s', (aggregate) => {
  it.each(seeds)('a worker that claims another digest than it sent is proved and removed, seed %d', (seed) => {
    const run = expectPassing({
      seed, sections: { training: { aggregate, rounds: 8 } }, roles: [workersThatSay([liar], twoStories)],
      phrases: ['training finished', 'an equivocation was proved'],
    });
    expectProved(run, 8);
    const { first, second } = run.of('equivocation-proved')[0]!.data;
    expect([first, second]).toContain(elsewhere);
  });
});

it('whoever serves, witnesses or leads, it is found', () => {
  const roles = [workersThatSay(ids('worker', 12), twoStories)];
  const run = simulate({ counts: committeeOfFive, roles, virtualTimeMaxUs: 8_000_000 });
  expect(namesIn(run, 'equivocation-proved', 'worker')).toEqual(ids('worker', 12));
  expect(namesIn(run, 'worker-removed', 'worker')).toEqual(ids('worker', 12));
});

describe.each(seeds)('with seed %d', (seed) => {
  it('a claim that comes after its round was decided proves it as well', () => {
    expectProved(expectPassing({ seed, sections: { training: { rounds: 8 } }, roles: [workersThatSay([liar], twoStoriesLate)] }), 8);
  });

  it.each([['two updates to one member', twoUpdates], ['two claims to one member', twoClaims]])('%s prove it', (_, said) => {
    expectProved(expectPassing({ seed, sections: { training: { rounds: 8 } }, roles: [workersThatSay([liar], said)] }), 8);
  });

  it('an honest worker that restarts in mid-round, and trains again, is not accused', () => {
    const restart = (round: number, offsetMs: number) =>
      fault(inRound(round, offsetMs * 1_000), { kind: 'restart', who: nodes('worker', 12) }, `restart-${round}`);
    const run = expectPassing({
      seed, faults: [restart(2, 45), restart(3, 80), restart(4, 120), restart(5, 160)],
      phrases: ['training finished', 'a worker resumed from disk'],
    });
    expect(run.of('equivocation-proved')).toEqual([]);
    expect(run.rejected['unprovenEquivocation']).toBeUndefined();
    expect(attendances(run).at(-1)).toBe(12);
  });

  it('nor is one that is taken over in mid-round', () => {
    const [server] = serverAndWitness(liar);
    const index = Number(server.slice(-2));
    const run = expectPassing({
      seed, faults: [fault(inRound(3, 70_000), { kind: 'kill', who: nodes('aggregator', 1, index), restartAfterUs: 3_000_000 })],
      phrases: ['training finished', 'an aggregator took workers over'],
    });
    expect(run.of('equivocation-proved')).toEqual([]);
  });
});
