/** Members of a committee whose rule is no sum: they name updates, and ask each other for those that they lack. */
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/kernel/contract.ts';
import { blobNamed } from '../support/stepped-actor.ts';
import type { SteppedAggregator } from '../support/stepped-aggregator.ts';
import { appended, following, indexOfFirstRound, leading, modelNamed, own, update } from '../support/stepped-member.ts';

const sections = { training: { aggregate: 'median' } };
const digest = (digit: string): string => digit.repeat(64);
const counted = (worker: string, digit: string) => ({ worker, digest: digest(digit), samples: 200 });

/** The part of another member, of one worker, whose update has the digest of a digit. */
const part = (worker: string, digit: string): Message => ({
  kind: 'PartOffered', term: 1, version: 1, round: 1, attempt: 0, life: 0, complete: true,
  samples: 0, sum: null, fingerprint: 0, counted: [counted(worker, digit)],
} as unknown as Message);

/** Its own four workers have answered with one update, and its part of them is made. */
function offering(actor: SteppedAggregator): SteppedAggregator {
  for (const worker of own) actor.hear(worker, update(1));
  return actor.finish('inspect-updates', () => ({ counted: own, refused: [] }));
}

type MergeInput = { readonly updates: readonly { readonly worker: string; readonly update: unknown }[]; readonly before: unknown };
const requests = (actor: SteppedAggregator) =>
  actor.sent
    .filter(({ message }) => message.kind === 'UpdatesRequested')
    .map(({ to, message }) => ({ to, ...message }) as Record<string, unknown>);
const attemptOf = (actor: SteppedAggregator): number => requests(actor)[0]!['attempt'] as number;
const given = (attempt: number, digits: string, bytes?: number): Message => ({
  kind: 'UpdatesSent', round: 1, attempt, updates: [...digits].map((digit) => blobNamed(digit, bytes)),
} as unknown as Message);

describe('a leader whose rule is no sum', () => {
  it('asks each member for what it counted, and merges when all of it is there', () => {
    const actor = offering(leading(sections)).hear('aggregator-01', part('worker-04', 'b'));
    expect(requests(actor)).toMatchObject([{ to: 'aggregator-01', round: 1, digests: [digest('b')] }]);
    const first = attemptOf(actor);
    actor.hear('aggregator-02', part('worker-05', 'c'));
    const second = attemptOf(actor);
    expect(actor.hear('aggregator-01', given(first, 'b')).began).toEqual([]);
    expect(actor.hear('aggregator-02', given(second, 'c')).began).toEqual(['merge']);
    const { input } = actor.commands.find(({ type }) => type === 'compute') as unknown as { input: MergeInput };
    expect(input.updates.map(({ worker }) => worker)).toEqual([...own, 'worker-04', 'worker-05']);
    expect(input.updates.at(-1)!.update).toEqual(blobNamed('c'));
    expect(input.before).toBeNull();
    actor.finish('merge', () => ({ weights: blobNamed('1') })).save();
    const evidence = actor.sent.find(({ message }) => message.kind === 'EntriesAppended')!.message['evidence'];
    expect(JSON.stringify(evidence)).toContain(digest('c'));
    expect(JSON.stringify(evidence)).not.toContain('"blob"');
  });

  it('takes no update that it did not ask for, nor one of another size than the model', () => {
    const actor = offering(leading(sections)).hear('aggregator-01', part('worker-04', 'b'));
    const attempt = attemptOf(actor);
    expect(actor.hear('aggregator-02', given(attempt, 'b')).rejected).toEqual(['unaskedUpdates']);
    expect(actor.hear('aggregator-01', given(attempt + 1, 'b')).rejected).toEqual(['unaskedUpdates']);
    actor.hear('aggregator-02', part('worker-05', 'a'));
    expect(actor.hear('aggregator-01', given(attempt, 'bd', 99)).began).toEqual([]);
  });

  it('asks again, after a while, whoever did not have an update', () => {
    const actor = offering(leading(sections)).hear('aggregator-01', part('worker-04', 'b'));
    expect(requests(actor.hear('aggregator-01', given(attemptOf(actor), '')))).toEqual([]);
    expect(requests(actor.wait(500_000).fire('watchEvery'))).toMatchObject([{ to: 'aggregator-01', digests: [digest('b')] }]);
  });

  it('gives up a request that nobody answers', () => {
    const actor = offering(leading(sections)).hear('aggregator-01', part('worker-04', 'b'));
    expect(requests(actor.wait(500_000).fire('watchEvery'))).toEqual([]);
    actor.wait(2_000_000).fire('watchEvery');
    expect(requests(actor.wait(500_000).fire('watchEvery'))).toMatchObject([{ to: 'aggregator-01', digests: [digest('b')] }]);
  });
});

