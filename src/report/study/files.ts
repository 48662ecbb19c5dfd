/**
 * The files of a study's results: which there are, and how they take their place.
 *
 * They are written beside their folder and moved into it when all of them are there, over an earlier
 * study; a folder that holds anything else is refused and stays as it is.
 */
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FolderRefused, orRefuse } from '../../run/folder/refused.ts';

/** File names relative to the folder, with their contents. */
export type Files = ReadonlyMap<string, string>;

/** Names that a study's folder may hold. */
const ownNames = /^(?:table\.csv|runs\.csv|small\.csv|study\.html|study\.resolved\.yaml|index\.md|charts|[a-z0-9.-]+\.svg)$/u;

/** Refuses a folder that is none, or that holds what no study wrote. Throws `FolderRefused`. */
export function refuseForeignFolder(path: string): void {
  const found = orRefuse('look at', path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (found === undefined) return;
  if (!found.isDirectory()) throw new FolderRefused(`${path} exists and is not a folder; it stays as it is`, path);
  const foreign = orRefuse('read', path, () => readdirSync(path)).find((name) => !ownNames.test(name));
  if (foreign !== undefined) throw new FolderRefused(`${path} holds ${foreign}, which is no part of a study; it stays as it is`, path);
}

/** Writes a folder whole, or not at all. Throws `FolderRefused`. */
export function writeFolder(path: string, files: Files): void {
  refuseForeignFolder(path);
  const temporary = `${path}.${process.pid}.tmp`;
  orRefuse('write', path, () => {
    rmSync(temporary, { recursive: true, force: true });
    try {
      for (const [name, content] of files) {
        const file = join(temporary, name);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
      rmSync(path, { recursive: true, force: true });
      renameSync(temporary, path);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  });
}
