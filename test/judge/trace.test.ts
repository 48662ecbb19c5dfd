import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { sha256Pure } from '../../src/crypto/digest.ts';
import { concatBytes, toHex } from '../../src/kernel/bytes.ts';
import { decode, encode } from '../../src/kernel/codec.ts';
import type { Value } from '../../src/kernel/codec.ts';
import { TraceWriter } from '../../src/judge/trace.ts';
import { encodeHeader, recordKinds, recordsPerSegment, worldNodeIndex } from '../../src/judge/trace-format.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import { manyInputs, readerOf, smallHeader, writeTrace } from '../support/memory-trace.ts';
import type { PlainRecord } from '../support/memory-trace.ts';

const newWriter = () => new TraceWriter({ header: smallHeader, sha256: sha256Node });

const tiny: readonly PlainRecord[] = [
  { kind: recordKinds.input, at: 0, node: 0, value: { type: 'start' } },
  { kind: recordKinds.commands, at: 0, node: 0, value: [{ type: 'send', to: 'ring-01' }] },
  { kind: recordKinds.observation, at: 0, node: 0, value: { kind: 'passed', data: { lap: 1 } } },
  { kind: recordKinds.frameFate, at: 2 ** 40 + 1, node: worldNodeIndex, value: 'delivered' },
  { kind: recordKinds.faultHit, at: 2 ** 40 + 1, node: 1, value: { fault: 'massacre' } },
];

/** Magic, header length, header in two halves, and then one record a line. */
const goldenTrace = [
  '6f72727472616365',
  '58000000',
  'a66464617461a166646967697473646e6f6e6564736565640765636861696e657472616365656e6f64657382',
  '6772696e672d30306772696e672d303166666f726d617401687363656e6172696fa1646e616d656474696e79',
  '21000000010000000000000000000000000000000000000000a16474797065657374617274',
  '2c00000002000000000000000001000000000000000000000081a262746f6772696e672d303164747970656473656e64',
  '1f0000000301000000000100000200000000000000ffffffff6964656c697665726564',
  '25000000040100000000010000030000000000000001000000a1656661756c74686d61737361637265',
];

const goldenObservations = [
  '6f72727472616365',
  '5f000000',
  'a66464617461a166646967697473646e6f6e6564736565640765636861696e6c6f62736572766174696f6e73656e6f',
  '646573826772696e672d30306772696e672d303166666f726d617401687363656e6172696fa1646e616d656474696e79',
  '2d000000050000000000000000010000000000000000000000a26464617461a1636c617001646b696e6466706173736564',
];

describe('the format, frozen', () => {
  // These bytes are format 1. Whoever has to change them must raise `traceFormat`.
  it('gives the golden bytes and hashes', () => {
    const { files, hashes } = writeTrace(tiny);
    expect(toHex(files.trace)).toBe(goldenTrace.join(''));
    expect(toHex(files.observations)).toBe(goldenObservations.join(''));
    expect(hashes).toEqual({
      trace: '6b9ec1a0416165df4b78b3888824dd474e634d2717d8db1b96778b395d3dac78',
      observations: '463d35d64eb081fd9d069191aa7a108b71f2a8832a49e2d63df693de72cac517',
      records: 4,
    });
  });

  it('hashes alike with noble and with node:crypto', () => {
    const finish = (sha256: typeof sha256Node) => {
      const writer = new TraceWriter({ header: smallHeader, sha256 });
      for (const { kind, at, node, value } of manyInputs(recordsPerSegment + 3)) writer.append(kind, at, node, encode(value));
      return writer.finish();
    };
    expect(finish(sha256Pure)).toEqual(finish(sha256Node));
  });
});

