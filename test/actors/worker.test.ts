import { describe, expect, it } from 'vitest';
import { worker } from '../../src/actors/worker.ts';
import { SteppedActor, blobNamed } from '../support/stepped-actor.ts';
import { configurationWith, emptyDisk } from './configurations.ts';

const accepted = { kind: 'JoinAccepted', attempt: 1, shard: blobNamed('5', 900), samples: 200, kept: false };
const opened = (round: number, digit = '1') => ({ kind: 'RoundOpened', round, weights: blobNamed(digit) });
const trained = (round: number, digit = 'a') =>
  ({ type: 'computed', task: 'learning/train', key: `round-${round}`, result: { update: blobNamed(digit), samples: 200, loss: 1 } });
const found = { kind: 'PeersFound', role: 'aggregator', attempt: 1, peers: ['aggregator-00'] };

const started = (sections = {}) => new SteppedActor(worker, 'worker-00', configurationWith(sections)).tell(emptyDisk);
const joining = (sections = {}) => started(sections).hear('bootstrap-01', found);
const resting = (sections = {}) =>
  joining(sections).hear('aggregator-00', accepted).tell({ type: 'saved', key: 'shard', ticket: '' });

describe('a worker that joins', () => {
  it('announces itself to all bootstraps and asks one after another for an aggregator', () => {
    const actor = new SteppedActor(worker, 'worker-00', configurationWith());
    expect(actor.sent.map(({ to }) => to)).toEqual(['bootstrap-00', 'bootstrap-01']);
    const first = actor.tell(emptyDisk).sent[0]!.to;
    expect(actor.fire('tryAgain').sent[0]!.to).not.toBe(first);
    actor.hear('bootstrap-00', { ...found, peers: [] });
    expect(actor.isIn('seeking')).toBe(true);
  });

  it('acknowledges its shard only once it is on disk', () => {
    const actor = joining();
    expect(actor.sent[0]).toMatchObject({ to: 'aggregator-00', message: { kind: 'JoinRequested', holding: null } });
    actor.hear('aggregator-00', accepted);
    expect(actor.sent).toEqual([]);
    expect(actor.asked).toEqual(['save shard']);
    actor.tell({ type: 'saved', key: 'shard', ticket: '' });
    expect(actor.sentKinds).toEqual(['JoinConfirmed']);
    expect(actor.isIn('resting') && actor.isIn('beating')).toBe(true);
  });

  it('tries a failed save again, and confirms nothing before', () => {
    const actor = joining().hear('aggregator-00', accepted).tell({ type: 'saveFailed', key: 'shard', ticket: '', reason: 'diskFull' });
    expect(actor.isIn('storingDelayed')).toBe(true);
    expect(actor.sent).toEqual([]);
    expect(actor.fire('tryAgain').asked).toEqual(['save shard']);
  });

  it('asks the bootstraps again after some tries without an answer', () => {
    const actor = joining();
    for (let tries = 0; tries < 4 && actor.isIn('joining'); tries += 1) actor.fire('tryAgain');
    expect(actor.isIn('seeking')).toBe(true);
  });

  it('rests for ever when no part of the data is left for it', () => {
    expect(joining().hear('aggregator-00', { ...accepted, shard: null, samples: 0 }).isIn('idle')).toBe(true);
  });

  it('takes no shard from anybody else', () => {
    expect(joining().hear('aggregator-01', accepted).isIn('joining')).toBe(true);
  });
});

