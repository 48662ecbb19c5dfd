import { describe, expect, it } from 'vitest';
import { client } from '../../src/actors/client.ts';
import { SteppedActor, blobNamed } from '../support/stepped-actor.ts';
import { configurationWith, emptyDisk } from './configurations.ts';

const aggregators = ['aggregator-00', 'aggregator-01', 'aggregator-02', 'aggregator-03', 'aggregator-04'];
const found = (...peers: string[]) => ({ kind: 'PeersFound', role: 'aggregator', attempt: 1, peers });
const requesting = (sections = {}, ...peers: string[]) =>
  new SteppedActor(client, 'client-00', configurationWith(sections)).tell(emptyDisk)
    .hear('bootstrap-00', found(...(peers.length > 0 ? peers : ['aggregator-00'])));
const started = (round = 0) => ({ kind: 'TrainingStarted', attempt: 1, round });
const following = (sections = {}, ...peers: string[]) => requesting(sections, ...peers).hear('aggregator-00', started());
const finished = { kind: 'TrainingFinished', rounds: 6, model: blobNamed('f') };
const reported = (round: number) => ({ kind: 'RoundReported', round, accuracy: 0.5 });
const redirected = (to: string) => ({ kind: 'Redirected', to });
const stopping = () => following({ client: { stopAfterRound: 2 } }).hear('aggregator-00', reported(2));
/** Receivers of what was sent in the latest step, by the kind of message. */
const askedOf = (actor: SteppedActor, kind: string) =>
  actor.sent.filter(({ message }) => message.kind === kind).map(({ to }) => to);

describe('a client', () => {
  it('asks until it is told that the training runs, and asks elsewhere after some tries', () => {
    const actor = requesting();
    expect(actor.sent[0]!.message).toMatchObject({ kind: 'TrainingRequested' });
    for (let tries = 0; tries < 4 && actor.isIn('requesting'); tries += 1) actor.fire('tryAgain');
    expect(actor.isIn('seeking')).toBe(true);
    expect(actor.fire('tryAgain').sentKinds).toEqual(['PeersRequested']);
  });

  it('follows, and is done when the training is finished', () => {
    const actor = following();
    expect(actor.recorded).toEqual(['client-started']);
    expect(actor.fire('followEvery').sentKinds).toEqual(['TrainingFollowed']);
    expect(actor.hear('aggregator-00', reported(1)).isIn('following')).toBe(true);
    actor.hear('aggregator-00', finished);
    expect(actor.recorded).toEqual(['client-finished']);
    expect(actor.sentKinds).toEqual(['Departed', 'Departed']);
    expect(actor.finished).toBe(true);
  });

  it('learns an end that came before it asked, and from whichever aggregator', () => {
    expect(requesting().hear('aggregator-00', finished).finished).toBe(true);
    expect(following().hear('aggregator-01', finished).finished).toBe(true);
    expect(new SteppedActor(client, 'client-00', configurationWith()).tell(emptyDisk).hear('aggregator-02', finished).finished).toBe(true);
  });

  it('stops the training when it was told to, until it hears that it is stopped', () => {
    const actor = following({ client: { stopAfterRound: 2 } }).hear('aggregator-00', reported(1));
    expect(actor.sent).toEqual([]);
    expect(actor.hear('aggregator-00', reported(2)).sentKinds).toEqual(['StopRequested']);
    expect(actor.fire('tryAgain').sentKinds).toEqual(['StopRequested']);
    actor.hear('aggregator-00', { kind: 'TrainingStopped', round: 2, reason: 'client-00 asked for it' });
    expect(actor.finished).toBe(true);
  });

  it('believes nobody but aggregators', () => {
    expect(following().hear('worker-01', finished).finished).toBe(false);
    expect(requesting().hear('bootstrap-01', started()).isIn('requesting')).toBe(true);
    expect(requesting().hear('worker-00', redirected('aggregator-02')).sent).toEqual([]);
    const impatient = following({ client: { stopAfterRound: 2 } });
    expect(impatient.hear('worker-00', reported(2)).isIn('following')).toBe(true);
  });

  it('says again that it is there, unless that is off', () => {
    const actor = requesting().hear('bootstrap-00', { kind: 'PresenceAcknowledged', announcement: 1 });
    expect(actor.recorded).toEqual(['presence-registered']);
    expect(actor.fire('announceEvery').sentKinds).toEqual(['PresenceAnnounced', 'PresenceAnnounced']);
  });
});