const closed = { kind: 'roundClosed', round: 1, model: modelNamed('1'), attendance: 5, admitted: 6 } as const;
const evidence = { kind: 'updates', updates: [...own.map((worker) => counted(worker, 'a')), counted('worker-04', 'b')] } as const;
const lastBefore = indexOfFirstRound - 1;
const proposal = appended({ sequence: 3, previousIndex: lastBefore, decrees: [closed], evidence, commitIndex: lastBefore });

describe('a follower whose rule is no sum', () => {
  it('gives members the updates that it holds, and nobody else any', () => {
    const actor = offering(following(sections));
    const asked: Message = { kind: 'UpdatesRequested', round: 1, attempt: 4, digests: [digest('a'), digest('b')] };
    const answer = { kind: 'UpdatesSent', round: 1, attempt: 4, updates: [blobNamed('a')] };
    expect(actor.hear('aggregator-02', asked).sent).toEqual([{ to: 'aggregator-02', message: answer }]);
    expect(actor.hear('worker-00', asked).rejected).toEqual(['foreignMember']);
  });

  it('asks for the updates of a proposal that it lacks, and recomputes the model from them', () => {
    const actor = offering(following(sections)).hear('aggregator-01', proposal);
    expect(actor.began).toEqual([]);
    const [request] = requests(actor);
    expect(request).toMatchObject({ round: 1, digests: [digest('b')] });
    expect(actor.hear(request!['to'] as string, given(request!['attempt'] as number, 'b')).began).toEqual(['merge']);
    expect(actor.finish('merge', () => ({ weights: blobNamed('1') })).decrees).toEqual(['roundClosed']);
  });

  it('forgets what is decided and cannot be recomputed, so that the model itself is sent', () => {
    const actor = offering(following(sections)).hear('aggregator-01', proposal);
    const decided = appended({ sequence: 4, previousIndex: indexOfFirstRound, commitIndex: indexOfFirstRound });
    actor.hear('aggregator-01', decided).wait(500_000).fire('watchEvery');
    const refused = actor.hear('aggregator-01', { ...decided, sequence: 5 }).sent.find(({ message }) => message.kind === 'EntriesAnswered');
    expect(refused?.message).toMatchObject({ accepted: false, index: indexOfFirstRound });
    const known = { kind: 'model', model: blobNamed('1') } as const;
    const frame = { sequence: 6, previousIndex: indexOfFirstRound - 1, commitIndex: indexOfFirstRound };
    const model = appended({ ...frame, decrees: [closed], evidence: known });
    expect(actor.hear('aggregator-01', model).save().recorded).toContain('round-closed');
  });

  it('keeps what is not decided, however long its updates are on their way', () => {
    const actor = offering(following(sections)).hear('aggregator-01', proposal);
    actor.wait(500_000).fire('watchEvery');
    const [request] = requests(actor.hear('aggregator-01', { ...proposal, sequence: 4 } as Message));
    expect(request).toBeUndefined();
    const answers = actor.sent.filter(({ message }) => message.kind === 'EntriesAnswered');
    expect(answers.map(({ message }) => message['accepted'])).not.toContain(false);
  });

  it('lets go of updates of rounds that are over', () => {
    const actor = offering(following(sections)).hear('aggregator-01', proposal);
    const [request] = requests(actor);
    actor.hear(request!['to'] as string, given(request!['attempt'] as number, 'b'));
    actor.finish('merge', () => ({ weights: blobNamed('1') })).save();
    const two = { ...closed, round: 2, model: modelNamed('2') };
    const known = { kind: 'model', model: blobNamed('2') } as const;
    const frame = { sequence: 5, previousIndex: indexOfFirstRound, commitIndex: indexOfFirstRound };
    actor.hear('aggregator-01', appended({ ...frame, decrees: [two], evidence: known }));
    const asked: Message = { kind: 'UpdatesRequested', round: 1, attempt: 4, digests: [digest('b')] };
    const updates = () => actor.hear('aggregator-02', asked).sent[0]!.message['updates'];
    expect(updates()).toEqual([blobNamed('b')]);
    actor.save().hear('aggregator-01', appended({ sequence: 6, previousIndex: indexOfFirstRound + 1, commitIndex: indexOfFirstRound + 1 }));
    expect(updates()).toEqual([]);
  });
});
