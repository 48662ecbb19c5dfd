/** The report of whole runs: what it says, that it repeats, what it lets through, and what it refuses. */
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observedRun } from '../../bench/scenario-runs.ts';
import { builtinRoles } from '../../src/actors/registry.ts';
import { readFinishedRun, reportOnFolder } from '../../src/report/report-files.ts';
import { recordsOf } from '../../src/report/table.ts';
import { runFiles } from '../../src/run/folder/place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { repositoryRoot } from '../tidy/sources.ts';
import { record, storm } from './recorded-runs.ts';
import type { Recorded } from './recorded-runs.ts';

/** One run for all tests that only read it. */
let shared: Recorded;
let sharedPlace: string;

beforeAll(async () => {
  sharedPlace = mkdtempSync(join(tmpdir(), 'orrery-report-'));
  shared = await record(storm, [], {}, sharedPlace);
});

afterAll(() => rmSync(sharedPlace, { recursive: true, force: true }));

const reportOf = (folder: string): string => readFileSync(join(folder, runFiles.report), 'utf8');

/** The page without its scripts, style and data: what people read. */
const wordsOf = (page: string): string => page.replaceAll(/<(script|style)\b.*?<\/\1>/gsu, '');

describe('the report of a run with faults', () => {
  it('is in its folder, repeats byte by byte, is small, and escapes what the scenario says', async () => {
    const { folder } = shared;
    const page = reportOf(folder);
    const out = join(temporaryFolder(), 'again.html');
    expect(await reportOnFolder({ folder, builtinRoles, out })).toEqual([out]);
    expect(readFileSync(out, 'utf8')).toBe(page);
    expect(page.length).toBeLessThan(3_000_000);
    expect(page).not.toContain('<script>alert');
    expect(wordsOf(page)).toContain('told with &lt;script>alert(1)&lt;/script> &amp; &quot;quotes&quot;.');
    expect(page).not.toContain(sharedPlace);
    // Scripts are its two programs and the data of its charts; nothing else of it names an address.
    expect(wordsOf(page).replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:|(?:src|srcset|action)=/u);
  });

  it('shows the tables of the run, which agree with its verdict', async () => {
    const { folder, result } = shared;
    const { tables, verdict } = await readFinishedRun(folder, builtinRoles);
    const kinds = recordsOf(tables.trafficByKind);
    const { bytesByKind } = await observedRun(pathToFileURL(join(sharedPlace, 'small.yaml')), []);
    expect(Object.fromEntries(kinds.map(({ kind, bytes }) => [kind, bytes]))).toEqual(bytesByKind);
    const sumOf = (column: string): number => kinds.reduce((sum, row) => sum + Number(row[column]), 0);
    expect(sumOf('arrived')).toBe(verdict.messages);
    expect(sumOf('frames')).toBeGreaterThanOrEqual(sumOf('arrived') + sumOf('lost'));
    const accuracy = tables.measures.find(({ measure }) => measure.name === 'accuracy')!;
    expect(recordsOf(accuracy.table).at(-1)!['value']).toBe(result.verdict.accuracy);
    const counted = recordsOf(tables.attendance).filter(({ who }) => who === 'counted');
    expect(counted.map(({ round }) => round)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(Object.fromEntries(tables.faults.map(({ id, hits }) => [id, hits]))).toEqual(verdict.faultHits);
    const states = new Set(recordsOf(tables.lives).map(({ state }) => state));
    expect([...states].sort()).toEqual(['cut off', 'down', 'leader', 'paused', 'up']);
    expect(recordsOf(tables.observationsByKind).every(({ about }) => about !== '')).toBe(true);
  });

  it('comes as pictures and numbers too, which repeat', async () => {
    const place = temporaryFolder();
    const { folder } = shared;
    const [first, second] = ['one', 'two'].map((name) => ({ svgFolder: join(place, name), csvFolder: join(place, name) }));
    const written = await reportOnFolder({ folder, builtinRoles, ...first! });
    const again = await reportOnFolder({ folder, builtinRoles, ...second! });
    const names = written.map((path) => path.split('/').at(-1));
    expect(names).toEqual(expect.arrayContaining(['timeline.svg', 'attendance.csv', 'life-lines.svg']));
    for (const [index, path] of written.entries()) expect(readFileSync(again[index]!, 'utf8')).toBe(readFileSync(path, 'utf8'));
    expect(readFileSync(join(place, 'one', 'accuracy-by-round.csv'), 'utf8')).toMatch(/^round,time_s,node,value\r\n1,/u);
  });

  it('names a broken promise with its facts, and what never happened', async () => {
    const { folder, result } = await record(storm.replace('>= 0.3', '>= 0.999'));
    expect(result.verdict.verdict).toBe('fail');
    const words = wordsOf(reportOf(folder));
    expect(words).toContain('<span class="verdict bad">fail</span>');
    expect(words).toMatch(/fail: eventually accuracy >= 0\.999 within 6 rounds<\/p>/u);
    expect(words).toMatch(/event \d+, aggregator-0\d:<\/span> accuracy was 0\.\d+ in round 6/u);
  });
});

describe('other runs', () => {
  it('of foreign roles have a report of what they recorded', async () => {
    const roles = ['ring-starter', 'ring-member'];
    const text = `name: tokens
about: A ring of foreign roles.
nodes: { ring-starter: 1, ring-member: 5 }
roles: { ${roles.map((role) => `${role}: ${JSON.stringify(join(repositoryRoot, 'examples/ring', `${role}.ts`))}`).join(', ')} }
ring: { tokens: 1, laps: 2 }
network: { profile: lan, loss: 10% }
expect: [{ sometimes: a token was repeated }, { eventually: every token came home }]
`;
    const { folder } = await record(text);
    const page = reportOf(folder);
    const figures = [...page.matchAll(/<figure class="[^"]*" id="chart-([a-z-]+)"/gu)].map(([, name]) => name);
    expect(figures).toEqual(['traffic', 'traffic-by-kind', 'delivery-delay', 'life-lines', 'observations']);
    expect(wordsOf(page)).toContain('a member sent a token again because no acknowledgement came');
  });

  it('that were interrupted have one that says so', async () => {
    const interruption = new AbortController();
    const { folder, result } = await record(storm, [], {
      signal: interruption.signal,
      onProgress: ({ events }) => {
        if (events > 0) interruption.abort();
      },
    });
    expect(result.verdict.partial).toBe(true);
    expect(wordsOf(reportOf(folder))).toContain('<span class="verdict alert">interrupted</span>');
  });
});

describe('a folder that cannot be reported on is refused in words', () => {
  /** A copy of a run with one thing spoiled. */
  function spoiled(spoil: (folder: string) => void): string {
    const copy = join(temporaryFolder(), 'copy');
    cpSync(shared.folder, copy, { recursive: true });
    spoil(copy);
    return copy;
  }
  const edited = (folder: string, name: string, edit: (text: string) => string): void =>
    writeFileSync(join(folder, name), edit(readFileSync(join(folder, name), 'utf8')));

  it.each<[string, (folder: string) => void, RegExp]>([
    ['a truncated trace', (folder) => truncateSync(join(folder, 'trace'), 20_000), /trace: it is truncated: 20000 bytes of \d+$/u],
    [
      'a verdict of another version',
      (folder) => edited(folder, 'verdict.json', (text) => text.replace('"events"', '"happenings"')),
      /not a verdict of this version/u,
    ],
    ['an edited trace', (folder) => {
      const bytes = readFileSync(join(folder, 'trace'));
      bytes[bytes.length - 3]! ^= 1;
      writeFileSync(join(folder, 'trace'), bytes);
    }, /its trace contradicts its table of segments: segment \d+ /u],
    ['a trace of another format', (folder) => {
      const bytes = readFileSync(join(folder, 'trace'));
      bytes[0] = 0;
      writeFileSync(join(folder, 'trace'), bytes);
    }, /this is not a trace/u],
  ])('%s', async (_, spoil, words) => {
    const folder = spoiled(spoil);
    const before = reportOf(folder);
    await expect(reportOnFolder({ folder, builtinRoles })).rejects.toThrow(words);
    expect(reportOf(folder)).toBe(before);
  });

  it('executes nothing that lies in the folder: a role file that a stored run names is left alone', async () => {
    const folder = spoiled((run) => {
      const scenario = join(run, runFiles.scenario);
      writeFileSync(join(run, 'planted.ts'), `import { writeFileSync } from 'node:fs';\nwriteFileSync('${join(run, 'ran')}', '');\n`);
      writeFileSync(scenario, readFileSync(scenario, 'utf8').replace('roles: {}', 'roles: { planted: ./planted.ts }'));
    });
    expect(readFileSync(join(folder, runFiles.scenario), 'utf8')).toContain('planted.ts');
    await reportOnFolder({ folder, builtinRoles }).catch(() => undefined);
    expect(readdirSync(folder)).not.toContain('ran');
  });
});

describe('a run whose report fails', () => {
  it('is kept without one, with its verdict, and the failure is told', async () => {
    const place = temporaryFolder();
    const told: string[] = [];
    const writeReport = () => Promise.reject(new Error('no ink'));
    await record(storm, ['training.dimensions=8'], { writeReport, onReportFailed: (words) => void told.push(words) }, place);
    expect(told).toEqual(['no ink']);
    expect(readdirSync(join(place, 'run'))).toContain(runFiles.verdict);
    expect(readdirSync(join(place, 'run'))).not.toContain(runFiles.report);
  });
});
