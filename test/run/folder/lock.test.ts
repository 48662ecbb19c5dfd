/** Two runs of one path: the second is refused while the first lives, and only then. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { livingOwner, lockFileName, writeLock } from '../../../src/run/folder/lock.ts';
import { RunPlace } from '../../../src/run/folder/place.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A folder that looks as if a process had been writing a run in it. */
function lockedBy(pid: number, started: string | null): string {
  const root = temporaryFolder();
  mkdirSync(join(root, 'run.tmp'));
  writeFileSync(join(root, 'run.tmp', lockFileName), JSON.stringify({ pid, started }));
  return root;
}

const refusal = (words: string) => expect.objectContaining({ name: 'FolderRefused', message: expect.stringContaining(words) });

describe('the lock of a run', () => {
  it('refuses a second run while the first lives, and the first loses nothing', () => {
    const root = temporaryFolder();
    const first = new RunPlace(join(root, 'run'));
    writeFileSync(first.pathOf('verdict.json'), 'of the first');
    expect(() => new RunPlace(join(root, 'run'))).toThrow(refusal(`is being written by another run, process ${process.pid},`));
    expect(readdirSync(root)).toEqual(['run.tmp']);
    first.settle();
    expect(readdirSync(root)).toEqual(['run']);
    expect(readdirSync(join(root, 'run'))).toEqual(['verdict.json']);
  });

  it('holds for another process too, until that has ended', async () => {
    const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(other, 'spawn');
    const root = lockedBy(other.pid!, null);
    expect(() => new RunPlace(join(root, 'run'))).toThrow(refusal(`process ${other.pid},`));
    other.stdin.end();
    await once(other, 'exit');
    new RunPlace(join(root, 'run')).leave();
    expect(readdirSync(root)).toEqual([]);
  });

  it.each(['', 'null', '{"pid":0}', '{"pid":-1}', '{"pid":"1"}'])('that says nothing bars nobody: %j', (text) => {
    const root = lockedBy(1, null);
    writeFileSync(join(root, 'run.tmp', lockFileName), text);
    expect(livingOwner(join(root, 'run.tmp'))).toBeUndefined();
  });

  it.skipIf(!existsSync('/proc/self/stat'))('is not held by a process that came to the number of a killed one (needs /proc)', () => {
    const root = lockedBy(process.pid, '1');
    new RunPlace(join(root, 'run')).leave();
    expect(readdirSync(root)).toEqual([]);
  });

  it('is taken over with the folder when its process is gone', () => {
    const root = lockedBy(spawnSync(process.execPath, ['--version']).pid, null);
    writeFileSync(join(root, 'run.tmp', 'trace'), 'half');
    const place = new RunPlace(join(root, 'run'));
    expect(readdirSync(place.temporaryPath)).toEqual([lockFileName]);
    expect(livingOwner(place.temporaryPath)).toMatchObject({ pid: process.pid });
    place.leave();
  });

  it('is written once', () => {
    const folder = temporaryFolder();
    writeLock(folder);
    expect(() => writeLock(folder)).toThrow(refusal('something of that name exists already'));
  });
});
