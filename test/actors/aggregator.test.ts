import { describe, expect, it } from 'vitest';
import { aggregator } from '../../src/actors/aggregator.ts';
import { SteppedActor, blobNamed } from '../support/stepped-actor.ts';
import { configurationWith, emptyDisk } from './configurations.ts';

const workers = ['worker-00', 'worker-01', 'worker-02'];
const request = { kind: 'TrainingRequested', attempt: 1 };
const saved = (key: string, ticket = '') => ({ type: 'saved', key, ticket });
const computed = (task: string, key: string, result: object) =>
  ({ type: 'computed', task: `learning/${task}`, key, result: result as never });
const update = (round: number, digit = 'a', samples = 200) => ({ kind: 'UpdateSubmitted', round, update: blobNamed(digit), samples });

const waiting = (sections = {}) => new SteppedActor(aggregator, 'aggregator-00', configurationWith(sections)).tell(emptyDisk);

function gathering(sections = {}): SteppedActor {
  return waiting(sections)
    .hear('client-00', request)
    .tell(computed('first-weights', 'round-0', { weights: blobNamed('0') }))
    .tell(saved('round-even', 'round-0'));
}

/** Round 1 is open, with three workers; time does not stand at zero. */
function collecting(sections = {}): SteppedActor {
  const actor = gathering(sections).wait(1_000_000);
  for (const worker of workers) actor.hear(worker, { kind: 'JoinRequested', attempt: 1, holding: null });
  for (const worker of workers) {
    actor.tell(computed('cut-shard', worker, { shard: null, samples: 200 })).tell(saved(`admission/${worker}`));
    actor.hear(worker, { kind: 'JoinConfirmed', attempt: 1 });
  }
  return actor;
}

function committing(sections = {}): SteppedActor {
  const actor = collecting(sections);
  for (const worker of workers) actor.hear(worker, update(1));
  return actor.tell(computed('merge', 'round-1', { weights: blobNamed('1') }));
}

