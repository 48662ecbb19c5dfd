/**
 * The ledger: which runs were made, how they ended, and what they came to.
 *
 * A study asks it before it runs anything, so that what was done once is not done again; a run that
 * is made again under the same key must have the same trace, and one that has not is an alarm. Several
 * processes may use one ledger. It runs nothing itself and holds no folder of any run.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { entryOfRow, rowOfEntry } from './entry.ts';
import type { LedgerEntry, RunKey } from './entry.ts';
import { LedgerRefused, openDatabase } from './sqlite.ts';

const columns = [
  'code', 'scenario', 'seed', 'verdict', 'trace', 'traceWithoutHeader', 'id', 'events', 'virtualUs', 'wallSeconds', 'attempts',
  'findings', 'measures',
] as const;

export class Ledger {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #select: StatementSync;
  readonly #replace: StatementSync;

  private constructor(path: string, database: DatabaseSync) {
    this.#path = path;
    this.#database = database;
    this.#select = database.prepare('SELECT * FROM runs WHERE code = ? AND scenario = ? AND seed = ?');
    const places = columns.map(() => '?').join(', ');
    this.#replace = database.prepare(`INSERT OR REPLACE INTO runs (${columns.join(', ')}) VALUES (${places})`);
  }

  /** Opens a ledger, or makes one with the folders above it. Throws `LedgerRefused`. */
  static async open(path: string): Promise<Ledger> {
    return new Ledger(path, await openDatabase(path));
  }

  /** The run of a key, if it was made. Throws `LedgerRefused` for a row that is damaged. */
  find({ code, scenario, seed }: RunKey): LedgerEntry | undefined {
    const row = this.#select.get(code, scenario, seed);
    if (row === undefined) return undefined;
    try {
      return entryOfRow(row);
    } catch (error) {
      const why = (error as Error).message.replaceAll(/\s+/gu, ' ').trim();
      throw new LedgerRefused(`${this.#path} is damaged at seed ${seed} of scenario ${scenario.slice(0, 12)}: ${why}`);
    }
  }

  /**
   * Takes a run down and gives the entry as it now stands. Attempts add up with those of an earlier entry, and
   * its measures stay beside the new ones. A run that was lost never replaces one that was made. A run with
   * another trace than the earlier one makes the entry `nondeterministic` for good: code, scenario and seed
   * did not decide it, and nobody knows which of both is right.
   */
  record(entry: LedgerEntry): LedgerEntry {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const earlier = this.find(entry);
      const merged = earlier === undefined ? entry : mergedWith(earlier, entry);
      const row = rowOfEntry(merged);
      this.#replace.run(...columns.map((column) => row[column]));
      this.#database.exec('COMMIT');
      return merged;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#database.close();
  }
}

function mergedWith(earlier: LedgerEntry, entry: LedgerEntry): LedgerEntry {
  const attempts = earlier.attempts + entry.attempts;
  if (earlier.verdict === 'nondeterministic' || (entry.verdict === 'lost' && earlier.verdict !== 'lost')) return { ...earlier, attempts };
  if (earlier.trace !== null && entry.trace !== null && earlier.trace !== entry.trace) {
    const message = `the run has had the traces ${earlier.trace} and ${entry.trace}`;
    return { ...earlier, verdict: 'nondeterministic', attempts, findings: [{ class: 'nondeterministic', property: '', message }] };
  }
  return { ...entry, attempts, measures: { ...earlier.measures, ...entry.measures } };
}
