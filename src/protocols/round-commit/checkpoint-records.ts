/**
 * A checkpoint as records of a disk: a header, and the rows of workers in chunks that fit a record.
 *
 * Checkpoints are written to two slots in turns, chunks first, the header once all chunks are on disk.
 * Every record carries the version and the index of its checkpoint, and a header counts only together
 * with all its chunks, so a write that was cut off never passes for a checkpoint, and never harms the
 * one before.
 */
import type { Value, ValueMap } from '../../kernel/codec.ts';
import type { AdmittedWorker, CheckpointState } from './messages.ts';

/** Rows of one chunk. */
const rowsPerChunkMax = 24;
/** Characters of one chunk's rows, so that the record stays below the 1 KiB of an inline value. */
const charactersPerChunkMax = 720;
/** What a row costs in bytes beside its text: three heads of items, one of the row, the number. */
const bytesPerRow = 9;

type Row = readonly [worker: string, among: number, removed: string];
type ChunkRecord = { readonly version: number; readonly index: number; readonly rows: readonly Row[] };
type HeaderRecord = Omit<CheckpointState, 'workers'> & { readonly version: number; readonly chunks: number };

/** A complete checkpoint as a disk holds it. */
export type StoredCheckpoint = { readonly version: number; readonly checkpoint: CheckpointState };

const slots = ['checkpoint-even', 'checkpoint-odd'] as const;

/** The beginning of the keys of the slot that a version is written to. */
export function slotOf(version: number): string {
  return `${slots[version % slots.length]!}/`;
}

export function headerKey(version: number): string {
  return `${slotOf(version)}header`;
}

const chunkKey = (version: number, chunk: number): string => `${slotOf(version)}${String(chunk).padStart(3, '0')}`;

/** The records of a checkpoint's chunks, by key. */
export function chunkRecords({ index, workers }: CheckpointState, version: number): readonly (readonly [string, Value])[] {
  return chunked(workers).map((rows, chunk) => {
    const record: ChunkRecord = { version, index, rows: rows.map(({ worker, among, removed }) => [worker, among, removed]) };
    return [chunkKey(version, chunk), record];
  });
}

function chunked(workers: readonly AdmittedWorker[]): readonly (readonly AdmittedWorker[])[] {
  const chunks: AdmittedWorker[][] = [];
  let room = 0;
  for (const row of workers) {
    const cost = row.worker.length + row.removed.length + bytesPerRow;
    if (cost > room || chunks.at(-1)?.length === rowsPerChunkMax) {
      chunks.push([]);
      room = charactersPerChunkMax;
    }
    chunks.at(-1)!.push(row);
    room -= cost;
  }
  return chunks;
}

export function headerRecord(checkpoint: CheckpointState, version: number): Value {
  const { workers, ...rest } = checkpoint;
  const record: HeaderRecord = { ...rest, version, chunks: chunked(workers).length };
  return record;
}

/** The complete checkpoints of a disk. */
export function completeCheckpoints(records: ValueMap): readonly StoredCheckpoint[] {
  return slots.flatMap((_, slot) => {
    const found = checkpointIn(records, slot);
    return found === undefined ? [] : [found];
  });
}

/** The checkpoint of one slot, whose number is the parity of its versions; undefined unless all of it is there. */
function checkpointIn(records: ValueMap, slot: number): StoredCheckpoint | undefined {
  const header = records[headerKey(slot)] as unknown as HeaderRecord | undefined;
  if (header === undefined) return undefined;
  const { version, chunks, index, term, round, model, modelBefore, stopReason } = header;
  const workers: AdmittedWorker[] = [];
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const record = records[chunkKey(slot, chunk)] as unknown as ChunkRecord | undefined;
    if (record === undefined || record.version !== version || record.index !== index) return undefined;
    workers.push(...record.rows.map(([worker, among, removed]) => ({ worker, among, removed })));
  }
  return { version, checkpoint: { index, term, round, model, modelBefore, workers, stopReason } };
}

/** The one to restore from; undefined when there is none. */
export function newestCheckpoint(found: readonly StoredCheckpoint[]): StoredCheckpoint | undefined {
  return [...found].sort((a, b) => b.checkpoint.index - a.checkpoint.index || b.version - a.version)[0];
}
