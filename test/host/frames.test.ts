import { describe, expect, it } from 'vitest';
import { FrameKeys, frameIdentityText, OccurrenceCounter } from '../../src/host/frames.ts';
import { seedKey } from '../../src/kernel/draws.ts';
import { limits } from '../../src/kernel/limits.ts';

describe('the identity of a frame as text', () => {
  const frame = { from: 'worker-03', incarnation: 0, to: 'aggregator-00', kind: 'UpdateSubmitted', key: 'round=5', occurrence: 0 };

  it('names sender, life, receiver, kind, key and occurrence', () => {
    expect(frameIdentityText(frame)).toBe('worker-03#0>aggregator-00 UpdateSubmitted round=5 /0');
    expect(frameIdentityText({ ...frame, incarnation: 2, occurrence: 7 })).toBe('worker-03#2>aggregator-00 UpdateSubmitted round=5 /7');
  });

  it('leaves out a key that the message does not declare', () => {
    expect(frameIdentityText({ ...frame, kind: 'Heartbeat', key: '' })).toBe('worker-03#0>aggregator-00 Heartbeat /0');
  });
});

describe('occurrences', () => {
  it('are counted for each group and key apart', () => {
    const counter = new OccurrenceCounter();
    const uses = [['a', 'x'], ['a', 'x'], ['a', 'y'], ['b', 'x'], ['a', 'x']] as const;
    expect(uses.map(([group, key]) => counter.next(group, key))).toEqual([0, 1, 0, 0, 2]);
  });

  it('of a key in use are never forgotten, however many other keys come by', () => {
    const counter = new OccurrenceCounter();
    const occurrences: number[] = [];
    for (let index = 0; index < 3 * limits.occurrenceKeysMax; index += 1) {
      counter.next('group', `round=${index}`);
      if (index % 100 === 0) occurrences.push(counter.next('group', 'steady'));
    }
    expect(occurrences).toEqual(occurrences.map((_, use) => use));
  });

  it('remember at least half as many keys as the limit, and never more than the limit', () => {
    const counter = new OccurrenceCounter();
    const keys = 3 * limits.occurrenceKeysMax;
    for (let index = 0; index < keys; index += 1) {
      counter.next('group', `${index}`);
      if (index % 512 !== 0) continue;
      const [{ young, old }] = counter.save() as unknown as [{ young: unknown[]; old: unknown[] }];
      expect(young.length + old.length).toBeLessThanOrEqual(limits.occurrenceKeysMax);
    }
    expect(counter.next('group', `${keys - limits.occurrenceKeysMax / 2}`)).toBe(1);
    expect(counter.next('group', '0')).toBe(0);
  });

  it('go on from a save as before', () => {
    const counter = new OccurrenceCounter();
    for (let index = 0; index < limits.occurrenceKeysMax; index += 1) counter.next('group', `${index % 3_000}`);
    const restored = new OccurrenceCounter();
    restored.next('stale', 'gone');
    restored.load(counter.save());
    expect(restored.save()).toEqual(counter.save());
    for (const key of ['1', '2999', 'new']) expect(restored.next('group', key)).toBe(counter.next('group', key));
    expect(restored.next('stale', 'gone')).toBe(0);
  });
});

describe('the keys of frames', () => {
  const groups = ['worker-00#0>worker-01 Hello', 'worker-00#1>worker-01 Hello', 'worker-00#0>worker-02 Hello', 'worker-00#0>worker-01 Bye'];

  it('differ by group, key and occurrence, and not by what was asked before', () => {
    const keys = new FrameKeys(seedKey(1, 0));
    const seen = new Map<string, string>();
    for (const group of groups) {
      for (const key of ['', 'round=1', 'round=2']) {
        for (const occurrence of [0, 1, 2]) seen.set(JSON.stringify(keys.keyOf(group, key, occurrence)), `${group} ${key} ${occurrence}`);
      }
    }
    expect(seen.size).toBe(groups.length * 9);
    expect(new FrameKeys(seedKey(1, 0)).keyOf(groups[2]!, 'round=2', 1)).toEqual(keys.keyOf(groups[2]!, 'round=2', 1));
  });

  it('change with the root: another seed, or another salt from a reseed on', () => {
    const keys = new FrameKeys(seedKey(1, 0));
    const before = keys.keyOf(groups[0]!, '', 0);
    keys.reseed(seedKey(1, 1));
    expect(keys.keyOf(groups[0]!, '', 0)).not.toEqual(before);
    keys.reseed(seedKey(1, 0));
    expect(keys.keyOf(groups[0]!, '', 0)).toEqual(before);
  });
});
