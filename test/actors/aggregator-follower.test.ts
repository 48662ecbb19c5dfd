/** An aggregator that follows: what it offers to the leader, what it believes, and what it witnesses. */
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/kernel/contract.ts';
import type { Evidence } from '../../src/protocols/round-commit/messages.ts';
import type { SignedFrame } from '../../src/protocols/signed-frames.ts';
import { combineFingerprints } from '../../src/ml/merging/fingerprint.ts';
import { signedFrame } from '../support/signatures.ts';
import { blobNamed } from '../support/stepped-actor.ts';
import type { SteppedAggregator } from '../support/stepped-aggregator.ts';
import { appended, following, joined, members, modelNamed, offering, own, summed, update } from '../support/stepped-member.ts';

const leader = 'aggregator-01';
const digestOf = (digit: string): string => digit.repeat(64);
const asks = { kind: 'JoinRequested', attempt: 1, holding: null };
const claim = (digit: string, round = 1) => ({ kind: 'UpdateClaimed', round, digest: digestOf(digit), samples: 200 });
const partRequested = (attempt: number) => ({ kind: 'PartRequested', term: 1, version: 1, round: 1, attempt });
const closesFirst = { kind: 'roundClosed', round: 1, model: modelNamed('1'), attendance: 6, admitted: 6 } as const;

/** Evidence of the first round, in which this member's part has a fingerprint. */
const sums = (fingerprint = 7, life = 0): Evidence => ({
  kind: 'sums', total: blobNamed('6'), samples: 1_200,
  parts: [{ member: 'aggregator-00', life, samples: 800, fingerprint }, { member: leader, life: 0, samples: 400, fingerprint: 9 }],
  counted: [...own, 'worker-04', 'worker-05'].map((worker) => ({ worker, digest: digestOf('a'), samples: 200 })),
});

const proposed = (actor: SteppedAggregator, evidence: Evidence = sums()): SteppedAggregator =>
  actor.hear(leader, appended({ sequence: 3, previousIndex: 3, commitIndex: 3, decrees: [closesFirst], evidence }));
const recomputed = (actor: SteppedAggregator, digit = '1', fingerprints = [7, 9]): SteppedAggregator =>
  actor.finish('apply-sum', () => ({ weights: blobNamed(digit), fingerprint: combineFingerprints(fingerprints) }));

describe('a follower and those who ask', () => {
  it('sends workers and clients to whoever leads, once it knows', () => {
    const lost = joined();
    expect(lost.hear('worker-00', asks).sent).toEqual([]);
    expect(lost.hear('client-00', { kind: 'TrainingRequested', attempt: 1 }).sent).toEqual([]);
    const actor = following();
    const toLeader = { kind: 'Redirected', to: leader };
    expect(actor.hear('worker-09', asks).sent).toEqual([{ to: 'worker-09', message: toLeader }]);
    for (const kind of ['TrainingRequested', 'StopRequested']) {
      expect(actor.hear('client-00', { kind, attempt: 1 }).sent).toEqual([{ to: 'client-00', message: toLeader }]);
    }
    expect(actor.hear('client-00', { kind: 'TrainingFollowed', sequence: 1 }).sent).toEqual([{ to: 'client-00', message: toLeader }]);
  });

  it.each([asks, { kind: 'HeartbeatSent', sequence: 1, round: 1, answered: 0 }, update(1), { kind: 'JoinConfirmed', attempt: 1 }])(
    'sends a worker that another member serves there: %j', (message) => {
      const actor = following().hear('worker-05', message);
      expect(actor.sent).toEqual([{ to: 'worker-05', message: { kind: 'Redirected', to: 'aggregator-02' } }]);
    },
  );

  it('opens a round for its own workers, with the witness of each', () => {
    const actor = following();
    expect(actor.sent).toEqual([
      { to: 'worker-03', message: { kind: 'RoundOpened', round: 1, weights: blobNamed('0'), witness: 'aggregator-02' } },
    ]);
  });
});

