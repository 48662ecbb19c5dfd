/** The files of a run folder one by one: batches, journal, measures. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BatchFile } from '../../../src/run/folder/batch-file.ts';
import { JournalWriter, firstJournalDifference, linesOf } from '../../../src/run/folder/journal.ts';
import { jsonToValue } from '../../../src/run/folder/json-value.ts';
import type { JournalEntry } from '../../../src/run/recorder.ts';
import { MeasuresTable } from '../../../src/run/folder/measures-table.ts';
import { FolderRefused, orRefuse } from '../../../src/run/folder/refused.ts';
import { FileSource } from '../../../src/run/folder/trace-files.ts';
import { observed } from '../../support/observations.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const refused = (words: string) => expect.objectContaining({ name: 'FolderRefused', message: expect.stringContaining(words) });

describe('what the system refuses', () => {
  const failing = (error: Error) => () => {
    throw error;
  };

  it('becomes words, by the code of the error', () => {
    const full = Object.assign(new Error('x'), { code: 'ENOSPC' });
    expect(() => orRefuse('write', 'a/b', failing(full))).toThrow(refused('cannot write a/b: no space is left on the disk'));
    const rare = Object.assign(new Error('x'), { code: 'ESTALE' });
    expect(() => orRefuse('write', 'a/b', failing(rare))).toThrow(refused('cannot write a/b: the system says ESTALE'));
  });

  it('is not confused with a bug, and not worded twice', () => {
    expect(() => orRefuse('write', 'a/b', failing(new TypeError('a bug')))).toThrow(TypeError);
    expect(() => orRefuse('write', 'a/b', failing(new FolderRefused('said once', 'a')))).toThrow(refused('said once'));
  });
});

describe('a file written in batches', () => {
  it('holds at most a batch and loses nothing', () => {
    const path = join(temporaryFolder(), 'file');
    const file = new BatchFile(path);
    const parts = [1, 3_000_000, 700_000, 0, 400_000, 5].map((length, index) => 'abcdef'[index]!.repeat(length));
    let given = 0;
    parts.forEach((part, index) => {
      if (index % 2 === 0) file.append(Buffer.from(part));
      else file.appendText(part);
      given += part.length;
      expect(given - statSync(path).size).toBeLessThanOrEqual(1_048_576);
    });
    file.appendText('é€😀');
    file.close();
    file.close();
    expect(readFileSync(path, 'utf8')).toBe(`${parts.join('')}é€😀`);
  });

  it('replaces nothing, and says so', () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, 'kept');
    expect(() => new BatchFile(path)).toThrow(refused('something of that name exists already'));
    expect(readFileSync(path, 'utf8')).toBe('kept');
  });

  it('writes nothing more once abandoned', () => {
    const path = join(temporaryFolder(), 'file');
    const file = new BatchFile(path);
    file.appendText('unfinished');
    file.abandon();
    file.abandon();
    expect(readFileSync(path, 'utf8')).toBe('');
  });
});

const entry = (sequence: number, extra: JournalEntry['event'] = { type: 'start' }): JournalEntry => ({
  sequence, at: sequence * 10, mono: sequence, node: 'worker-00', dice: 2 ** 53 - 1 - sequence, event: extra,
});

function journalOf(path: string, entries: readonly JournalEntry[]): string {
  const writer = new JournalWriter(path);
  for (const one of entries) writer.append(one);
  writer.close();
  return path;
}

describe('a journal', () => {
  const entries = [entry(1), entry(4, { type: 'Train', message: { model: Uint8Array.of(0, 171), rate: NaN, text: 'line\nbreak ü' } })];

  it('has one line an input, in the order of the plan, for its owner alone', () => {
    const path = journalOf(join(temporaryFolder(), 'journal.jsonl'), entries);
    expect(readFileSync(path, 'utf8').split('\n')).toEqual([
      '{"sequence":1,"at":10,"mono":1,"node":"worker-00","dice":9007199254740990,"event":{"type":"start"}}',
      '{"sequence":4,"at":40,"mono":4,"node":"worker-00","dice":9007199254740987,"event":{"type":"Train","message":' +
        '{"model":{"$bytes":"00ab"},"rate":{"$number":"NaN"},"text":"line\\nbreak ü"}}}',
      '',
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('reads back as what was given, across the reader’s buffers', () => {
    const many = Array.from({ length: 3_000 }, (_, index) => entry(index, { type: 'Train', text: 'ü'.repeat(index % 700) }));
    const path = journalOf(join(temporaryFolder(), 'journal.jsonl'), [...entries, ...many]);
    expect(statSync(path).size).toBeGreaterThan(2 * 1_048_576);
    expect([...linesOf(path)].map(jsonToValue)).toEqual([...entries, ...many]);
  });

  it('differs from an edited one at the sequence number of the edited line', () => {
    const folder = temporaryFolder();
    const left = journalOf(join(folder, 'left'), [entry(1), entry(5), entry(9)]);
    expect(firstJournalDifference(left, journalOf(join(folder, 'same'), [entry(1), entry(5), entry(9)]))).toBeUndefined();
    const edited = join(folder, 'edited');
    writeFileSync(edited, readFileSync(left, 'utf8').replace('"at":50', '"at":51'));
    expect(firstJournalDifference(edited, left)).toMatchObject({ line: 2, sequence: 5 });
    writeFileSync(edited, readFileSync(left, 'utf8').replace('{"sequence":5', '{{'));
    expect(firstJournalDifference(left, edited)).toMatchObject({ line: 2, sequence: 5 });
    const shorter = journalOf(join(folder, 'shorter'), [entry(1)]);
    expect(firstJournalDifference(left, shorter)).toMatchObject({ line: 2, sequence: 5, right: undefined });
  });

  it('that does not exist is refused in words', () => {
    expect(() => [...linesOf(join(temporaryFolder(), 'none'))]).toThrow(refused('it does not exist'));
  });
});

describe('a table of measures', () => {
  const measures = [
    { name: 'accuracy', kind: 'evaluated', field: 'accuracy', roundField: 'round' },
    { name: 'loss, mean', kind: 'evaluated', field: 'loss', roundField: 'round' },
    { name: 'attendance', kind: 'closed', field: 'count', roundField: 'round' },
    { name: 'load', kind: 'loaded', field: 'load' },
  ];

  it('has a line a round, and another where a cell is taken', () => {
    const path = join(temporaryFolder(), 'measures.csv');
    const table = new MeasuresTable(path, measures);
    const say = (sequence: number, node: string, kind: string, data: Record<string, number>, honest = true) =>
      table.observe(observed(sequence, node, kind, data, honest));
    say(1, 'aggregator-00', 'closed', { round: 1, count: 5 });
    say(2, 'client-00', 'evaluated', { round: 1, accuracy: 0.5, loss: 2 });
    say(3, 'client-01', 'evaluated', { round: 1, accuracy: 0.6 });
    say(3, 'client-02', 'evaluated', { round: 1, accuracy: 0.9 }, false);
    say(4, 'aggregator-00', 'closed', { round: 2, count: 4 });
    say(5, 'worker-00', 'loaded', { load: 1 });
    say(6, 'worker-01', 'loaded', { load: 2 });
    say(7, 'worker-01', 'other', { load: 2 });
    say(8, 'worker-01', 'loaded', {});
    table.close();
    expect(readFileSync(path, 'utf8')).toBe(
      [
        'round,at,node,accuracy,"loss, mean",attendance,load',
        '1,2000,aggregator-00 client-00,0.5,2,5,',
        '1,3000,client-01,0.6,,,',
        '2,4000,aggregator-00,,,4,',
        ',5000,worker-00,,,,1',
        ',6000,worker-01,,,,2',
        '',
      ].join('\n'),
    );
  });
});

describe('a file as a source of bytes', () => {
  it('reads pieces, and no further than its end', () => {
    const path = join(temporaryFolder(), 'bytes');
    writeFileSync(path, Uint8Array.of(1, 2, 3, 4, 5));
    const source = new FileSource(path);
    expect(source.length).toBe(5);
    expect(source.read(1, 3)).toEqual(Uint8Array.of(2, 3, 4));
    expect(source.read(3, 9)).toEqual(Uint8Array.of(4, 5));
    expect(source.read(9, 1)).toEqual(new Uint8Array(0));
    writeFileSync(path, Uint8Array.of(1, 2));
    expect(source.read(1, 3)).toEqual(Uint8Array.of(2));
    source.close();
  });
});
