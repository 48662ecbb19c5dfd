/** `orrery report`: what it writes, what it prints, and what it refuses. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { engine } from '../../src/cli/built-in-engine.ts';
import { record, storm, withoutReport } from '../report/recorded-runs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { orrery } from './console.ts';

describe('orrery report', () => {
  it('writes pages, pictures and numbers, and prints their paths; two runs make a comparison; a file is no folder', async () => {
    const place = temporaryFolder();
    const { folder } = await record(storm, ['training.dimensions=8'], withoutReport, place);
    const out = join(place, 'page.html');
    const one = await orrery(['report', folder, '--out', out, '--svg', join(place, 'svg'), '--csv', join(place, 'csv')], engine);
    expect(one).toMatchObject({ exitCode: 0, words: [] });
    expect(one.results[0]).toBe(out);
    expect(one.results.every((path) => existsSync(path))).toBe(true);
    expect(readdirSync(join(place, 'svg'))).toContain('life-lines.svg');
    expect(readdirSync(join(place, 'csv'))).toContain('delivery-delay.csv');
    writeFileSync(join(place, 'file'), '');
    const unwritable = await orrery(['report', folder, '--out', join(place, 'file', 'page.html')], engine);
    expect(unwritable).toMatchObject({ exitCode: 2, results: [] });
    expect(unwritable.words[0]).toMatch(/^orrery: cannot make .*file: /u);
    const both = await orrery(['report', folder, folder, '--compare', '--out', join(place, 'both.html')], engine);
    expect(both).toMatchObject({ exitCode: 0, results: [join(place, 'both.html')] });
    expect(readFileSync(join(place, 'both.html'), 'utf8')).toContain('Two runs side by side');
  });

  it.each<[string, readonly string[], string]>([
    ['a folder that does not exist', ['nowhere'], 'orrery: nowhere does not exist'],
    ['two runs without --compare', ['a', 'b'], 'orrery: two runs were named; --compare lays them side by side'],
    ['one run with --compare', ['a', '--compare'], 'orrery: --compare lays two runs side by side; one was named'],
    ['three runs', ['a', 'b', 'c', '--compare'], 'orrery: a report is of one run, or of two with --compare'],
    ['pictures of a comparison', ['a', 'b', '--compare', '--svg', 'x'], 'orrery: --svg and --csv go with one run; a comparison is a page'],
  ])('refuses %s in words', async (_, parameters, words) => {
    expect(await orrery(['report', ...parameters], engine)).toEqual({ exitCode: 2, results: [], words: [words] });
  });

  it('refuses a folder that is no run', async () => {
    const place = temporaryFolder();
    mkdirSync(join(place, 'empty'));
    const none = await orrery(['report', join(place, 'empty')], engine);
    expect(none).toMatchObject({ exitCode: 2, words: [`orrery: ${join(place, 'empty')} is not a run: it has no verdict.json`] });
  });

  it('refuses to compare a run that was cut short', async () => {
    const interruption = new AbortController();
    const { folder } = await record(storm, [], {
      ...withoutReport,
      signal: interruption.signal,
      onProgress: ({ events }) => {
        if (events > 0) interruption.abort();
      },
    });
    const refused = await orrery(['report', folder, folder, '--compare'], engine);
    expect(refused.exitCode).toBe(2);
    expect(refused.words[0]).toContain('is a partial run');
  });
});
