/**
 * Reads a stored trace, whoever wrote it.
 *
 * The bytes are hostile until proved otherwise: every length is bounded before it is believed, and
 * damage becomes a `TraceRefused` in words with the sequence number. One segment is held at a time,
 * so a trace may be larger than memory. The reader recomputes hashes and never trusts stored ones.
 */
import type { Sha256 } from '../kernel/blobs.ts';
import { concatBytes, toHex } from '../kernel/bytes.ts';
import { decode } from '../kernel/codec.ts';
import type { Value } from '../kernel/codec.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { Micros } from '../kernel/time.ts';
import type { ChainName, RecordKindName, TraceHeader } from './trace-format.ts';
import {
  TraceRefused,
  decodeHeader,
  headerLength,
  preambleBytes,
  recordBytesMax,
  recordKindName,
  recordOffsets,
  recordsPerSegment,
  worldNodeIndex,
} from './trace-format.ts';

/** Random access to bytes, so that a trace need not be in memory. */
export interface ByteSource {
  readonly length: number;
  /** The bytes at [offset, offset + length), fewer only at the end of the source. */
  read(offset: number, length: number): Uint8Array;
}

/** A source over bytes in memory. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return { length: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** One record of a trace. */
export interface TraceRecord {
  /** Place in its chain, from 0; in the trace it is the sequence number too. */
  readonly position: number;
  readonly sequence: number;
  readonly at: Micros;
  /** Empty for the world itself. */
  readonly node: NodeId;
  readonly kind: RecordKindName;
  readonly value: Value;
}

/** A segment as it stands in the file; what cannot be framed as records is cut off and told. */
export interface RawSegment {
  /** Bytes of the whole records. */
  readonly bytes: Uint8Array;
  /** Where each record begins in `bytes`, and where the last one ends. */
  readonly bounds: readonly number[];
  /** Place of its first record in the chain. */
  readonly firstPosition: number;
  readonly damage?: TraceRefused;
}

/** Where a segment lies and how it hashes. */
export interface SegmentEntry {
  readonly records: number;
  readonly bytes: number;
  /** SHA-256 of the segment's bytes, in hexadecimal. */
  readonly hash: string;
  /** The chain's hash with this segment, in hexadecimal. */
  readonly chainHash: string;
}

/** The whole segments of a trace, and what stopped the reading where something did. */
export interface TraceIndex {
  readonly segments: readonly SegmentEntry[];
  /** Offset of each segment in the file, and of what follows the last. */
  readonly offsets: readonly number[];
  readonly records: number;
  /** Hash of the chain over the segments above, in hexadecimal. */
  readonly hash: string;
  readonly damage?: TraceRefused;
}

const windowBytes = 1_048_576;

export class TraceReader {
  readonly header: TraceHeader;
  readonly chain: ChainName;
  /** Offset of the first record in the file, in bytes. */
  readonly recordsAt: number;
  readonly #source: ByteSource;
  readonly #sha256: Sha256;
  readonly #headerHash: Uint8Array;
  #index: TraceIndex | undefined;

  /** Reads the head of a trace. Throws `TraceRefused` for what is none, or of another format. */
  constructor(source: ByteSource, sha256: Sha256) {
    const length = headerLength(source.read(0, preambleBytes));
    const headerBytes = source.read(preambleBytes, length);
    if (headerBytes.length < length) throw new TraceRefused('the trace ends in the middle of its header');
    ({ header: this.header, chain: this.chain } = decodeHeader(headerBytes));
    this.#source = source;
    this.#sha256 = sha256;
    this.#headerHash = sha256(headerBytes);
    this.recordsAt = preambleBytes + length;
  }

  /** Reads the whole trace once and keeps where its segments are. Never throws for damage. */
  index(): TraceIndex {
    this.#index ??= this.#readIndex();
    return this.#index;
  }