describe('an aggregator before the first round', () => {
  it('begins nothing before a client asks', () => {
    const actor = waiting();
    for (const worker of workers) expect(actor.hear(worker, { kind: 'JoinRequested', attempt: 1, holding: null }).asked).toEqual([]);
    expect(actor.isIn('waiting')).toBe(true);
    expect(actor.hear('client-00', request).asked).toEqual(['compute learning/first-weights round-0']);
  });

  it('tells clients that it began only once the first model is on disk, and starts once', () => {
    const actor = waiting().hear('client-00', request).hear('client-01', request);
    expect(actor.sent).toEqual([]);
    actor.tell(computed('first-weights', 'round-0', { weights: blobNamed('0') }));
    expect(actor.sent).toEqual([]);
    actor.tell(saved('round-even', 'round-0'));
    expect(actor.recorded).toEqual(['training-started']);
    expect(actor.sent.map(({ to }) => to)).toEqual(['client-00', 'client-01']);
    expect(actor.hear('client-01', request).sentKinds).toEqual(['TrainingStarted']);
  });

  it('cuts shares once all declared workers have asked, and tells of one once it is saved', () => {
    const actor = gathering();
    for (const worker of workers) actor.hear(worker, { kind: 'JoinRequested', attempt: 1, holding: null });
    expect(actor.asked).toEqual(workers.map((worker) => `compute learning/cut-shard ${worker}`));
    actor.tell(computed('cut-shard', 'worker-01', { shard: blobNamed('5', 900), samples: 200 }));
    expect(actor.sent).toEqual([]);
    actor.tell(saved('admission/worker-01'));
    const share = { kind: 'JoinAccepted', attempt: 1, shard: blobNamed('5', 900), samples: 200, kept: false };
    expect(actor.sent).toEqual([{ to: 'worker-01', message: share }]);
    actor.hear('worker-01', { kind: 'JoinRequested', attempt: 2, holding: '5'.repeat(64) });
    expect(actor.sent[0]!.message).toMatchObject({ attempt: 2, shard: null, kept: true });
  });

  it('begins with a quorum of the declared workers after the time-out, and not with fewer', () => {
    const actor = gathering({ training: { quorum: '60%' } });
    actor.hear('worker-00', { kind: 'JoinRequested', attempt: 1, holding: null }).fire('joinTimeout');
    expect(actor.isIn('shorthanded')).toBe(true);
    actor.hear('worker-01', { kind: 'JoinRequested', attempt: 1, holding: null });
    expect(actor.isIn('sharing')).toBe(true);
    actor.tell(computed('cut-shard', 'worker-00', { shard: null, samples: 200 })).tell(saved('admission/worker-00'));
    actor.hear('worker-00', { kind: 'JoinConfirmed', attempt: 1 });
    expect(actor.fire('joinTimeout').isIn('incomplete')).toBe(true);
    actor.tell(computed('cut-shard', 'worker-01', { shard: null, samples: 200 })).tell(saved('admission/worker-01'));
    expect(actor.hear('worker-01', { kind: 'HeartbeatSent', sequence: 1, round: 0, answered: 0 }).isIn('collecting')).toBe(true);
  });

  it('waits for no worker whose share is empty, and forgets one whose share was refused', () => {
    const actor = gathering();
    for (const worker of workers) actor.hear(worker, { kind: 'JoinRequested', attempt: 1, holding: null });
    actor.tell(computed('cut-shard', 'worker-00', { shard: null, samples: 0 }));
    expect(actor.sent[0]!.message).toMatchObject({ kind: 'JoinAccepted', samples: 0 });
    actor.tell({ type: 'computeFailed', task: 'learning/cut-shard', key: 'worker-01', reason: 'no' });
    expect(actor.recorded).toEqual(['task-failed']);
    actor.hear('worker-01', { kind: 'JoinRequested', attempt: 2, holding: null });
    expect(actor.asked).toEqual(['compute learning/cut-shard worker-01']);
  });

  it('saves the first model again when that failed', () => {
    const actor = waiting().hear('client-00', request).tell(computed('first-weights', 'round-0', { weights: blobNamed('0') }));
    actor.tell({ type: 'saveFailed', key: 'round-even', ticket: 'round-0', reason: 'diskFull' });
    expect(actor.isIn('storingDelayed')).toBe(true);
    expect(actor.hear('client-01', request).fire('saveAgain').asked).toEqual(['save round-even']);
  });
});

