import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { dataFoldersOf, fetchedDataFolder, splitFolders } from '../../src/run/data-folders.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

it('the fetched folder is in the user’s cache', () => {
  const home = temporaryFolder();
  const inHome = join(home, '.cache', 'orrery', 'data');
  expect(fetchedDataFolder({ HOME: home })).toBe(inHome);
  expect(fetchedDataFolder({ USERPROFILE: home })).toBe(inHome);
  expect(fetchedDataFolder({ HOME: home, XDG_CACHE_HOME: join(home, 'cache') })).toBe(join(home, 'cache', 'orrery', 'data'));
  expect(fetchedDataFolder({ HOME: home, XDG_CACHE_HOME: 'relative' })).toBe(inHome);
  expect(fetchedDataFolder({ HOME: '' })).toBeUndefined();
  expect(fetchedDataFolder({})).toBeUndefined();
});

it('folders are searched in the order in which they were named, the fetched one last and only if it exists', () => {
  const home = temporaryFolder();
  expect(dataFoldersOf({})).toBeUndefined();
  expect(dataFoldersOf({ HOME: home })).toBeUndefined();
  expect(dataFoldersOf({ HOME: home, ORRERY_DATA: 'own' })).toBe('own');
  const fetched = fetchedDataFolder({ HOME: home })!;
  mkdirSync(fetched, { recursive: true });
  expect(splitFolders(dataFoldersOf({ HOME: home, ORRERY_DATA: ['b', 'a'].join(delimiter) }))).toEqual(['b', 'a', fetched]);
  expect(splitFolders(undefined)).toEqual([]);
});
