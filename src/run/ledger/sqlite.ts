/**
 * Opens the database of a ledger: node:sqlite, which is built into Node, in WAL mode.
 *
 * The one place that knows the table and its version. A file that is no ledger, or one of a later
 * version, is refused in words and left as it is.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

/** The number of the table below; a database of another one is converted or refused here. */
export const ledgerVersion = 1;

/** "orry" in ASCII: tells a ledger from other databases (https://sqlite.org/pragma.html#pragma_application_id). */
const applicationId = 0x6f_72_72_79;

/** How long a writer waits for another process that writes. */
const busyMs = 10_000;

const table = `
  CREATE TABLE runs (
    code TEXT NOT NULL, scenario TEXT NOT NULL, seed INTEGER NOT NULL,
    verdict TEXT NOT NULL, trace TEXT, traceWithoutHeader TEXT, id TEXT NOT NULL,
    events INTEGER NOT NULL, virtualUs INTEGER NOT NULL, wallSeconds REAL NOT NULL, attempts INTEGER NOT NULL,
    findings TEXT NOT NULL, measures TEXT NOT NULL,
    PRIMARY KEY (code, scenario, seed)
  ) STRICT, WITHOUT ROWID;
`;

/** A ledger that cannot be opened or read, in words. */
export class LedgerRefused extends Error {
  static override readonly name = 'LedgerRefused';
  override readonly name = 'LedgerRefused';
}

/** Opens or makes the database. Throws `LedgerRefused`. */
export async function openDatabase(path: string): Promise<DatabaseSync> {
  const { DatabaseSync: Database } = await withoutExperimentalWarning(() => import('node:sqlite'));
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    database = new Database(path, { timeout: busyMs });
    prepareTable(database, path);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof LedgerRefused) throw error;
    const { message } = error as Error;
    throw new LedgerRefused(`${path} cannot be opened as a ledger: ${message}`);
  }
}

function prepareTable(database: DatabaseSync, path: string): void {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE');
  try {
    const version = pragma(database, 'user_version');
    const application = pragma(database, 'application_id');
    const tables = Number(Object.values(database.prepare('SELECT count(*) FROM sqlite_schema').get()!)[0]);
    if (tables === 0) {
      database.exec(`${table} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${ledgerVersion}`);
    } else if (application !== applicationId) {
      throw new LedgerRefused(`${path} is a database of something else; it stays as it is`);
    } else if (version !== ledgerVersion) {
      throw new LedgerRefused(`${path} is a ledger of version ${version}, and this Orrery reads version ${ledgerVersion}`);
    }
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get()!)[0]);
}

/**
 * Node 24 warns at its first use that node:sqlite is experimental. That says nothing to a user, who
 * did not choose it, so this one warning is left out; others pass.
 */
async function withoutExperimentalWarning<T>(load: () => Promise<T>): Promise<T> {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (String(warning).includes('SQLite is an experimental feature')) return;
    (emitWarning as (...words: unknown[]) => void)(warning, ...rest);
  }) as typeof process.emitWarning;
  try {
    return await load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