describe('a client that is sent to another aggregator', () => {
  it('asks the leader at once, and follows it', () => {
    const actor = requesting().hear('aggregator-00', redirected('aggregator-02'));
    expect(askedOf(actor, 'TrainingRequested')).toEqual(['aggregator-02']);
    actor.hear('aggregator-02', started(3));
    expect(actor.isIn('following')).toBe(true);
    expect(askedOf(actor.fire('followEvery'), 'TrainingFollowed')).toEqual(['aggregator-02']);
  });

  it('asks a new leader at once while it follows', () => {
    const actor = following().fire('followEvery').hear('aggregator-00', redirected('aggregator-01'));
    expect(askedOf(actor, 'TrainingFollowed')).toEqual(['aggregator-01']);
    expect(actor.hear('aggregator-01', started(4)).isIn('following')).toBe(true);
    expect(askedOf(actor.fire('followEvery'), 'TrainingFollowed')).toEqual(['aggregator-01']);
  });

  it('asks the leader to stop at once', () => {
    const actor = stopping().hear('aggregator-00', redirected('aggregator-01'));
    expect(askedOf(actor, 'StopRequested')).toEqual(['aggregator-01']);
    expect(askedOf(actor.fire('tryAgain'), 'StopRequested')).toEqual(['aggregator-01']);
  });

  it.each([
    ['requesting', () => requesting().fire('tryAgain'), 'TrainingRequested', 'tryAgain'],
    ['following', () => following().fire('followEvery'), 'TrainingFollowed', 'followEvery'],
    ['stopping', () => stopping(), 'StopRequested', 'tryAgain'],
  ] as const)('waits when two send it to each other while it is %s', (state, begin, question, timer) => {
    const actor = begin();
    const asked: string[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      const [here, there] = turn % 2 === 0 ? ['aggregator-00', 'aggregator-01'] : ['aggregator-01', 'aggregator-00'];
      asked.push(...askedOf(actor.hear(here, redirected(there)), question));
    }
    expect(asked).toEqual(['aggregator-01', 'aggregator-00']);
    expect(actor.isIn(state)).toBe(true);
    expect(askedOf(actor.fire(timer), question)).toEqual(['aggregator-00']);
    expect(askedOf(actor.hear('aggregator-00', redirected('aggregator-02')), question)).toEqual(['aggregator-02']);
  });
});

describe('a client whose aggregator is silent', () => {
  it('looks for another one when two of its questions are not answered', () => {
    const actor = following({}, 'aggregator-00').fire('followEvery').fire('followEvery');
    expect(actor.isIn('following')).toBe(true);
    expect(actor.fire('followEvery').sentKinds).toEqual(['PeersRequested']);
    actor.hear('bootstrap-00', found('aggregator-00', 'aggregator-01'));
    expect(askedOf(actor, 'TrainingRequested')).toEqual(['aggregator-01']);
    expect(actor.hear('aggregator-01', started(2)).isIn('following')).toBe(true);
  });

  it.each([['TrainingStarted', started(1)], ['RoundReported', reported(1)]])('stays when it hears %s in between', (_, answer) => {
    const actor = following().fire('followEvery').fire('followEvery').hear('aggregator-00', answer);
    expect(actor.fire('followEvery').fire('followEvery').isIn('following')).toBe(true);
    expect(actor.fire('followEvery').isIn('seeking')).toBe(true);
  });

  it('goes back to it when there is nobody else', () => {
    const actor = following().fire('followEvery').fire('followEvery').fire('followEvery').hear('bootstrap-00', found('aggregator-00'));
    expect(askedOf(actor, 'TrainingRequested')).toEqual(['aggregator-00']);
  });

  it('asks another one to stop', () => {
    const actor = stopping();
    while (!actor.sentKinds.includes('PeersRequested')) actor.fire('tryAgain');
    expect(actor.sentKinds).toEqual(['PeersRequested', 'StopRequested']);
    expect(askedOf(actor.hear('bootstrap-00', found(...aggregators)), 'StopRequested')).not.toEqual(['aggregator-00']);
  });

  it('comes to one that answers, although two of five are cut off and the bootstraps see them', () => {
    for (let index = 0; index < 20; index += 1) {
      const actor = new SteppedActor(client, `client-${String(index).padStart(2, '0')}`, configurationWith()).tell(emptyDisk);
      const asked = new Set<string>();
      for (let search = 0; search < 3; search += 1) {
        actor.hear('bootstrap-00', found(...aggregators));
        asked.add(askedOf(actor, 'TrainingRequested')[0]!);
        while (actor.isIn('requesting')) actor.fire('tryAgain');
      }
      expect(asked.size).toBe(3);
    }
  });
});
