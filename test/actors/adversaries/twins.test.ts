/** Twins: which copy speaks with whom. */
import { describe, expect, it } from 'vitest';
import { compute, record, save, send } from '../../../src/actors/define.ts';
import type { InputEvent } from '../../../src/kernel/contract.ts';
import { SteppedLiar } from '../../support/stepped-liar.ts';
import { ids } from '../../support/training-stories.ts';

const sides = [['aggregator-00', 'worker-01'], ['aggregator-01']];
const given = new SteppedLiar('twins', { options: { sides } });
const drawn = new SteppedLiar('twins');
const from = (peer: string): InputEvent => ({ type: 'VoteAsked', from: peer, message: { kind: 'VoteAsked' } });
const to = (peer: string) => send(peer, { kind: 'VoteAsked' });
/** The copies that hear a peer, and those that reach it. */
const hearing = (twins: SteppedLiar, event: InputEvent): number[] =>
  [0, 1].filter((copy) => twins.hears(event, copy).give.length === 1);
const reaching = (twins: SteppedLiar, peer: string): number[] =>
  [0, 1].filter((copy) => twins.says(to(peer), copy).some(({ type }) => type === 'send'));

describe('twins with sides', () => {
  const expected = [['aggregator-00', [0]], ['worker-01', [0]], ['aggregator-01', [1]], ['client-00', [0, 1]]] as const;
  it.each(expected)('speak with %s as %j', (peer, copies) => {
    expect([hearing(given, from(peer)), reaching(given, peer)]).toEqual([copies, copies]);
    expect(hearing(given, { type: 'linkDown', peer, reason: 'closed' })).toEqual(copies);
    expect(hearing(given, { type: 'sendRefused', to: peer, kind: 'VoteAsked', reason: 'dialFailed' })).toEqual(copies);
  });

  it('let a peer that stands on both sides speak with both', () => {
    const both = new SteppedLiar('twins', { options: { sides: [['worker-01'], ['worker-01']] } });
    expect([hearing(both, from('worker-01')), reaching(both, 'worker-01')]).toEqual([[0, 1], [0, 1]]);
  });
});

describe('twins without sides', () => {
  it('speak each with a half of the others, drawn once and for all', () => {
    const peers = ids('worker', 60);
    const halves = peers.map((peer) => hearing(drawn, from(peer)));
    expect(new Set(halves.map(({ length }) => length))).toEqual(new Set([1]));
    const first = halves.filter(([copy]) => copy === 0).length;
    expect(first).toBeGreaterThan(15);
    expect(first).toBeLessThan(45);
    expect(peers.map((peer) => reaching(drawn, peer))).toEqual(halves);
    expect(peers.map((peer) => hearing(new SteppedLiar('twins', { self: 'worker-99' }), from(peer)))).toEqual(halves);
  });
});

it('learn each of their own host, and ask it for what they want', () => {
  const events: readonly InputEvent[] = [
    { type: 'restored', records: {}, damaged: [] }, { type: 'saved', key: 'page', ticket: '' }, { type: 'xstate.after.250.clerk' },
    { type: 'computed', task: 'test/read', key: 'page', result: 1 },
  ];
  for (const event of events) expect(hearing(given, event)).toEqual([0, 1]);
  for (const command of [save('page', 1), compute('test/read', 'page', {}), record('told', {})]) {
    for (const copy of [0, 1]) expect(given.says(command, copy)).toEqual([command]);
  }
});

it('count what the second copy says as a lie, and nothing of the first', () => {
  expect(given.says(to('client-00'), 0)).toEqual([to('client-00')]);
  expect(given.says(to('client-00'), 1)).toEqual([to('client-00'), { type: 'act', what: 'spoke as the second of two' }]);
});
