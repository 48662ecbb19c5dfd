import { describe, expect, it } from 'vitest';
import { TimerTable } from '../../src/host/timers.ts';
import { limits } from '../../src/kernel/limits.ts';

describe('the timers of a node', () => {
  it('fire once, for the generation that is armed', () => {
    const timers = new TimerTable();
    const first = timers.arm('retry', 1_000, 'xstate.after.retry');
    expect(first).toEqual({ id: 'retry', generation: 1, dueMono: 1_000, event: 'xstate.after.retry' });
    expect(timers.fire('retry', 1)).toEqual(first);
    expect(timers.fire('retry', 1)).toBeUndefined();
  });

  it('drop the firing of an older generation', () => {
    const timers = new TimerTable();
    timers.arm('retry', 1_000, 'event');
    const second = timers.arm('retry', 2_000, 'event');
    expect(second.generation).toBe(2);
    expect(timers.isCurrent('retry', 1)).toBe(false);
    expect(timers.fire('retry', 1)).toBeUndefined();
    expect(timers.fire('retry', 2)).toBe(second);
  });

  it('do not fire once they were cancelled, and count on when they are armed again', () => {
    const timers = new TimerTable();
    timers.arm('retry', 1_000, 'event');
    timers.cancel('retry');
    expect(timers.fire('retry', 1)).toBeUndefined();
    expect(timers.arm('retry', 1_000, 'event').generation).toBe(2);
  });

  it('are forgotten with an incarnation, whose firings stay stale in the next one', () => {
    const timers = new TimerTable();
    timers.arm('retry', 1_000, 'event');
    timers.clear();
    expect(timers.armed()).toEqual([]);
    timers.arm('retry', 1_000, 'event');
    expect(timers.isCurrent('retry', 1)).toBe(false);
    expect(timers.isCurrent('retry', 2)).toBe(true);
  });

  it('stand in order of arming, and come back from a save with their generations', () => {
    const timers = new TimerTable();
    timers.arm('retry', 3_000, 'retry');
    timers.arm('beat', 1_000, 'beat');
    timers.arm('gone', 1_000, 'gone');
    timers.cancel('gone');
    const restored = new TimerTable();
    restored.arm('other', 1, 'other');
    restored.load(timers.save());
    expect(restored.armed().map(({ id }) => id)).toEqual(['retry', 'beat']);
    expect(restored.save()).toEqual(timers.save());
    expect(restored.arm('gone', 1, 'gone').generation).toBe(2);
  });

  it('are no more than the limit', () => {
    const timers = new TimerTable();
    for (let index = 0; index < limits.timersPerNodeMax; index += 1) timers.arm(`timer ${index}`, 0, 'event');
    expect(() => timers.arm('timer 0', 1, 'event')).not.toThrow();
    expect(() => timers.arm('one more', 1, 'event')).toThrow(`more than ${limits.timersPerNodeMax} timers`);
  });
});