describe('a worker with a shard on disk', () => {
  const records = { shard: { aggregator: 'aggregator-00', shard: blobNamed('5', 900), samples: 200 } };

  it('names what it holds, and trains on it without having it sent again', () => {
    const actor = new SteppedActor(worker, 'worker-00', configurationWith(), 1).tell({ type: 'restored', records, damaged: [] });
    expect(actor.recorded).toEqual(['worker-resumed']);
    expect(actor.sent[0]!.message).toMatchObject({ kind: 'JoinRequested', holding: '5'.repeat(64) });
    actor.hear('aggregator-00', { ...accepted, shard: null, kept: true }).tell({ type: 'saved', key: 'shard', ticket: '' });
    actor.hear('aggregator-00', opened(4));
    const input = expect.objectContaining({ shard: blobNamed('5', 900) });
    expect(actor.commands).toContainEqual(expect.objectContaining({ type: 'compute', input }));
  });

  it('begins anew when the record came back damaged', () => {
    const actor = new SteppedActor(worker, 'worker-00', configurationWith(), 1).tell({ type: 'restored', records: {}, damaged: ['shard'] });
    expect(actor.isIn('seeking')).toBe(true);
  });
});

describe('a worker in a round', () => {
  it('trains, submits, tries again, and rests once it is acknowledged', () => {
    const actor = resting().hear('aggregator-00', opened(1));
    expect(actor.asked).toEqual(['compute learning/train round-1']);
    actor.tell(trained(1));
    expect(actor.recorded).toEqual(['update-sent']);
    expect(actor.sentKinds).toEqual(['UpdateSubmitted']);
    expect(actor.fire('tryAgain').sentKinds).toEqual(['UpdateSubmitted']);
    expect(actor.recorded).toEqual([]);
    actor.hear('aggregator-00', { kind: 'UpdateReceived', round: 1 });
    expect(actor.isIn('resting')).toBe(true);
    expect(actor.fire('heartbeatEvery').sent[0]!.message).toEqual({ kind: 'HeartbeatSent', sequence: 1, round: 1, answered: 1 });
  });

  it('drops a round for a newer one, and what was computed for the old', () => {
    const actor = resting().hear('aggregator-00', opened(1)).hear('aggregator-00', opened(2, '2'));
    expect(actor.asked).toEqual(['compute learning/train round-2']);
    expect(actor.tell(trained(1)).isIn('training')).toBe(true);
    expect(actor.tell(trained(2)).sent[0]!.message).toMatchObject({ kind: 'UpdateSubmitted', round: 2 });
    actor.hear('aggregator-00', opened(3, '3'));
    expect(actor.isIn('training')).toBe(true);
  });

  it('submits again when a restarted aggregator opens the round again', () => {
    const actor = resting().hear('aggregator-00', opened(1)).tell(trained(1)).hear('aggregator-00', { kind: 'UpdateReceived', round: 1 });
    expect(actor.hear('aggregator-00', opened(1)).sentKinds).toEqual(['UpdateSubmitted']);
    expect(actor.hear('aggregator-00', { kind: 'UpdateReceived', round: 7 }).isIn('submitting')).toBe(true);
  });

  it('refuses rounds that are past or of a stranger', () => {
    const actor = resting().hear('aggregator-00', opened(2)).tell(trained(2)).hear('aggregator-00', { kind: 'UpdateReceived', round: 2 });
    expect(actor.hear('aggregator-00', opened(1)).rejected).toEqual(['staleRoundOpened']);
    expect(actor.hear('aggregator-01', opened(3)).rejected).toEqual(['staleRoundOpened']);
  });

  it('rests, and says why, when its training is refused', () => {
    const actor = resting().hear('aggregator-00', opened(1));
    actor.tell({ type: 'computeFailed', task: 'learning/train', key: 'round-1', reason: 'training diverged' });
    expect(actor.recorded).toEqual(['task-failed']);
    expect(actor.isIn('resting')).toBe(true);
  });

  it('joins again when the aggregator does not know it any more', () => {
    expect(resting().hear('aggregator-00', { kind: 'JoinInvited' }).sentKinds).toEqual(['JoinRequested']);
  });

  it('leaves in order when it was told to', () => {
    const actor = resting({ worker: { leaveAfterRound: 1 } }).hear('aggregator-00', opened(1)).tell(trained(1));
    actor.hear('aggregator-00', { kind: 'UpdateReceived', round: 1 });
    expect(actor.sentKinds).toEqual(['WorkerLeft', 'Departed', 'Departed']);
    expect(actor.finished).toBe(true);
  });
});
