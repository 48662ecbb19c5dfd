/**
 * The trace of a run on disk: `trace` and `observations` with their segment tables.
 *
 * Segments arrive from the judge's writer as views that are valid during the call, and go straight
 * into batches, so what is held does not grow with the run. A table's last line is written when the
 * run is over; a table without one belongs to a run that never ended.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { segmentLine, segmentTableEnd, segmentTableHead } from '../../judge/segment-table.ts';
import type { TraceSegment } from '../../judge/trace.ts';
import type { ChainName } from '../../judge/trace-format.ts';
import type { ByteSource } from '../../judge/trace-reader.ts';
import { BatchFile } from './batch-file.ts';
import { orRefuse } from './refused.ts';

/** Names of the two files of a chain inside a run folder. */
export const traceFileNames: Readonly<Record<ChainName, { readonly records: string; readonly segments: string }>> = {
  trace: { records: 'trace', segments: 'trace.segments' },
  observations: { records: 'observations', segments: 'observations.segments' },
};

/** Writes one chain. */
export class TraceFiles {
  readonly #records: BatchFile;
  readonly #segments: BatchFile;
  #count = 0;
  #closed = false;

  /** `head` is what the judge's writer gives as `fileHead(chain)`. */
  constructor(pathOf: (name: string) => string, chain: ChainName, head: Uint8Array) {
    // The records hold every input, so they are as private as the journal.
    this.#records = new BatchFile(pathOf(traceFileNames[chain].records), 0o600);
    this.#records.append(head);
    this.#segments = new BatchFile(pathOf(traceFileNames[chain].segments));
    this.#segments.appendText(segmentTableHead);
  }

  append(segment: TraceSegment): void {
    this.#records.append(segment.bytes);
    this.#segments.appendText(segmentLine(segment));
    this.#count += segment.records;
  }

  /** Ends the table with the hash of the finished chain, in hexadecimal. */
  close(hash: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#segments.appendText(segmentTableEnd(this.#count, hash));
    this.#records.close();
    this.#segments.close();
  }

  abandon(): void {
    this.#records.abandon();
    this.#segments.abandon();
  }
}

/** Random access to a file; `close` it when nothing is read any more. */
export class FileSource implements ByteSource {
  readonly path: string;
  readonly length: number;
  readonly #file: number;

  constructor(path: string) {
    this.path = path;
    this.#file = orRefuse('read', path, () => openSync(path, 'r'));
    this.length = fstatSync(this.#file).size;
  }

  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.length - offset)));
    let done = 0;
    while (done < bytes.length) {
      const missing = bytes.length - done;
      const count = orRefuse('read', this.path, () => readSync(this.#file, bytes, done, missing, offset + done));
      if (count === 0) break; // Somebody cut the file while it was being read.
      done += count;
    }
    return bytes.subarray(0, done);
  }

  close(): void {
    closeSync(this.#file);
  }
}
