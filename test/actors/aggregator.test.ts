/** An aggregator that decides alone: what it does with workers, clients, disk and tasks, step by step. */
import { describe, expect, it } from 'vitest';
import { SteppedAggregator } from '../support/stepped-aggregator.ts';
import { blobNamed } from '../support/stepped-actor.ts';
import { configurationWith, emptyDisk } from './configurations.ts';

const workers = ['worker-00', 'worker-01', 'worker-02'];
const request = { kind: 'TrainingRequested', attempt: 1 };
const asks = (attempt = 1, holding: string | null = null) => ({ kind: 'JoinRequested', attempt, holding });
const confirms = { kind: 'JoinConfirmed', attempt: 1 };
const stop = { kind: 'StopRequested', attempt: 1 };
const beat = (round: number, answered = 0) => ({ kind: 'HeartbeatSent', sequence: 1, round, answered });
const update = (round: number, digit = 'a', samples = 200) => ({ kind: 'UpdateSubmitted', round, update: blobNamed(digit), samples });
const share = (samples = 200) => ({ shard: null, samples });

const alone = (sections = {}) => configurationWith(sections, 3, 1);
const leading = (sections = {}) => new SteppedAggregator(alone(sections)).tell(emptyDisk).fire('electionWait').save();
const gathering = (sections = {}) =>
  leading(sections).hear('client-00', request).finish('first-weights', () => ({ weights: blobNamed('0') })).save();

/** Round 1 is open, with three workers; time does not stand at zero. */
function collecting(sections = {}): SteppedAggregator {
  const actor = gathering(sections).wait(1_000_000);
  for (const worker of workers) actor.hear(worker, asks());
  actor.save().finish('cut-shard', () => share());
  for (const worker of workers) actor.hear(worker, confirms);
  return actor;
}

/** All workers have answered, and the part is summed up: the model of round 1 is computed. */
function merged(actor: SteppedAggregator, counted = workers): SteppedAggregator {
  return actor.finish('sum-updates', () => ({ sum: blobNamed('5'), samples: 200 * counted.length, fingerprint: 7, counted, refused: [] }))
    .finish('merge-sums', () => ({ weights: blobNamed('1'), total: blobNamed('6'), samples: 200 * counted.length, fingerprint: 7 }));
}

function committing(sections = {}): SteppedAggregator {
  const actor = collecting(sections);
  for (const worker of workers) actor.hear(worker, update(1));
  return merged(actor);
}

const evaluated = (actor: SteppedAggregator) => actor.finish('evaluate', () => ({ accuracy: 0.5, loss: 1 }));

