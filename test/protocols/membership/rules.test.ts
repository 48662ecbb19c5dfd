import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entriesPerExchangeMax, peersPerAnswerMax } from '../../../src/protocols/membership/messages.ts';
import type { PeerEntry } from '../../../src/protocols/membership/messages.ts';
import { compareVersions, exchangeWindow, isNewer, isPresent, peersOfRole } from '../../../src/protocols/membership/rules.ts';
import type { KnownPeer } from '../../../src/protocols/membership/rules.ts';
import { makeNodeId } from '../../../src/kernel/ids.ts';

const entry = (life: number, announcement: number, departed = false, node = 'worker-00'): PeerEntry =>
  ({ node, role: 'worker', life, announcement, departed });
const known = (index: number, heardUs: number, departed = false, role = 'worker'): KnownPeer =>
  ({ node: makeNodeId(role, index), role, life: 0, announcement: 1, departed, heardUs });

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

  it('an answer names the first present nodes of the role, and not too many', () => {
    const peers = [known(0, 100, false, 'aggregator'), ...Array.from({ length: 30 }, (_, index) => known(index, index === 3 ? 0 : 100))];
    const found = peersOfRole(peers, 'worker', 100, 10);
    expect(found).toHaveLength(peersPerAnswerMax);
    expect(found.slice(0, 4)).toEqual(['worker-00', 'worker-01', 'worker-02', 'worker-04']);
    expect(peersOfRole(peers, 'aggregator', 100, 10)).toEqual(['aggregator-00']);
    expect(peersOfRole(peers, 'client', 100, 10)).toEqual([]);
  });
});

describe('exchanges', () => {
  it('windows in a row pass on everything, in small pieces', () => {
    fc.assert(fc.property(fc.nat(70), fc.nat(1_000), (count, first) => {
      const peers = Array.from({ length: count }, (_, index) => known(index, 0));
      const windows = Math.max(1, Math.ceil(count / entriesPerExchangeMax));
      const passedOn = Array.from({ length: windows }, (_, index) => exchangeWindow(peers, first + index));
      expect(new Set(passedOn.flat().map(({ node }) => node)).size).toBe(count);
      expect(passedOn.every((window) => window.length <= entriesPerExchangeMax)).toBe(true);
    }));
  });
});
