/**
 * The text beside a stored trace that lists its segments and their hashes.
 *
 * One line a segment: index, records, bytes, SHA-256 of the segment, hash of the chain. The table
 * tells a truncated trace from a whole one and names the segment that no longer hashes to what it
 * did. It proves nothing about who wrote it.
 */
import { toHex } from '../kernel/bytes.ts';
import type { TraceSegment } from './trace.ts';
import { TraceRefused, traceFormat } from './trace-format.ts';
import type { SegmentEntry, TraceIndex } from './trace-reader.ts';

/** The first line of every table. */
export const segmentTableHead = `orrery-trace-segments ${traceFormat}\n`;

/** The line of a segment that was just finished. */
export function segmentLine(segment: TraceSegment): string {
  const { index, records, bytes, hash, chainHash } = segment;
  return `${index} ${records} ${bytes.length} ${toHex(hash)} ${toHex(chainHash)}\n`;
}

/** The last line: how many records there are, and the hash of the trace in hexadecimal. */
export function segmentTableEnd(records: number, hash: string): string {
  return `end ${records} ${hash}\n`;
}

/** What a table says. */
export interface SegmentTable {
  readonly segments: readonly SegmentEntry[];
  readonly records: number;
  readonly hash: string;
}

const linePattern = /^(\d{1,15}) (\d{1,15}) (\d{1,15}) ([0-9a-f]{64}) ([0-9a-f]{64})$/u;
const endPattern = /^end (\d{1,15}) ([0-9a-f]{64})$/u;

/** Reads a table. Throws `TraceRefused` with the line at fault. */
export function parseSegmentTable(text: string): SegmentTable {
  const lines = text.split('\n');
  if (`${lines[0]}\n` !== segmentTableHead) {
    throw new TraceRefused(`the segment table does not begin with "${segmentTableHead.trimEnd()}"`);
  }
  const segments: SegmentEntry[] = [];
  let records = 0;
  for (let number = 1; number < lines.length; number += 1) {
    const line = lines[number]!;
    const end = endPattern.exec(line);
    if (end !== null) {
      if (Number(end[1]) !== records) throw new TraceRefused('the segment table does not count its own records');
      return { segments, records, hash: end[2]! };
    }
    const match = linePattern.exec(line);
    if (match === null || Number(match[1]) !== segments.length) {
      if (line === '') break;
      throw new TraceRefused(`line ${number + 1} of the segment table is damaged`);
    }
    segments.push({ records: Number(match[2]), bytes: Number(match[3]), hash: match[4]!, chainHash: match[5]! });
    records += Number(match[2]);
  }
  throw new TraceRefused('the segment table ends before its last line');
}

/** What about a trace contradicts its table, in words; undefined when they agree. */
export function contradiction(table: SegmentTable, index: TraceIndex): string | undefined {
  let firstRecord = 0;
  for (let segment = 0; segment < table.segments.length; segment += 1) {
    const stated = table.segments[segment]!;
    const last = firstRecord + stated.records - 1;
    if (index.segments[segment]?.hash !== stated.hash) {
      const because = index.damage?.message ?? 'its bytes hash to something else';
      return `segment ${segment} (records ${firstRecord} to ${last}) is not the one that was written: ${because}`;
    }
    firstRecord += stated.records;
  }
  if (index.damage !== undefined) return index.damage.message;
  if (index.records !== table.records) return `the trace has ${index.records} records, its table ${table.records}`;
  return index.hash === table.hash ? undefined : 'the hash of the trace is not the one in its table';
}
