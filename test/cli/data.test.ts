import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { file, serve, status } from '../run/fetch/file-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { orrery } from './console.ts';

describe('data list', () => {
  it('says of each data set whether its files are there', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'digits.xy'), 'of my own');
    const { exitCode, results, words } = await orrery(['data', 'list'], undefined, { ORRERY_DATA: folder });
    expect(exitCode).toBe(0);
    expect(results.map((line) => line.split(/\s{2,}/u).slice(0, 2))).toEqual([
      ['digits', 'drawn'],
      ['mnist', 'absent'],
      ['mnist-60k', 'absent'],
      ['fashion-mnist', 'absent'],
      ['uci-digits', 'changed'],
      ['breast-cancer', 'absent'],
    ]);
    expect(words).toEqual([`Looked for in: ${folder}`]);
    expect((await orrery(['data', 'list'])).words).toEqual([expect.stringContaining('no folder')]);
  });

  it.skipIf(process.env['ORRERY_DATA'] === undefined)('knows published files (skipped without ORRERY_DATA)', async () => {
    const { results } = await orrery(['data', 'list'], undefined, { ORRERY_DATA: process.env['ORRERY_DATA'] });
    expect(results.join('\n')).toMatch(/ {2}there {4}/u);
  });
});

describe('data fetch', () => {
  const wrong = new TextEncoder().encode('not the table');

  it('deletes a file that is not the published one, and ends with 2', async () => {
    const server = await serve(file(wrong, '"1"'));
    const folder = join(temporaryFolder(), 'new');
    const ended = await orrery(['data', 'fetch', 'breast-cancer', '--from', server.url, '--to', folder]);
    expect(ended).toMatchObject({ exitCode: 2, results: [] });
    expect(ended.words).toEqual([expect.stringMatching(/^orrery: http:.*breast_cancer\.xy is not the published file and was deleted/u)]);
    expect(existsSync(join(folder, 'breast_cancer.xy'))).toBe(false);
    expect(existsSync(join(folder, 'breast_cancer.xy.part'))).toBe(false);
  });

  it('fills the folder of the cache, and says what a server refuses', async () => {
    const server = await serve(status(404));
    const cache = temporaryFolder();
    const ended = await orrery(['data', 'fetch', 'breast-cancer', '--from', `${server.url}/`], undefined, { XDG_CACHE_HOME: cache });
    expect(ended).toMatchObject({ exitCode: 2, words: [`orrery: ${server.url}/breast_cancer.xy: the server answered 404 Not Found`] });
    expect(existsSync(join(cache, 'orrery', 'data'))).toBe(true);
  });

  it.each([
    [['mnits'], 'orrery: there is no data set "mnits" (did you mean mnist?)'],
    [['digits'], 'orrery: digits is drawn by Orrery itself, so there is nothing to fetch'],
    [['csv:own.csv'], 'orrery: csv:own.csv is a file of your own: put it into a data folder'],
    [['mnist', '--from', 'ftp://example.org'], 'orrery: --from is no address of a web server: ftp://example.org'],
    [['mnist', '--from', 'http://me:secret@example.org'], 'orrery: --from may not hold a user name or a password'],
    [['mnist'], 'orrery: there is no home folder to fetch to: --to DIR names another'],
    [[], "orrery: missing required argument 'names'"],
  ])('%j is one message and exit code 2', async (argv, message) => {
    const ended = await orrery(['data', 'fetch', ...argv]);
    expect(ended).toEqual({ exitCode: 2, results: [], words: [message] });
  });

  it('a part that does not exist is one message', async () => {
    const ended = await orrery(['data', 'fecth']);
    expect(ended).toMatchObject({ exitCode: 2, results: [], words: [expect.stringContaining('did you mean fetch?')] });
  });

  const own = process.env['ORRERY_DATA'];
  const table = join(own ?? '', 'breast_cancer.xy');
  const absent = own === undefined || !existsSync(table);
  it.skipIf(absent)('brings the real file from a mirror, once (skipped where ORRERY_DATA has none)', async () => {
    const bytes = new Uint8Array(readFileSync(table));
    const server = await serve(file(bytes, '"1"'));
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'data'));
    const fetch = () => orrery(['data', 'fetch', 'breast-cancer', '--from', server.url, '--to', join(folder, 'data')]);
    expect(await fetch()).toMatchObject({ exitCode: 0, results: [`fetched ${join(folder, 'data', 'breast_cancer.xy')}`] });
    expect(await fetch()).toMatchObject({ exitCode: 0, results: [`there already ${join(folder, 'data', 'breast_cancer.xy')}`] });
    expect(server.asked).toEqual(['whole']);
    expect(new Uint8Array(readFileSync(join(folder, 'data', 'breast_cancer.xy')))).toEqual(bytes);
  });
});

describe('data show', () => {
  it('prints the classes of each worker, as runs divide them', async () => {
    const folder = temporaryFolder();
    const rows = Array.from({ length: 50 }, (_, row) => `${row},${row % 2 === 0 ? 'even' : 'odd'}`);
    writeFileSync(join(folder, 'own.csv'), `x,label\n${rows.join('\n')}\n`);
    const show = (...flags: string[]) =>
      orrery(['data', 'show', 'csv:own.csv', '--workers', '4', ...flags], undefined, { ORRERY_DATA: folder });
    const { exitCode, results, words } = await show('--partition', 'sorted');
    expect(exitCode).toBe(0);
    expect(words).toEqual(['csv:own.csv: 40 samples for training and 10 for testing, each 1 × 1 × 1, 2 classes']);
    expect(results[0]).toBe('worker\tsamples\tclass 0\tclass 1');
    expect(results.slice(1).map((line) => line.split('\t').slice(1)).sort()).toEqual([
      ['10', '0', '10'], ['10', '0', '10'], ['10', '10', '0'], ['10', '10', '0'],
    ]);
    for (const flags of [['--partition', 'dirichlet', '--alpha', '0.1'], ['--partition', 'similarity', '--gamma', '0.5'], []]) {
      const shares = (await show(...flags)).results.slice(1).map((line) => Number(line.split('\t')[1]));
      expect(shares.reduce((sum, samples) => sum + samples, 0)).toBe(40);
    }
  });

  it.each([
    [['mnits'], 'orrery: there is no data set "mnits" (did you mean mnist?)'],
    [['mnist'], 'orrery: mnist needs the data file t10k-images-idx3-ubyte.gz, and no data folder is set'],
    [['digits', '--workers', '0'], 'orrery: --workers is a whole number from 1 to 100000, not 0'],
    [['digits', '--partition', 'dirichlet', '--alpha', '0'], 'orrery: --alpha is a number from 0.001 to 1000000, not 0'],
    [['digits', '--partition', 'similarity', '--gamma', 'x'], 'orrery: --gamma is a number from 0 to 1, not x'],
    [['digits', '--partition', 'shards'], 'Allowed choices are iid, dirichlet, similarity, sorted.'],
  ])('%j is one message and exit code 2', async (argv, message) => {
    const ended = await orrery(['data', 'show', ...argv]);
    expect(ended).toMatchObject({ exitCode: 2, results: [], words: [expect.stringContaining(message)] });
  });
});
