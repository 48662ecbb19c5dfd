/** A run folder as a whole: written, replaced, refused, opened. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync, truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/kernel/codec.ts';
import { firstDifference } from '../../src/judge/first-difference.ts';
import { TraceWriter } from '../../src/judge/trace.ts';
import { recordsPerSegment } from '../../src/judge/trace-format.ts';
import { RunFolder } from '../../src/run/folder.ts';
import { lockFileName } from '../../src/run/folder/lock.ts';
import { openRunFolder } from '../../src/run/folder/open.ts';
import { defaultRunPath, latestPath } from '../../src/run/folder/place.ts';
import { parseVerdictFile } from '../../src/run/folder/verdict-file.ts';
import type { VerdictFile } from '../../src/run/folder/verdict-file.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import { manyInputs, smallHeader } from '../support/memory-trace.ts';
import { observed } from '../support/observations.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const measures = [{ name: 'accuracy', kind: 'evaluated', field: 'accuracy', roundField: 'round' }];
const refused = (words: string) => expect.objectContaining({ name: 'FolderRefused', message: expect.stringContaining(words) });

const verdictOf = (trace: string, extra: Partial<VerdictFile> = {}): VerdictFile => ({
  verdict: 'pass', scenario: 'tiny', seed: 7, world: 'sim', trace, id: '0123456789ab', events: 3, messages: 2,
  virtualSeconds: 1.5, wallSeconds: 0.25, rounds: 20, accuracy: 0.93, modelHash: null, faultHits: { massacre: 5 },
  sometimes: {}, rejected: {}, replay: 'npx orrery replay runs/tiny/7',
  findings: [{ class: 'vacuous', property: 'p', at: 1, node: '', event: 2, message: 'm', facts: [] }],
  ...extra,
});

interface WriteOptions {
  readonly latest?: string;
  readonly records?: number;
  readonly verdict?: Partial<VerdictFile>;
}

/** Writes a whole run of some records and returns its trace hash. */
function writeRun(path: string, { latest, records = 10, verdict = {} }: WriteOptions = {}): string {
  const folder = new RunFolder({ path, measures, ...(latest === undefined ? {} : { latest }) });
  const writer = new TraceWriter({ header: smallHeader, sha256: sha256Node, onSegment: (segment) => folder.appendSegment(segment) });
  folder.openTrace((chain) => writer.fileHead(chain));
  folder.writeScenario('name: tiny\n');
  for (const { kind, at, node, value } of manyInputs(records)) {
    folder.appendInput({ sequence: writer.sequence, at, mono: at, node: smallHeader.nodes[node]!, dice: 1, event: { type: 'x', value } });
    writer.append(kind, at, node, encode(value));
  }
  writer.append(5, 3, 0, encode('said'));
  folder.observe(observed(1, 'ring-00', 'evaluated', { round: 1, accuracy: 0.5 }));
  folder.writeModel(Uint8Array.of(1, 2, 3));
  const hashes = writer.finish();
  folder.finish(verdictOf(hashes.trace, verdict), hashes);
  return hashes.trace;
}

const everyFile = [
  'journal.jsonl', 'measures.csv', 'model.safetensors', 'observations', 'observations.segments', 'scenario.resolved.yaml',
  'trace', 'trace.segments', 'verdict.json',
];

