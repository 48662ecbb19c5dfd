/**
 * Where a run folder stands, and how it takes its place there.
 *
 * A run is written as DIR.tmp and renamed when it is complete, so DIR is a whole run or is not there.
 * Only what consists of a run's own files is ever replaced or removed: `--out` may name somebody's
 * folder by mistake.
 */
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, rmdirSync, symlinkSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { livingOwner, lockFileName, writeLock } from './lock.ts';
import { traceFileNames } from './trace-files.ts';
import { FolderRefused, orRefuse } from './refused.ts';

/** The files of a run folder; anything else in a folder means that it is not ours. */
export const runFiles = Object.freeze({
  scenario: 'scenario.resolved.yaml',
  verdict: 'verdict.json',
  model: 'model.safetensors',
  journal: 'journal.jsonl',
  measures: 'measures.csv',
  report: 'report.html',
} as const);

const ownNames = new Set<string>([
  ...Object.values(runFiles),
  lockFileName,
  ...Object.values(traceFileNames).flatMap(({ records, segments }) => [records, segments]),
]);

/** Where a run is kept unless the user says otherwise: `runs/<scenario>/<seed>` under `root`. */
export function defaultRunPath(root: string, scenario: string, seed: number): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/u.test(scenario)) {
    throw new FolderRefused(`the scenario's name "${scenario}" cannot name a folder; say --out`, scenario);
  }
  return join(root, 'runs', scenario, String(seed));
}

/** The link to the newest run under `root`. */
export function latestPath(root: string): string {
  return join(root, 'runs', 'latest');
}

function look(path: string): Stats | undefined {
  return orRefuse('look at', path, () => lstatSync(path, { throwIfNoEntry: false }));
}

/** Refuses a path at which something stands that is no run folder. */
function refuseForeign(path: string): void {
  const found = look(path);
  if (found === undefined) return;
  if (!found.isDirectory()) throw new FolderRefused(`${path} exists and is not a folder; it stays as it is`, path);
  const foreign = orRefuse('read', path, () => readdirSync(path)).find((name) => !ownNames.has(name));
  if (foreign !== undefined) {
    throw new FolderRefused(`${path} holds ${foreign}, which is no part of a run; it stays as it is`, path);
  }
}

/** A place that was taken for a run: its temporary folder, until `settle` or `leave`. */
export class RunPlace {
  readonly path: string;
  readonly temporaryPath: string;
  readonly #latest: string | undefined;
  readonly #firstParentMade: string | undefined;
  readonly #inode: number;

  /** Makes DIR.tmp and its parents. Throws `FolderRefused` and leaves nothing behind. */
  constructor(path: string, latest?: string) {
    this.path = resolve(path);
    this.temporaryPath = `${this.path}.tmp`;
    this.#latest = latest;
    for (const taken of [this.path, this.temporaryPath, this.#oldPath]) refuseForeign(taken);
    if (latest !== undefined && look(latest)?.isSymbolicLink() === false) {
      throw new FolderRefused(`${latest} exists and is not a symbolic link; it stays as it is`, latest);
    }
    const parent = dirname(this.path);
    this.#firstParentMade = orRefuse('make', parent, () => mkdirSync(parent, { recursive: true }));
    try {
      this.#inode = takeTemporary(this.temporaryPath);
    } catch (error) {
      this.#removeParents();
      throw error;
    }
  }

  get #oldPath(): string {
    return `${this.path}.old`;
  }

  get #isOurs(): boolean {
    return look(this.temporaryPath)?.ino === this.#inode;
  }

