import { expect, it } from 'vitest';
import { Destinations } from '../../src/host/destinations.ts';
import { FrameKeys } from '../../src/host/frames.ts';
import { seedKey } from '../../src/kernel/draws.ts';

const begun = (incarnation: number): Destinations => {
  const destinations = new Destinations('worker-00', seedKey(1, 0));
  destinations.begin(incarnation);
  return destinations;
};
const keys = new FrameKeys(seedKey(1, 0));

it('counts each receiver, kind and key apart, and draws from the whole identity', () => {
  const destinations = begun(2);
  const uses = [
    ['worker-01', 'Hello', 'round=1'],
    ['worker-01', 'Hello', 'round=1'],
    ['worker-01', 'Bye', 'round=1'],
    ['worker-02', 'Hello', ''],
  ] as const;
  const occurrences = [0, 1, 0, 0];
  for (const [index, [to, kind, key]] of uses.entries()) {
    const occurrence = occurrences[index]!;
    const drawKey = keys.keyOf(`worker-00#2>${to} ${kind}`, key, occurrence);
    expect(destinations.use(to, kind, key)).toEqual({ occurrence, drawKey });
  }
});

it('begins anew with each life, and goes on from a save', () => {
  const destinations = begun(0);
  destinations.use('worker-01', 'Hello', '');
  const restored = new Destinations('worker-00', seedKey(1, 0));
  restored.load(0, destinations.save());
  expect(restored.use('worker-01', 'Hello', '')).toEqual(destinations.use('worker-01', 'Hello', ''));
  destinations.begin(1);
  const drawKey = keys.keyOf('worker-00#1>worker-01 Hello', '', 0);
  expect(destinations.use('worker-01', 'Hello', '')).toEqual({ occurrence: 0, drawKey });
});

it('draws from another root after a reseed, and keeps its counts', () => {
  const destinations = begun(0);
  destinations.use('worker-01', 'Hello', '');
  destinations.reseed(seedKey(1, 1));
  const drawKey = new FrameKeys(seedKey(1, 1)).keyOf('worker-00#0>worker-01 Hello', '', 1);
  expect(destinations.use('worker-01', 'Hello', '')).toEqual({ occurrence: 1, drawKey });
});
