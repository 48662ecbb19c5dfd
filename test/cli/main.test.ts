import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderRefused } from '../../src/run/folder/refused.ts';
import { SectionRefused } from '../../src/protocols/define.ts';
import { baseText } from '../run/scenario/reading.ts';
import { orrery, RecordingEngine } from './console.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-cli-'));
  file = join(folder, 'base.yaml');
  writeFileSync(file, baseText);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const invalidLine = /^verdict=invalid scenario=\S+ seed=\d+ world=\w+ (?:trace|journal)=- id=- events=0 virtual=0\.000000 wall=0\.000$/u;

const usageLine = /^verdict=invalid scenario=- seed=1 world=sim trace=- id=- events=0 virtual=0\.000000 wall=0\.000$/u;

describe('usage', () => {
  it.each([
    [['rnu'], "orrery: unknown command 'rnu' (did you mean run?)"],
    [['run', 'a.yaml', '--twcie'], "orrery: unknown option '--twcie' (did you mean --twice?)"],
    [['run'], "orrery: missing required argument 'scenario'"],
    [['run', 'a.yaml', 'b.yaml'], 'orrery: too many arguments'],
    [['run', 'a.yaml', '--seed', 'x'], 'a seed is an integer from 0 to 2^53'],
    [['run', 'a.yaml', '--world', 'moon'], 'Allowed choices are sim, memory, tcp.'],
  ])('%j is one message on standard error and exit code 2', async (argv, message) => {
    const ended = await orrery(argv);
    expect(ended).toMatchObject({ exitCode: 2, results: [expect.stringMatching(usageLine)] });
    expect(ended.words).toHaveLength(1);
    expect(ended.words[0]).toContain(message);
  });

  it('that was wrong still ends with the verdict, with the seed that was asked for, as JSON when asked', async () => {
    const { results } = await orrery(['run', 'a.yaml', '--seed', '7', '--twcie', '--json']);
    expect(results).toHaveLength(1);
    expect(JSON.parse(results[0]!)).toMatchObject({
      verdict: 'invalid', scenario: '-', seed: 7, trace: '-', replay: 'npx orrery run a.yaml --seed 7 --twcie --json',
      findings: [{ class: 'invalid', message: expect.stringContaining("unknown option '--twcie'") as unknown }],
    });
    expect((await orrery(['run', 'a.yaml', '--seed', '-1'])).results).toEqual([expect.stringMatching(usageLine)]);
  });

  it('of a verb that gives no verdict ends without one', async () => {
    expect(await orrery(['doctor', '--propreties'])).toMatchObject({ exitCode: 2, results: [] });
  });

  it('without a verb, usage goes to standard error', async () => {
    const ended = await orrery([]);
    expect(ended).toMatchObject({ exitCode: 2, results: [] });
    expect(ended.words[0]).toContain('Usage: orrery');
  });

  it('--help is an answer and goes to standard output', async () => {
    for (const argv of [['--help'], ['run', '--help']]) {
      const ended = await orrery(argv);
      expect(ended).toMatchObject({ exitCode: 0, words: [] });
      expect(ended.results.join('\n')).toContain('Usage: orrery');
    }
  });
});