describe('a run folder', () => {
  it('stands complete in its place, with nothing beside it but the link', () => {
    const root = temporaryFolder();
    const path = defaultRunPath(root, 'tiny', 7);
    const trace = writeRun(path, { latest: latestPath(root), records: recordsPerSegment + 5 });
    expect(path).toBe(join(root, 'runs', 'tiny', '7'));
    expect(readdirSync(path).sort()).toEqual(everyFile);
    expect(readdirSync(join(root, 'runs')).sort()).toEqual(['latest', 'tiny']);
    expect(readdirSync(join(root, 'runs', 'tiny'))).toEqual(['7']);
    expect(readlinkSync(latestPath(root))).toBe(join('tiny', '7'));
    expect(JSON.parse(readFileSync(join(path, 'verdict.json'), 'utf8'))).toEqual(verdictOf(trace));
    expect(readFileSync(join(path, 'measures.csv'), 'utf8')).toBe('round,at,node,accuracy\n1,1000,ring-00,0.5\n');
  });

  it('is not there while the run goes on, and leaves nothing when given up', () => {
    const root = temporaryFolder();
    const path = join(root, 'runs', 'tiny', '7');
    const folder = new RunFolder({ path, measures });
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(join(root, 'runs', 'tiny'))).toEqual(['7.tmp']);
    folder.abandon();
    folder.abandon();
    expect(readdirSync(root)).toEqual([]);
  });

  it('replaces an earlier run, and the earlier one stays when the new one is given up', () => {
    const root = temporaryFolder();
    const path = join(root, 'run');
    writeRun(path, { records: 1, latest: join(root, 'latest') });
    new RunFolder({ path, measures }).abandon();
    expect(readdirSync(path).sort()).toEqual(everyFile);
    const second = writeRun(path, { records: 2, latest: join(root, 'latest') });
    expect(JSON.parse(readFileSync(join(path, 'verdict.json'), 'utf8'))).toMatchObject({ trace: second });
    expect(readdirSync(root).sort()).toEqual(['latest', 'run']);
  });

  it('clears what a killed run left behind', () => {
    const root = temporaryFolder();
    const left = new RunFolder({ path: join(root, 'run'), measures });
    expect(existsSync(`${left.path}.tmp/journal.jsonl`)).toBe(true);
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(join(`${left.path}.tmp`, lockFileName), JSON.stringify({ pid, started: null }));
    writeRun(join(root, 'run'));
    expect(readdirSync(root)).toEqual(['run']);
    expect(() => left.finish(verdictOf('-'), null)).toThrow(refused('was taken over by another run'));
    expect(readdirSync(join(root, 'run')).sort()).toEqual(everyFile);
  });

  it('keeps records as private as the journal', () => {
    const path = join(temporaryFolder(), 'run');
    writeRun(path, { records: 3 });
    for (const name of ['trace', 'observations', 'journal.jsonl']) expect(statSync(join(path, name)).mode & 0o777, name).toBe(0o600);
  });

  it('needs an opened trace before its segments, and its hashes at the end', () => {
    const folder = new RunFolder({ path: join(temporaryFolder(), 'run'), measures });
    const writer = new TraceWriter({ header: smallHeader, sha256: sha256Node, onSegment: (segment) => folder.appendSegment(segment) });
    writer.append(1, 0, 0, encode(1));
    expect(() => writer.finish()).toThrow('openTrace comes before');
    folder.openTrace((chain) => writer.fileHead(chain));
    expect(() => folder.finish(verdictOf('-'), null)).toThrow('closed with its hashes');
    folder.abandon();
  });
});

