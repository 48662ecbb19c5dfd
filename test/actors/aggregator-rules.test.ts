/**
 * Aggregators that merge by a rule which needs every update: when a leader may close a round, when it has to
 * give up, and that members agree on a model that depends on the one before.
 */
import { describe, expect, it, test } from 'vitest';
import type { Message } from '../../src/kernel/contract.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import { verdictOf } from '../support/shipped-scenarios.ts';
import type { SteppedAggregator } from '../support/stepped-aggregator.ts';
import { answered, leading, own, update } from '../support/stepped-member.ts';
import { atMs, expectOneModelARound, expectPassing, fault, ids, nodes } from '../support/training-stories.ts';
import { wrapped } from '../support/wrapped-nodes.ts';

/** Krum against one liar needs five updates; half of six workers are three. */
const krum = { training: { aggregate: 'krum', byzantine: 1, quorum: '50%' } };
type Offer = { readonly complete?: boolean; readonly attempt?: number };

/** The part of another member; all updates are alike, so that the leader holds them already. */
const part = (workers: readonly NodeId[], { complete = true, attempt = 0 }: Offer = {}): Message => ({
  kind: 'PartOffered', term: 1, version: 1, round: 1, attempt, life: 0, complete, samples: 0, sum: null, fingerprint: 0,
  counted: workers.map((worker) => ({ worker, digest: 'a'.repeat(64), samples: 200 })),
} as unknown as Message);

/** Its own workers have answered; those that are refused count for nothing. */
function inspected(actor: SteppedAggregator, refused: readonly NodeId[] = []): SteppedAggregator {
  for (const worker of own) actor.hear(worker, update(1));
  const counted = own.filter((worker) => !refused.includes(worker));
  const reasons = refused.map((worker) => ({ worker, reason: 'nonFiniteUpdate' }));
  return actor.finish('inspect-updates', () => ({ counted, refused: reasons }));
}
const removal = (worker: NodeId): Message => ({ kind: 'RemovalRequested', worker, reason: 'left', proof: [] });

describe('a leader whose rule needs five updates', () => {
  it('closes a complete round of six, and of five', () => {
    for (const refused of [[], ['worker-03']]) {
      const actor = inspected(leading(krum), refused).hear('aggregator-01', part(['worker-04']));
      expect(actor.began).toEqual([]);
      expect(actor.hear('aggregator-02', part(['worker-05'])).began).toEqual(['merge']);
      const [merge] = actor.commands.filter(({ type }) => type === 'compute') as unknown as [{ input: { updates: readonly object[] } }];
      expect(merge.input).toMatchObject({ rule: { name: 'krum', byzantine: 1 }, before: null });
      expect(merge.input.updates).toHaveLength(6 - refused.length);
    }
  });

  it('closes no complete round of four, although that is a quorum', () => {
    const actor = inspected(leading(krum), ['worker-03']).hear('aggregator-01', part(['worker-04'])).hear('aggregator-02', part([]));
    expect([actor.began, actor.isIn('collecting')]).toEqual([[], true]);
  });

  it('closes an overdue one with five, and not with four', () => {
    const actor = inspected(leading(krum)).fire('roundTimeout');
    const incomplete = { complete: false, attempt: 1 };
    actor.hear('aggregator-01', part([], incomplete)).hear('aggregator-02', part([], incomplete));
    expect(actor.isIn('overdue')).toBe(true);
    // Whoever lives and offers nothing is not awaited for ever; too few updates are, whatever is asked for.
    for (let request = 2; request <= 6; request += 1) expect(actor.fire('requestAgain').isIn('overdue')).toBe(true);
    expect(actor.hear('aggregator-02', part(['worker-05'], { complete: false, attempt: 6 })).isIn('merging')).toBe(true);
  });

  it('stops the training in words when fewer take part than it could ever serve', () => {
    const actor = leading(krum);
    for (const [place, worker] of ['worker-00', 'worker-01'].entries()) {
      actor.hear('aggregator-02', removal(worker)).save().hear('aggregator-02', answered(5 + place, 4 + place));
    }
    expect(actor.isIn('collecting')).toBe(true);
    expect(actor.fire('roundTimeout').decrees).toEqual(['trainingStopped']);
    const reason = 'Krum with 1 liar among 4 updates: it needs 2 · 1 + 3 = 5';
    expect(JSON.stringify(actor.commands)).toContain(reason);
  });

  it('goes on while there are five', () => {
    const actor = leading(krum).hear('aggregator-02', removal('worker-00')).save().hear('aggregator-02', answered(5, 4));
    expect(actor.fire('roundTimeout').decrees).toEqual([]);
    expect(actor.isIn('overdue')).toBe(true);
  });
});

describe('a committee whose rule needs more than are there', () => {
  const counts = { worker: 12 };
  const training = { quorum: '50%', aggregate: 'multi-krum', byzantine: 4 };

  test('begins with them all, although a quorum of them came before the others', () => {
    const run = expectPassing({
      counts, sections: { training }, faults: [fault(atMs(30), { kind: 'pause', who: nodes('worker', 3, 9), forUs: 30_000_000 })],
    });
    expectOneModelARound(run);
    expect(run.of('round-opened')[0]!.at).toBeGreaterThan(30_000_000);
  });

  test('tells every client why it stops, once the liars are removed', () => {
    const all = { bootstrap: 3, aggregator: 5, worker: 12, client: 2 };
    const run = expectPassing({
      counts, sections: { training: { ...training, rounds: 20 } }, wrap: wrapped('equivocation', ids('worker', 4), all),
      phrases: ['training was stopped', 'an equivocation was proved'],
    });
    const reasons = run.of('client-finished').map(({ data }) => [data['stopped'], data['reason']]);
    const reason = /^Multi-Krum with 4 liars among \d+ updates: it needs 2 · 4 \+ 3 = 11$/u;
    expect(reasons).toEqual([[true, expect.stringMatching(reason)], [true, expect.stringMatching(reason)]]);
  });
});

/** Clips nearly every update, so that the model follows from the two before it. */
const clipping = ['training.aggregate=centered-clipping', 'training.byzantine=2', 'training.clippingRadius=0.2', 'nodes.worker=16'];

describe.each(['leader-dies-mid-commit', 'rolling-restarts'])('centered clipping through %s', (name) => {
  const file = `scenarios/${name}.yaml`;

  test.each([1])('gives one model a round, also to members that restart, seed %i', async (seed) => {
    expect(await verdictOf(file, seed, 'surrogate', { set: clipping })).toMatchObject({ findings: [], verdict: 'pass' });
  });

});

test('clipping so narrowly, it learns something else than the mean of the same updates', async () => {
  const hashes = ['0.2', '1e6'].map(async (radius) => {
    const set = [...clipping, `training.clippingRadius=${radius}`];
    return (await verdictOf('scenarios/leader-dies-mid-commit.yaml', 3, 'surrogate', { set })).modelHash;
  });
  expect(await hashes[0]).not.toBe(await hashes[1]);
});