describe('run', () => {
  it('executes the resolved scenario and ends with the verdict line', async () => {
    const engine = new RecordingEngine();
    const ended = await orrery(['run', file, '--seed', '7', '--set', 'faults.massacre.kill.worker=10', '--out', 'here'], engine);
    expect(ended.exitCode).toBe(0);
    expect(ended.results).toEqual([
      `verdict=pass scenario=base seed=7 world=sim trace=${'a'.repeat(64)} id=0123456789ab events=41250 virtual=31.250000 wall=2.000`,
    ]);
    expect(engine.asked[0]).toMatchObject({
      scenario: { seed: 7, faults: [{ effect: { who: { nodes: { length: 10 } } } }] },
      options: { folder: 'here', twice: false, replayLine: `npx orrery run ${file} --seed 7 --set faults.massacre.kill.worker=10` },
    });
    expect(ended.words).toEqual([
      'Running base with seed 7: 46 nodes, 1 fault.',
      'round 5 of 20 · accuracy 0.500 · virtual 1.5 s · 41,250 events · 0.5 s',
      'The run is in runs/base/1.',
    ]);
  });

  it('has a folder of its own by default', async () => {
    const engine = new RecordingEngine();
    await orrery(['run', file, '--twice'], engine);
    expect(engine.asked[0]!.options).toMatchObject({ folder: join('runs', 'base', '1'), twice: true });
  });

  it('--quiet leaves only the report, --json one line of JSON', async () => {
    const engine = new RecordingEngine();
    engine.verdict = 'fail';
    const ended = await orrery(['run', file, '--quiet', '--json'], engine);
    expect(ended).toMatchObject({ exitCode: 20, words: ['The report, one screen.'] });
    expect(ended.results).toHaveLength(1);
    expect(JSON.parse(ended.results[0]!)).toMatchObject({ verdict: 'fail', scenario: 'base', seed: 1 });
  });

  it('a scenario that is wrong names line and key, runs nothing and writes nothing', async () => {
    const engine = new RecordingEngine();
    const before = readdirSync(process.cwd());
    writeFileSync(file, baseText.replace('loss:', 'los:'));
    const ended = await orrery(['run', file, '--out', join(folder, 'out')], engine);
    expect(ended.exitCode).toBe(2);
    expect(ended.words).toEqual([`${file}:5:26: network.los: unknown key "los"; did you mean "loss"?`]);
    expect(ended.results).toEqual([expect.stringMatching(invalidLine)]);
    expect(engine.asked).toEqual([]);
    expect(readdirSync(folder)).toEqual(['base.yaml']);
    expect(readdirSync(process.cwd())).toEqual(before);
  });

  it.each([
    [['--world', 'tcp'], 'The world "tcp" is not built yet in this version'],
    [['--set', 'world=memory'], 'The world "memory" is not built yet in this version'],
    [['--set', 'network.los=1%'], '--set network.los=1%: network.los: unknown key'],
  ])('%j is invalid, in words', async (flags, message) => {
    const ended = await orrery(['run', file, ...flags]);
    expect(ended.exitCode).toBe(2);
    expect(ended.words.join('\n')).toContain(message);
    expect(ended.results).toEqual([expect.stringMatching(invalidLine)]);
  });

  it('--json of an invalid run carries the messages', async () => {
    const ended = await orrery(['run', join(folder, 'absent.yaml'), '--json']);
    expect(JSON.parse(ended.results[0]!)).toMatchObject({
      verdict: 'invalid',
      scenario: 'absent',
      trace: '-',
      findings: [{ class: 'invalid', message: expect.stringContaining('does not exist') as unknown }],
    });
  });

  it('operating errors of the engine are words without a stack', async () => {
    const engine = new RecordingEngine();
    engine.error = new FolderRefused('cannot write /proc/x: permission is denied', '/proc/x');
    expect(await orrery(['run', file], engine)).toMatchObject({ exitCode: 2, results: [expect.stringMatching(invalidLine)] });
    engine.error = new SectionRefused('the dataset is corrupt', ['training', 'dataset']);
    const ended = await orrery(['run', file], engine);
    expect(ended.exitCode).toBe(2);
    expect(ended.words.at(-1)).toBe(`${file}:4:1: training.dataset: the dataset is corrupt`);
  });

  it('a bug is one line, then its stack, and exit code 1', async () => {
    const engine = new RecordingEngine();
    engine.error = new TypeError('undefined is not a function');
    const ended = await orrery(['run', file, '--quiet'], engine);
    expect(ended.exitCode).toBe(1);
    expect(ended.words[0]).toContain('Orrery itself broke');
    expect(ended.words[1]).toContain('main.test.ts');
  });
});

describe('replay', () => {
  it('of a folder compares with its record', async () => {
    const engine = new RecordingEngine();
    engine.verdict = 'nondeterministic';
    expect(await orrery(['replay', folder], engine)).toMatchObject({ exitCode: 24 });
    expect(engine.replayed).toEqual([folder]);
  });

  it('of a scenario runs it twice', async () => {
    const engine = new RecordingEngine();
    await orrery(['replay', file, '--seed', '7', '--set', 'network.loss=1%'], engine);
    expect(engine.asked[0]).toMatchObject({ scenario: { seed: 7 }, options: { twice: true } });
  });

  it('of nothing is invalid', async () => {
    const ended = await orrery(['replay', join(folder, 'absent')]);
    expect(ended.exitCode).toBe(2);
    expect(ended.words[0]).toContain('does not exist');
    expect(await orrery(['replay', folder, '--seed', '7'])).toMatchObject({
      exitCode: 2,
      words: ['orrery: --seed and --set go with a scenario file; a run folder has its own'],
      results: [expect.stringMatching(/^verdict=invalid scenario=- seed=7 /u)],
    });
  });
});