describe('an aggregator in a round', () => {
  it('sends the model to all and merges once all have answered', () => {
    const actor = collecting();
    expect(actor.recorded).toEqual(['worker-admitted', 'round-opened']);
    expect(actor.sent.map(({ to }) => to)).toEqual(workers);
    expect(actor.hear('worker-00', update(1)).sentKinds).toEqual(['UpdateReceived']);
    actor.hear('worker-01', update(1));
    expect(actor.hear('worker-02', update(1)).asked).toEqual(['compute learning/merge round-1']);
  });

  it('acknowledges a repeated update without counting it again, and clamps what it claims', () => {
    const actor = collecting().hear('worker-00', update(1, 'a', 999));
    expect(actor.rejected).toEqual(['overweightUpdate']);
    const data = { round: 1, worker: 'worker-00', samples: 200, update: 'a'.repeat(64) };
    expect(actor.commands).toContainEqual({ type: 'record', kind: 'update-counted', data });
    actor.hear('worker-00', update(1));
    expect([actor.rejected, actor.recorded, actor.sentKinds]).toEqual([['duplicateUpdate'], [], ['UpdateReceived']]);
  });

  it.each([
    ['a stranger', 'worker-09', update(1), 'foreignUpdate'],
    ['another round', 'worker-00', update(3), 'futureUpdate'],
    ['the wrong size', 'worker-00', { ...update(1), update: blobNamed('a', 1) }, 'misshapenUpdate'],
  ])('refuses an update of %s', (_, from, message, reason) => {
    const actor = collecting().hear(from, message);
    expect([actor.rejected, actor.recorded, actor.sent]).toEqual([[reason], [], []]);
  });

  it('closes at the time-out with a quorum, and waits for one without', () => {
    const actor = collecting({ training: { quorum: '60%' } }).hear('worker-00', update(1)).fire('roundTimeout');
    expect(actor.isIn('overdue') && actor.recorded.includes('round-overdue')).toBe(true);
    expect(actor.hear('worker-01', update(1)).isIn('merging')).toBe(true);
    const other = collecting({ training: { quorum: '60%' } }).hear('worker-00', update(1)).hear('worker-01', update(1));
    expect(other.fire('roundTimeout').isIn('merging')).toBe(true);
  });

  it('stops waiting for who is silent or leaves, and welcomes who returns', () => {
    const actor = collecting({ training: { quorum: '60%' } }).hear('worker-00', update(1)).wait(2_500_000);
    actor.hear('worker-01', { kind: 'HeartbeatSent', sequence: 1, round: 1, answered: 0 }).wait(1_000_000);
    actor.hear('worker-00', { kind: 'HeartbeatSent', sequence: 1, round: 1, answered: 1 });
    expect(actor.fire('watchEvery').recorded).toEqual(['worker-suspected']);
    actor.hear('worker-02', { kind: 'HeartbeatSent', sequence: 1, round: 0, answered: 0 });
    expect([actor.recorded, actor.sentKinds]).toEqual([['worker-returned'], ['RoundOpened']]);
    actor.hear('worker-02', { kind: 'WorkerLeft', round: 0 });
    expect([actor.recorded, actor.asked]).toEqual([['worker-left'], ['save admission/worker-02']]);
    expect(actor.hear('worker-01', update(1)).isIn('merging')).toBe(true);
  });

  it('sends a model again that seems lost, and not while it is likely under way', () => {
    const beat = { kind: 'HeartbeatSent', sequence: 1, round: 0, answered: 0 };
    const actor = collecting().wait(1_000_000).hear('worker-00', beat);
    expect(actor.sent).toEqual([]);
    expect(actor.wait(1_000_000).hear('worker-00', beat).sentKinds).toEqual(['RoundOpened']);
    expect(actor.hear('worker-00', beat).sent).toEqual([]);
  });

  it('invites a stranger that believes to take part', () => {
    const actor = collecting().hear('worker-09', { kind: 'HeartbeatSent', sequence: 1, round: 1, answered: 0 });
    expect([actor.rejected, actor.sentKinds]).toEqual([['foreignHeartbeat'], ['JoinInvited']]);
    expect(actor.hear('worker-09', { kind: 'JoinConfirmed', attempt: 1 }).rejected).toEqual(['foreignConfirmation']);
  });
});

