/**
 * journal.jsonl: every input of a run, one line each, in the order in which they were given.
 *
 * A line is { sequence, at, mono, node, dice, event }. Folding the lines of one node through its role
 * gives the same commands and snapshots, so a journal is as private as what the node was told: the
 * file has mode 0600. Reading is by streaming, since a journal may be larger than memory.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { ValueMap } from '../../kernel/codec.ts';
import type { JournalEntry } from '../recorder.ts';
import { BatchFile } from './batch-file.ts';
import { jsonToValue, valueToJson } from './json-value.ts';
import { orRefuse } from './refused.ts';

/** Writes a journal in batches. */
export class JournalWriter {
  readonly #file: BatchFile;

  constructor(path: string) {
    this.#file = new BatchFile(path, 0o600);
  }

  append({ sequence, at, mono, node, dice, event }: JournalEntry): void {
    const head = `{"sequence":${sequence},"at":${at},"mono":${mono},"node":${JSON.stringify(node)},"dice":${dice}`;
    this.#file.appendText(`${head},"event":${valueToJson(event)}}\n`);
  }

  close(): void {
    this.#file.close();
  }

  abandon(): void {
    this.#file.abandon();
  }
}

const readBytes = 1_048_576;

/** The lines of a text file, without their ends; a last line without an end counts too. */
export function* linesOf(path: string): Generator<string, void, undefined> {
  const file = orRefuse('read', path, () => openSync(path, 'r'));
  try {
    const buffer = Buffer.allocUnsafe(readBytes);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (;;) {
      const count = orRefuse('read', path, () => readSync(file, buffer, 0, readBytes, null));
      const lines = (rest + (count === 0 ? decoder.end() : decoder.write(buffer.subarray(0, count)))).split('\n');
      rest = lines.pop()!;
      yield* lines;
      if (count === 0) break;
    }
    if (rest !== '') yield rest;
  } finally {
    closeSync(file);
  }
}

/** The first line in which two journals differ. */
export interface JournalDifference {
  /** Counted from 1. */
  readonly line: number;
  /** The sequence number of the input there, by the side that can still be read. */
  readonly sequence: number | undefined;
  /** undefined where that journal has ended. */
  readonly left: string | undefined;
  readonly right: string | undefined;
}

/** Compares two journals as text; undefined when they are the same. */
export function firstJournalDifference(leftPath: string, rightPath: string): JournalDifference | undefined {
  const lefts = linesOf(leftPath);
  const rights = linesOf(rightPath);
  try {
    for (let line = 1; ; line += 1) {
      const left = lefts.next().value ?? undefined;
      const right = rights.next().value ?? undefined;
      if (left === undefined && right === undefined) return undefined;
      if (left !== right) return { line, sequence: sequenceOf(right) ?? sequenceOf(left), left, right };
    }
  } finally {
    lefts.return();
    rights.return();
  }
}

function sequenceOf(line: string | undefined): number | undefined {
  const value = line === undefined ? undefined : jsonToValue(line);
  const sequence = typeof value === 'object' && value !== null ? (value as ValueMap)['sequence'] : undefined;
  return typeof sequence === 'number' ? sequence : undefined;
}
