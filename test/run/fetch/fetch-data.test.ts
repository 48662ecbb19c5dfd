import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasets } from '../../../src/ml/data/datasets.ts';
import { knownDataFile, knownDataFiles } from '../../../src/run/data-catalogue.ts';
import type { KnownDataFile } from '../../../src/run/data-catalogue.ts';
import { fetchDataFile } from '../../../src/run/fetch/fetch-data.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { beginning, file, serve } from './file-server.ts';
import type { Answer } from './file-server.ts';

const bytes = new TextEncoder().encode('a data file of a few words');
const digest = createHash('sha256').update(bytes).digest('hex');
const known = { name: 'inner/data.bin', about: 'a test', url: '', bytes: bytes.length, sha256: [digest] } satisfies KnownDataFile;

async function fetchTo(folder: string, answer: readonly Answer[], wanted: KnownDataFile = known) {
  const server = await serve(...answer);
  const result: unknown = await fetchDataFile(wanted, {
    folder, mirror: `${server.url}/mirror/`, signal: new AbortController().signal,
    patience: { attemptsMax: 1, retryMs: 1, silenceMsMax: 10_000 },
    onProgress: (count) => count === 10 && server.cut(), onRetry: () => undefined,
  }).catch((error: unknown) => (error as Error).message);
  return { server, result };
}

describe('fetching a data file', () => {
  it('gives it its name once its checksum is right, from the place of its name under the mirror', async () => {
    const folder = temporaryFolder();
    const paths: (string | undefined)[] = [];
    const { result } = await fetchTo(folder, [(request, response) => {
      paths.push(request.url);
      file(bytes, '"1"')(request, response);
    }]);
    expect(result).toBe('fetched');
    expect(paths).toEqual(['/mirror/inner/data.bin']);
    expect(new Uint8Array(readFileSync(join(folder, 'inner/data.bin')))).toEqual(bytes);
    expect(readdirSync(join(folder, 'inner'))).toEqual(['data.bin']);
  });

  it('takes a copy that was packed again, when its checksum is listed', async () => {
    const packedAgain = { ...known, sha256: ['0'.repeat(64), digest] } satisfies KnownDataFile;
    const { result } = await fetchTo(temporaryFolder(), [file(bytes, '"1"')], packedAgain);
    expect(result).toBe('fetched');
  });

  it('deletes wrong bytes and says so', async () => {
    const folder = temporaryFolder();
    const { result } = await fetchTo(folder, [file(bytes.map((byte) => byte ^ 1), '"1"')]);
    expect(result).toMatch(new RegExp(`is not the published file and was deleted: its SHA-256 is [0-9a-f]{64}, and ${digest} was`, 'u'));
    expect(readdirSync(join(folder, 'inner'))).toEqual([]);
  });

  it('keeps a part that is the beginning of the right file', async () => {
    const folder = temporaryFolder();
    await fetchTo(folder, [beginning(10, bytes, { etag: '"1"' })]);
    expect(existsSync(join(folder, 'inner/data.bin'))).toBe(false);
    const { result, server } = await fetchTo(folder, [file(bytes, '"1"')]);
    expect(result).toBe('fetched');
    expect(server.asked).toEqual(['bytes=10-']);
  });

  it('leaves alone what is there', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'inner'));
    writeFileSync(join(folder, 'inner/data.bin'), bytes);
    const right = await fetchTo(folder, [file(bytes, '"1"')]);
    expect([right.result, right.server.asked]).toEqual(['there already', []]);
    writeFileSync(join(folder, 'inner/data.bin'), 'a split of my own');
    const other = await fetchTo(folder, [file(bytes, '"1"')]);
    expect(other.result).toMatch(/is there already and is not the published file/u);
    expect(readFileSync(join(folder, 'inner/data.bin'), 'utf8')).toBe('a split of my own');
  });

  it('says when the folder cannot be made', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'inner'), 'a file in the way');
    const { result } = await fetchTo(folder, [file(bytes, '"1"')]);
    expect(result).toMatch(/^the folder .*inner cannot be made: EEXIST$/u);
  });
});

describe('the catalogue', () => {
  it('has every file of every data set, each once, with whole checksums and safe addresses', () => {
    for (const { files } of datasets) for (const name of files) expect(knownDataFile(name), name).toBeDefined();
    expect(new Set(knownDataFiles.map(({ name }) => name)).size).toBe(knownDataFiles.length);
    for (const { sha256, url, bytes: length } of knownDataFiles) {
      for (const hex of sha256) expect(hex).toMatch(/^[0-9a-f]{64}$/u);
      expect(new URL(url).protocol).toBe('https:');
      expect(length).toBeGreaterThan(4_000);
    }
  });
});
