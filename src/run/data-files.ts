/**
 * The data files that a scenario's sections ask for, read from the data folders.
 *
 * The folders are those of data-folders.ts or what the caller names. A missing folder or file is a
 * problem of the scenario's section that asks for it. What is inside the files is for the sections
 * to judge (`prepare`).
 *
 * A file that has the name of a published one and other bytes is used, since people make splits of
 * their own, and is noted: figures from it are not comparable. The run's id and the trace's header
 * hold the digest of the data either way.
 */
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { datasets } from '../ml/data/datasets.ts';
import { isPublished, knownDataFile } from './data-catalogue.ts';
import { splitFolders } from './data-folders.ts';
import type { Registry } from './registry.ts';
import type { ResolvedScenario } from './resolved.ts';
import type { KeyPath, Problem } from './scenario/problems.ts';

export type DataFiles =
  | {
      readonly kind: 'read';
      readonly files: ReadonlyMap<string, Uint8Array>;
      /** What the user should know although nothing is wrong, a sentence each. */
      readonly notes: readonly string[];
    }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** Names of the files that a scenario's sections ask for. */
export function dataFileNames({ sections }: ResolvedScenario, registry: Registry): string[] {
  return Object.entries(sections).flatMap(([key, section]) => registry.sections.get(key)?.files?.(section) ?? []);
}

/**
 * Reads every file that a section of the scenario names. `place` says where a key stands in the
 * scenario file; `folders` are separated as in PATH, and undefined when none is set.
 */
export async function readDataFiles(
  scenario: ResolvedScenario,
  registry: Registry,
  place: (path: KeyPath) => Pick<Problem, 'at' | 'path'>,
  folders: string | undefined,
): Promise<DataFiles> {
  const files = new Map<string, Uint8Array>();
  const problems: Problem[] = [];
  for (const [key, section] of Object.entries(scenario.sections)) {
    const read = await readNamedFiles(registry.sections.get(key)?.files?.(section) ?? [], folders);
    for (const [name, bytes] of read.files) files.set(name, bytes);
    problems.push(...read.problems.map((message) => ({ ...place([key]), message: `needs the data file ${message}` })));
  }
  return problems.length > 0 ? { kind: 'refused', problems } : { kind: 'read', files, notes: notesOf(files) };
}

/** The files of some names, and of each that cannot be read why, in words that begin with its name. */
export async function readNamedFiles(
  names: readonly string[],
  folders: string | undefined,
): Promise<{ readonly files: ReadonlyMap<string, Uint8Array>; readonly problems: readonly string[] }> {
  const files = new Map<string, Uint8Array>();
  const problems: string[] = [];
  for (const name of names) {
    const read = await readDataFile(name, splitFolders(folders), fetchAdvice(name, names));
    if (typeof read === 'string') problems.push(`${name}, ${read}`);
    else files.set(name, read);
  }
  return { files, problems };
}

function notesOf(files: ReadonlyMap<string, Uint8Array>): string[] {
  return [...files].flatMap(([name, bytes]) => {
    const known = knownDataFile(name);
    if (known === undefined || isPublished(known, bytes)) return [];
    return [`${name} is not the published file (${known.about}): its checksum is another.`];
  });
}

/** The bytes of a file, or why there are none, in words that go on from its name. */
async function readDataFile(name: string, folders: readonly string[], advice: string): Promise<Uint8Array | string> {
  if (isAbsolute(name) || name.split('/').some((part) => part === '' || part === '..')) {
    return 'which is no path under a data folder';
  }
  if (folders.length === 0) {
    return `and no data folder is set: ORRERY_DATA=FOLDER names it${advice}`;
  }
  for (const folder of folders) {
    try {
      return await readFile(join(folder, name));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === undefined) throw error;
      if (code !== 'ENOENT') return `which cannot be read (${code}) from ${folder}`;
    }
  }
  const which = folders.length === 1 ? 'not in the data folder' : 'in none of the data folders';
  return `which is ${which} ${folders.join(', ')}${advice}`;
}

/** How to get a file that somebody publishes: with the largest dataset of which every file is wanted. */
function fetchAdvice(name: string, wanted: readonly string[]): string {
  const whole = datasets.filter(({ files }) => files.includes(name) && files.every((file) => wanted.includes(file)));
  const [largest] = whole.toSorted((a, b) => b.files.length - a.files.length);
  return largest === undefined ? '' : `; \`orrery data fetch ${largest.name}\` brings it`;
}
