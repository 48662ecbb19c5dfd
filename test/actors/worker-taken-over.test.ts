/** A worker whose aggregator dies, is cut off or changes: who serves it then, and what that costs. */
import { describe, expect, it } from 'vitest';
import { worker } from '../../src/actors/worker.ts';
import { SteppedActor, blobNamed } from '../support/stepped-actor.ts';
import { configurationWith, emptyDisk } from './configurations.ts';

const accepted = { kind: 'JoinAccepted', attempt: 1, shard: blobNamed('5', 900), samples: 200, kept: false };
const opened = (round: number, witness: string | null = 'aggregator-02') =>
  ({ kind: 'RoundOpened', round, weights: blobNamed(String(round)), witness });
const trained = (round: number) =>
  ({ type: 'computed', task: 'learning/train', key: `round-${round}`, result: { update: blobNamed('a'), samples: 200, loss: 1 } });
const received = (round: number) => ({ kind: 'UpdateReceived', round });
const redirected = (to: string) => ({ kind: 'Redirected', to });
const found = (...peers: string[]) => ({ kind: 'PeersFound', role: 'aggregator', attempt: 1, peers });
const everybody = found('aggregator-00', 'aggregator-01', 'aggregator-02');

const joining = (sections = {}) =>
  new SteppedActor(worker, 'worker-00', configurationWith(sections)).tell(emptyDisk).hear('bootstrap-01', found('aggregator-00'));
const resting = (sections = {}) => joining(sections).hear('aggregator-00', accepted).tell({ type: 'saved', key: 'shard', ticket: '' });
const training = (sections = {}) => resting(sections).hear('aggregator-00', opened(1));
const submitting = (sections = {}) => training(sections).tell(trained(1));
const answered = (sections = {}) => submitting(sections).hear('aggregator-00', received(1));

/** Receivers of what was sent in the latest step, by the kind of message. */
const toldOf = (actor: SteppedActor, kind: string) => actor.sent.filter(({ message }) => message.kind === kind).map(({ to }) => to);
/** Lets heartbeats pass until it has had enough of the silence. */
const unheard = (actor: SteppedActor) => {
  for (let beats = 0; beats < 6; beats += 1) actor.fire('heartbeatEvery');
  return actor;
};

describe('a worker that is taken over', () => {
  it('trains for whoever opens the next round, and beats for it', () => {
    const actor = answered().hear('aggregator-01', opened(2));
    expect(toldOf(actor.fire('heartbeatEvery'), 'HeartbeatSent')).toEqual(['aggregator-01']);
    actor.tell(trained(2));
    expect(toldOf(actor, 'UpdateSubmitted')).toEqual(['aggregator-01']);
  });

  it('goes on training for the new server of the same round, with its witness', () => {
    const actor = training().hear('aggregator-01', opened(1, 'aggregator-00'));
    expect(actor.asked).toEqual([]);
    actor.tell(trained(1));
    expect(toldOf(actor, 'UpdateSubmitted')).toEqual(['aggregator-01']);
    expect(toldOf(actor, 'UpdateClaimed')).toEqual(['aggregator-00']);
  });

  it.each([['submitting', () => submitting()], ['resting', () => answered()]])('sends the same update again while it is %s', (_, begin) => {
    const actor = begin().hear('aggregator-01', opened(1, null));
    expect(actor.asked).toEqual([]);
    const message = { kind: 'UpdateSubmitted', round: 1, update: blobNamed('a'), samples: 200 };
    expect(actor.sent).toEqual([{ to: 'aggregator-01', message }]);
    expect(toldOf(actor.fire('tryAgain'), 'UpdateSubmitted')).toEqual(['aggregator-01']);
    expect(actor.hear('aggregator-01', received(1)).isIn('resting')).toBe(true);
  });

  it('shows by its heartbeat that a receipt of its former server came instead of one of the new', () => {
    const actor = submitting().hear('aggregator-01', opened(1)).hear('aggregator-00', received(1));
    const beat = actor.fire('heartbeatEvery').sent;
    expect(beat).toEqual([{ to: 'aggregator-01', message: { kind: 'HeartbeatSent', sequence: 1, round: 1, answered: 1 } }]);
    expect(toldOf(actor.hear('aggregator-01', opened(1)), 'UpdateSubmitted')).toEqual(['aggregator-01']);
  });

  it.each([['resting', () => resting()], ['training', () => training()], ['submitting', () => submitting()]])(
    'confirms its share to an aggregator that does not know of it while it is %s', (state, begin) => {
      const actor = begin().hear('aggregator-01', { ...accepted, attempt: 0 });
      expect(actor.sent).toEqual([{ to: 'aggregator-01', message: { kind: 'JoinConfirmed', attempt: 0 } }]);
      expect(actor.asked).toEqual([]);
      expect(actor.isIn(state)).toBe(true);
      expect(toldOf(actor.fire('heartbeatEvery'), 'HeartbeatSent')).toEqual(['aggregator-01']);
      expect(begin().hear('worker-01', accepted).sent).toEqual([]);
    },
  );
});