describe('an aggregator before the first round', () => {
  it('begins nothing before a client asks', () => {
    const actor = leading();
    for (const worker of workers) expect(actor.hear(worker, asks()).began).toEqual([]);
    expect(actor.isIn('dormant')).toBe(true);
    expect(actor.hear('client-00', request).began).toEqual(['first-weights']);
  });

  it('tells clients that it began only once the first model is decided, and starts once', () => {
    const actor = leading().hear('client-00', request).hear('client-01', request);
    expect(actor.sent).toEqual([]);
    actor.finish('first-weights', () => ({ weights: blobNamed('0') }));
    expect(actor.sent).toEqual([]);
    actor.save();
    expect(actor.recorded).toContain('training-started');
    expect(actor.sent.map(({ to }) => to)).toEqual(['client-00', 'client-01']);
    expect(actor.hear('client-01', request).sentKinds).toEqual(['TrainingStarted']);
  });

  it('cuts shares once all declared workers have asked and are admitted, and tells each of its own', () => {
    const actor = gathering();
    for (const worker of workers) actor.hear(worker, asks());
    expect([actor.began, actor.decrees]).toEqual([[], ['workersAdmitted']]);
    expect(actor.save().began).toEqual(['cut-shard', 'cut-shard', 'cut-shard']);
    expect(actor.recorded).toContain('worker-admitted');
    actor.finish('cut-shard', () => ({ shard: blobNamed('5', 900), samples: 200 }));
    expect(actor.sent.map(({ to }) => to)).toEqual(workers);
    expect(actor.sent[1]!.message).toEqual({ kind: 'JoinAccepted', attempt: 0, shard: blobNamed('5', 900), samples: 200, kept: false });
    actor.hear('worker-01', asks(2, '5'.repeat(64)));
    expect(actor.sent[0]!.message).toMatchObject({ attempt: 2, shard: null, kept: true });
  });

  it('begins with a quorum of the declared workers after the time-out, and not with fewer', () => {
    const actor = gathering({ training: { quorum: '60%' } }).hear('worker-00', asks()).fire('joinTimeout');
    expect(actor.isIn('shorthanded')).toBe(true);
    expect(actor.hear('worker-01', asks()).decrees).toEqual(['workersAdmitted']);
    actor.save().finish('cut-shard', () => share()).hear('worker-00', confirms);
    expect(actor.sentKinds).toEqual(['RoundOpened']);
    actor.hear('worker-02', asks());
    expect(actor.save().recorded).toContain('worker-admitted');
  });

  it('waits for no worker whose share is empty or cannot be cut', () => {
    const actor = gathering();
    for (const worker of workers) actor.hear(worker, asks());
    actor.save().finish('cut-shard', ({ worker }) => share(worker === 'worker-00' ? 0 : 200));
    expect(actor.sent[0]!.message).toMatchObject({ kind: 'JoinAccepted', samples: 0 });
    expect(actor.decrees).toEqual(['workerRemoved']);
    expect(actor.save().recorded).toContain('worker-removed');
    expect(actor.hear('worker-00', asks(2)).sent[0]!.message).toMatchObject({ kind: 'JoinAccepted', samples: 0 });
    const other = gathering();
    for (const worker of workers) other.hear(worker, asks());
    other.save().refuse('cut-shard', 'no');
    expect(other.recorded).toEqual(['task-failed', 'task-failed', 'task-failed']);
  });

  it('saves the first model again when that failed', () => {
    const actor = leading().hear('client-00', request).finish('first-weights', () => ({ weights: blobNamed('0') })).refuseSave();
    expect(actor.isIn('failing')).toBe(true);
    expect(actor.hear('client-01', request).fire('saveAgain').decrees).toEqual(['trainingBegun']);
    expect(actor.save().recorded).toContain('training-started');
  });
});