describe('the part of a follower', () => {
  it('goes to the leader once all of its workers have answered', () => {
    const actor = offering(following());
    const [part] = actor.sent;
    const offer = { kind: 'PartOffered', round: 1, version: 1, complete: true, samples: 800, fingerprint: 7 };
    expect(part).toMatchObject({ to: leader, message: offer });
    expect((part!.message as unknown as { counted: { worker: string }[] }).counted.map(({ worker }) => worker)).toEqual(own);
  });

  it('goes as it stands when the leader asks for it, and once more when it is complete', () => {
    const actor = following().hear('worker-00', update(1)).hear('aggregator-02', partRequested(1));
    expect(actor.began).toEqual([]);
    expect(actor.hear(leader, partRequested(1)).began).toEqual(['sum-updates']);
    expect(summed(actor, ['worker-00']).sent[0]!.message).toMatchObject({ complete: false, attempt: 1, samples: 200 });
    expect(actor.hear('worker-01', update(1)).began).toEqual([]);
    expect(actor.hear('worker-02', update(1)).hear('worker-03', update(1)).began).toEqual(['sum-updates']);
    expect(summed(actor, own).sent[0]!.message).toMatchObject({ complete: true, attempt: 1, samples: 800 });
  });

  it('is empty, and needs no task, when there is nothing', () => {
    const actor = following().hear(leader, partRequested(1));
    expect(actor.sent[0]!.message).toMatchObject({ kind: 'PartOffered', complete: false, samples: 0, sum: null, counted: [] });
  });

  it('is made anew for another list of serving members, with the workers that were taken over', () => {
    const actor = offering(following());
    actor.hear(leader, appended({ sequence: 3, previousIndex: 3, version: 2, serving: ['aggregator-00', leader], commitIndex: 3 }));
    expect(actor.commands).toContainEqual({ type: 'record', kind: 'workers-taken-over', data: { workers: ['worker-05'] } });
    expect(actor.finish('cut-shard', () => ({ shard: null, samples: 200 })).sentKinds).toEqual(['RoundOpened']);
    actor.hear('worker-05', update(1));
    expect(summed(actor, [...own, 'worker-05']).sent[0]!.message).toMatchObject({ version: 2, complete: true, samples: 1_000 });
  });

  it('is not offered when the list has changed while it was made', () => {
    const actor = following();
    for (const worker of own) actor.hear(worker, update(1));
    actor.hear(leader, appended({ sequence: 3, previousIndex: 3, version: 2, commitIndex: 3 }));
    expect([summed(actor, own).sent, actor.began]).toEqual([[], ['sum-updates']]);
    expect(summed(actor, own).sent[0]!.message).toMatchObject({ version: 2, complete: true });
  });
});

describe('a follower that recomputes a round', () => {
  it('keeps and acknowledges what it finds true', () => {
    const actor = proposed(offering(following()));
    expect([actor.began, actor.decrees]).toEqual([['apply-sum'], []]);
    expect(recomputed(actor).decrees).toEqual(['roundClosed']);
    expect(actor.sent).toEqual([]);
    actor.save();
    expect(actor.sent.slice(0, 2).map(({ to, message }) => `${message.kind} ${to}`)).toEqual([
      `EntriesAnswered ${leader}`, 'EntriesStored aggregator-02',
    ]);
    // With the leader's own it is on two disks of three: decided, and the next round is open.
    expect(actor.recorded).toEqual(['entry-stored', 'entry-committed', 'round-closed', 'round-opened']);
    expect(actor.sentKinds.slice(2)).toEqual(own.map(() => 'RoundOpened'));
  });

  it.each([
    ['a model that is another', sums(), '2', [7, 9], 'says 111111111111, and it is 222222222222'],
    ['a total that is not the sum of its parts', sums(), '1', [7, 8], 'the total is not the sum of its parts'],
    ['a part of its own that it never offered', sums(8), '1', [8, 9], 'the part of aggregator-00 is not one that it offered'],
  ])('disputes %s, and keeps nothing', (_, evidence, digit, fingerprints, words) => {
    const actor = recomputed(proposed(offering(following()), evidence), digit, fingerprints);
    expect([actor.recorded, actor.decrees, actor.sent]).toEqual([['result-disputed'], [], []]);
    expect(actor.commands[0]).toMatchObject({ data: { reason: expect.stringContaining(words) } });
  });

  it('disputes what it cannot compute', () => {
    const actor = proposed(offering(following())).refuse('apply-sum', 'no updates add up to it');
    expect([actor.recorded, actor.decrees]).toEqual([['task-failed', 'result-disputed'], []]);
  });

  it('vouches for the sum alone when its part is of a life that it has forgotten', () => {
    expect(recomputed(proposed(offering(following()), sums(8, 1)), '1', [8, 9]).decrees).toEqual(['roundClosed']);
  });
});

