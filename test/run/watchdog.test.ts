import { describe, expect, test } from 'vitest';
import { guarded, installTripwires } from '../../src/host/tripwires.ts';
import { watched } from '../../src/run/watchdog.ts';

describe('the watchdog', () => {
  test('gives back what the slice gave, and lets its errors through', () => {
    expect(watched(() => 42)).toBe(42);
    expect(() => watched(() => { throw new RangeError('mine'); })).toThrow(RangeError);
  });

  test('a step that never ends is named by node, role and event, and the wires are free again', () => {
    installTripwires();
    const endless = (): never => { for (;;); };
    const stuck = (): unknown => guarded({ node: 'worker-03', role: 'worker', event: 'RoundOpened' }, endless);
    expect(() => watched(stuck, 0.05)).toThrow(/did not end within 0.05 s: worker-03 \(role worker\) on the event RoundOpened/u);
    expect(() => performance.now()).not.toThrow();
  });
});
