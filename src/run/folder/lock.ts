/**
 * Who writes a run: a file with the process and its start, in the folder that is being written.
 *
 * Two runs of one path must not share DIR.tmp, and one that was killed must not bar it for ever. So
 * a lock holds as long as its process lives; where the system tells when a process started (Linux),
 * another process that came to the same number is told apart. Processes of other machines cannot be
 * seen and count as gone.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { orRefuse } from './refused.ts';

/** The lock's name inside the folder. */
export const lockFileName = 'run.lock';

export interface LockOwner {
  readonly pid: number;
  /** When the process started, in the system's own count; null where it does not tell. */
  readonly started: string | null;
}

/** Puts this process's lock into a folder that nobody else knows yet. */
export function writeLock(folder: string): void {
  const path = join(folder, lockFileName);
  const owner: LockOwner = { pid: process.pid, started: startOf(process.pid) };
  orRefuse('write', path, () => writeFileSync(path, `${JSON.stringify(owner)}\n`, { flag: 'wx' }));
}

/** The living process that writes a folder; undefined when there is none. */
export function livingOwner(folder: string): LockOwner | undefined {
  const owner = readLock(folder);
  if (owner === undefined || !isAlive(owner.pid)) return undefined;
  const started = startOf(owner.pid);
  return owner.started === null || started === null || owner.started === started ? owner : undefined;
}

function readLock(folder: string): LockOwner | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(join(folder, lockFileName), 'utf8')) as Partial<LockOwner>;
    // Numbers below 1 mean groups of processes to the system.
    if (!Number.isSafeInteger(pid) || pid! < 1) return undefined;
    return { pid: pid!, started: typeof started === 'string' ? started : null };
  } catch {
    return undefined; // Without a lock that can be read, nobody can be asked.
  }
}

/** Signal 0 asks only whether a process could be signalled; EPERM means that it lives and is another user's. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of /proc/PID/stat, clock ticks since the system started (proc(5)); the name before it may hold spaces. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
