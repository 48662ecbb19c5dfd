import { describe, expect, it } from 'vitest';
import { client } from '../../src/actors/client.ts';
import { SteppedActor, blobNamed } from '../support/stepped-actor.ts';
import { configurationWith, emptyDisk } from './configurations.ts';

const found = { kind: 'PeersFound', role: 'aggregator', attempt: 1, peers: ['aggregator-00'] };
const requesting = (sections = {}) =>
  new SteppedActor(client, 'client-00', configurationWith(sections)).tell(emptyDisk).hear('bootstrap-00', found);
const following = (sections = {}) => requesting(sections).hear('aggregator-00', { kind: 'TrainingStarted', attempt: 1, round: 0 });
const finished = { kind: 'TrainingFinished', rounds: 6, model: blobNamed('f') };
const reported = (round: number) => ({ kind: 'RoundReported', round, attendance: 3, accuracy: 0.5 });

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

  it('learns an end that came before it asked', () => {
    expect(requesting().hear('aggregator-00', finished).finished).toBe(true);
  });

  it('stops the training when it was told to, until it hears that it is stopped', () => {
    const actor = following({ client: { stopAfterRound: 2 } }).hear('aggregator-00', reported(1));
    expect(actor.sent).toEqual([]);
    expect(actor.hear('aggregator-00', reported(2)).sentKinds).toEqual(['StopRequested']);
    expect(actor.fire('tryAgain').sentKinds).toEqual(['StopRequested']);
    actor.hear('aggregator-00', { kind: 'TrainingStopped', round: 2, reason: 'client-00 asked for it' });
    expect(actor.finished).toBe(true);
  });

  it('believes only the aggregator that it asked', () => {
    expect(following().hear('aggregator-01', finished).finished).toBe(false);
    expect(requesting().hear('bootstrap-01', { kind: 'TrainingStarted', attempt: 1, round: 0 }).isIn('requesting')).toBe(true);
  });

  it('says again that it is there, unless that is off', () => {
    const actor = requesting().hear('bootstrap-00', { kind: 'PresenceAcknowledged', announcement: 1 });
    expect(actor.recorded).toEqual(['presence-registered']);
    expect(actor.fire('announceEvery').sentKinds).toEqual(['PresenceAnnounced', 'PresenceAnnounced']);
  });
});
