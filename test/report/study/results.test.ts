/** The results of a study as files, from runs that are written down by hand. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FolderRefused } from '../../../src/run/folder/refused.ts';
import type { LedgerEntry } from '../../../src/run/ledger/entry.ts';
import { summarize } from '../../../src/run/study/summary.ts';
import type { StudySummary } from '../../../src/run/study/summary.ts';
import { writeFolder } from '../../../src/report/study/files.ts';
import { galleryFiles, studyFiles } from '../../../src/report/study/results.ts';
import { estimateText, figureText } from '../../../src/report/study/numbers.ts';
import { cellLines } from '../../../src/report/study/text.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { planOf, smallStudy, writeStudy } from '../../run/study/studies.ts';

const study = {
  ...smallStudy,
  axes: {
    tone: { title: 'tone | <of voice>', values: ['low', 'high'], path: 'mischief.colour' },
    ticks: { title: 'ticks', path: 'mischief.ticks', values: [1, 2] },
  },
  seeds: '1..3',
  measures: ['last-tick', { measure: 'count', with: { of: 'tick' }, as: 'counted' }],
  charts: [
    { chart: 'study-lines', title: 'Ticks & <tones>', x: 'ticks', y: 'last-tick', colour: 'tone' },
    { chart: 'study-bars', x: 'ticks', y: 'counted', colour: 'tone' },
    { chart: 'study-lines', x: 'tone', y: 'counted' },
    { chart: 'study-heat', x: 'ticks', y: 'tone', colour: 'last-tick' },
  ],
};

/** A study of twelve runs: the last tick is seed + ticks, one run was lost, one never ticked. */
async function summary(): Promise<StudySummary> {
  const plan = await planOf(writeStudy(temporaryFolder(), study));
  const entries = plan.runs.map(({ cell, seed, key, id }, index): LedgerEntry => {
    const lastTick = index === 3 ? null : seed + Number(cell.labels['ticks']);
    const isLost = index === 7;
    return {
      ...key, id,
      verdict: isLost ? 'lost' : 'pass',
      trace: isLost ? null : 'a'.repeat(64),
      traceWithoutHeader: isLost ? null : `${index}`.padStart(64, '0'),
      events: 5, virtualUs: 1_500_000, wallSeconds: index * 1.7, attempts: 1,
      findings: isLost ? [{ class: 'crash', property: '', message: 'its process was ended by SIGKILL' }] : [],
      measures: isLost ? {} : { 'last-tick': lastTick, 'count(of=tick)': 2 / 3, passed: 1 },
    };
  });
  return summarize(plan, entries);
}

const request = async () => ({ summary: await summary(), command: 'npx orrery study study.yaml' });

