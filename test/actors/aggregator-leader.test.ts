/** An aggregator that leads two others: whose parts it adds up, whom it asks, whom it believes to be alive. */
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/kernel/contract.ts';
import { combineFingerprints } from '../../src/ml/merging/fingerprint.ts';
import { signedFrame } from '../support/signatures.ts';
import { blobNamed } from '../support/stepped-actor.ts';
import type { SteppedAggregator } from '../support/stepped-aggregator.ts';
import {
  answered, appended, elected, indexOfFirstRound, joined,
  leading, offering, own, summed, update,
} from '../support/stepped-member.ts';

type Offer = { readonly worker: string; readonly complete?: boolean; readonly attempt?: number; readonly version?: number };

/** The part of another member, of one worker. */
const part = ({ worker, complete = true, attempt = 0, version = 1 }: Offer): Message => ({
  kind: 'PartOffered', term: 1, version, round: 1, attempt, life: 0, complete, samples: 200, sum: blobNamed('8'), fingerprint: 9,
  counted: [{ worker, digest: 'a'.repeat(64), samples: 200 }],
} as unknown as Message);
const fromSecond = part({ worker: 'worker-04' });
const fromThird = part({ worker: 'worker-05' });

const claimed = (digit: string): Message => ({ kind: 'UpdateClaimed', round: 1, digest: digit.repeat(64), samples: 200 });
const claim = (to: string, digit: string) => signedFrame({ from: 'worker-00', incarnation: 0, to, message: claimed(digit) });
const removal = (reason: string, proof: readonly unknown[]): Message =>
  ({ kind: 'RemovalRequested', worker: 'worker-00', reason, proof }) as unknown as Message;
const published = (actor: SteppedAggregator): unknown =>
  (actor.sent.find(({ message }) => message.kind === 'EntriesAppended')!.message['bulletin'] as { serving: unknown }).serving;
/** Half a second after another, in which only the third member answers. */
function onlyThirdAnswers(actor: SteppedAggregator, times: number): string[] {
  const recorded: string[] = [];
  for (let time = 1; time <= times; time += 1) {
    recorded.push(...actor.wait(500_000).fire('watchEvery').recorded);
    actor.hear('aggregator-02', answered(10 + time, 3));
  }
  return recorded;
}

describe('a leader and the parts of a round', () => {
  it('adds them up once all have offered complete ones', () => {
    const actor = offering(leading()).hear('aggregator-01', fromSecond);
    expect(actor.began).toEqual([]);
    expect(actor.hear('aggregator-02', part({ worker: 'worker-05', complete: false })).began).toEqual([]);
    expect(actor.hear('aggregator-02', fromThird).began).toEqual(['merge-sums']);
    const fingerprint = combineFingerprints([7, 9, 9]);
    actor.finish('merge-sums', () => ({ weights: blobNamed('1'), total: blobNamed('6'), samples: 1_200, fingerprint }));
    expect([actor.recorded, actor.decrees]).toEqual([['round-proposed'], ['roundClosed']]);
    const updates = [...own, 'worker-04', 'worker-05'].map((worker) => ({ worker, update: 'a'.repeat(64) }));
    expect(actor.commands).toContainEqual({ type: 'record', kind: 'round-proposed', data: { round: 1, complete: true, updates } });
  });

  it.each([
    ['another version of the list', 'aggregator-01', part({ worker: 'worker-04', version: 2 }), 'latePart'],
    ['the round after the next', 'aggregator-01', { ...fromSecond, round: 3 }, 'latePart'],
    ['an earlier term', 'aggregator-01', { ...fromSecond, term: 0 }, 'latePart'],
    ['no member', 'worker-04', fromSecond, 'foreignMember'],
  ])('takes no part of %s', (_, from, message, reason) => {
    const actor = offering(leading()).hear('aggregator-02', fromThird).hear(from, message);
    expect([actor.rejected, actor.began]).toEqual([[reason], []]);
  });

  it('keeps a part of the next round, of a member that counted the votes of this one sooner, and asks for it no more', () => {
    const actor = offering(leading()).hear('aggregator-01', fromSecond).hear('aggregator-02', fromThird);
    const fingerprint = combineFingerprints([7, 9, 9]);
    actor.finish('merge-sums', () => ({ weights: blobNamed('1'), total: blobNamed('6'), samples: 1_200, fingerprint })).save();
    expect(actor.hear('aggregator-01', { ...part({ worker: 'worker-04' }), round: 2 } as Message).rejected).toEqual([]);
    actor.hear('aggregator-02', answered(9, indexOfFirstRound));
    for (const worker of own) actor.hear(worker, update(2));
    summed(actor, own).hear('aggregator-02', { ...part({ worker: 'worker-05' }), round: 2 } as Message);
    expect(actor.began).toEqual(['merge-sums']);
  });

  it('asks for what there is when the time of the round is over, again until it is enough, and closes with it', () => {
    const actor = leading({ training: { quorum: '50%' } }).hear('worker-00', update(1)).fire('roundTimeout');
    expect([actor.recorded, actor.sentKinds]).toEqual([['round-overdue'], ['PartRequested', 'PartRequested']]);
    expect(actor.sent[0]!.message).toMatchObject({ version: 1, round: 1, attempt: 1 });
    summed(actor, ['worker-00']).hear('aggregator-01', part({ worker: 'worker-04', complete: false, attempt: 1 }));
    expect(actor.hear('aggregator-02', { ...fromThird, complete: false }).isIn('overdue')).toBe(true);
    expect(actor.hear('aggregator-02', { ...fromThird, complete: false, attempt: 1 }).isIn('merging')).toBe(true);
    const other = leading({ training: { quorum: '50%' } }).fire('roundTimeout').fire('requestAgain');
    expect([other.sent[0]!.message['attempt'], other.recorded]).toEqual([2, []]);
  });

  it('finds out about a worker whose witness it is itself', () => {
    const actor = offering(leading()).hear('worker-05', claimed('b')).hear('aggregator-01', fromSecond).hear('aggregator-02', fromThird);
    const fingerprint = combineFingerprints([7, 9, 9]);
    actor.finish('merge-sums', () => ({ weights: blobNamed('1'), total: blobNamed('6'), samples: 1_200, fingerprint }));
    expect(actor.sent).toMatchObject([{ to: 'aggregator-02', message: { kind: 'ClaimReported', worker: 'worker-05' } }]);
  });
});

