/** Traffic as tables: buckets, totals, quantiles. */
import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Traffic, bucketWidthUs, otherKinds, quantile } from '../../../src/report/run-tables/traffic.ts';
import { recordsOf } from '../../../src/report/table.ts';

describe('traffic', () => {
  it('is added up by bucket and kind, the heaviest kind first', () => {
    const traffic = new Traffic(12_000_000);
    traffic.sent('Small', 150_000, 100);
    traffic.sent('Large', 50_000, 700);
    traffic.sent('Large', 90_000, 300);
    traffic.sent('Large', 250_000, 1_000);
    expect(traffic.byTime()).toEqual({
      columns: ['start_s', 'end_s', 'kind', 'order', 'bytes', 'kilobytes_per_second'],
      rows: [[0, 0.1, 'Large', 0, 1_000, 10], [0.2, 0.3, 'Large', 0, 1_000, 10], [0.1, 0.2, 'Small', 1, 100, 1]],
    });
  });

  it('puts light kinds together by time, but not in the totals', () => {
    const traffic = new Traffic(1_000_000);
    for (let kind = 0; kind < 12; kind += 1) traffic.sent(`Kind${kind}`, 0, 1_000 - kind);
    const byTime = recordsOf(traffic.byTime());
    expect(byTime.map(({ kind }) => kind)).toEqual(['Kind0', 'Kind1', 'Kind2', 'Kind3', 'Kind4', 'Kind5', 'Kind6', otherKinds]);
    expect(byTime.at(-1)!['bytes']).toBe(993 + 992 + 991 + 990 + 989);
    expect(traffic.byKind().rows).toHaveLength(12);
  });

  it('tells frames, bytes a frame, arrivals and losses of each kind', () => {
    const traffic = new Traffic(1_000_000);
    for (const at of [1, 2, 3]) traffic.sent('Called', at, 101);
    traffic.arrived('Called', 40_000);
    traffic.ended('Called');
    expect(recordsOf(traffic.byKind())).toEqual([{ kind: 'Called', frames: 3, bytes: 303, bytes_per_frame: 101, arrived: 1, lost: 1 }]);
  });

  it('has delays in milliseconds, the quickest kind first, and no row for a kind that never arrived', () => {
    const traffic = new Traffic(1_000_000);
    traffic.sent('Never', 0, 1);
    for (let ms = 1; ms <= 100; ms += 1) traffic.arrived('Slow', ms * 1_000);
    traffic.arrived('Quick', 2_000);
    const [quick, slow] = recordsOf(traffic.delays());
    expect(quick).toMatchObject({ kind: 'Quick', arrived: 1, p10_ms: 2, max_ms: 2 });
    expect(slow).toEqual({ kind: 'Slow', arrived: 100, p10_ms: 10, median_ms: 50, p90_ms: 90, p99_ms: 99, max_ms: 100 });
  });
});

it('has at most 120 buckets, as narrow as that allows', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 864_000_000_000 }), (endUs) => {
    const width = bucketWidthUs(endUs);
    expect(Math.ceil(endUs / width)).toBeLessThanOrEqual(120);
    expect(width === 1_000 || endUs / width > 40).toBe(true);
  }));
});

it('has quantiles that enough values do not exceed', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(fc.property(fc.array(fc.integer(), { minLength: 1 }), share, (values, wanted) => {
    const found = quantile(Float64Array.from(values).sort(), wanted);
    expect(values).toContain(found);
    expect(values.filter((value) => value <= found).length).toBeGreaterThanOrEqual(wanted * values.length);
    expect(values.filter((value) => value < found).length).toBeLessThanOrEqual(wanted * values.length);
  }));
});
