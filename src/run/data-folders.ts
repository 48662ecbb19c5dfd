/**
 * Where data files are looked for: the folders of ORRERY_DATA, then the one that `orrery data fetch` fills.
 *
 * Folders travel as one text, separated as in PATH, so that a child process is told of them as it would be
 * by a shell. The earlier folder wins.
 */
import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The folder that `orrery data fetch` fills where it is told no other: `orrery/data` in the user's cache
 * (XDG Base Directory Specification: a relative XDG_CACHE_HOME is to be ignored). Undefined for a user without a home.
 */
export function fetchedDataFolder(environment: Environment): string | undefined {
  const named = environment['XDG_CACHE_HOME'];
  if (named !== undefined && isAbsolute(named)) return join(named, 'orrery', 'data');
  const home = environment['HOME'] ?? environment['USERPROFILE'];
  return home === undefined || home === '' ? undefined : join(home, '.cache', 'orrery', 'data');
}

/** Folders to search, separated as in PATH; undefined when none is set and nothing was fetched. */
export function dataFoldersOf(environment: Environment): string | undefined {
  const fetched = fetchedDataFolder(environment);
  const folders = [environment['ORRERY_DATA'] ?? '', fetched !== undefined && existsSync(fetched) ? fetched : ''];
  const named = folders.filter((folder) => folder !== '');
  return named.length === 0 ? undefined : named.join(delimiter);
}

/** The folders of such a text, in their order. */
export function splitFolders(folders: string | undefined): readonly string[] {
  return (folders ?? '').split(delimiter).filter((folder) => folder !== '');
}