describe('a leader that is asked to remove a worker', () => {
  const stories = [claim('aggregator-01', 'a'), claim('aggregator-02', 'b')] as const;

  it('does so by two frames that contradict each other, and once', () => {
    const actor = leading().hear('aggregator-02', removal('equivocation', stories));
    expect(actor.decrees).toEqual(['workerRemoved']);
    expect(actor.hear('aggregator-02', removal('equivocation', stories)).decrees).toEqual([]);
  });

  it.each([
    ['one frame', [stories[0]]],
    ['the same frame twice', [stories[0], stories[0]]],
    ['a forged frame', [stories[0], { ...stories[1], signature: stories[0].signature }]],
    ['frames of another worker', stories.map((frame) => ({ ...frame, from: 'worker-01' }))],
  ])('does not by %s', (_, proof) => {
    const actor = leading().hear('aggregator-02', removal('equivocation', proof));
    expect([actor.rejected, actor.decrees]).toEqual([['unprovenEquivocation'], []]);
  });

  it('believes only members, and needs no proof of a departure', () => {
    expect(leading().hear('worker-01', removal('left', [])).rejected).toEqual(['foreignMember']);
    expect(leading().hear('aggregator-02', removal('left', [])).decrees).toEqual(['workerRemoved']);
  });
});

describe('a leader and who serves', () => {
  it('takes a member off the list that is silent, and on again when the next round begins', () => {
    const actor = leading();
    const recorded = onlyThirdAnswers(actor, 8);
    expect(recorded).toContain('aggregator-suspected');
    expect(recorded.filter((kind) => kind === 'aggregator-suspected')).toHaveLength(1);
    expect(published(actor.fire('committeeBeat'))).toEqual(['aggregator-00', 'aggregator-02']);
    expect(actor.hear('aggregator-01', answered(30, 3)).recorded).toEqual(['aggregator-returned']);
    expect(published(actor.fire('committeeBeat'))).toEqual(['aggregator-00', 'aggregator-02']);
  });

  it('begins without the leader before it, whose silence was the reason', () => {
    const actor = elected(joined().hear('aggregator-01', appended({ sequence: 1, previousIndex: 0 })).save(), 2);
    expect(actor.recorded).toContain('aggregator-suspected');
    expect(published(actor)).toEqual(['aggregator-00', 'aggregator-02']);
  });

  it('suspects nobody at the beginning when it led before itself', () => {
    const actor = elected(joined().hear('aggregator-01', appended({ sequence: 1, previousIndex: 0 })).save(), 2);
    actor.hear('aggregator-02', { kind: 'VoteRequested', term: 3, lastIndex: 0, lastTerm: 0 }).save();
    expect(actor.isIn('follower')).toBe(true);
    expect(elected(actor, 4).recorded).not.toContain('aggregator-suspected');
    expect(published(actor)).toEqual(['aggregator-00', 'aggregator-01', 'aggregator-02']);
  });

  it('forgets the parts of its former time when it leads again', () => {
    const actor = offering(leading()).hear('aggregator-01', fromSecond);
    actor.hear('aggregator-02', { kind: 'VoteRequested', term: 2, lastIndex: 0, lastTerm: 0 }).save();
    elected(actor, 3).hear('aggregator-02', answered(1, 4, 3));
    const { rows } = actor.context['parts'] as { rows: readonly { node: string }[] };
    expect(rows.map(({ node }) => node)).not.toContain('aggregator-01');
  });
});