describe('a witness', () => {
  const foundOut = (frame: SignedFrame) => ({ kind: 'ClaimReported', worker: frame.from, round: 1, claim: frame });
  const signed = (message: Message, from = 'worker-00') => signedFrame({ from, incarnation: 0, to: 'aggregator-02', message });
  const story = (digit: string, from?: string) => signed(claim(digit), from);

  const reportsOf = ({ sent }: SteppedAggregator) => sent.filter(({ message }) => message.kind === 'ClaimReported');

  it.each([
    ['before the round is proposed', (actor: SteppedAggregator) => proposed(actor.hear('worker-05', claim('b')))],
    ['after it was', (actor: SteppedAggregator) => proposed(actor).hear('worker-05', claim('b'))],
    ['after it was decided', (actor: SteppedAggregator) => recomputed(proposed(actor)).save().hear('worker-05', claim('b'))],
  ])('shows the server a claim that differs from what was counted, when it comes %s', (_, tell) => {
    const actor = tell(offering(following()));
    const frame = expect.objectContaining({ from: 'worker-05', to: 'aggregator-00' });
    const report = { kind: 'ClaimReported', worker: 'worker-05', round: 1, claim: frame };
    expect(reportsOf(actor)).toEqual([{ to: 'aggregator-02', message: report }]);
  });

  it('says nothing about a claim that agrees, and refuses one of a stranger', () => {
    expect(reportsOf(proposed(offering(following()).hear('worker-05', claim('a'))))).toEqual([]);
    expect(following().hear('worker-09', claim('a')).rejected).toEqual(['foreignClaim']);
  });

  it('asks the leader to remove a worker that told another digest elsewhere, with both frames', () => {
    const actor = following().hear('worker-00', update(1)).hear('aggregator-02', foundOut(story('b')));
    expect(actor.recorded).toEqual(['equivocation-proved']);
    const [request] = actor.sent;
    expect(request).toMatchObject({ to: leader, message: { kind: 'RemovalRequested', worker: 'worker-00', reason: 'equivocation' } });
    expect((request!.message as unknown as { proof: SignedFrame[] }).proof).toHaveLength(2);
    expect(actor.fire('watchEvery').sentKinds).toContain('RemovalRequested');
    const removed = { kind: 'workerRemoved', worker: 'worker-00', reason: 'equivocation' } as const;
    actor.hear(leader, appended({ sequence: 3, previousIndex: 3, decrees: [removed], commitIndex: 4 })).save();
    expect(actor.recorded).toContain('worker-removed');
    expect(actor.fire('watchEvery').sentKinds).toEqual([]);
    expect(actor.hear('worker-00', update(1)).rejected).toEqual(['foreignUpdate']);
    expect(actor.hear('worker-00', asks).rejected).toEqual(['foreignApplicant']);
  });

  it.each([
    ['was signed by somebody else', { ...story('b'), signature: story('b', 'worker-01').signature }],
    ['was tampered with', { ...story('a'), message: claim('b') }],
    ['was said by another worker', { ...story('b', 'worker-01'), from: 'worker-00' }],
    ['says nothing of an update', signed({ kind: 'WorkerLeft', round: 1 })],
  ])('accuses nobody by a frame that %s', (_, frame) => {
    const actor = following().hear('worker-00', update(1)).hear('aggregator-02', foundOut(frame));
    expect([actor.rejected, actor.recorded, actor.sent]).toEqual([['unprovenEquivocation'], [], []]);
  });

  it('listens to no report of somebody outside of the committee', () => {
    const actor = following().hear('worker-00', update(1)).hear('worker-03', foundOut(story('b')));
    expect([actor.rejected, actor.recorded]).toEqual([['foreignMember'], []]);
  });

  it('accuses a worker of two updates, of the last round as well', () => {
    const twice = following().hear('worker-00', update(1)).hear('worker-00', update(1, 'b'));
    expect([twice.rejected, twice.recorded]).toEqual([['conflictingUpdate'], ['equivocation-proved']]);
    const late = recomputed(proposed(offering(following()))).save().hear('worker-00', update(1, 'b'));
    expect([late.rejected, late.recorded]).toEqual([['lateUpdate'], ['equivocation-proved']]);
    expect(members).toContain(late.sent.at(-1)!.to);
  });
});
