import { describe, expect, it } from 'vitest';
import { bootstrap } from '../../src/actors/bootstrap.ts';
import { SteppedActor } from '../support/stepped-actor.ts';
import { configurationWith, emptyDisk } from './configurations.ts';

const started = (sections = {}) => new SteppedActor(bootstrap, 'bootstrap-00', configurationWith(sections)).tell(emptyDisk);
const announced = (announcement: number, life = 0, role = 'aggregator') => ({ kind: 'PresenceAnnounced', role, life, announcement });
const asked = { kind: 'PeersRequested', role: 'aggregator', attempt: 1 };
const entry = { node: 'aggregator-00', role: 'aggregator', life: 0, announcement: 1, departed: false };

describe('a bootstrap', () => {
  it('acknowledges who announces itself, and tells of it', () => {
    const actor = started().hear('aggregator-00', announced(1));
    expect(actor.sent).toEqual([{ to: 'aggregator-00', message: { kind: 'PresenceAcknowledged', announcement: 1 } }]);
    expect(actor.recorded).toEqual(['peer-known']);
    actor.hear('worker-00', asked);
    const answer = { kind: 'PeersFound', role: 'aggregator', attempt: 1, peers: ['aggregator-00'] };
    expect(actor.sent).toEqual([{ to: 'worker-00', message: answer }]);
    expect(actor.hear('aggregator-00', announced(2)).recorded).toEqual([]);
  });

  it('tells of nobody who is silent for too long, and of who returns', () => {
    const actor = started({ membership: { presenceTimeout: '10s' } }).hear('aggregator-00', announced(1)).wait(10_000_001);
    expect(actor.hear('worker-00', asked).sent[0]!.message).toMatchObject({ peers: [] });
    expect(actor.fire('exchangeEvery').recorded).toEqual(['peer-expired']);
    expect(actor.fire('exchangeEvery').recorded).toEqual([]);
    expect(actor.hear('aggregator-00', announced(2)).recorded).toEqual(['peer-known']);
    expect(actor.hear('worker-00', asked).sent[0]!.message).toMatchObject({ peers: ['aggregator-00'] });
  });

  it('forgets who departs, and is not misled by what is older', () => {
    const actor = started().hear('aggregator-00', announced(3));
    actor.hear('aggregator-00', { kind: 'Departed', role: 'aggregator', life: 0, announcement: 3 });
    expect(actor.sent).toEqual([]);
    actor.hear('bootstrap-01', { kind: 'PeersExchanged', round: 1, entries: [{ ...entry, announcement: 3 }] });
    expect(actor.hear('worker-00', asked).sent[0]!.message).toMatchObject({ peers: [] });
    actor.hear('aggregator-00', announced(1, 1));
    expect(actor.hear('worker-00', asked).sent[0]!.message).toMatchObject({ peers: ['aggregator-00'] });
  });

  it('passes on what it knows, and learns from the other', () => {
    const actor = started();
    expect(actor.fire('exchangeEvery').sent).toEqual([]);
    actor.hear('bootstrap-01', { kind: 'PeersExchanged', round: 1, entries: [entry] });
    expect(actor.recorded).toEqual(['peer-known']);
    const exchange = { kind: 'PeersExchanged', round: 2, entries: [entry] };
    expect(actor.fire('exchangeEvery').sent).toEqual([{ to: 'bootstrap-01', message: exchange }]);
  });

  it('believes no exchange of a stranger', () => {
    const actor = started().hear('worker-09', { kind: 'PeersExchanged', round: 1, entries: [entry] });
    expect(actor.rejected).toEqual(['foreignExchange']);
    expect(actor.hear('worker-00', asked).sent[0]!.message).toMatchObject({ peers: [] });
  });
});