describe('the files of a study', () => {
  it('are a table with a row for each cell and measure, and one for each run', async () => {
    const files = await studyFiles(await request());
    expect([...files.keys()].sort()).toEqual([
      'charts/1-last-tick.svg', 'charts/2-counted.svg', 'charts/3-counted.svg', 'charts/4-last-tick.svg',
      'runs.csv', 'study.html', 'study.resolved.yaml', 'table.csv',
    ]);
    const table = files.get('table.csv')!.split('\r\n');
    expect(table).toHaveLength(1 + 4 * 3 + 1);
    expect(table.slice(0, 4)).toEqual([
      'tone,ticks,measure,unit,n,mean,low,high,min,max,missing,failed',
      'low,1,last-tick,ticks,3,3,0.515662,5.48434,2,4,0,0',
      'low,1,counted,times,3,0.666667,0.666667,0.666667,0.666667,0.666667,0,0',
      'low,1,passed,share of runs,3,1,0.438494,1,1,1,0,0',
    ]);
    expect(table[4]).toBe('low,2,last-tick,ticks,2,4.5,-1.853,10.853,4,5,1,0');
    expect(table[7]).toBe('high,1,last-tick,ticks,2,3,-9.706,15.706,2,4,0,1');
    const runs = files.get('runs.csv')!.split('\r\n');
    expect(runs[0]).toBe('tone,ticks,seed,verdict,trace,virtualSeconds,last-tick,counted,passed');
    expect(runs[1]).toBe(`low,1,1,pass,${'a'.repeat(64)},1.5,2,0.666667,1`);
    expect(runs[8]).toBe('high,1,2,lost,,1.5,,,');
  });

  it('are the same bytes for the same study, whatever time its runs took', async () => {
    const first = await studyFiles(await request());
    const other = await request();
    const slower = { ...other.summary, entries: other.summary.entries.map((entry) => ({ ...entry, wallSeconds: 99, attempts: 4 })) };
    const second = await studyFiles({ ...other, summary: slower });
    for (const [name, content] of first) {
      // The folder of a test has a name of its own, and the scenario lies in it.
      const withoutFolder = (text: string) => text.replaceAll(/\/[^\s"'<]*orrery-test-\w+/gu, '');
      expect(withoutFolder(second.get(name)!), name).toBe(withoutFolder(content));
    }
  });

  it('let nothing of a study become markup, and tell what failed', async () => {
    const html = (await studyFiles(await request())).get('study.html')!;
    expect(html).not.toContain('<tones>');
    expect(html).not.toContain('<of voice>');
    expect(html).toContain('tone | &lt;of voice>');
    expect(html).toContain('tone=high ticks=1 seed=2: lost: its process was ended by SIGKILL');
  });

  it('are Markdown with both themes in a gallery, and the numbers of the small grid', async () => {
    const given = await request();
    const files = await galleryFiles(given, given.summary);
    expect([...files.keys()].filter((name) => name.endsWith('.svg'))).toHaveLength(8);
    expect(files.get('small.csv')).toBe(files.get('table.csv'));
    const page = files.get('index.md')!;
    expect(page).toContain(String.raw`| tone \| \<of voice\> | ticks: 1 | ticks: 2 |`);
    expect(page).toContain(String.raw`| high | 3 ± 12.71 (1 failed) | 4 ± 2.484 |`);
    expect(page).toContain('srcset="1-last-tick.dark.svg"><img alt="Ticks &amp; &lt;tones>" src="1-last-tick.svg">');
  });

  it('are a line for each cell on a terminal', async () => {
    expect(cellLines(await summary()).slice(0, 3)).toEqual([
      'tone=low ticks=1: last-tick 3 ± 2.484 ticks · counted 0.667 ± 0 times · passed 1 (0.438–1)',
      'tone=low ticks=2: last-tick 4.500 ± 6.353 ticks (1 never) · counted 0.667 ± 0 times · passed 1 (0.438–1)',
      'tone=high ticks=1: last-tick 3 ± 12.71 ticks (1 failed) · counted 0.667 ± 0 times (1 failed) · passed 1 (0.342–1) (1 failed)',
    ]);
  });
});

it('figures are written as people read them', () => {
  const figures = [null, 0, 12_345, 1_234.5, 123.456, 12.345, 0.12345, -0.5].map(figureText);
  expect(figures).toEqual(['–', '0', '12,345', '1,235', '123.5', '12.35', '0.123', '-0.500']);
  expect(estimateText({ mean: 2, low: null, high: null }, false)).toBe('2');
});

describe('a folder of results', () => {
  it('is replaced as a whole, and leaves nothing beside it', () => {
    const parent = temporaryFolder();
    const folder = join(parent, 'deep', 'study');
    writeFolder(folder, new Map([['table.csv', 'a'], ['charts/1-x.svg', 'b']]));
    writeFolder(folder, new Map([['table.csv', 'c']]));
    expect(readdirSync(folder)).toEqual(['table.csv']);
    expect(readFileSync(join(folder, 'table.csv'), 'utf8')).toBe('c');
    expect(readdirSync(join(parent, 'deep'))).toEqual(['study']);
  });

  it('is not written over what is no study', () => {
    const folder = join(temporaryFolder(), 'mine');
    mkdirSync(folder);
    writeFileSync(join(folder, 'letters.txt'), 'dear');
    const write = (path: string) => () => writeFolder(path, new Map([['table.csv', 'a']]));
    expect(write(folder)).toThrow(/holds letters\.txt, which is no part of a study; it stays as it is$/u);
    expect(readdirSync(folder)).toEqual(['letters.txt']);
    expect(write(join(folder, 'letters.txt'))).toThrow(FolderRefused);
  });
});
