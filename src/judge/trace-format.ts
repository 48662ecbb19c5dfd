/**
 * The bytes of a trace: file head, record layout, record kinds.
 *
 * A trace file is the magic text, a u32 length, the canonical bytes of the header, and then records
 * to the end of the file. All integers are little-endian. The writer is in trace.ts, the reader in
 * trace-reader.ts; both take every offset from here. The format number changes with any change of
 * these bytes, and a golden test holds them still.
 *
 * A record: u32 length of what follows | u8 kind | u64 at (µs) | u64 sequence | u32 node | value.
 */
import { equalBytes } from '../kernel/bytes.ts';
import { decode, encode } from '../kernel/codec.ts';
import type { Value, ValueMap } from '../kernel/codec.ts';
import type { NodeId } from '../kernel/ids.ts';

/** The number of the format described above. */
export const traceFormat = 1;

/** Records that are hashed together; the last segment of a trace may be shorter. */
export const recordsPerSegment = 4_096;

/** What a record tells. The numbers stand in files and are never given a second meaning. */
export const recordKinds = Object.freeze({
  /** An input that a node was given, its stamp included. */
  input: 1,
  /** The commands of one step, `record` commands left out. */
  commands: 2,
  /** What became of a frame. */
  frameFate: 3,
  /** A fault that hit something. */
  faultHit: 4,
  /** What a node said by `record`; goes to the chain of observations. */
  observation: 5,
} as const);

export type RecordKindName = keyof typeof recordKinds;
export type RecordKind = (typeof recordKinds)[RecordKindName];

/** The two hash chains of a run; what nodes `record` must not change the trace hash. */
export type ChainName = 'trace' | 'observations';

/** The node index of a record that belongs to no node. */
export const worldNodeIndex = 0xffff_ffff;

/** Offsets inside a record, in bytes. `kind` is also the width of the length field. */
export const recordOffsets = Object.freeze({ kind: 4, at: 5, sequence: 13, node: 21, value: 25 } as const);

/** Largest record that a reader accepts: far above any honest one, far below what would hurt. */
export const recordBytesMax = 16 * 1_048_576;

/** Largest header that a reader accepts. */
export const headerBytesMax = 64 * 1_048_576;

/** What a trace is the trace of. */
export interface TraceHeader {
  /** The resolved scenario. */
  readonly scenario: Value;
  readonly seed: number;
  /** Node ids; records name a node by its index here. */
  readonly nodes: readonly NodeId[];
  /** Digests of the data files that were read, by name. */
  readonly data: ValueMap;
}

/** A trace that cannot be read, in words; `sequence` is the record at fault where there is one. */
export class TraceRefused extends Error {
  static override readonly name = 'TraceRefused';
  override readonly name = 'TraceRefused';
  readonly sequence: number | undefined;

  constructor(message: string, sequence?: number) {
    super(message);
    this.sequence = sequence;
  }
}

const kindNames = new Map<number, RecordKindName>(
  Object.entries(recordKinds).map(([name, kind]) => [kind, name as RecordKindName]),
);

/** The name of a record kind; undefined when this format has no such number. */
export function recordKindName(kind: number): RecordKindName | undefined {
  return kindNames.get(kind);
}

const magic = Uint8Array.of(0x6f, 0x72, 0x72, 0x74, 0x72, 0x61, 0x63, 0x65); // "orrtrace" in ASCII

/** Bytes of magic and length field, in front of the header's canonical bytes. */
export const preambleBytes = magic.length + 4;

/** Canonical bytes of a header; the hash chain begins with their SHA-256. */
export function encodeHeader(header: TraceHeader, chain: ChainName): Uint8Array {
  const { scenario, seed, nodes, data } = header;
  return encode({ format: traceFormat, chain, scenario, seed, nodes, data });
}

/** What stands in a trace file before its first record. */
export function fileHead(headerBytes: Uint8Array): Uint8Array {
  const head = new Uint8Array(preambleBytes + headerBytes.length);
  head.set(magic);
  new DataView(head.buffer).setUint32(magic.length, headerBytes.length, true);
  head.set(headerBytes, preambleBytes);
  return head;
}

/** Length of the header that a preamble announces, in bytes. Throws `TraceRefused`. */
export function headerLength(preamble: Uint8Array): number {
  if (preamble.length < magic.length || !equalBytes(preamble.subarray(0, magic.length), magic)) {
    throw new TraceRefused('this is not a trace: it does not begin with "orrtrace"');
  }
  if (preamble.length < preambleBytes) throw new TraceRefused('the trace ends before the length of its header');
  const length = new DataView(preamble.buffer, preamble.byteOffset).getUint32(magic.length, true);
  if (length > headerBytesMax) throw new TraceRefused(`the trace announces a header of ${length} bytes`);
  return length;
}

/** The header of a trace and the chain that it opens. Throws `TraceRefused`. */
export function decodeHeader(bytes: Uint8Array): { header: TraceHeader; chain: ChainName } {
  const value = decode(bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    throw new TraceRefused('the header of the trace is damaged');
  }
  const { format, chain, scenario, seed, nodes, data } = value as ValueMap;
  if (format !== traceFormat) {
    throw new TraceRefused(`the trace has format ${String(format)}; this version reads format ${traceFormat}`);
  }
  const complete =
    (chain === 'trace' || chain === 'observations') &&
    scenario !== undefined &&
    typeof seed === 'number' &&
    Array.isArray(nodes) &&
    nodes.every((node) => typeof node === 'string') &&
    typeof data === 'object' &&
    data !== null;
  if (!complete) throw new TraceRefused('the header of the trace lacks a chain, scenario, seed, nodes or data');
  return { header: { scenario, seed, nodes: nodes as NodeId[], data: data as ValueMap }, chain };
}
