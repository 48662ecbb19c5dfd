import { describe, expect, it } from 'vitest';
import { worker } from '../../src/actors/worker.ts';
import { SteppedActor, blobNamed } from '../support/stepped-actor.ts';
import { configurationWith, emptyDisk } from './configurations.ts';

const accepted = { kind: 'JoinAccepted', attempt: 1, shard: blobNamed('5', 900), samples: 200, kept: false };
const opened = (round: number, digit = '1', witness: string | null = 'aggregator-02') =>
  ({ kind: 'RoundOpened', round, weights: blobNamed(digit), witness });
const trained = (round: number, digit = 'a') =>
  ({ type: 'computed', task: 'learning/train', key: `round-${round}`, result: { update: blobNamed(digit), samples: 200, loss: 1 } });
const received = (round: number) => ({ kind: 'UpdateReceived', round });
const found = (...peers: string[]) => ({ kind: 'PeersFound', role: 'aggregator', attempt: 1, peers });
const stored = { type: 'saved', key: 'shard', ticket: '' };

const started = (sections = {}) => new SteppedActor(worker, 'worker-00', configurationWith(sections)).tell(emptyDisk);
const joining = (sections = {}) => started(sections).hear('bootstrap-01', found('aggregator-00'));
const resting = (sections = {}) => joining(sections).hear('aggregator-00', accepted).tell(stored);
const submitting = (sections = {}) => resting(sections).hear('aggregator-00', opened(1)).tell(trained(1));
const answered = (sections = {}) => submitting(sections).hear('aggregator-00', received(1));

describe('a worker that joins', () => {
  it('announces itself to all bootstraps and asks one after another for an aggregator', () => {
    const actor = new SteppedActor(worker, 'worker-00', configurationWith());
    expect(actor.sent.map(({ to }) => to)).toEqual(['bootstrap-00', 'bootstrap-01']);
    const first = actor.tell(emptyDisk).sent[0]!.to;
    expect(actor.fire('tryAgain').sent[0]!.to).not.toBe(first);
    actor.hear('bootstrap-00', found());
    expect(actor.isIn('seeking')).toBe(true);
  });

  it('acknowledges its shard only once it is on disk', () => {
    const actor = joining();
    expect(actor.sent[0]).toMatchObject({ to: 'aggregator-00', message: { kind: 'JoinRequested', holding: null } });
    actor.hear('aggregator-00', accepted);
    expect(actor.sent).toEqual([]);
    expect(actor.asked).toEqual(['save shard']);
    actor.tell(stored);
    expect(actor.sentKinds).toEqual(['JoinConfirmed']);
    expect(actor.isIn('resting') && actor.isIn('beating')).toBe(true);
  });

  it('tries a failed save again, and confirms nothing before', () => {
    const actor = joining().hear('aggregator-00', accepted).tell({ type: 'saveFailed', key: 'shard', ticket: '', reason: 'diskFull' });
    expect(actor.isIn('storingDelayed')).toBe(true);
    expect(actor.sent).toEqual([]);
    expect(actor.fire('tryAgain').asked).toEqual(['save shard']);
  });

  it('asks the bootstraps again after some tries without an answer, and then another aggregator', () => {
    const actor = joining();
    for (let tries = 0; tries < 4 && actor.isIn('joining'); tries += 1) actor.fire('tryAgain');
    expect(actor.isIn('seeking')).toBe(true);
    const next = actor.hear('bootstrap-00', found('aggregator-00', 'aggregator-01')).sent[0];
    expect(next).toMatchObject({ to: 'aggregator-01', message: { kind: 'JoinRequested' } });
  });

  it('rests for ever when no part of the data is left for it', () => {
    expect(joining().hear('aggregator-00', { ...accepted, shard: null, samples: 0 }).isIn('idle')).toBe(true);
  });

  it('takes a shard of whichever aggregator gives one, and of nobody else', () => {
    expect(joining().hear('aggregator-01', accepted).tell(stored).sent).toMatchObject([{ to: 'aggregator-01' }]);
    expect(joining().hear('worker-01', accepted).isIn('joining')).toBe(true);
    expect(joining().hear('worker-01', { ...accepted, shard: null, samples: 0 }).isIn('joining')).toBe(true);
  });

  it('applies at once with whom it is sent to', () => {
    const actor = joining().hear('aggregator-00', { kind: 'Redirected', to: 'aggregator-02' });
    expect(actor.sent).toMatchObject([{ to: 'aggregator-02', message: { kind: 'JoinRequested' } }]);
    expect(joining().hear('worker-01', { kind: 'Redirected', to: 'aggregator-02' }).sent).toEqual([]);
  });
});

describe('a worker with a shard on disk', () => {
  const records = { shard: { aggregator: 'aggregator-00', shard: blobNamed('5', 900), samples: 200 } };
  const kept = { ...accepted, shard: null, kept: true };

  it('names what it holds, and trains on it without having it sent again', () => {
    const actor = new SteppedActor(worker, 'worker-00', configurationWith(), 1).tell({ type: 'restored', records, damaged: [] });
    expect(actor.recorded).toEqual(['worker-resumed']);
    expect(actor.sent[0]!.message).toMatchObject({ kind: 'JoinRequested', holding: '5'.repeat(64) });
    actor.hear('aggregator-00', kept).tell(stored);
    actor.hear('aggregator-00', opened(4));
    const input = expect.objectContaining({ shard: blobNamed('5', 900) });
    expect(actor.commands).toContainEqual(expect.objectContaining({ type: 'compute', input }));
  });

  it('begins anew when the record came back damaged', () => {
    const actor = new SteppedActor(worker, 'worker-00', configurationWith(), 1).tell({ type: 'restored', records: {}, damaged: ['shard'] });
    expect(actor.isIn('seeking')).toBe(true);
  });

  it('has its shard sent again when the answer to its last life says that it holds one, and its disk lost it', () => {
    const actor = joining().hear('aggregator-00', kept);
    expect(actor.isIn('joining')).toBe(true);
    expect(actor.fire('tryAgain').sent[0]!.message).toMatchObject({ kind: 'JoinRequested', holding: null });
    expect(actor.hear('aggregator-00', accepted).asked).toEqual(['save shard']);
  });
});