describe('a worker that is sent to another aggregator', () => {
  it.each([['resting', () => resting()], ['training', () => training()]])('beats for that one while it is %s', (state, begin) => {
    const actor = begin().hear('aggregator-00', redirected('aggregator-01'));
    expect(actor.sent).toEqual([]);
    expect(actor.isIn(state)).toBe(true);
    expect(toldOf(actor.fire('heartbeatEvery'), 'HeartbeatSent')).toEqual(['aggregator-01']);
    expect(begin().hear('worker-01', redirected('aggregator-01')).fire('heartbeatEvery').sent).toMatchObject([{ to: 'aggregator-00' }]);
  });

  it('submits to that one at once', () => {
    const actor = submitting().hear('aggregator-00', redirected('aggregator-01'));
    expect(toldOf(actor, 'UpdateSubmitted')).toEqual(['aggregator-01']);
    expect(submitting().hear('worker-01', redirected('aggregator-01')).sent).toEqual([]);
  });

  it.each([
    ['joining', () => joining().fire('tryAgain'), 'JoinRequested'],
    ['submitting', () => submitting(), 'UpdateSubmitted'],
  ] as const)('waits when two send it to each other while it is %s', (state, begin, question) => {
    const actor = begin();
    const asked: string[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      const [here, there] = turn % 2 === 0 ? ['aggregator-00', 'aggregator-01'] : ['aggregator-01', 'aggregator-00'];
      asked.push(...toldOf(actor.hear(here, redirected(there)), question));
    }
    expect(asked).toEqual(['aggregator-01', 'aggregator-00']);
    expect(actor.isIn(state)).toBe(true);
    expect(toldOf(actor.fire('tryAgain'), question)).toEqual(['aggregator-00']);
    expect(toldOf(actor.hear('aggregator-00', redirected('aggregator-02')), question)).toEqual(['aggregator-02']);
  });
});

describe('a worker whose aggregator says nothing', () => {
  it('asks another one who serves it, and goes on beating for its own', () => {
    const actor = unheard(answered());
    expect(actor.sentKinds).toEqual(['HeartbeatSent', 'PeersRequested']);
    actor.hear('bootstrap-00', everybody);
    const [asked] = toldOf(actor, 'HeartbeatSent');
    expect(['aggregator-01', 'aggregator-02']).toContain(asked);
    expect(toldOf(actor.fire('heartbeatEvery'), 'HeartbeatSent')).toEqual(['aggregator-00']);
    actor.hear(asked!, redirected('aggregator-02'));
    expect(actor.fire('heartbeatEvery').sent).toMatchObject([{ to: 'aggregator-02', message: { kind: 'HeartbeatSent' } }]);
  });

  it('counts each heartbeat once, whomever it goes to', () => {
    const actor = unheard(answered()).hear('bootstrap-00', everybody);
    expect(actor.sent[0]!.message).toMatchObject({ sequence: 7, round: 1, answered: 1 });
    expect(actor.fire('heartbeatEvery').sent[0]!.message).toMatchObject({ sequence: 8 });
  });

  it('is content when it is told that its own still serves it', () => {
    const actor = unheard(answered()).hear('bootstrap-00', everybody).hear('aggregator-01', redirected('aggregator-00'));
    for (let beats = 0; beats < 5; beats += 1) {
      expect(actor.fire('heartbeatEvery').sent).toMatchObject([{ to: 'aggregator-00', message: { kind: 'HeartbeatSent' } }]);
    }
    expect(actor.fire('heartbeatEvery').sentKinds).toContain('PeersRequested');
  });

  it.each([
    ['a round', answered, opened(2)],
    ['the same round', answered, opened(1)],
    ['a receipt', submitting, received(1)],
    ['a share', answered, accepted],
  ])('does not ask around when %s comes before the addresses do', (_, begin, message) => {
    const actor = unheard(begin()).hear('aggregator-00', message).hear('bootstrap-00', everybody);
    expect(toldOf(actor, 'HeartbeatSent')).toEqual([]);
  });

  it('asks nobody when there is nobody else', () => {
    expect(unheard(answered()).hear('bootstrap-00', found('aggregator-00')).sent).toEqual([]);
    expect(unheard(answered()).hear('bootstrap-00', found()).sent).toEqual([]);
  });

  it('listens to no addresses that it did not ask for', () => {
    expect(resting().hear('bootstrap-00', everybody).sent).toEqual([]);
  });

  it('asks around when its update is not acknowledged, even without a regular heartbeat', () => {
    const actor = submitting({ training: { heartbeatEvery: 'off', suspectAt: 'off' } });
    while (!actor.sentKinds.includes('PeersRequested')) actor.fire('tryAgain');
    expect(toldOf(actor, 'UpdateSubmitted')).toEqual(['aggregator-00']);
    const [asked] = toldOf(actor.hear('bootstrap-00', everybody), 'HeartbeatSent');
    expect(asked).toBeDefined();
    expect(toldOf(actor.hear(asked!, redirected('aggregator-01')), 'UpdateSubmitted')).toEqual(['aggregator-01']);
  });
});
