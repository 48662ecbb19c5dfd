import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entriesPerExchangeMax, peersPerAnswerMax } from '../../../src/protocols/membership/messages.ts';
import type { PeerEntry } from '../../../src/protocols/membership/messages.ts';
import {
  compareVersions, exchangeParts, isNewer, isOverdue, isPresent, overdueAfterUs, peersOfRole,
} from '../../../src/protocols/membership/rules.ts';
import type { KnownPeer } from '../../../src/protocols/membership/rules.ts';
import { viewDigest, viewDigestPattern } from '../../../src/protocols/membership/view-digest.ts';
import type { MembershipOptions } from '../../../src/protocols/membership/options.ts';
import { makeNodeId } from '../../../src/kernel/ids.ts';

const entry = (life: number, announcement: number, departed = false, node = 'worker-00'): PeerEntry =>
  ({ node, role: 'worker', life, announcement, departed });
const known = (index: number, heardUs: number, departed = false, role = 'worker'): KnownPeer =>
  ({ node: makeNodeId(role, index), role, life: 0, announcement: 1, departed, heardUs });
const optionsWith = (announceEvery: number | null, presenceTimeout: number | null): MembershipOptions =>
  ({ announceEvery, presenceTimeout, exchangeEvery: null, retryAfter: null });

describe('versions of an entry', () => {
  it.each([
    ['another life goes before announcements', entry(1, 1), entry(0, 9)],
    ['a later announcement is newer', entry(0, 2), entry(0, 1)],
    ['a departure is newer than the announcement that it repeats', entry(0, 2, true), entry(0, 2)],
    ['a later life takes a departure back', entry(1, 1), entry(0, 2, true)],
  ])('%s', (_, newer, older) => {
    expect(isNewer(newer, older)).toBe(true);
    expect(isNewer(older, newer)).toBe(false);
    expect(isNewer(newer, newer)).toBe(false);
    expect(isNewer(older, undefined)).toBe(true);
  });

  const versions = fc.record({ life: fc.nat(3), announcement: fc.nat(3), departed: fc.boolean() });
  it('joining in any order, however often, ends in the same entry', () => {
    const orders = fc.array(versions, { minLength: 1, maxLength: 8 }).chain((said) =>
      fc.record({ said: fc.constant(said), mixed: fc.shuffledSubarray([...said, ...said], { minLength: said.length * 2 }) }));
    const join = (entries: readonly Omit<PeerEntry, 'node' | 'role'>[]) =>
      entries.reduce((held, next) => (compareVersions(next, held) > 0 ? next : held));
    fc.assert(fc.property(orders, ({ said, mixed }) => compareVersions(join(mixed), join(said)) === 0));
  });
});

describe('presence', () => {
  it.each([
    ['heard of just now', known(0, 100), 100, 10, true],
    ['heard of exactly the time-out ago', known(0, 90), 100, 10, true],
    ['silent for longer', known(0, 89), 100, 10, false],
    ['never expires when the time-out is off', known(0, 0), 1e12, null, true],
    ['departed', known(0, 100, true), 100, null, false],
  ])('%s', (_, peer, now, timeout, expected) => {
    expect(isPresent(peer, now, timeout)).toBe(expected);
  });

  it.each([
    ['a quarter of the way from the period to the time-out', 5, 15, 7],
    ['after a quarter of the time-out when nobody repeats itself', null, 16, 4],
    ['never when the time-out is off', 5, null, null],
    ['never before the time-out when that is the shorter one', 20, 15, 18],
  ])('is overdue %s', (_, announceEvery, presenceTimeout, expected) => {
    const options = optionsWith(announceEvery, presenceTimeout);
    expect(overdueAfterUs(options)).toBe(expected);
    expect(isOverdue(known(0, 100), 100 + (expected ?? 1e9), options)).toBe(false);
    expect(isOverdue(known(0, 100), 101 + (expected ?? 1e9), options)).toBe(expected !== null);
  });
});

describe('an answer', () => {
  const options = optionsWith(4, 20);
  const names = (indexes: readonly number[]) => indexes.map((index) => makeNodeId('worker', index));

  it('names the present nodes of one role, those heard of in time first', () => {
    const heard = [100, 90, 79, 100];
    const peers = [known(0, 100, false, 'aggregator'), ...heard.map((heardUs, index) => known(index, heardUs))];
    expect(peersOfRole(peers, 'worker', 1, 100, options)).toEqual(names([0, 3, 1]));
    expect(peersOfRole(peers, 'aggregator', 1, 100, options)).toEqual(['aggregator-00']);
    expect(peersOfRole(peers, 'client', 1, 100, options)).toEqual([]);
  });

  it('is short, and attempts in a row are told of everybody', () => {
    fc.assert(fc.property(fc.nat(70), fc.nat(1_000), (count, first) => {
      const peers = Array.from({ length: count }, (_, index) => known(index, index % 3 === 0 ? 85 : 100));
      const windows = Math.max(1, Math.ceil(count / peersPerAnswerMax));
      const attempts = Array.from({ length: windows }, (_, index) => 1 + first + index);
      const answers = attempts.map((attempt) => peersOfRole(peers, 'worker', attempt, 100, options));
      expect(new Set(answers.flat()).size).toBe(count);
      expect(answers.every((answer) => answer.length <= peersPerAnswerMax)).toBe(true);
    }));
  });
});

describe('exchanges', () => {
  it('pass on everything of use, once, in parts', () => {
    fc.assert(fc.property(fc.nat(200), (count) => {
      const parts = exchangeParts(Array.from({ length: count }, (_, index) => known(index, 0)), 7, null);
      expect(parts.flat().map(({ node }) => node)).toEqual(Array.from({ length: count }, (_, index) => makeNodeId('worker', index)));
      expect(parts.every(({ length }) => length > 0 && length <= entriesPerExchangeMax)).toBe(true);
    }));
  });

  it('tell how long ago somebody was heard of, and nothing of who has been silent for too long', () => {
    const peers = [known(0, 95), known(1, 89), known(2, 90, true)];
    expect(exchangeParts(peers, 100, 10)).toEqual([[
      { ...entry(0, 1), silentUs: 5 },
      { ...entry(0, 1, true, 'worker-02'), silentUs: 10 },
    ]]);
  });
});

describe('the digest of a view', () => {
  it('is the beginning of SHA-256 over the ids, one a line', () => {
    const expected = createHash('sha256').update('worker-00\nworker-01').digest('hex').slice(0, 16);
    expect(viewDigest([known(0, 5), known(1, 9)])).toBe(expected);
    expect(viewDigest([])).toMatch(viewDigestPattern);
  });

  it('tells views apart, and no versions', () => {
    expect(viewDigest([known(0, 0)])).not.toBe(viewDigest([known(1, 0)]));
    const announcedAgain: KnownPeer = { ...known(0, 0), announcement: 9 };
    expect(viewDigest([announcedAgain])).toBe(viewDigest([known(0, 0)]));
  });
});