  /** Where a file of the run is written. Refused once another run of the same path took the place over. */
  pathOf(name: string): string {
    if (this.#isOurs) return join(this.temporaryPath, name);
    throw new FolderRefused(`${this.temporaryPath} was taken over by another run of the same path`, this.temporaryPath);
  }

  /** Puts the finished folder in its place, over an earlier run. */
  settle(): void {
    refuseForeign(this.path);
    const hadEarlier = look(this.path) !== undefined;
    orRefuse('replace', this.path, () => {
      if (hadEarlier) {
        rmSync(this.#oldPath, { recursive: true, force: true });
        renameSync(this.path, this.#oldPath);
      }
      try {
        renameSync(this.temporaryPath, this.path);
      } catch (error) {
        if (hadEarlier) renameSync(this.#oldPath, this.path);
        throw error;
      }
      // Only now, since without its lock another run would have taken the folder.
      rmSync(join(this.path, lockFileName), { force: true });
      rmSync(this.#oldPath, { recursive: true, force: true });
    });
    if (this.#latest !== undefined) linkTo(this.path, this.#latest);
  }

  /** Takes away what was written; an earlier run stays as it was. */
  leave(): void {
    if (this.#isOurs) rmSync(this.temporaryPath, { recursive: true, force: true });
    this.#removeParents();
  }

  /** Removes the parents that were made for this run, as long as nobody else uses them. */
  #removeParents(): void {
    if (this.#firstParentMade === undefined) return;
    for (let parent = dirname(this.path); parent.startsWith(this.#firstParentMade); parent = dirname(parent)) {
      try {
        rmdirSync(parent);
      } catch {
        return; // It is not empty or is gone: either way it is no longer ours to remove.
      }
    }
  }
}

/**
 * Makes DIR.tmp with this process's lock in it, and gives its inode. It is made under another name
 * and renamed, which fails while a folder with anything in it stands there; so of two runs that
 * begin at one moment, one gets the place and the other is refused. Throws `FolderRefused`.
 */
function takeTemporary(path: string): number {
  const prepared = `${path}.${process.pid}`;
  // One that is there already was left by a killed process that had the same number.
  if (look(prepared) !== undefined) orRefuse('remove', prepared, () => rmSync(prepared, { recursive: true }));
  orRefuse('make', path, () => mkdirSync(prepared));
  try {
    writeLock(prepared);
    for (let attempt = 0; attempt < takingAttemptsMax; attempt += 1) {
      removeAbandoned(path);
      if (renamedOnto(prepared, path)) return lstatSync(path).ino;
    }
    throw refusedToSecond(path);
  } catch (error) {
    rmSync(prepared, { recursive: true, force: true });
    throw error;
  }
}

/** How often a place is tried that other runs take and leave meanwhile. */
const takingAttemptsMax = 3;

function refusedToSecond(path: string, pid?: number): FolderRefused {
  const who = pid === undefined ? 'another run' : `another run, process ${pid},`;
  return new FolderRefused(`${path} is being written by ${who} of the same path; say --out for a second one`, path);
}

/** Removes what a run left that was killed before it could clean up; refuses while that run lives. */
function removeAbandoned(path: string): void {
  if (look(path) === undefined) return;
  const owner = livingOwner(path);
  if (owner !== undefined) throw refusedToSecond(path, owner.pid);
  const aside = `${path}.${process.pid}.old`;
  orRefuse('remove', path, () => {
    renameSync(path, aside);
    // A third run may have cleared and taken the place between the look and the renaming.
    const taker = livingOwner(aside);
    if (taker !== undefined) {
      renameSync(aside, path);
      throw refusedToSecond(path, taker.pid);
    }
    rmSync(aside, { recursive: true, force: true });
  });
}

function renamedOnto(from: string, to: string): boolean {
  return orRefuse('make', to, () => {
    try {
      renameSync(from, to);
      return true;
    } catch (error) {
      if (['ENOTEMPTY', 'EEXIST'].includes(String((error as NodeJS.ErrnoException).code))) return false;
      throw error;
    }
  });
}

/** Points a symbolic link at a folder in one step, so that it never dangles in between. */
function linkTo(folder: string, link: string): void {
  const next = `${link}.${process.pid}.tmp`;
  orRefuse('link', link, () => {
    mkdirSync(dirname(link), { recursive: true });
    rmSync(next, { force: true });
    symlinkSync(relative(dirname(resolve(link)), folder), next, 'dir');
    renameSync(next, link);
  });
}
