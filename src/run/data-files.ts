/**
 * The data files that a scenario's sections ask for, read from the data folder.
 *
 * The folder is that of ORRERY_DATA or one that the caller names. A missing folder or file is a
 * problem of the scenario's section that asks for it. What is inside the files is for the sections
 * to judge (`prepare`).
 *
 * A file that has the name of a published one and other bytes is used, since people make splits of
 * their own, and is noted: figures from it are not comparable. The run's id and the trace's header
 * hold the digest of the data either way.
 */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { toHex } from '../kernel/bytes.ts';
import { knownDataFiles } from './data-catalogue.ts';
import type { Registry } from './registry.ts';
import type { ResolvedScenario } from './resolved.ts';
import type { KeyPath, Problem } from './scenario/problems.ts';
import { sha256Node } from './sha256-node.ts';

export type DataFiles =
  | {
      readonly kind: 'read';
      readonly files: ReadonlyMap<string, Uint8Array>;
      /** What the user should know although nothing is wrong, a sentence each. */
      readonly notes: readonly string[];
    }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/**
 * Reads every file that a section of the scenario names. `place` says where a key stands in the
 * scenario file; `folder` is undefined when none is set.
 */
export async function readDataFiles(
  scenario: ResolvedScenario,
  registry: Registry,
  place: (path: KeyPath) => Pick<Problem, 'at' | 'path'>,
  folder: string | undefined,
): Promise<DataFiles> {
  const files = new Map<string, Uint8Array>();
  const problems: Problem[] = [];
  for (const [key, section] of Object.entries(scenario.sections)) {
    for (const name of registry.sections.get(key)?.files?.(section) ?? []) {
      if (files.has(name)) continue;
      const read = await readDataFile(name, folder);
      if (typeof read === 'string') problems.push({ ...place([key]), message: read });
      else files.set(name, read);
    }
  }
  return problems.length > 0 ? { kind: 'refused', problems } : { kind: 'read', files, notes: notesOf(files) };
}

function notesOf(files: ReadonlyMap<string, Uint8Array>): string[] {
  const others = knownDataFiles.filter(({ name, sha256 }) => {
    const bytes = files.get(name);
    return bytes !== undefined && toHex(sha256Node(bytes)) !== sha256;
  });
  return others.map(({ name, about }) => `${name} is not the published file (${about}): its checksum is another.`);
}

/** The bytes of a file, or why there are none, as a sentence. */
async function readDataFile(name: string, folder: string | undefined): Promise<Uint8Array | string> {
  if (folder === undefined) {
    return `needs the data file ${name}, and no data folder is set: ORRERY_DATA=FOLDER names it`;
  }
  if (basename(name) !== name) return `needs the data file ${name}, which is no plain file name`;
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    const reason = code === 'ENOENT' ? 'which is not in the data folder' : `which cannot be read (${code})`;
    return `needs the data file ${name}, ${reason} ${folder}`;
  }
}