describe('an aggregator that commits', () => {
  it('says nothing before the model is on disk, and then opens the next round while it evaluates', () => {
    const actor = committing();
    expect([actor.asked, actor.sent, actor.recorded]).toEqual([['save round-odd'], [], []]);
    expect(actor.hear('worker-00', update(1)).rejected).toEqual(['lateUpdate']);
    actor.tell(saved('round-odd', 'round-1'));
    expect(actor.recorded).toEqual(['round-closed', 'round-opened']);
    expect(actor.asked).toEqual(['compute learning/evaluate round-1']);
    actor.tell(computed('evaluate', 'round-1', { accuracy: 0.5, loss: 1 }));
    expect([actor.recorded, actor.sentKinds]).toEqual([['round-evaluated'], ['RoundReported']]);
  });

  it('tries a failed save again', () => {
    const actor = committing().tell({ type: 'saveFailed', key: 'round-odd', ticket: 'round-1', reason: 'diskFull' });
    expect(actor.isIn('commitDelayed')).toBe(true);
    expect(actor.fire('saveAgain').asked).toEqual(['save round-odd']);
  });

  it('finishes after the last round, and tells whoever asks', () => {
    const actor = committing({ training: { rounds: 1 } }).tell(saved('round-odd', 'round-1'));
    expect(actor.isIn('evaluating')).toBe(true);
    actor.tell(computed('evaluate', 'round-1', { accuracy: 0.5, loss: 1 }));
    expect(actor.recorded).toEqual(['round-evaluated', 'training-finished']);
    expect(actor.sentKinds).toEqual(['RoundReported', 'TrainingFinished']);
    expect(actor.hear('client-01', { kind: 'TrainingFollowed', sequence: 1 }).sentKinds).toEqual(['TrainingFinished']);
  });

  it('stops at once in a round, and after the commit when one is under way', () => {
    const stop = { kind: 'StopRequested', attempt: 1 };
    const actor = collecting().hear('client-00', stop);
    expect([actor.asked, actor.sent]).toEqual([['save stopped'], []]);
    actor.tell({ type: 'saveFailed', key: 'stopped', ticket: 'stopped', reason: 'diskFull' });
    actor.fire('saveAgain').tell(saved('stopped', 'stopped'));
    expect([actor.recorded, actor.sentKinds]).toEqual([['training-stopped'], ['TrainingStopped']]);
    expect(actor.hear('client-01', request).sentKinds).toEqual(['TrainingStopped']);
    const later = committing().hear('client-00', stop).tell(saved('round-odd', 'round-1'));
    expect(later.isIn('stopping') && later.recorded.includes('round-closed')).toBe(true);
  });

  it('ends the training, with the reason, when updates cannot be merged', () => {
    const actor = collecting();
    for (const worker of workers) actor.hear(worker, update(1));
    actor.tell({ type: 'computeFailed', task: 'learning/merge', key: 'round-1', reason: 'coordinate 3 is NaN' });
    actor.tell(saved('stopped', 'stopped'));
    expect(actor.sent[0]!.message).toMatchObject({ kind: 'TrainingStopped', reason: expect.stringContaining('coordinate 3') });
  });
});

describe('an aggregator that was restarted', () => {
  const admission = { shard: null, samples: 200 };
  const even = { round: 4, weights: blobNamed('4') };
  const odd = { round: 5, weights: blobNamed('5') };
  const restored = (records: object, damaged: readonly string[] = []) =>
    new SteppedActor(aggregator, 'aggregator-00', configurationWith(), 1).tell({ type: 'restored', records: records as never, damaged });

  it('opens the round after the newest one on its disk, with the workers on its disk', () => {
    const actor = restored({ 'round-even': even, 'round-odd': odd, 'admission/worker-01': admission });
    expect(actor.recorded).toEqual(['aggregator-resumed', 'worker-admitted', 'round-opened']);
    expect(actor.sent).toEqual([{ to: 'worker-01', message: { kind: 'RoundOpened', round: 6, weights: blobNamed('5') } }]);
  });

  it('goes on after the round before when the newest record is torn', () => {
    const actor = restored({ 'round-even': even, 'admission/worker-01': admission }, ['round-odd']);
    expect(actor.sent[0]!.message).toMatchObject({ round: 5, weights: blobNamed('4') });
  });

  it.each([
    ['nothing', {}, 'waiting'],
    ['the first model', { 'round-even': { round: 0, weights: blobNamed('0') } }, 'gathering'],
    ['the last model', { 'round-even': { round: 6, weights: blobNamed('6') } }, 'evaluating'],
    ['a stop', { 'round-even': even, stopped: { round: 4, reason: 'client-00 asked for it' } }, 'stopped'],
  ])('with %s on its disk', (_, records, state) => {
    expect(restored(records).isIn(state)).toBe(true);
  });
});
