import { describe, expect, it } from 'vitest';
import { Evaluation } from '../../src/judge/evaluate.ts';
import { acknowledgedRecordsComeBack, houseInvariants } from '../../src/judge/house.ts';
import type { Observation } from '../../src/kernel/properties.ts';
import type { ValueMap } from '../../src/kernel/codec.ts';
import { observed } from '../support/observations.ts';

const node = 'worker-00';
const acknowledged = (sequence: number, key: string, revision: number, extra: ValueMap = {}) =>
  observed(sequence, node, 'world-save-acknowledged', { key, revision, ...extra });
const killed = (sequence: number, incarnation = 0) => observed(sequence, node, 'world-killed', { incarnation });
const restored = (sequence: number, revisions: ValueMap, rest: ValueMap = {}) =>
  observed(sequence, node, 'world-restored', { revisions, damaged: [], lost: [], ...rest });

function messagesOf(...observations: readonly Observation[]): readonly string[] {
  const evaluation = new Evaluation({ invariants: houseInvariants, expectations: [], faults: [] });
  for (const observation of observations) evaluation.observe(observation);
  return evaluation.finish({ sequence: 99, at: 99_000, complete: true, because: 'it was over' }).findings.map(({ message }) => message);
}

describe('acknowledged records come back', () => {
  it('holds when the acknowledged revision or a later one comes back', () => {
    expect(messagesOf(acknowledged(1, 'model', 1), killed(2), restored(3, { model: 1 }))).toEqual([]);
    expect(messagesOf(acknowledged(1, 'model', 1), killed(2), restored(3, { model: 4 }))).toEqual([]);
  });

  it('applies only when something had been promised', () => {
    const state = acknowledgedRecordsComeBack.start();
    expect(acknowledgedRecordsComeBack.observe(state, restored(1, {})).applies).toBe(false);
    acknowledgedRecordsComeBack.observe(state, acknowledged(2, 'model', 1));
    expect(acknowledgedRecordsComeBack.observe(state, restored(3, { model: 1 }))).toMatchObject({ applies: true, holds: true });
  });

  it.each([
    ['is gone', restored(3, {}), '"model" did not come back'],
    ['is older', restored(3, { model: 1 }), '"model" came back as revision 1'],
    ['is damaged', restored(3, {}, { damaged: ['model'] }), '"model" came back damaged, and no disk fault was declared'],
    ['was removed before', restored(3, {}, { removed: { model: 1 } }), '"model" came back as revision 1'],
  ])('is violated when the record %s', (_what, observation, words) => {
    const state = acknowledgedRecordsComeBack.start();
    acknowledgedRecordsComeBack.observe(state, acknowledged(1, 'model', 2));
    expect(acknowledgedRecordsComeBack.observe(state, observation)).toEqual({
      applies: true,
      holds: false,
      because: 'worker-00 lost the acknowledged record "model"',
      facts: [
        { sequence: 1, at: 1_000, node, words: 'the disk acknowledged the save of "model", revision 2' },
        { sequence: 3, at: 3_000, node, words },
      ],
    });
  });

  it('excuses what a declared disk fault took or damaged', () => {
    expect(messagesOf(acknowledged(1, 'model', 2), killed(2), restored(3, {}, { lost: ['model'] }))).toEqual([]);
    expect(messagesOf(acknowledged(1, 'model', 2), killed(2), restored(3, {}, { damaged: ['model'], lost: ['model'] }))).toEqual([]);
  });

  it('keeps a removal removed, unless a later save was kept', () => {
    const removal = acknowledged(2, 'model', 2, { removed: true });
    expect(messagesOf(acknowledged(1, 'model', 1), removal, killed(3), restored(4, {}))).toEqual([]);
    expect(messagesOf(removal, killed(3), restored(4, { model: 3 }))).toEqual([]);
    expect(messagesOf(acknowledged(1, 'model', 1), removal, killed(3), restored(4, { model: 1 }))).toEqual([
      'worker-00 lost the acknowledged record "model"',
    ]);
  });

  it('allows a removal that nobody was told about', () => {
    expect(messagesOf(acknowledged(1, 'model', 1), killed(2), restored(3, {}, { removed: { model: 2 } }))).toEqual([]);
  });

  it('owes again what it gave back once, and nothing more', () => {
    const first = [acknowledged(1, 'model', 1), killed(2), restored(3, { model: 2, extra: 3 })];
    expect(messagesOf(...first, killed(4, 1), restored(5, { model: 2, extra: 3 }))).toEqual([]);
    expect(messagesOf(...first, killed(4, 1), restored(5, { model: 1, extra: 3 }))).toHaveLength(1);
    expect(messagesOf(...first, killed(4, 1), restored(5, { model: 2 }))).toEqual(['worker-00 lost the acknowledged record "extra"']);
    const lost = [acknowledged(1, 'model', 1), killed(2), restored(3, {}, { lost: ['model'] })];
    expect(messagesOf(...lost, killed(4, 1), restored(5, {}))).toEqual([]);
  });

  it('keeps nodes apart', () => {
    const other = { ...restored(3, {}), node: 'worker-01' };
    expect(messagesOf(acknowledged(1, 'model', 1), other)).toEqual([]);
  });
});

describe('dead nodes acknowledge nothing', () => {
  it('holds for lives that follow one another', () => {
    const lives = [acknowledged(1, 'a', 1), killed(2), restored(3, { a: 1 }), acknowledged(4, 'a', 2), killed(5, 1), restored(6, { a: 2 })];
    expect(messagesOf(...lives)).toEqual([]);
  });

  it('is violated by a save that a dead node acknowledges', () => {
    expect(messagesOf(killed(2), acknowledged(3, 'a', 1))).toEqual(['worker-00 acknowledged a save without having been started']);
  });

  it('is violated by a second end of one life', () => {
    expect(messagesOf(killed(2), killed(3))).toEqual(['worker-00 was killed again without having been started']);
  });
});