describe('the hash chain', () => {
  it.each([0, 1, recordsPerSegment - 1, recordsPerSegment, recordsPerSegment + 1])(
    'of %i records is h(i+1) = SHA-256(h(i) ‖ SHA-256(segment i))',
    (count) => {
      const { files, hashes } = writeTrace(manyInputs(count));
      const header = encodeHeader(smallHeader, 'trace');
      let body = files.trace.subarray(12 + header.length);
      const length = (of: number) => readerOf(files.trace).index().segments[of]!.bytes;
      let chain = sha256Node(header);
      for (let segment = 0; body.length > 0; segment += 1) {
        chain = sha256Node(concatBytes(chain, sha256Node(body.subarray(0, length(segment)))));
        body = body.subarray(length(segment));
      }
      expect(hashes.trace).toBe(toHex(chain));
      expect(hashes.records).toBe(count);
    },
  );

  it('leaves observations out of the trace hash and gives them their own', () => {
    const silent = writeTrace(tiny.filter(({ kind }) => kind !== recordKinds.observation)).hashes;
    const talking = writeTrace(tiny).hashes;
    expect(talking.trace).toBe(silent.trace);
    expect(talking.observations).not.toBe(silent.observations);
  });

  it('begins with the header, so that another seed is another trace', () => {
    expect(writeTrace(tiny, { ...smallHeader, seed: 8 }).hashes.trace).not.toBe(writeTrace(tiny).hashes.trace);
  });

  it('is the same when a record comes in two parts', () => {
    const bytes = encode({ a: 1, b: 'text' });
    const [whole, parts] = [newWriter(), newWriter()];
    whole.append(recordKinds.input, 5, 1, bytes);
    parts.appendParts(recordKinds.input, 5, 1, bytes.subarray(0, 3), bytes.subarray(3));
    expect(parts.finish()).toEqual(whole.finish());
  });

  it('grows its buffer for a record larger than it', () => {
    const value: Value = new Uint8Array(300_000).fill(9);
    const { files } = writeTrace([{ kind: recordKinds.input, at: 1, node: 0, value }]);
    expect([...readerOf(files.trace).records()].map((record) => record.value)).toEqual([value]);
  });

  it('takes no record after the end', () => {
    const writer = newWriter();
    expect(writer.finish()).toEqual(writer.finish());
    expect(() => writer.append(recordKinds.input, 0, 0, encode(null))).toThrow('takes no more records');
    expect(() => writer.save()).toThrow('nothing to continue');
  });
});

describe('a checkpoint of the writer', () => {
  const record = fc.record({
    kind: fc.constantFrom(...Object.values(recordKinds)),
    at: fc.nat(),
    node: fc.constantFrom(0, 1, worldNodeIndex),
    value: fc.oneof(fc.string(), fc.integer(), fc.uint8Array()),
  });

  it('continues to the same hash from any moment, through bytes', () => {
    const cut = fc.record({ records: fc.array(record, { maxLength: 60 }), at: fc.nat({ max: 60 }), before: fc.nat({ max: 1 }) });
    fc.assert(
      fc.property(cut, ({ records, at, before }) => {
        const all = [...manyInputs(before * (recordsPerSegment - 20)), ...records];
        const moment = Math.min(before * (recordsPerSegment - 20) + at, all.length);
        const first = newWriter();
        for (const { kind, at: time, node, value } of all.slice(0, moment)) first.append(kind, time, node, encode(value));
        const second = newWriter();
        second.append(recordKinds.input, 99, 0, encode('what was there before is forgotten'));
        second.load(decode(encode(first.save()))!);
        expect(second.sequence).toBe(first.sequence);
        for (const { kind, at: time, node, value } of all.slice(moment)) second.append(kind, time, node, encode(value));
        expect(second.finish()).toEqual(writeTrace(all).hashes);
      }),
      { numRuns: 60 },
    );
  });

  it('is not changed by what the writer does afterwards', () => {
    const first = newWriter();
    first.append(recordKinds.input, 1, 0, encode('one'));
    const saved = first.save();
    first.append(recordKinds.input, 2, 0, encode('two'));
    const second = newWriter();
    second.load(saved);
    second.append(recordKinds.input, 2, 0, encode('two'));
    expect(second.finish()).toEqual(first.finish());
  });

  it('holds a segment larger than a fresh buffer', () => {
    const first = newWriter();
    first.append(recordKinds.input, 1, 0, encode(new Uint8Array(200_000)));
    const second = newWriter();
    second.load(first.save());
    expect(second.finish()).toEqual(first.finish());
  });

  it('is refused under another header', () => {
    const other = new TraceWriter({ header: { ...smallHeader, seed: 8 }, sha256: sha256Node });
    expect(() => other.load(newWriter().save())).toThrow('only under the header');
  });
});