describe('a folder that cannot be written', () => {
  it('is refused when it is a file, or lies below one', () => {
    const root = temporaryFolder();
    writeFileSync(join(root, 'file'), 'kept');
    expect(() => new RunFolder({ path: join(root, 'file'), measures })).toThrow(refused('is not a folder'));
    expect(() => new RunFolder({ path: join(root, 'file', 'below', 'run'), measures })).toThrow(refused('a part of the path is a file'));
    expect(readdirSync(root)).toEqual(['file']);
  });

  it('is refused when it holds what is no run', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'home'));
    writeFileSync(join(root, 'home', 'thesis.txt'), 'kept');
    expect(() => new RunFolder({ path: join(root, 'home'), measures })).toThrow(refused('holds thesis.txt, which is no part of a run'));
    renameSync(join(root, 'home'), join(root, 'run.tmp'));
    expect(() => new RunFolder({ path: join(root, 'run'), measures })).toThrow(refused('thesis.txt'));
    expect(readFileSync(join(root, 'run.tmp', 'thesis.txt'), 'utf8')).toBe('kept');
  });

  it('is refused when the link to the latest run is no link', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'latest'));
    const options = { path: join(root, 'run'), measures, latest: join(root, 'latest') };
    expect(() => new RunFolder(options)).toThrow(refused('is not a symbolic link'));
    expect(readdirSync(root)).toEqual(['latest']);
  });

  it('is refused when its name is too long, with the parents taken back', () => {
    const root = temporaryFolder();
    const path = join(root, 'a', 'b', 'x'.repeat(253));
    expect(() => new RunFolder({ path, measures })).toThrow(refused('the name is too long'));
    expect(readdirSync(root)).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)('is refused without permission, and leaves nothing (not testable as root)', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'closed'));
    chmodSync(join(root, 'closed'), 0o555);
    expect(() => new RunFolder({ path: join(root, 'closed', 'a', 'run'), measures })).toThrow(refused('permission is denied'));
    expect(readdirSync(join(root, 'closed'))).toEqual([]);
    chmodSync(join(root, 'closed'), 0o755);
  });

  it('is refused at the end when its place was taken meanwhile, and leaves nothing half-written', () => {
    const root = temporaryFolder();
    const folder = new RunFolder({ path: join(root, 'run'), measures });
    writeFileSync(join(root, 'run'), 'somebody else');
    expect(() => folder.finish(verdictOf('-'), null)).toThrow(refused('is not a folder'));
    expect(readdirSync(root)).toEqual(['run']);
  });

  it('is refused when the scenario cannot name it', () => {
    expect(() => defaultRunPath('.', '../elsewhere', 1)).toThrow(refused('cannot name a folder; say --out'));
  });
});

