import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/kernel/bytes.ts';
import { encode } from '../../src/kernel/codec.ts';
import { TraceRefused, fileHead, recordKinds, recordsPerSegment, worldNodeIndex } from '../../src/judge/trace-format.ts';
import { TraceReader } from '../../src/judge/trace-reader.ts';
import type { ByteSource } from '../../src/judge/trace-reader.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import { manyInputs, readerOf, smallHeader, writeTrace } from '../support/memory-trace.ts';

const { trace } = writeTrace(manyInputs(3)).files;
const start = readerOf(trace).recordsAt;

/** The bytes with one of them replaced. */
function withByte(bytes: Uint8Array, offset: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[offset] = value;
  return copy;
}

/** Whether a trace can be read to its end; anything but a refusal in words is thrown on. */
function outcomeOf(bytes: Uint8Array): 'read' | 'refused' {
  try {
    for (const record of readerOf(bytes).records()) if (record.sequence < 0) throw new RangeError('impossible');
    return 'read';
  } catch (error) {
    if (error instanceof TraceRefused) return 'refused';
    throw error;
  }
}

describe('reading a trace', () => {
  it('gives back what was written', () => {
    const written = [
      { kind: recordKinds.input, at: 2 ** 41, node: 1, value: { type: 'start', list: [1, null, true] } },
      { kind: recordKinds.observation, at: 2 ** 41, node: 1, value: 'said' },
      { kind: recordKinds.faultHit, at: 2 ** 41 + 5, node: worldNodeIndex, value: { fault: 'x' } },
    ];
    const { files, hashes } = writeTrace(written);
    expect([...readerOf(files.trace).records()]).toEqual([
      { position: 0, sequence: 0, at: 2 ** 41, node: 'ring-01', kind: 'input', value: written[0]!.value },
      { position: 1, sequence: 1, at: 2 ** 41 + 5, node: '', kind: 'faultHit', value: { fault: 'x' } },
    ]);
    expect([...readerOf(files.observations).records()]).toEqual([
      { position: 0, sequence: 0, at: 2 ** 41, node: 'ring-01', kind: 'observation', value: 'said' },
    ]);
    expect(readerOf(files.trace).header).toEqual(smallHeader);
    expect(readerOf(files.trace).index().hash).toBe(hashes.trace);
    expect(readerOf(files.observations).index().hash).toBe(hashes.observations);
  });

  it('crosses segments and reads a source larger than its window piece by piece', () => {
    const { files, hashes } = writeTrace(
      Array.from({ length: recordsPerSegment * 2 + 5 }, (_, at) => ({ kind: 1, at, node: 0, value: 'x'.repeat(400) }) as const),
    );
    const lengths: number[] = [];
    const source: ByteSource = {
      length: files.trace.length,
      read: (offset, length) => {
        lengths.push(length);
        return files.trace.subarray(offset, offset + length);
      },
    };
    const reader = new TraceReader(source, sha256Node);
    expect(reader.index().hash).toBe(hashes.trace);
    expect(reader.index().segments.map(({ records }) => records)).toEqual([recordsPerSegment, recordsPerSegment, 5]);
    expect([...reader.records()].map(({ at }) => at)).toEqual([...Array(recordsPerSegment * 2 + 5).keys()]);
    expect(Math.max(...lengths)).toBeLessThan(files.trace.length);
  });
});

describe('a hostile trace', () => {
  it.each([
    ['nothing', new Uint8Array(0), 'does not begin with "orrtrace"'],
    ['another file', encode('some other file, long enough'), 'does not begin with "orrtrace"'],
    ['a cut preamble', trace.subarray(0, 10), 'ends before the length of its header'],
    ['a cut header', trace.subarray(0, 30), 'ends in the middle of its header'],
    ['an enormous header', withByte(trace, 11, 0xff), 'announces a header of'],
    ['a damaged header', withByte(trace, 12, 0xff), 'header of the trace is damaged'],
    ['a header that is a list', fileHead(encode([1])), 'header of the trace is damaged'],
    ['another format', fileHead(encode({ format: 2, chain: 'trace' })), 'has format 2; this version reads format 1'],
    ['a header without nodes', fileHead(encode({ format: 1, chain: 'trace', scenario: 1, seed: 1, data: {} })), 'lacks a chain'],
  ])('is refused in words: %s', (_what, bytes, words) => {
    expect(() => readerOf(bytes)).toThrow(TraceRefused);
    expect(() => readerOf(bytes)).toThrow(words);
  });

  const recordBytes = (trace.length - start) / 3;
  const second = start + recordBytes;

  it.each([
    ['kind', second + 4, 99, 'record 1 of the trace has a kind that does not belong there'],
    ['kind of the other chain', second + 4, 5, 'record 1 of the trace has a kind that does not belong there'],
    ['time', second + 12, 0xff, 'record 1 of the trace has an impossible time'],
    ['sequence', second + 13, 7, 'record 1 of the trace has a sequence number out of order'],
    ['node', second + 21, 9, 'record 1 of the trace names a node that the header does not list'],
    ['value', second + 25, 0xff, 'record 1 of the trace holds a value that is not canonical'],
    ['length below a record', second, 3, 'record 1 announces 3 bytes'],
    ['length above all', second + 3, 0x7f, 'record 1 announces'],
    ['length past the end', second + 1, 1, 'it ends in the middle of record 1'],
  ])('names the record whose %s is wrong', (_field, offset, value, words) => {
    const reader = readerOf(withByte(trace, offset, value));
    const records = reader.records();
    expect(records.next().value).toMatchObject({ sequence: 0 });
    const refusal = { name: 'TraceRefused', sequence: 1, message: expect.stringContaining(words) };
    expect(() => records.next()).toThrow(expect.objectContaining(refusal));
  });

  it('is either read or refused, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (noise, headed) => {
        const bytes = headed ? concatBytes(trace.subarray(0, start), noise) : noise;
        expect(['read', 'refused']).toContain(outcomeOf(bytes));
      }),
    );
  });

  it('cut anywhere is told as cut, or is a whole shorter trace', () => {
    fc.assert(
      fc.property(fc.integer({ min: start, max: trace.length - 1 }), (end) => {
        const { records, damage } = readerOf(trace.subarray(0, end)).index();
        const whole = (end - start) % recordBytes === 0;
        const damaged = 'it ends in the middle of record';
        expect(damage?.message.replace(/ \d+$/u, '')).toBe(whole ? undefined : damaged);
        expect(records).toBe(whole ? (end - start) / recordBytes : 0);
      }),
    );
  });
});
