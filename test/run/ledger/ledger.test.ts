/** The ledger: what is kept, what adds up, what is an alarm, what is refused. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { entryOfRow, rowOfEntry } from '../../../src/run/ledger/entry.ts';
import type { LedgerEntry } from '../../../src/run/ledger/entry.ts';
import { Ledger } from '../../../src/run/ledger/ledger.ts';
import { LedgerRefused } from '../../../src/run/ledger/sqlite.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const entry: LedgerEntry = {
  code: 'c'.repeat(64), scenario: '5'.repeat(64), seed: 7,
  verdict: 'pass', trace: 'a'.repeat(64), traceWithoutHeader: 'b'.repeat(64), id: '0123456789ab',
  events: 41_250, virtualUs: 31_250_000, wallSeconds: 2.5, attempts: 1,
  findings: [], measures: { accuracy: 0.875, 'rounds-to(of=accuracy)': null },
};
const lost: LedgerEntry = { ...entry, verdict: 'lost', trace: null, traceWithoutHeader: null, events: 0, virtualUs: 0, measures: {} };

async function withLedger<T>(path: string, work: (ledger: Ledger) => T | Promise<T>): Promise<T> {
  const ledger = await Ledger.open(path);
  try {
    return await work(ledger);
  } finally {
    ledger.close();
  }
}

describe('a ledger', () => {
  it('gives back what was recorded, to another process too, and nothing for another key', async () => {
    const path = join(temporaryFolder(), 'deep', 'ledger.sqlite');
    await withLedger(path, (ledger) => ledger.record(entry));
    await withLedger(path, (ledger) => {
      expect(ledger.find(entry)).toEqual(entry);
      expect(ledger.find({ ...entry, seed: 8 })).toBeUndefined();
      expect(ledger.find({ ...entry, code: 'd'.repeat(64) })).toBeUndefined();
      expect(ledger.find({ ...entry, scenario: '6'.repeat(64) })).toBeUndefined();
    });
  });

  it('adds attempts up, keeps earlier measures, and never puts a lost run over one that was made', async () => {
    await withLedger(join(temporaryFolder(), 'ledger.sqlite'), (ledger) => {
      expect(ledger.record(lost)).toEqual(lost);
      expect(ledger.record(entry)).toEqual({ ...entry, attempts: 2 });
      expect(ledger.record(lost)).toEqual({ ...entry, attempts: 3 });
      const more = ledger.record({ ...entry, measures: { loss: 1 } });
      expect(more).toEqual({ ...entry, attempts: 4, measures: { ...entry.measures, loss: 1 } });
    });
  });

  it('keeps a second trace of one key as an alarm, for good', async () => {
    await withLedger(join(temporaryFolder(), 'ledger.sqlite'), (ledger) => {
      ledger.record(entry);
      const alarm = ledger.record({ ...entry, trace: 'f'.repeat(64) });
      expect(alarm).toMatchObject({ verdict: 'nondeterministic', trace: entry.trace });
      expect(alarm.findings[0]!.message).toBe(`the run has had the traces ${entry.trace} and ${'f'.repeat(64)}`);
      expect(ledger.record(entry).verdict).toBe('nondeterministic');
      expect(ledger.find(entry)?.verdict).toBe('nondeterministic');
    });
  });

  it('is used by two at one time', async () => {
    const path = join(temporaryFolder(), 'ledger.sqlite');
    await withLedger(path, async (first) => withLedger(path, (second) => {
      for (let seed = 0; seed < 20; seed += 1) (seed % 2 === 0 ? first : second).record({ ...entry, seed });
      expect(second.find({ ...entry, seed: 10 })).toEqual({ ...entry, seed: 10 });
      expect(first.find({ ...entry, seed: 11 })).toEqual({ ...entry, seed: 11 });
    }));
  });
});

describe('what is no ledger', () => {
  it('is refused in words and left as it was', async () => {
    const folder = temporaryFolder();
    const text = join(folder, 'text');
    writeFileSync(text, 'this is no database at all, but a text that is long enough to be looked at as one');
    await expect(Ledger.open(text)).rejects.toThrow(LedgerRefused);
    expect(readFileSync(text, 'utf8')).toMatch(/^this is no database/u);
    const foreign = join(folder, 'foreign.sqlite');
    const database = new DatabaseSync(foreign);
    database.exec('CREATE TABLE songs (title TEXT)');
    database.close();
    await expect(Ledger.open(foreign)).rejects.toThrow(/is a database of something else; it stays as it is$/u);
    await expect(Ledger.open(folder)).rejects.toThrow(/cannot be opened as a ledger/u);
  });

  it('is a ledger of a later version, or a damaged row', async () => {
    const path = join(temporaryFolder(), 'ledger.sqlite');
    await withLedger(path, (ledger) => ledger.record(entry));
    const spoil = (sql: string): void => {
      const database = new DatabaseSync(path);
      database.exec(sql);
      database.close();
    };
    spoil(`UPDATE runs SET measures = '{"accuracy":"much"}'`);
    await withLedger(path, (ledger) => expect(() => ledger.find(entry)).toThrow(/is damaged at seed 7 of scenario 555555555555: /u));
    spoil('PRAGMA user_version = 2');
    await expect(Ledger.open(path)).rejects.toThrow(/is a ledger of version 2, and this Orrery reads version 1$/u);
  });
});

it('an entry survives its row', () => {
  const name = fc.string({ minLength: 1 }).filter((text) => text !== '__proto__');
  const figures = fc.dictionary(name, fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })), { noNullPrototype: true });
  fc.assert(
    fc.property(figures, fc.nat(), fc.string(), (measures, seed, message) => {
      const given = { ...entry, seed, measures, findings: [{ class: 'fail' as const, property: 'p', message }] };
      const back = entryOfRow(rowOfEntry(given));
      // JSON has no −0, and no figure means anything by it.
      expect(JSON.stringify(back)).toBe(JSON.stringify(given));
    }),
  );
});
