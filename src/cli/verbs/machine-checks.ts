/** What a machine needs to run scenarios, checked one by one. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { isPublished, knownDataFiles } from '../../run/data-catalogue.ts';
import type { KnownDataFile } from '../../run/data-catalogue.ts';
import { dataFoldersOf, fetchedDataFolder, splitFolders } from '../../run/data-folders.ts';

export interface MachineCheck {
  readonly name: string;
  /** `absent` is worth knowing; `missing` means that scenarios cannot run. */
  readonly state: 'ok' | 'absent' | 'missing';
  readonly words: string;
}

/** The oldest Node whose results Orrery stands for. */
const oldestNodeMajor = 24;

/**
 * The smallest module that uses SIMD: one function that makes a v128 and drops it
 * (WebAssembly core specification 2.0, §5.4.8, opcode fd 0f i8x16.splat).
 */
const simdModule = Uint8Array.from(
  [
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic and version
    [0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // type section: () → ()
    [0x03, 0x02, 0x01, 0x00], // function section
    [0x0a, 0x09, 0x01, 0x07, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x1a, 0x0b], // i32.const 0, splat, drop, end
  ].flat(),
);

/** All checks, in the order in which they are shown. */
export async function checkMachine(environment: Readonly<Record<string, string | undefined>>): Promise<MachineCheck[]> {
  return [
    checkNode(process.versions.node),
    checkSimd(),
    await checkThreads(),
    await checkRunsFolder('runs'),
    ...(await checkDataFolders(environment)),
  ];
}

/** Whether a Node version is new enough. */
export function checkNode(version: string): MachineCheck {
  const enough = Number(version.split('.')[0]) >= oldestNodeMajor;
  if (enough) return { name: 'Node', state: 'ok', words: version };
  return { name: 'Node', state: 'missing', words: `${version}; ${oldestNodeMajor} or later is needed` };
}

function checkSimd(): MachineCheck {
  const there = WebAssembly.validate(simdModule);
  const words = there ? 'available' : 'not available; training needs it, and never falls back to other bits';
  return { name: 'WebAssembly SIMD', state: there ? 'ok' : 'missing', words };
}

/** Starts one thread and awaits a word from it. */
function checkThreads(): Promise<MachineCheck> {
  return new Promise((settle) => {
    const worker = new Worker("require('node:worker_threads').parentPort.postMessage('here')", { eval: true });
    worker.once('message', () => settle({ name: 'Worker threads', state: 'ok', words: 'available' }));
    worker.once('error', (error) => settle({ name: 'Worker threads', state: 'missing', words: error.message }));
  });
}

/** Whether the folder of runs, or the nearest parent that exists, takes a new folder. */
export async function checkRunsFolder(folder: string): Promise<MachineCheck> {
  let parent = resolve(folder);
  while (!(await exists(parent)) && dirname(parent) !== parent) parent = dirname(parent);
  try {
    await rm(await mkdtemp(join(parent, '.orrery-doctor-')), { recursive: true });
    return { name: 'Runs folder', state: 'ok', words: `${folder} can be written` };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { name: 'Runs folder', state: 'missing', words: `${folder} cannot be written: ${code}` };
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}

/** The folders of data files, and each known file that is in one of them. */
export async function checkDataFolders(environment: Readonly<Record<string, string | undefined>>): Promise<MachineCheck[]> {
  const named = splitFolders(environment['ORRERY_DATA']);
  const fetched = fetchedDataFolder(environment);
  const checks = await Promise.all(named.map(async (folder): Promise<MachineCheck> => {
    const there = await exists(folder);
    return { name: 'Data folder', state: there ? 'ok' : 'missing', words: there ? folder : `${folder} does not exist` };
  }));
  if (named.length === 0) checks.push({ name: 'Data folder', state: 'absent', words: 'ORRERY_DATA is not set; drawn datasets need none' });
  checks.push(await checkFetchedFolder(fetched));
  const folders = splitFolders(dataFoldersOf(environment));
  const files = knownDataFiles.flatMap((file) => folders.map((folder) => checkDataFile(join(folder, file.name), file)));
  return [...checks, ...(await Promise.all(files)).filter((check) => check !== undefined)];
}

async function checkFetchedFolder(folder: string | undefined): Promise<MachineCheck> {
  const name = 'Fetched data';
  if (folder === undefined) return { name, state: 'absent', words: 'there is no home folder to fetch to' };
  if (await exists(folder)) return { name, state: 'ok', words: folder };
  return { name, state: 'absent', words: `${folder} does not exist; \`orrery data fetch\` makes it` };
}

/** Whether a file is the published one; undefined when there is none. */
async function checkDataFile(path: string, file: KnownDataFile): Promise<MachineCheck | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return undefined;
  if (isPublished(file, bytes)) return { name: file.name, state: 'ok', words: 'as published' };
  return { name: file.name, state: 'missing', words: `${path} has another checksum than the published file` };
}