describe('an aggregator in a round', () => {
  it('sends the model to whoever holds a share, and sums up once all have answered', () => {
    const actor = collecting();
    expect(actor.sent).toEqual([{ to: 'worker-02', message: { kind: 'RoundOpened', round: 1, weights: blobNamed('0'), witness: null } }]);
    expect(actor.hear('worker-00', update(1)).sentKinds).toEqual(['UpdateReceived']);
    actor.hear('worker-01', update(1));
    expect(actor.hear('worker-02', update(1)).began).toEqual(['sum-updates']);
  });

  it('acknowledges a repeated update without counting it again, and clamps what it claims', () => {
    const actor = collecting().hear('worker-00', update(1, 'a', 999));
    expect(actor.rejected).toEqual(['overweightUpdate']);
    const data = { round: 1, worker: 'worker-00', samples: 200, update: 'a'.repeat(64) };
    expect(actor.commands).toContainEqual({ type: 'record', kind: 'update-counted', data });
    actor.hear('worker-00', update(1, 'a', 999));
    expect([actor.rejected, actor.recorded, actor.sentKinds]).toEqual([['duplicateUpdate'], [], ['UpdateReceived']]);
  });

  it.each([
    ['a stranger', 'worker-09', update(1), 'foreignUpdate'],
    ['a round to come', 'worker-00', update(3), 'futureUpdate'],
    ['too few bytes', 'worker-00', { ...update(1), update: blobNamed('a', 60) }, 'misshapenUpdate'],
    ['too many bytes', 'worker-00', { ...update(1), update: blobNamed('a', 68) }, 'oversizedUpdate'],
    ['no samples', 'worker-00', update(1, 'a', 0), 'emptyUpdate'],
  ])('refuses an update of %s', (_, from, message, reason) => {
    const actor = collecting().hear(from, message);
    expect([actor.rejected, actor.recorded, actor.sent]).toEqual([[reason], [], []]);
  });

  it('leaves an update out that cannot be counted, and says which and why', () => {
    const actor = collecting({ training: { quorum: '60%' } });
    for (const worker of workers) actor.hear(worker, update(1));
    const refused = [{ worker: 'worker-01', reason: 'nonFiniteUpdate' }];
    const counted = ['worker-00', 'worker-02'];
    actor.finish('sum-updates', () => ({ sum: blobNamed('5'), samples: 400, fingerprint: 7, counted, refused }));
    expect([actor.rejected, actor.recorded]).toEqual([['nonFiniteUpdate'], ['update-refused', 'round-merging']]);
    actor.finish('merge-sums', () => ({ weights: blobNamed('1'), total: blobNamed('6'), samples: 400, fingerprint: 7 })).save();
    expect(actor.commands).toContainEqual({
      type: 'record', kind: 'round-closed', data: { round: 1, attendance: 2, admitted: 3, weights: '1'.repeat(64) },
    });
  });

  it('goes on without updates that cannot be added up at all', () => {
    const actor = collecting();
    for (const worker of workers) actor.hear(worker, update(1));
    actor.refuse('sum-updates', '131072 samples are too many');
    expect(actor.recorded).toEqual(['task-failed', 'update-refused', 'update-refused', 'update-refused']);
    expect(actor.isIn('merging')).toBe(false);
  });

  it('closes at the time-out with a quorum, and waits for one without', () => {
    const actor = collecting({ training: { quorum: '60%' } }).hear('worker-00', update(1)).fire('roundTimeout');
    expect(actor.recorded).toEqual(['round-overdue']);
    const sum = (counted: string[]) => () => ({ sum: blobNamed('5'), samples: 200, fingerprint: 7, counted, refused: [] });
    expect(actor.finish('sum-updates', sum(['worker-00'])).isIn('overdue')).toBe(true);
    actor.hear('worker-01', update(1)).fire('requestAgain').finish('sum-updates', sum(['worker-00', 'worker-01']));
    expect(actor.isIn('merging')).toBe(true);
  });

  it('stops waiting for who is silent or leaves, and welcomes who returns', () => {
    const actor = collecting({ training: { quorum: '60%' } }).hear('worker-00', update(1));
    for (let second = 1; second <= 8; second += 1) {
      actor.wait(500_000).fire('watchEvery').wait(500_000);
      for (const worker of ['worker-00', 'worker-01']) actor.hear(worker, beat(1));
      actor.fire('watchEvery');
    }
    const { rows } = actor.context['workers'] as { rows: readonly { node: string; suspected: boolean }[] };
    expect(rows.filter(({ suspected }) => suspected).map(({ node }) => node)).toEqual(['worker-02']);
    actor.hear('worker-02', beat(0));
    expect([actor.recorded, actor.sentKinds]).toEqual([['worker-returned'], ['RoundOpened']]);
    actor.hear('worker-02', { kind: 'WorkerLeft', round: 0 });
    expect([actor.recorded, actor.decrees]).toEqual([['worker-left'], ['workerRemoved']]);
    expect(actor.save().hear('worker-01', update(1)).began).toEqual(['sum-updates']);
  });

  it('takes a worker back that had left, with a share among as many as before', () => {
    const actor = collecting().hear('worker-02', { kind: 'WorkerLeft', round: 0 }).save();
    actor.hear('worker-02', asks());
    expect([actor.decrees, actor.save().began]).toEqual([['workersAdmitted'], ['cut-shard']]);
    expect(actor.commands).toContainEqual(expect.objectContaining({ input: expect.objectContaining({ workers, worker: 'worker-02' }) }));
  });

  it('sends a model again that seems lost, and not while it is likely under way', () => {
    const actor = collecting().wait(1_000_000).hear('worker-00', beat(0));
    expect(actor.sent).toEqual([]);
    expect(actor.wait(1_000_000).hear('worker-00', beat(0)).sentKinds).toEqual(['RoundOpened']);
    expect(actor.hear('worker-00', beat(0)).sent).toEqual([]);
  });

  it('invites a stranger that believes to take part', () => {
    const actor = collecting().hear('worker-09', beat(1));
    expect([actor.rejected, actor.sentKinds]).toEqual([['foreignHeartbeat'], ['JoinInvited']]);
    expect(actor.hear('worker-09', confirms).sent).toEqual([]);
  });
});

