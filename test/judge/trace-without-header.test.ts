/** The hash of a trace without its header: what happened, whatever was asked for. */
import { expect, it } from 'vitest';
import { encode } from '../../src/kernel/codec.ts';
import { TraceWriter } from '../../src/judge/trace.ts';
import { recordKinds, recordsPerSegment } from '../../src/judge/trace-format.ts';
import type { TraceHeader } from '../../src/judge/trace-format.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import { manyInputs, smallHeader } from '../support/memory-trace.ts';
import type { PlainRecord } from '../support/memory-trace.ts';

const records = manyInputs(recordsPerSegment + 3);
const otherHeader: TraceHeader = { ...smallHeader, scenario: { name: 'another' } };

function write(writer: TraceWriter, given: readonly PlainRecord[]): TraceWriter {
  for (const { kind, at, node, value } of given) writer.append(kind, at, node, encode(value));
  return writer;
}

function hashes(header: TraceHeader, given: readonly PlainRecord[]): { trace: string; bare: string } {
  const writer = write(new TraceWriter({ header, sha256: sha256Node }), given);
  const { trace } = writer.finish();
  return { trace, bare: writer.hashWithoutHeader };
}

it('is the same under another header, and the trace is not', () => {
  const [one, other] = [hashes(smallHeader, records), hashes(otherHeader, records)];
  expect(other.bare).toBe(one.bare);
  expect(other.trace).not.toBe(one.trace);
});

it('differs when any record differs, in a full segment or in the last one', () => {
  const { bare } = hashes(smallHeader, records);
  for (const place of [0, recordsPerSegment + 2]) {
    const spoiled = records.map((record, index) => (index === place ? { ...record, at: record.at + 1 } : record));
    expect(hashes(smallHeader, spoiled).bare).not.toBe(bare);
  }
  expect(hashes(smallHeader, records.slice(0, -1)).bare).not.toBe(bare);
});

it('leaves out observations, and goes on from a checkpoint', () => {
  const observation: PlainRecord = { kind: recordKinds.observation, at: 5, node: 0, value: { kind: 'seen', data: {} } };
  expect(hashes(smallHeader, [...records, observation]).bare).toBe(hashes(smallHeader, records).bare);
  const first = write(new TraceWriter({ header: smallHeader, sha256: sha256Node }), records.slice(0, recordsPerSegment + 1));
  const second = new TraceWriter({ header: smallHeader, sha256: sha256Node });
  second.load(first.save());
  write(second, records.slice(recordsPerSegment + 1)).finish();
  expect(second.hashWithoutHeader).toBe(hashes(smallHeader, records).bare);
});
