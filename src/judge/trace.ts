/**
 * Writes the trace of a run and its hash.
 *
 * Two hash chains are kept: the trace (inputs, commands, frame fates, fault hits), whose last hash
 * names the run, and the observations, so that what nodes merely `record` cannot change that name.
 * h(0) = SHA-256(header), h(i+1) = SHA-256(h(i) ‖ SHA-256(segment i)). The writer holds one
 * unfinished segment of each chain and nothing else; finished ones go to `onSegment`. It writes no
 * file and decides nothing.
 */
import { assert } from '../kernel/assert.ts';
import type { Sha256 } from '../kernel/blobs.ts';
import { concatBytes, equalBytes, toHex } from '../kernel/bytes.ts';
import type { Value } from '../kernel/codec.ts';
import type { Micros } from '../kernel/time.ts';
import { encodeHeader, fileHead, recordKinds, recordOffsets, recordsPerSegment } from './trace-format.ts';
import type { ChainName, RecordKind, TraceHeader } from './trace-format.ts';

/** A finished segment. `bytes` is a view of the writer's buffer and valid during the call only. */
export interface TraceSegment {
  readonly chain: ChainName;
  /** Counted from 0. */
  readonly index: number;
  readonly records: number;
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`. */
  readonly hash: Uint8Array;
  /** The chain's hash with this segment. */
  readonly chainHash: Uint8Array;
}

export interface TraceWriterOptions {
  readonly header: TraceHeader;
  readonly sha256: Sha256;
  readonly onSegment?: (segment: TraceSegment) => void;
}

/** The hashes of a finished trace, in hexadecimal. */
export interface TraceHashes {
  readonly trace: string;
  readonly observations: string;
  /** Records of the trace, observations not counted. */
  readonly records: number;
}

const noBytes = new Uint8Array(0);
const twoTo32 = 0x1_0000_0000;

/** One hash chain with its unfinished segment. */
class SegmentChain {
  readonly name: ChainName;
  readonly #sha256: Sha256;
  readonly #onSegment: ((segment: TraceSegment) => void) | undefined;
  #bytes = new Uint8Array(65_536);
  #view = new DataView(this.#bytes.buffer);
  #used = 0;
  #count = 0;
  #hash: Uint8Array;
  /** The same chain under a fixed beginning instead of the header. */
  #bareHash: Uint8Array;

  constructor(name: ChainName, options: TraceWriterOptions) {
    this.name = name;
    this.#sha256 = options.sha256;
    this.#onSegment = options.onSegment;
    this.#hash = options.sha256(encodeHeader(options.header, name));
    this.#bareHash = options.sha256(noBytes);
  }

  get count(): number {
    return this.#count;
  }

  get hash(): Uint8Array {
    return this.#hash;
  }

  get bareHash(): Uint8Array {
    return this.#bareHash;
  }

  append(kind: RecordKind, at: Micros, sequence: number, node: number, first: Uint8Array, second: Uint8Array): void {
    const start = this.#used;
    const firstAt = start + recordOffsets.value;
    const secondAt = firstAt + first.length;
    const end = secondAt + second.length;
    if (end > this.#bytes.length) this.#grow(end);
    const view = this.#view;
    view.setUint32(start, end - start - recordOffsets.kind, true);
    view.setUint8(start + recordOffsets.kind, kind);
    view.setUint32(start + recordOffsets.at, at % twoTo32, true);
    view.setUint32(start + recordOffsets.at + 4, at / twoTo32, true);
    view.setUint32(start + recordOffsets.sequence, sequence % twoTo32, true);
    view.setUint32(start + recordOffsets.sequence + 4, sequence / twoTo32, true);
    view.setUint32(start + recordOffsets.node, node, true);
    this.#bytes.set(first, firstAt);
    if (second.length > 0) this.#bytes.set(second, secondAt);
    this.#used = end;
    this.#count += 1;
    if (this.#count % recordsPerSegment === 0) this.#closeSegment();
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }

  #closeSegment(): void {
    const bytes = this.#bytes.subarray(0, this.#used);
    const hash = this.#sha256(bytes);
    this.#hash = this.#sha256(concatBytes(this.#hash, hash));
    this.#bareHash = this.#sha256(concatBytes(this.#bareHash, hash));
    this.#used = 0;
    const records = ((this.#count - 1) % recordsPerSegment) + 1;
    const index = Math.floor((this.#count - 1) / recordsPerSegment);
    this.#onSegment?.({ chain: this.name, index, records, bytes, hash, chainHash: this.#hash });
  }

  finish(): void {
    if (this.#used > 0) this.#closeSegment();
  }

  save(): Value {
    return { count: this.#count, hash: this.#hash, bareHash: this.#bareHash, unfinished: this.#bytes.slice(0, this.#used) };
  }

  load(saved: Value): void {
    const { count, unfinished, ...hashes } = saved as { count: number; hash: Uint8Array; bareHash: Uint8Array; unfinished: Uint8Array };
    this.#count = count;
    this.#hash = new Uint8Array(hashes.hash);
    this.#bareHash = new Uint8Array(hashes.bareHash);
    this.#used = 0;
    if (unfinished.length > this.#bytes.length) this.#grow(unfinished.length);
    this.#bytes.set(unfinished);
    this.#used = unfinished.length;
  }
}

/** Takes a run's records in order and hashes them. */
export class TraceWriter {
  readonly #headerHash: Uint8Array;
  readonly #header: TraceHeader;
  readonly #trace: SegmentChain;
  readonly #observations: SegmentChain;
  #finished = false;

  constructor(options: TraceWriterOptions) {
    this.#header = options.header;
    this.#trace = new SegmentChain('trace', options);
    this.#observations = new SegmentChain('observations', options);
    this.#headerHash = this.#trace.hash;
  }

  /** The sequence number that the next record of the trace gets; the first one is 0. */
  get sequence(): number {
    return this.#trace.count;
  }

  /** What a file of one chain begins with, before its segments. */
  fileHead(chain: ChainName): Uint8Array {
    return fileHead(encodeHeader(this.#header, chain));
  }

  /**
   * Adds a record. `at` is true time in whole µs, `node` an index of the header's node list (or
   * `worldNodeIndex`), `bytes` canonical bytes that may change after the call. An observation gets
   * the sequence number of the trace's last record, which is the step that said it.
   */
  append(kind: RecordKind, at: Micros, node: number, bytes: Uint8Array): void {
    this.appendParts(kind, at, node, bytes, noBytes);
  }

  /** Adds a record whose canonical bytes are `first` followed by `second`. */
  appendParts(kind: RecordKind, at: Micros, node: number, first: Uint8Array, second: Uint8Array): void {
    assert(!this.#finished, 'a finished trace takes no more records');
    const sequence = this.#trace.count;
    if (kind === recordKinds.observation) {
      this.#observations.append(kind, at, Math.max(sequence - 1, 0), node, first, second);
    } else {
      this.#trace.append(kind, at, sequence, node, first, second);
    }
  }

  /** Closes the last segments, however short, and gives the hashes. */
  finish(): TraceHashes {
    if (!this.#finished) {
      this.#trace.finish();
      this.#observations.finish();
      this.#finished = true;
    }
    return {
      trace: toHex(this.#trace.hash),
      observations: toHex(this.#observations.hash),
      records: this.#trace.count,
    };
  }

  /**
   * The hash of the finished trace as it would be without its header, in hexadecimal: what happened,
   * whatever the scenario had asked for. Two scenarios with one such hash differ in nothing that was read.
   */
  get hashWithoutHeader(): string {
    assert(this.#finished, 'a trace has its last hash when it is finished');
    return toHex(this.#trace.bareHash);
  }

  /** Everything that the hashes still depend on, in mid-segment too, for a checkpoint. */
  save(): Value {
    assert(!this.#finished, 'a finished trace has nothing to continue');
    const [trace, observations] = [this.#trace.save(), this.#observations.save()];
    return { header: this.#headerHash, trace, observations };
  }

  /** Continues where `save` was called, under the same header. Segments before are not repeated. */
  load(saved: Value): void {
    const { header, trace, observations } = saved as { header: Uint8Array; trace: Value; observations: Value };
    assert(equalBytes(header, this.#headerHash), 'a checkpoint continues only under the header that it was taken under');
    this.#trace.load(trace);
    this.#observations.load(observations);
    this.#finished = false;
  }
}