describe('an aggregator that commits', () => {
  it('says nothing before the model is on disk, and then opens the next round while it evaluates', () => {
    const actor = committing();
    expect([actor.decrees, actor.sent, actor.recorded]).toEqual([['roundClosed'], [], ['round-proposed']]);
    actor.save();
    expect(actor.recorded).toEqual(['round-proposed', 'entry-stored', 'entry-committed', 'round-closed', 'round-opened']);
    expect([actor.began, actor.sentKinds]).toEqual([['evaluate'], ['RoundOpened', 'RoundOpened', 'RoundOpened']]);
    expect(actor.hear('worker-00', update(1)).rejected).toEqual(['lateUpdate']);
    expect([evaluated(actor).recorded, actor.sentKinds]).toEqual([['round-evaluated'], ['RoundReported']]);
  });

  it('tries a failed save again', () => {
    const actor = committing().refuseSave();
    expect(actor.fire('saveAgain').decrees).toEqual(['roundClosed']);
    expect(actor.save().recorded).toContain('round-closed');
  });

  it('finishes after the last round, and tells whoever asks', () => {
    const actor = committing({ training: { rounds: 1 } }).save();
    expect(actor.isIn('evaluatingLast')).toBe(true);
    expect(evaluated(actor).recorded).toEqual(['round-evaluated', 'training-finished']);
    expect(actor.sentKinds).toEqual(['RoundReported', 'TrainingFinished']);
    expect(actor.hear('client-01', { kind: 'TrainingFollowed', sequence: 1 }).sentKinds).toEqual(['TrainingFinished']);
  });

  it('stops at once in a round, and after the commit when one is under way', () => {
    const actor = collecting().hear('client-00', stop);
    expect([actor.decrees, actor.sent]).toEqual([['trainingStopped'], []]);
    actor.refuseSave().fire('saveAgain').save();
    expect(actor.recorded).toContain('training-stopped');
    expect(actor.sentKinds).toEqual(['TrainingStopped']);
    expect(actor.hear('client-01', request).sentKinds).toEqual(['TrainingStopped']);
    const later = committing().hear('client-00', stop);
    expect(later.isIn('replicating')).toBe(true);
    later.tell({ type: 'saved', key: 'log/000000000004', ticket: lastTicket(later) });
    expect([later.recorded.includes('round-closed'), later.decrees]).toEqual([true, ['trainingStopped']]);
  });

  it('counts nothing any more after a stop', () => {
    const actor = collecting().hear('client-00', stop).save().hear('worker-00', update(1));
    expect([actor.rejected, actor.recorded, actor.sentKinds]).toEqual([['lateUpdate'], [], ['UpdateReceived']]);
  });

  it.each([
    ['is refused', (actor: SteppedAggregator) => actor.refuse('merge-sums', 'coordinate 3 is NaN'), 'coordinate 3'],
    [
      'is not the sum of its parts',
      (actor: SteppedAggregator) =>
        actor.finish('merge-sums', () => ({ weights: blobNamed('1'), total: blobNamed('6'), samples: 600, fingerprint: 8 })),
      'not the sum',
    ],
  ])('ends the training, with the reason, when a merge %s', (_, end, words) => {
    const actor = collecting();
    for (const worker of workers) actor.hear(worker, update(1));
    actor.finish('sum-updates', () => ({ sum: blobNamed('5'), samples: 600, fingerprint: 7, counted: workers, refused: [] }));
    end(actor).save();
    expect(actor.sent[0]!.message).toMatchObject({ kind: 'TrainingStopped', reason: expect.stringContaining(words) });
  });
});

const lastTicket = ({ context }: SteppedAggregator): string =>
  (context['agreement'] as { owedSaves: readonly { ticket: string }[] }).owedSaves.at(-1)!.ticket;
