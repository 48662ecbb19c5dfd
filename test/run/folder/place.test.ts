/** Taking a place for a run: what happens when the last step goes wrong. */
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunPlace } from '../../../src/run/folder/place.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const refusal = expect.objectContaining({ name: 'FolderRefused' });

describe('a place for a run', () => {
  it('gives the earlier run back when the new one cannot take its place', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'run'));
    writeFileSync(join(root, 'run', 'verdict.json'), 'earlier');
    const place = new RunPlace(join(root, 'run'));
    rmSync(place.temporaryPath, { recursive: true });
    expect(() => place.settle()).toThrow(refusal);
    expect(readdirSync(root)).toEqual(['run']);
    expect(readFileSync(join(root, 'run', 'verdict.json'), 'utf8')).toBe('earlier');
  });

  it('clears what stood aside when an earlier replacement was killed', () => {
    const root = temporaryFolder();
    for (const name of ['run', 'run.old']) mkdirSync(join(root, name));
    writeFileSync(join(root, 'run.old', 'trace'), 'older');
    const place = new RunPlace(join(root, 'run'));
    writeFileSync(place.pathOf('trace'), 'new');
    place.settle();
    expect(readdirSync(root)).toEqual(['run']);
    expect(readFileSync(join(root, 'run', 'trace'), 'utf8')).toBe('new');
  });

  it('points a link at the newest run, even one that dangled, and is relative', () => {
    const root = temporaryFolder();
    const latest = join(root, 'runs', 'latest');
    mkdirSync(join(root, 'runs'));
    symlinkSync('gone', latest);
    new RunPlace(join(root, 'elsewhere', 'run'), latest).settle();
    expect(readlinkSync(latest)).toBe(join('..', 'elsewhere', 'run'));
    expect(existsSync(latest)).toBe(true);
  });

  it('keeps parents that somebody else uses by now', () => {
    const root = temporaryFolder();
    const place = new RunPlace(join(root, 'a', 'b', 'run'));
    writeFileSync(join(root, 'a', 'note'), 'kept');
    place.leave();
    expect(readdirSync(join(root, 'a'))).toEqual(['note']);
  });

  it('does not replace a link, which may lead anywhere', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'target'));
    symlinkSync('target', join(root, 'run'));
    expect(() => new RunPlace(join(root, 'run'))).toThrow(refusal);
    expect(readdirSync(root).sort()).toEqual(['run', 'target']);
  });
});
