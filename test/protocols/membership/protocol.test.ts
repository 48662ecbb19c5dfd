import * as Schema from 'effect/Schema';
import { describe, expect, it } from 'vitest';
import { encode } from '../../../src/kernel/codec.ts';
import { limits } from '../../../src/kernel/limits.ts';
import { knowledgeOnlyGrows, learnedByExchange, peerExpired } from '../../../src/protocols/membership/invariants.ts';
import { entriesPerExchangeMax, membershipMessages } from '../../../src/protocols/membership/messages.ts';
import { membershipProtocol } from '../../../src/protocols/membership/protocol.ts';
import { observed } from '../../support/observations.ts';

const accepts = (message: { kind: string }) => membershipMessages.find(({ kind }) => kind === message.kind)!.accepts(message);

describe('words of membership', () => {
  const entry = { node: 'worker-00', role: 'worker', life: 0, announcement: 1, departed: false, silentUs: 14_000_000 };
  const exchanged = (entries: readonly unknown[]) => ({ kind: 'PeersExchanged', round: 1, part: 0, entries }) as never;

  it('accepts what roles say, and refuses what is malformed', () => {
    expect(accepts({ kind: 'PresenceAnnounced', role: 'worker', life: 0, announcement: 1 } as never)).toBe(true);
    expect(accepts({ kind: 'PresenceAnnounced', role: 'Worker!', life: 0, announcement: 1 } as never)).toBe(false);
    expect(accepts({ kind: 'PresenceAnnounced', role: 'worker', life: -1, announcement: 1 } as never)).toBe(false);
    expect(accepts({ kind: 'PeersFound', role: 'worker', attempt: 1, peers: ['nobody'] } as never)).toBe(false);
    expect(accepts(exchanged([entry]))).toBe(true);
    expect(accepts(exchanged([{ ...entry, silentUs: -1 }]))).toBe(false);
    expect(accepts({ kind: 'ViewCompared', round: 1, digest: '0123456789abcdef', refresh: false } as never)).toBe(true);
    expect(accepts({ kind: 'ViewCompared', round: 1, digest: 'none', refresh: false } as never)).toBe(false);
    const many = Array.from({ length: entriesPerExchangeMax + 1 }, () => entry);
    expect(accepts(exchanged(many))).toBe(false);
  });

  it('the largest exchange of usual names stays a tenth of what a frame may have', () => {
    const entries = Array.from({ length: entriesPerExchangeMax }, () => entry);
    expect(encode(exchanged(entries)).length).toBeLessThan(limits.frameBytesMax / 10);
  });

  it('every periodic timer and retry can be off', () => {
    const words = { announceEvery: 'off', presenceTimeout: 'off', exchangeEvery: 'off', retryAfter: 'off' };
    const decoded = Schema.decodeUnknownSync(membershipProtocol.section!.schema)(words);
    expect(decoded).toEqual({ announceEvery: null, presenceTimeout: null, exchangeEvery: null, retryAfter: null });
    expect(Schema.decodeUnknownSync(membershipProtocol.section!.schema)({})).toMatchObject({ announceEvery: 5_000_000 });
  });
});

describe('promises of membership', () => {
  const learned = (sequence: number, life: number, announcement: number, from = 'itself') =>
    observed(sequence, 'bootstrap-00', 'peer-known', { peer: 'worker-00', role: 'worker', life, announcement, departed: false, from });

  it('knowledge that grows is right, knowledge that shrinks is named', () => {
    const state = knowledgeOnlyGrows.start();
    expect(knowledgeOnlyGrows.observe(state, learned(1, 0, 3)).holds).toBe(true);
    expect(knowledgeOnlyGrows.observe(state, learned(2, 1, 1)).holds).toBe(true);
    const outcome = knowledgeOnlyGrows.observe(state, learned(3, 0, 9));
    expect(outcome).toMatchObject({ applies: true, holds: false });
    expect(outcome.because).toMatch(/bootstrap-00 replaced what it knew of worker-00/u);
  });

  it('a new life of a bootstrap may begin with older knowledge', () => {
    const state = knowledgeOnlyGrows.start();
    knowledgeOnlyGrows.observe(state, learned(1, 0, 3));
    knowledgeOnlyGrows.observe(state, observed(2, 'bootstrap-00', 'bootstrap-started'));
    expect(knowledgeOnlyGrows.observe(state, learned(3, 0, 1)).holds).toBe(true);
  });

  it('what is heard from another bootstrap is told apart', () => {
    expect(learnedByExchange.observe(null, learned(1, 0, 1)).applies).toBe(false);
    expect(learnedByExchange.observe(null, learned(1, 0, 1, 'exchange')).holds).toBe(true);
    expect(peerExpired.observe(null, observed(1, 'bootstrap-00', 'peer-expired')).holds).toBe(true);
  });
});
