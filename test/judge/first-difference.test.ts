import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { describeDifference, firstDifference, firstDifferingPath, valueText } from '../../src/judge/first-difference.ts';
import { recordKinds, recordsPerSegment } from '../../src/judge/trace-format.ts';
import { manyInputs, readerOf, smallHeader, writeTrace } from '../support/memory-trace.ts';
import type { PlainRecord } from '../support/memory-trace.ts';

const inputs = manyInputs(recordsPerSegment * 3 + 100);
const { trace } = writeTrace(inputs).files;
const { recordsAt } = readerOf(trace);

/** Where each record of the trace begins, by walking its length fields. */
const starts: number[] = [];
for (let offset = recordsAt; offset < trace.length; ) {
  starts.push(offset);
  offset += 4 + new DataView(trace.buffer, trace.byteOffset).getUint32(offset, true);
}

const compare = (a: Uint8Array, b: Uint8Array) => firstDifference(readerOf(a), readerOf(b));

describe('the first difference of two traces', () => {
  it('is none between equal ones', () => {
    expect(compare(trace, trace.slice())).toBeUndefined();
    expect(compare(writeTrace([]).files.trace, writeTrace([]).files.trace)).toBeUndefined();
  });

  it('names the sequence number of one flipped byte, wherever it is', () => {
    const offsets = fc.integer({ min: recordsAt, max: trace.length - 1 });
    fc.assert(
      fc.property(offsets, fc.integer({ min: 1, max: 255 }), (offset, mask) => {
        const edited = trace.slice();
        edited[offset] = edited[offset]! ^ mask;
        const sequence = starts.findLastIndex((begin) => begin <= offset);
        expect(compare(edited, trace)).toMatchObject({ part: 'record', sequence });
        expect(compare(trace, edited)).toMatchObject({ part: 'record', sequence });
      }),
      { numRuns: 40 },
    );
  });

  it('shows both values and the way to the part that differs', () => {
    const changed: PlainRecord[] = [...inputs];
    changed[5_000] = { ...inputs[5_000]!, value: { index: -1 } };
    const difference = compare(trace, writeTrace(changed).files.trace)!;
    expect(difference).toMatchObject({
      part: 'record',
      sequence: 5_000,
      path: 'value.index',
      left: { record: { at: 50_000, node: 'ring-00', kind: 'input', value: { index: 5_000 } } },
      right: { record: { value: { index: -1 } } },
    });
    expect(describeDifference(difference)).toEqual([
      'the traces differ from record 5000 on at value.index',
      'left:  input of ring-00 at 0.050000 s: {"index":5000}',
      'right: input of ring-00 at 0.050000 s: {"index":-1}',
    ]);
  });

  it('tells which trace ended early', () => {
    const shorter = writeTrace(inputs.slice(0, 4_200)).files.trace;
    const difference = compare(shorter, trace)!;
    expect(difference).toMatchObject({ sequence: 4_200, left: { missing: 'the trace ends after 4200 records' }, path: '' });
    expect(describeDifference(difference)[0]).toBe('the traces differ from record 4200 on');
    expect(compare(writeTrace(inputs.slice(0, recordsPerSegment)).files.trace, trace)).toMatchObject({ sequence: recordsPerSegment });
  });

  it('tells a cut trace from a shorter one', () => {
    const difference = compare(trace, trace.subarray(0, trace.length - 2))!;
    expect(difference).toMatchObject({ sequence: inputs.length - 1, right: { missing: expect.stringContaining('in the middle') } });
  });

  it('tells junk behind the last record', () => {
    const longer = new Uint8Array(trace.length + 2);
    longer.set(trace);
    expect(compare(trace, longer)).toMatchObject({ sequence: inputs.length, left: { missing: expect.stringContaining('ends after') } });
  });

  it('looks at the headers first', () => {
    const other = writeTrace(inputs, { ...smallHeader, scenario: { name: 'other' } }).files.trace;
    const difference = compare(trace, other)!;
    expect(difference).toEqual({ part: 'header', path: 'scenario.name', left: 'tiny', right: 'other' });
    expect(describeDifference(difference)).toEqual(['the headers differ at scenario.name', 'left:  "tiny"', 'right: "other"']);
  });

  it('names an observation by the step that said it', () => {
    const said = (word: string): PlainRecord[] => [
      ...inputs.slice(0, 3),
      { kind: recordKinds.observation, at: 20, node: 0, value: word },
    ];
    const [one, two] = [writeTrace(said('a')).files.observations, writeTrace(said('b')).files.observations];
    expect(compare(one, two)).toMatchObject({ sequence: 2, path: 'value' });
    expect(compare(one, writeTrace([]).files.observations)).toMatchObject({ sequence: 2 });
    expect(compare(writeTrace([]).files.observations, one)).toMatchObject({ sequence: 2 });
    const beheaded = one.slice(0, one.length - 1);
    expect(compare(beheaded, beheaded.slice(0, -1))).toMatchObject({ sequence: 0 });
  });
});

describe('the path of a difference', () => {
  it.each([
    [{ a: 1 }, { a: 1 }, undefined],
    [{ a: NaN }, { a: NaN }, undefined],
    [1, 2, ''],
    [[1], { 0: 1 }, ''],
    [{ b: 1, a: { c: [1, 2] } }, { b: 2, a: { c: [1, 3] } }, 'a.c.1'],
    [{ a: 1 }, {}, 'a'],
    [{ a: Uint8Array.of(1) }, { a: Uint8Array.of(1) }, undefined],
    [{ a: Uint8Array.of(1) }, { a: Uint8Array.of(2) }, 'a'],
  ])('between %j and %j is %j', (left, right, path) => {
    expect(firstDifferingPath(left, right)).toBe(path);
  });

  it('shows values shortly', () => {
    expect(valueText({ bytes: new Uint8Array(3) })).toBe('{"bytes":"<3 bytes>"}');
    expect(valueText(undefined)).toBe('absent');
    expect(valueText('x'.repeat(1_000))).toHaveLength(401);
  });
});