describe('opening a run', () => {
  const open = (path: string, acceptPartial = false) => openRunFolder(path, { sha256: sha256Node, acceptPartial });

  it('gives back what was written, through a link too', () => {
    const root = temporaryFolder();
    const trace = writeRun(join(root, 'run'), { latest: join(root, 'latest'), records: recordsPerSegment + 5 });
    const run = open(join(root, 'latest'));
    expect(run).toMatchObject({ path: join(root, 'run'), verdict: { trace }, scenario: 'name: tiny\n' });
    expect(run.trace!.verify()).toBeUndefined();
    expect(run.observations!.verify()).toBeUndefined();
    expect(run.trace!.reader.index().hash).toBe(trace);
    expect([...run.trace!.reader.records()].map(({ value }) => value)).toEqual(manyInputs(recordsPerSegment + 5).map(({ value }) => value));
    run.close();
  });

  it('opens an edited trace, and the difference names the record', () => {
    const root = temporaryFolder();
    writeRun(join(root, 'whole'), { records: 300 });
    writeRun(join(root, 'edited'), { records: 300 });
    const path = join(root, 'edited', 'trace');
    const bytes = readFileSync(path);
    // The canonical bytes of { index: 200 } end in 0x18 0xc8 (RFC 8949 §3.1); 201 is 0x18 0xc9.
    const at = bytes.indexOf(encode({ index: 200 }));
    bytes.set(encode({ index: 201 }), at);
    writeFileSync(path, bytes);
    const [whole, edited] = [open(join(root, 'whole')), open(join(root, 'edited'))];
    expect(edited.trace!.verify()).toContain('segment 0 (records 0 to 299) is not the one that was written');
    expect(firstDifference(edited.trace!.reader, whole.trace!.reader)).toMatchObject({ sequence: 200, path: 'value.index' });
    whole.close();
    edited.close();
  });

  it('opens a run without a trace', () => {
    const path = join(temporaryFolder(), 'run');
    const folder = new RunFolder({ path, measures });
    folder.writeScenario('name: tiny\n');
    folder.finish(verdictOf('-', { verdict: 'crash' }), null);
    expect(open(path)).toMatchObject({ trace: null, observations: null, verdict: { verdict: 'crash' } });
  });

  it('takes a partial run only on request', () => {
    const path = join(temporaryFolder(), 'run');
    writeRun(path, { verdict: { partial: true, verdict: 'interrupted' } });
    expect(() => open(path)).toThrow(refused('is a partial run'));
    const run = open(path, true);
    expect(run.verdict.partial).toBe(true);
    run.close();
  });

  const damages: readonly (readonly [string, (path: string) => void, string])[] = [
    ['is absent', (path) => rmSync(path, { recursive: true }), 'does not exist'],
    ['never ended', (path) => renameSync(path, `${path}.tmp`), 'but'],
    ['is a file', (path) => (rmSync(path, { recursive: true }), writeFileSync(path, '')), 'is not a folder'],
    ['has no verdict', (path) => rmSync(join(path, 'verdict.json')), 'is not a run: it has no verdict.json'],
    ['has a broken verdict', (path) => writeFileSync(join(path, 'verdict.json'), '{'), 'it is not JSON'],
    ['has another verdict', (path) => writeFileSync(join(path, 'verdict.json'), '{"verdict":"maybe"}'), 'Expected "pass"'],
    ['has no trace', (path) => rmSync(join(path, 'trace')), 'is not a whole run: trace is missing'],
    ['has no segment table', (path) => rmSync(join(path, 'trace.segments')), 'trace.segments is missing'],
    ['has no journal', (path) => rmSync(join(path, 'journal.jsonl')), 'journal.jsonl is missing'],
    ['has no scenario', (path) => rmSync(join(path, 'scenario.resolved.yaml')), 'scenario.resolved.yaml is missing'],
    ['has a truncated trace', (path) => truncateSync(join(path, 'trace'), 400), 'it is truncated: 400 bytes of'],
    ['has an empty trace', (path) => truncateSync(join(path, 'trace'), 0), 'does not begin with "orrtrace"'],
    ['has a truncated table', (path) => truncateSync(join(path, 'trace.segments'), 60), 'line 2 of the segment table is damaged'],
    ['has its chains swapped', (path) => renameSync(join(path, 'observations'), join(path, 'trace')), 'it holds the observations'],
    ['has a trace of another format', (path) => changeFormat(join(path, 'trace')), 'has format 2; this version reads format 1'],
    ['is a circle of links', (path) => (rmSync(path, { recursive: true }), symlinkSync(path, path)), 'circle'],
  ];

  it.each(damages)('is refused in words when it %s', (_what, damage, words) => {
    const path = join(temporaryFolder(), 'run');
    writeRun(path, { records: 20 });
    damage(path);
    expect(() => open(path)).toThrow(refused(words));
  });

  it('refuses a run that is still being written', () => {
    const folder = new RunFolder({ path: join(temporaryFolder(), 'run'), measures });
    expect(() => open(`${folder.path}.tmp`)).toThrow(refused('never ended, or is still going on'));
    folder.abandon();
  });
});

/** Rewrites the header of a trace with another format number of the same length. */
function changeFormat(path: string): void {
  const bytes = readFileSync(path);
  const length = bytes.readUInt32LE(8);
  const header = decode(new Uint8Array(bytes.subarray(12, 12 + length))) as Record<string, number>;
  bytes.set(encode({ ...header, format: 2 }), 12);
  writeFileSync(path, bytes);
}

describe('verdict.json', () => {
  it('is read as it was written', () => {
    const verdict = verdictOf('ab'.repeat(32), { partial: true });
    expect(parseVerdictFile(JSON.stringify(verdict))).toEqual({ verdict });
  });

  it.each([
    ['an unknown key', { surprise: 1 }, '["surprise"]'],
    ['a class that is none', { verdict: 'maybe' }, '["verdict"]'],
    ['a trace that is no hash', { trace: 'ab' }, '["trace"]'],
    ['a negative count', { events: -1 }, '["events"]'],
    ['a number in words', { accuracy: 'high' }, '["accuracy"]'],
    ['a finding without a class', { findings: [{}] }, '["findings"][0]'],
  ])('names the key of %s', (_what, change, key) => {
    const { wrong } = parseVerdictFile(JSON.stringify({ ...verdictOf('-'), ...change })) as { wrong: string };
    expect(wrong).toContain(key);
    expect(wrong).not.toContain('\n');
  });
});
