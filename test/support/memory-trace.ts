/** A trace kept in memory: what a run folder would hold of one chain, as bytes. */
import { concatBytes } from '../../src/kernel/bytes.ts';
import { encode } from '../../src/kernel/codec.ts';
import type { Value } from '../../src/kernel/codec.ts';
import { segmentLine, segmentTableEnd, segmentTableHead } from '../../src/judge/segment-table.ts';
import { TraceWriter } from '../../src/judge/trace.ts';
import type { TraceHashes } from '../../src/judge/trace.ts';
import type { ChainName, RecordKind, TraceHeader } from '../../src/judge/trace-format.ts';
import { TraceReader, bytesSource } from '../../src/judge/trace-reader.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';

export const smallHeader: TraceHeader = {
  scenario: { name: 'tiny' },
  seed: 7,
  nodes: ['ring-00', 'ring-01'],
  data: { digits: 'none' },
};

export interface PlainRecord {
  readonly kind: RecordKind;
  readonly at: number;
  readonly node: number;
  readonly value: Value;
}

export interface MemoryTrace {
  readonly hashes: TraceHashes;
  readonly files: Readonly<Record<ChainName, Uint8Array>>;
  readonly tables: Readonly<Record<ChainName, string>>;
}

/** Writes records and keeps both files and their tables. */
export function writeTrace(records: readonly PlainRecord[], header: TraceHeader = smallHeader): MemoryTrace {
  const parts: Record<ChainName, Uint8Array[]> = { trace: [], observations: [] };
  const tables = { trace: segmentTableHead, observations: segmentTableHead };
  const counts = { trace: 0, observations: 0 };
  const writer = new TraceWriter({
    header,
    sha256: sha256Node,
    onSegment: (segment) => {
      parts[segment.chain].push(segment.bytes.slice());
      tables[segment.chain] += segmentLine(segment);
      counts[segment.chain] += segment.records;
    },
  });
  for (const { kind, at, node, value } of records) writer.append(kind, at, node, encode(value));
  const hashes = writer.finish();
  const chains = ['trace', 'observations'] as const;
  for (const chain of chains) tables[chain] += segmentTableEnd(counts[chain], hashes[chain]);
  const file = (chain: ChainName) => concatBytes(writer.fileHead(chain), ...parts[chain]);
  return { hashes, files: { trace: file('trace'), observations: file('observations') }, tables };
}

export const readerOf = (bytes: Uint8Array): TraceReader => new TraceReader(bytesSource(bytes), sha256Node);

/** `count` inputs whose values all differ. */
export function manyInputs(count: number): PlainRecord[] {
  return Array.from({ length: count }, (_, index) => ({ kind: 1, at: index * 10, node: index % 2, value: { index } }));
}