describe('a worker in a round', () => {
  it('trains, submits, tries again, and rests once it is acknowledged', () => {
    const actor = resting().hear('aggregator-00', opened(1, '1', null));
    expect(actor.asked).toEqual(['compute learning/train round-1']);
    actor.tell(trained(1));
    expect(actor.recorded).toEqual(['update-sent']);
    expect(actor.sentKinds).toEqual(['UpdateSubmitted']);
    expect(actor.fire('tryAgain').sentKinds).toEqual(['UpdateSubmitted']);
    expect(actor.recorded).toEqual([]);
    actor.hear('aggregator-00', received(1));
    expect(actor.isIn('resting')).toBe(true);
    expect(actor.fire('heartbeatEvery').sent[0]!.message).toEqual({ kind: 'HeartbeatSent', sequence: 1, round: 1, answered: 1 });
  });

  it('tells its witness the digest of what it sends its aggregator, and no more', () => {
    expect(submitting().sent).toEqual([
      { to: 'aggregator-00', message: { kind: 'UpdateSubmitted', round: 1, update: blobNamed('a'), samples: 200 } },
      { to: 'aggregator-02', message: { kind: 'UpdateClaimed', round: 1, digest: 'a'.repeat(64), samples: 200 } },
    ]);
  });

  it('drops a round for a newer one, and what was computed for the old', () => {
    const actor = resting().hear('aggregator-00', opened(1)).hear('aggregator-00', opened(2, '2'));
    expect(actor.asked).toEqual(['compute learning/train round-2']);
    expect(actor.tell(trained(1)).isIn('training')).toBe(true);
    expect(actor.tell(trained(2)).sent[0]!.message).toMatchObject({ kind: 'UpdateSubmitted', round: 2 });
    actor.hear('aggregator-00', opened(3, '3'));
    expect(actor.isIn('training')).toBe(true);
  });

  it('submits again, and trains no more, when a restarted aggregator opens the round again', () => {
    const actor = answered().hear('aggregator-00', opened(1));
    expect(actor.sentKinds).toEqual(['UpdateSubmitted', 'UpdateClaimed']);
    expect(actor.asked).toEqual([]);
    expect(actor.hear('aggregator-00', received(7)).isIn('submitting')).toBe(true);
    expect(actor.hear('worker-01', received(1)).isIn('submitting')).toBe(true);
  });

  it.each([
    ['resting', () => resting().hear('aggregator-00', opened(2)).tell(trained(2)).hear('aggregator-00', received(2))],
    ['training', () => resting().hear('aggregator-00', opened(2))],
    ['submitting', () => resting().hear('aggregator-00', opened(2)).tell(trained(2))],
  ])('refuses rounds that are past or of a stranger while it is %s', (state, begin) => {
    const actor = begin();
    expect(actor.hear('aggregator-01', opened(1)).rejected).toEqual(['staleRoundOpened']);
    expect(actor.hear('worker-01', opened(3)).rejected).toEqual(['staleRoundOpened']);
    expect(actor.isIn(state)).toBe(true);
  });

  it('rests, and says why, when its training is refused', () => {
    const actor = resting().hear('aggregator-00', opened(1));
    actor.tell({ type: 'computeFailed', task: 'learning/train', key: 'round-1', reason: 'training diverged' });
    expect(actor.recorded).toEqual(['task-failed']);
    expect(actor.isIn('resting')).toBe(true);
    // It would fail again; but whoever asks serves it, and is to hear that it lives.
    expect(actor.hear('aggregator-01', opened(1)).asked).toEqual([]);
    expect(actor.fire('heartbeatEvery').sent).toMatchObject([{ to: 'aggregator-01' }]);
  });

  it.each([
    ['resting', () => resting()],
    ['submitting', () => submitting()],
  ])('joins again when it is invited while it is %s', (_, begin) => {
    expect(begin().hear('aggregator-01', { kind: 'JoinInvited' }).sentKinds).toEqual(['JoinRequested']);
    expect(begin().hear('worker-01', { kind: 'JoinInvited' }).sent).toEqual([]);
  });

  it('goes on beating while it looks for somebody who lets it join again', () => {
    const actor = resting().hear('aggregator-00', { kind: 'JoinInvited' });
    while (actor.isIn('joining')) actor.fire('tryAgain');
    expect(actor.isIn('seeking')).toBe(true);
    expect(actor.fire('heartbeatEvery').sent).toMatchObject([{ to: 'aggregator-00', message: { kind: 'HeartbeatSent' } }]);
    expect(actor.hear('bootstrap-00', found('aggregator-00', 'aggregator-01')).sent).toMatchObject([{ to: 'aggregator-01' }]);
    expect(actor.fire('heartbeatEvery').sent).toMatchObject([{ to: 'aggregator-01' }]);
  });

  it('leaves in order when it was told to', () => {
    const actor = submitting({ worker: { leaveAfterRound: 1 } }).hear('aggregator-00', received(1));
    expect(actor.sentKinds).toEqual(['WorkerLeft', 'Departed', 'Departed']);
    expect(actor.finished).toBe(true);
    expect(submitting({ worker: { leaveAfterRound: 1 } }).hear('worker-01', received(1)).finished).toBe(false);
  });
});
