import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkDataFolders, checkMachine, checkNode, checkRunsFolder } from '../../src/cli/verbs/machine-checks.ts';
import { orrery } from './console.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('doctor', () => {
  it('checks this machine', async () => {
    const checks = await checkMachine({});
    expect(checks.map(({ name, state }) => `${name}: ${state}`)).toEqual([
      'Node: ok',
      'WebAssembly SIMD: ok',
      'Worker threads: ok',
      'Runs folder: ok',
      'Data folder: absent',
      'Fetched data: absent',
    ]);
    const ended = await orrery(['doctor']);
    expect(ended).toMatchObject({ exitCode: 0, words: [] });
    expect(ended.results[0]).toMatch(/^ok {6}Node: 2\d\./u);
  });

  it('says what is missing', async () => {
    expect(checkNode('20.19.0')).toMatchObject({ state: 'missing', words: '20.19.0; 24 or later is needed' });
    writeFileSync(join(folder, 'file'), '');
    expect(await checkRunsFolder(join(folder, 'file'))).toMatchObject({ state: 'missing' });
    expect(await checkDataFolders({ ORRERY_DATA: join(folder, 'absent') })).toMatchObject([{ state: 'missing' }, { state: 'absent' }]);
  });

  it('knows data files by their checksums', async () => {
    writeFileSync(join(folder, 't10k-images-idx3-ubyte.gz'), 'not the images');
    const checks = await checkDataFolders({ ORRERY_DATA: folder });
    expect(checks.map(({ name, state }) => `${name}: ${state}`)).toEqual([
      'Data folder: ok',
      'Fetched data: absent',
      't10k-images-idx3-ubyte.gz: missing',
    ]);
    expect(await orrery(['doctor'], undefined, { ORRERY_DATA: folder })).toMatchObject({ exitCode: 2 });
  });

  it('looks into the folder of fetched data too', async () => {
    const fetched = join(folder, 'orrery', 'data');
    mkdirSync(fetched, { recursive: true });
    writeFileSync(join(fetched, 'digits.xy'), 'not the digits');
    const checks = await checkDataFolders({ XDG_CACHE_HOME: folder });
    expect(checks.map(({ name, state }) => `${name}: ${state}`)).toEqual([
      'Data folder: absent',
      'Fetched data: ok',
      'digits.xy: missing',
    ]);
  });

  it.skipIf(process.env['ORRERY_DATA'] === undefined)('recognises the published files (skipped without ORRERY_DATA)', async () => {
    const checks = await checkDataFolders({ ORRERY_DATA: process.env['ORRERY_DATA'] });
    expect(checks.map(({ state }) => state)).not.toContain('missing');
    expect(checks.filter(({ words }) => words === 'as published').length).toBeGreaterThan(0);
  });

  it('lists what scenarios may say', async () => {
    const { results } = await orrery(['doctor', '--properties']);
    expect(results).toContain('  always: one model per round (protocol training)');
    expect(results).toContain('  accuracy: Share of right answers.');
    expect(results).toContain('  round-opened: A round began.');
  });

  it('prints or writes the JSON Schema', async () => {
    const printed = await orrery(['doctor', '--schema']);
    const file = join(folder, 'scenario.schema.json');
    expect(await orrery(['doctor', '--schema', file])).toMatchObject({ exitCode: 0, results: [] });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(printed.results.join('\n')));
    const refused = await orrery(['doctor', '--schema', join(folder, 'absent', 'x.json')]);
    expect(refused).toMatchObject({ exitCode: 2, words: [expect.stringMatching(/^orrery: cannot write .*: ENOENT$/u)] });
  });
});
