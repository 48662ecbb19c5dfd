import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { fromMs, scaleByPpm, toSecondsText, unscaleByPpm } from '../../src/kernel/time.ts';

describe('microseconds', () => {
  it.each([[0, 0], [1, 1_000], [0.001, 1], [1.2345, 1_235], [0.0004, 0]])('of %d ms are %d', (ms, us) => {
    expect(fromMs(ms)).toBe(us);
  });

  it.each([-1, NaN, Infinity, 2 ** 53])('of %d ms cannot be counted', (ms) => {
    expect(() => fromMs(ms)).toThrow('cannot be counted in microseconds');
  });

  it.each([[0, '0.000000'], [1, '0.000001'], [999_999, '0.999999'], [1_000_000, '1.000000'], [61_000_050, '61.000050']])(
    '%d read as %s s', (us, text) => expect(toSecondsText(us)).toBe(text),
  );
});

describe('a drifting clock', () => {
  it('gains or loses its rate error', () => {
    expect(scaleByPpm(1_000_000, 100)).toBe(1_000_100);
    expect(scaleByPpm(1_000_000, -100)).toBe(999_900);
    expect(scaleByPpm(123, 0)).toBe(123);
  });

  it('has counted a span when the true time for it has passed, and not much earlier', () => {
    fc.assert(fc.property(fc.nat(3_600_000_000), fc.integer({ min: -500, max: 500 }), (span, ratePpm) => {
      const trueTime = unscaleByPpm(span, ratePpm);
      expect(scaleByPpm(trueTime, ratePpm)).toBeGreaterThanOrEqual(span - 1);
      expect(scaleByPpm(trueTime, ratePpm)).toBeLessThanOrEqual(span + 1);
      expect(Number.isSafeInteger(trueTime)).toBe(true);
    }));
  });

  it('never goes back', () => {
    fc.assert(fc.property(fc.nat(1e9), fc.nat(1e6), fc.integer({ min: -500_000, max: 500_000 }), (elapsed, more, ratePpm) => {
      expect(scaleByPpm(elapsed + more, ratePpm)).toBeGreaterThanOrEqual(scaleByPpm(elapsed, ratePpm));
    }));
  });
});
