import { describe, expect, it } from 'vitest';
import { bootstrap } from '../../src/actors/bootstrap.ts';
import type { ValueMap } from '../../src/kernel/codec.ts';
import { viewDigest } from '../../src/protocols/membership/view-digest.ts';
import { SteppedActor } from '../support/stepped-actor.ts';
import { configurationWith, emptyDisk } from './configurations.ts';

const started = (sections = {}) => new SteppedActor(bootstrap, 'bootstrap-00', configurationWith(sections)).tell(emptyDisk);
const announced = (announcement: number, life = 0, role = 'aggregator') => ({ kind: 'PresenceAnnounced', role, life, announcement });
const asked = { kind: 'PeersRequested', role: 'aggregator', attempt: 1 };
const entry = { node: 'aggregator-00', role: 'aggregator', life: 0, announcement: 1, departed: false };
const exchanged = (entries: readonly ValueMap[], part = 0) => ({ kind: 'PeersExchanged', round: 1, part, entries });
const compared = (digest: string, refresh = false) => ({ kind: 'ViewCompared', round: 1, digest, refresh });
const other = 'bootstrap-01';

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
    expect(actor.fire('exchangeEvery').recorded).toEqual(['peer-expired', 'view-held']);
    expect(actor.fire('exchangeEvery').recorded).toEqual(['view-held']);
    expect(actor.hear('aggregator-00', announced(2)).recorded).toEqual(['peer-known']);
    expect(actor.hear('worker-00', asked).sent[0]!.message).toMatchObject({ peers: ['aggregator-00'] });
  });

  it('forgets who departs, and is not misled by what is older', () => {
    const actor = started().hear('aggregator-00', announced(3));
    actor.hear('aggregator-00', { kind: 'Departed', role: 'aggregator', life: 0, announcement: 3 });
    expect(actor.sent).toEqual([]);
    actor.hear(other, exchanged([{ ...entry, announcement: 3, silentUs: 0 }]));
    expect(actor.hear('worker-00', asked).sent[0]!.message).toMatchObject({ peers: [] });
    actor.hear('aggregator-00', announced(1, 1));
    expect(actor.hear('worker-00', asked).sent[0]!.message).toMatchObject({ peers: ['aggregator-00'] });
  });

  it('compares its view with the other in each exchange, and says how many it holds', () => {
    const actor = started().fire('exchangeEvery');
    expect(actor.sent).toEqual([{ to: other, message: { ...compared(viewDigest([])), round: 1 } }]);
    actor.hear('aggregator-00', announced(1)).fire('exchangeEvery');
    const digest = viewDigest([entry]);
    expect(actor.sent).toEqual([{ to: other, message: { ...compared(digest), round: 2 } }]);
    const view = { present: 1, digest, everyUs: 2_000_000 };
    expect(actor.commands).toContainEqual({ type: 'record', kind: 'view-held', data: view });
  });

  it('sends what it knows to a bootstrap of another view, or one that asks for it, and to no other', () => {
    const actor = started().hear('aggregator-00', announced(1)).wait(3_000_000);
    const known = [{ to: other, message: exchanged([{ ...entry, silentUs: 3_000_000 }]) }];
    expect(actor.hear(other, compared(viewDigest([]))).sent).toEqual(known);
    expect(actor.hear(other, compared(viewDigest([entry]))).sent).toEqual([]);
    expect(actor.hear(other, compared(viewDigest([entry]), true)).sent).toEqual(known);
    expect(actor.hear('worker-09', compared(viewDigest([]))).sent).toEqual([]);
    expect(actor.rejected).toEqual(['foreignExchange']);
  });

  it('learns from the other, and lets what it learned grow no younger', () => {
    const actor = started({ membership: { presenceTimeout: '10s' } });
    expect(actor.hear(other, exchanged([{ ...entry, silentUs: 8_000_000 }])).recorded).toEqual(['peer-known']);
    expect(actor.wait(2_000_000).hear('worker-00', asked).sent[0]!.message).toMatchObject({ peers: ['aggregator-00'] });
    expect(actor.wait(1).hear('worker-00', asked).sent[0]!.message).toMatchObject({ peers: [] });
  });

  it('asks for news when somebody should have been heard of again', () => {
    const actor = started().hear('aggregator-00', announced(1)).wait(7_500_000);
    expect(actor.fire('exchangeEvery').sent[0]!.message).toMatchObject({ refresh: false });
    expect(actor.wait(1).fire('exchangeEvery').sent[0]!.message).toMatchObject({ refresh: true });
  });

  it('believes no exchange of a stranger', () => {
    const actor = started().hear('worker-09', exchanged([{ ...entry, silentUs: 0 }]));
    expect(actor.rejected).toEqual(['foreignExchange']);
    expect(actor.hear('worker-00', asked).sent[0]!.message).toMatchObject({ peers: [] });
  });
});