  #readIndex(): TraceIndex {
    const segments: SegmentEntry[] = [];
    const offsets = [this.recordsAt];
    let offset = this.recordsAt;
    let records = 0;
    let chainHash = this.#headerHash;
    let damage: TraceRefused | undefined;
    while (offset < this.#source.length && damage === undefined) {
      const segment = this.readSegment(offset, records);
      damage = segment.damage;
      if (damage !== undefined) break;
      const hash = this.#sha256(segment.bytes);
      chainHash = this.#sha256(concatBytes(chainHash, hash));
      const count = segment.bounds.length - 1;
      segments.push({ records: count, bytes: segment.bytes.length, hash: toHex(hash), chainHash: toHex(chainHash) });
      records += count;
      offset += segment.bytes.length;
      offsets.push(offset);
    }
    return { segments, offsets, records, hash: toHex(chainHash), ...(damage === undefined ? {} : { damage }) };
  }

  /** Frames the segment at a byte offset; `firstPosition` is the place of its first record. */
  readSegment(offset: number, firstPosition: number): RawSegment {
    const rest = this.#source.length - offset;
    for (let wanted = Math.min(windowBytes, rest); ; wanted = Math.min(wanted * 2, rest)) {
      const segment = frameRecords(this.#source.read(offset, wanted), firstPosition, wanted === rest);
      if (segment !== undefined) return segment;
    }
  }

  /** Every record in order. Throws `TraceRefused` at the first one that is damaged. */
  *records(): Generator<TraceRecord, void, undefined> {
    let offset = this.recordsAt;
    let position = 0;
    while (offset < this.#source.length) {
      const segment = this.readSegment(offset, position);
      for (let index = 0; index + 1 < segment.bounds.length; index += 1) {
        yield this.parseRecord(segment, index);
      }
      if (segment.damage !== undefined) throw segment.damage;
      position += segment.bounds.length - 1;
      offset += segment.bytes.length;
    }
  }

  /** Record `index` of a segment. Throws `TraceRefused` for a record that no writer could have written. */
  parseRecord(segment: RawSegment, index: number): TraceRecord {
    const bytes = segment.bytes.subarray(segment.bounds[index], segment.bounds[index + 1]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const position = segment.firstPosition + index;
    const refuse = (what: string) => new TraceRefused(`record ${position} of the ${this.chain} ${what}`, position);
    const kind = recordKindName(view.getUint8(recordOffsets.kind));
    if (kind === undefined || (kind === 'observation') !== (this.chain === 'observations')) {
      throw refuse('has a kind that does not belong there');
    }
    const at = readInteger(view, recordOffsets.at);
    const sequence = readInteger(view, recordOffsets.sequence);
    if (at === undefined) throw refuse('has an impossible time');
    if (sequence === undefined || (this.chain === 'trace' && sequence !== position)) {
      throw refuse('has a sequence number out of order');
    }
    const nodeIndex = view.getUint32(recordOffsets.node, true);
    const node = nodeIndex === worldNodeIndex ? '' : this.header.nodes[nodeIndex];
    if (node === undefined) throw refuse('names a node that the header does not list');
    const value = decode(bytes.subarray(recordOffsets.value));
    if (value === undefined) throw refuse('holds a value that is not canonical');
    return { position, sequence, at, node, kind, value };
  }
}

/** A u64 that is a safe integer; undefined when it is larger than 2^53 − 1. */
function readInteger(view: DataView, offset: number): number | undefined {
  const value = view.getUint32(offset + 4, true) * 0x1_0000_0000 + view.getUint32(offset, true);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Splits bytes into at most a segment's records; undefined when more bytes must be read first. */
function frameRecords(bytes: Uint8Array, firstPosition: number, isRest: boolean): RawSegment | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const bounds = [0];
  let start = 0;
  while (start < bytes.length && bounds.length <= recordsPerSegment) {
    const position = firstPosition + bounds.length - 1;
    const whole = bytes.length - start >= recordOffsets.kind;
    const length = whole ? view.getUint32(start, true) : 0;
    const wrong = whole && (length < recordOffsets.value - recordOffsets.kind || length > recordBytesMax);
    const end = start + recordOffsets.kind + length;
    if (wrong || !whole || end > bytes.length) {
      if (!wrong && !isRest) return undefined;
      const what = wrong ? `record ${position} announces ${length} bytes` : `it ends in the middle of record ${position}`;
      return { bytes: bytes.subarray(0, start), bounds, firstPosition, damage: new TraceRefused(what, position) };
    }
    bounds.push(end);
    start = end;
  }
  if (bounds.length <= recordsPerSegment && !isRest) return undefined;
  return { bytes: bytes.subarray(0, start), bounds, firstPosition };
}
