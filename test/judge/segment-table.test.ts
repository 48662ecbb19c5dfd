import { describe, expect, it } from 'vitest';
import { contradiction, parseSegmentTable } from '../../src/judge/segment-table.ts';
import { recordsPerSegment } from '../../src/judge/trace-format.ts';
import { manyInputs, readerOf, writeTrace } from '../support/memory-trace.ts';

const { files, tables, hashes } = writeTrace(manyInputs(recordsPerSegment * 2 + 10));
const table = parseSegmentTable(tables.trace);
const lines = tables.trace.split('\n');

describe('a segment table', () => {
  it('says what the reader finds', () => {
    const index = readerOf(files.trace).index();
    expect(table).toEqual({ segments: index.segments, records: index.records, hash: hashes.trace });
    expect(contradiction(table, index)).toBeUndefined();
  });

  it.each([
    ['nothing', '', 'does not begin with'],
    ['another format', tables.trace.replace('segments 1', 'segments 9'), 'does not begin with'],
    ['no last line', lines.slice(0, -2).join('\n'), 'ends before its last line'],
    ['no last line but a line end', `${lines.slice(0, -2).join('\n')}\n`, 'ends before its last line'],
    ['a damaged line', tables.trace.replace('\n1 4096', '\n1 40x6'), 'line 3 of the segment table is damaged'],
    ['a missing line', [lines[0], ...lines.slice(2)].join('\n'), 'line 2 of the segment table is damaged'],
    ['a wrong count', tables.trace.replace('end 8202', 'end 8201'), 'does not count its own records'],
  ])('is refused in words when it has %s', (_what, text, words) => {
    const refusal = { name: 'TraceRefused', message: expect.stringContaining(words) };
    expect(() => parseSegmentTable(text)).toThrow(expect.objectContaining(refusal));
  });
});

describe('a trace that contradicts its table', () => {
  const check = (bytes: Uint8Array, against = table) => contradiction(against, readerOf(bytes).index());

  it('is named by the segment whose bytes changed', () => {
    const edited = files.trace.slice();
    edited[edited.length - 1]! ^= 1;
    expect(check(edited)).toBe(
      'segment 2 (records 8192 to 8201) is not the one that was written: its bytes hash to something else',
    );
  });

  it('is named by the segment that is cut', () => {
    expect(check(files.trace.subarray(0, files.trace.length - 1))).toContain('in the middle of record 8201');
  });

  it('is named when it goes on behind its end', () => {
    const junk = new Uint8Array(files.trace.length + 3);
    junk.set(files.trace);
    expect(check(junk)).toContain('segment 2');
    const whole = writeTrace(manyInputs(recordsPerSegment));
    const longer = new Uint8Array(whole.files.trace.length + 3);
    longer.set(whole.files.trace);
    expect(check(longer, parseSegmentTable(whole.tables.trace))).toBe('it ends in the middle of record 4096');
    const twice = writeTrace(manyInputs(recordsPerSegment + 1)).files.trace;
    expect(check(twice, parseSegmentTable(whole.tables.trace))).toBe('the trace has 4097 records, its table 4096');
  });

  it('is named when only the last hash is wrong', () => {
    expect(check(files.trace, { ...table, hash: '0'.repeat(64) })).toBe('the hash of the trace is not the one in its table');
  });
});
