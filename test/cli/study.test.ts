/** `orrery study` as a user meets it: what is printed, what is written, how it ends. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtinRoles } from '../../src/actors/registry.ts';
import { studyProgressLine } from '../../src/cli/study-progress.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { smallStudy, writeStudy } from '../run/study/studies.ts';
import { orrery, RecordingEngine } from './console.ts';

const engine = Object.assign(new RecordingEngine(), { builtinRoles });

/** Everything in a folder, by name. */
function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: false });
  return Object.fromEntries(names.filter((name) => name.includes('.')).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe('orrery study', () => {
  it('writes results, ends with one line, and makes nothing twice', async () => {
    const folder = temporaryFolder();
    const axes = { deed: { path: 'mischief.deed', values: ['none', 'throw'] } };
    const charts = [{ chart: 'study-bars', x: 'deed', y: 'last-tick' }];
    const file = writeStudy(folder, { ...smallStudy, axes, charts, small: { axes: { deed: ['none'] } } });
    const ask = (out: string, ...words: string[]) =>
      orrery(['study', file, '--jobs', '1', '--ledger', join(folder, 'ledger.sqlite'), '--out', join(folder, out), ...words], engine);
    const first = await ask('first');
    expect(first.exitCode).toBe(20);
    expect(first.results).toEqual([
      'deed=none: last-tick 3 ticks · passed 1 (0.207–1)',
      'deed=throw: last-tick – ticks (1 failed) · passed – (1 failed)',
      expect.stringMatching(/^study=small-study cells=2 runs=2 failed=1 wall=\d+\.\d{3}$/u),
    ]);
    expect(first.words[0]).toBe(`Studying small-study: 2 cells × 1 seeds of ${join(folder, 'mischief.yaml')}.`);
    expect(first.words.filter((line) => line.startsWith('deed=throw seed=1: crash: '))).toHaveLength(1);
    expect(first.words.at(-1)).toBe(`The results are in ${join(folder, 'first')}.`);
    const second = await ask('second', '--quiet');
    expect(second.words.filter((line) => line.includes(' runs · '))).toEqual([]);
    expect(filesOf(join(folder, 'second'))).toEqual(filesOf(join(folder, 'first')));
    const small = await ask('small', '--grid', 'small', '--quiet');
    expect(small).toMatchObject({ exitCode: 0, words: [] });
    expect(small.results.at(-1)).toMatch(/^study=small-study cells=1 runs=1 failed=0 /u);
    const place = join(folder, 'gallery');
    const gallery = await orrery(['study', file, '--jobs', '1', '--ledger', join(folder, 'ledger.sqlite'), '--gallery', place], engine);
    expect(gallery.exitCode).toBe(20);
    expect(readFileSync(join(place, 'index.md'), 'utf8')).toContain('- [small-study](small-study/index.md): A study for tests.');
    expect(Object.keys(filesOf(join(place, 'small-study'))).sort()).toEqual([
      '1-last-tick.dark.svg', '1-last-tick.svg', 'index.md', 'small.csv', 'table.csv',
    ]);
  });

  it('says in words what is wrong before anything runs, and ends with 2', async () => {
    const folder = temporaryFolder();
    const ledger = ['--ledger', join(folder, 'ledger.sqlite')];
    const wrong = writeStudy(folder, { ...smallStudy, axes: { ticks: { path: 'mischief.tick', values: [1] } } });
    expect(await orrery(['study', wrong, ...ledger], engine)).toEqual({
      exitCode: 2,
      results: ['study=- cells=0 runs=0 failed=0 wall=0.000'],
      words: [`${wrong}:8:9: mischief.tick: unknown key "tick"; did you mean "ticks"?`],
    });
    const right = writeStudy(join(folder, 'right'), smallStudy);
    const words = async (...argv: string[]) => {
      const { exitCode, words: said } = await orrery(['study', ...argv, ...ledger], engine);
      expect(exitCode).toBe(2);
      return said[0];
    };
    expect(await words()).toMatch(/^orrery: which study\?/u);
    expect(await words(right, right, '--out', folder)).toMatch(/^orrery: --out names the folder of one study/u);
    expect(await words(right, '--gallery', folder, '--grid', 'small')).toMatch(/^orrery: --gallery makes both grids/u);
    expect(await words(right, '--jobs', '0')).toMatch(/jobs are a whole number from 1 to 256/u);
    expect(await words(right, '--seeds', 'many')).toMatch(/^orrery: --seeds many: expected a seed/u);
    expect(await words(right, '--out', folder)).toMatch(/holds .*, which is no part of a study; it stays as it is$/u);
    expect((await orrery(['study', right, '--ledger', folder], engine)).words[0]).toMatch(/cannot be opened as a ledger/u);
  });

  it('lists what can be measured, with units', async () => {
    const { exitCode, results } = await orrery(['study', '--measures'], engine);
    expect(exitCode).toBe(0);
    expect(results).toContain('accuracy (share): Share of right answers on the test set. The last value of the run.');
    expect(results.some((line) => line.startsWith('bytes-a-round (B): '))).toBe(true);
  });
});

it('progress is a line that says how long it still takes', () => {
  const progress = { done: 37, all: 140, known: 12, failed: 1, wallSeconds: 12.5 };
  expect(studyProgressLine(progress)).toBe('37 of 140 runs · 12 known before · 1 failed · 2.00 runs/s · about 52 s left');
  expect(studyProgressLine({ ...progress, done: 0, known: 0, failed: 0 })).toBe('0 of 140 runs');
});
