/** Whatever a user can get wrong: one clear message, exit code 2, no stack trace, nothing half-written. */
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { orrery, verdictLineOf } from './orrery-process.ts';
import type { Ended } from './orrery-process.ts';
import { smallText, writeScenario } from './scenario-files.ts';

/** Everything under a folder, so that a leftover of any name is seen. */
const contents = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

function expectOneMessage({ exitCode, stderr }: Ended, message: RegExp): void {
  expect(exitCode, stderr).toBe(2);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n'), stderr).toHaveLength(1);
  expect(stderr).not.toMatch(/\s+at .*:\d+:\d+\)?$/mu);
}

describe('a scenario that is wrong', () => {
  test.each([
    ['an unknown key', 'loss: 0.5%', 'los: 0.5%', /small\.yaml:5:\d+: network\.los: unknown key "los"; did you mean "loss"\?/u],
    ['a wrong unit', 'roundTimeout: 4s', 'roundTimeout: 4 parsecs', /small\.yaml:4:\d+: training\.roundTimeout: /u],
    ['a selector that matches nothing', 'worker: 1 }', 'worker: 50..60 }', /matches nothing: no worker has an index in 50\.\.60/u],
    ['more kills than nodes', 'worker: 1 }', 'worker: 7 }', /asks for 7 nodes of role worker, and there are only 6/u],
    ['a round beyond the last', 'round 2', 'round 5', /cannot fire: round 5 lies outside 1 to 4/u],
    ['broken YAML', 'nodes: {', 'nodes: {{', /small\.yaml:\d+:\d+: this is no valid YAML/u],
    ['an unknown role', 'client: 1', 'clinet: 1', /unknown role "clinet"; did you mean "client"\?/u],
    [
      'more aggregators than a committee has', 'aggregator: 3', 'aggregator: 17',
      /small\.yaml:1:1: committee: a committee has at most 15 aggregators, and the scenario has 17/u,
    ],
    [
      'a quorum that cannot be met', 'network:', 'committee: { quorum: 4 }\nnetwork:',
      /small\.yaml:5:14: committee\.quorum: a quorum of 4 of 3 aggregators can never be met: 4 > 3/u,
    ],
    [
      'a quorum that two groups reach apart from each other', 'network:', 'committee: { quorum: 1 }\nnetwork:',
      /small\.yaml:5:14: committee\.quorum: two quorums of 1 of 3 aggregators need not share one \(1 \+ 1 <= 3\)/u,
    ],
    ['an unknown dataset', 'model: bowl', 'dataset: minst', /training\.dataset: unknown word "minst"/u],
    [
      'an unknown adversary', 'network:', 'wrap:\n  worker: { count: 2, as: sing-flip }\nnetwork:',
      /small\.yaml:6:\d+: wrap\.worker\.as: unknown word "sing-flip"; did you mean "sign-flip"\?/u,
    ],
    [
      'an aggregator that lies where nothing is said to break', 'network:', 'wrap:\n  aggregator: { count: 1, as: twins }\nnetwork:',
      /small\.yaml:6:\d+: wrap\.aggregator: .* tolerates no aggregator that lies .*: say under expect what this breaks/u,
    ],
  ])('%s', async (_what, from, to, message) => {
    const folder = temporaryFolder();
    expect(smallText).toContain(from);
    const file = writeScenario(folder, smallText.replace(from, to));
    const before = contents(folder);
    const result = await orrery(['run', file], { folder });
    expectOneMessage(result, message);
    expect(verdictLineOf(result.stdout)).toMatchObject({ verdict: 'invalid', trace: '-' });
    expect(contents(folder)).toEqual(before);
  });

  test('a file that is not there', async () => {
    const folder = temporaryFolder();
    expectOneMessage(await orrery(['run', 'absent.yaml'], { folder }), /^absent\.yaml: does not exist$/mu);
    expect(contents(folder)).toEqual([]);
  });
});

describe('a committee that is no mistake, but not much use', () => {
  test.each([
    ['of one', 1, /^A committee of 1 aggregator survives no failure: while it is down, nothing is decided\.$/mu],
    ['of an even size', 4, /^A committee of 4 aggregators survives 1 failure, as one of 3 does, and needs 3 to decide where 3 need 2: /mu],
  ])('%s is noted in words, and runs', async (_what, aggregators, note) => {
    const folder = temporaryFolder();
    const file = writeScenario(folder, smallText.replace('aggregator: 3', `aggregator: ${aggregators}`));
    const { exitCode, stdout, stderr } = await orrery(['run', file, '--quiet'], { folder });
    expect(stderr).toMatch(note);
    expect(verdictLineOf(stdout)).toMatchObject({ verdict: 'pass' });
    expect(exitCode, stderr).toBe(0);
  });

  test('of a usual size has no note', async () => {
    const folder = temporaryFolder();
    const { exitCode, stderr } = await orrery(['run', writeScenario(folder), '--quiet'], { folder });
    expect(exitCode, stderr).toBe(0);
    expect(stderr).not.toMatch(/committee/iu);
  });
});

test('control characters of a scenario do not reach the terminal', async () => {
  const folder = temporaryFolder();
  const file = writeScenario(folder, smallText.replace('loss:', '"\\e[31mloss":'));
  const result = await orrery(['run', file], { folder });
  expectOneMessage(result, /unknown key "\uFFFD\[31mloss"/u);
  expect(result.stderr).not.toContain('\u001B');
});

describe('data that is not there or damaged', () => {
  const onMnist = ['--set', 'training.model=softmax', '--set', 'training.dataset=mnist'];
  const imagesName = 't10k-images-idx3-ubyte.gz';
  const labelsName = 't10k-labels-idx1-ubyte.gz';

  test('no data folder', async () => {
    const folder = temporaryFolder();
    const file = writeScenario(folder);
    const result = await orrery(['run', file, ...onMnist], { folder });
    expectOneMessage(firstMessage(result), /no data folder is set: ORRERY_DATA=FOLDER names it/u);
    expect(contents(folder)).toEqual(['small.yaml']);
  });

  test('an absent file', async () => {
    const folder = temporaryFolder();
    const file = writeScenario(folder);
    const result = await orrery(['run', file, ...onMnist], { folder, environment: { ORRERY_DATA: folder } });
    expectOneMessage(firstMessage(result), new RegExp(`${imagesName}, which is not in the data folder`, 'u'));
    expect(contents(folder)).toEqual(['small.yaml']);
  });

  test.each([
    ['that is no gzip', Buffer.from('not gzip at all')],
    ['with another magic number', gzipSync(Buffer.alloc(64))],
    ['that ends too early', gzipSync(Buffer.from([0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28, 1, 2, 3]))],
    ['that is empty', Buffer.alloc(0)],
  ])('an IDX file %s', async (_what, bytes) => {
    const folder = temporaryFolder();
    const data = join(folder, 'data');
    mkdirSync(data);
    writeFileSync(join(data, imagesName), bytes);
    writeFileSync(join(data, labelsName), bytes);
    const before = contents(folder);
    const result = await orrery(['run', writeScenario(folder), ...onMnist], { folder, environment: { ORRERY_DATA: data } });
    expectOneMessage(result, /^--set training\.dataset=mnist: training\.dataset: t10k-images-idx3-ubyte\.gz: /u);
    expect(contents(folder)).toEqual([...before, 'small.yaml'].sort());
  });
});

/** Two absent files are two problems, each one line; the first is looked at. */
function firstMessage(result: Ended): Ended {
  return { ...result, stderr: `${result.stderr.split('\n')[0]}\n` };
}

describe('a folder that cannot be written', () => {
  test('below a file', async () => {
    const folder = temporaryFolder();
    const file = writeScenario(folder);
    const result = await orrery(['run', file, '--out', join(file, 'run')], { folder });
    expectOneMessage(result, /^orrery: /u);
    expect(contents(folder)).toEqual(['small.yaml']);
  });

  test("somebody else's folder", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine', 'thesis.txt'), 'years of work');
    const result = await orrery(['run', writeScenario(folder), '--out', 'mine'], { folder });
    expectOneMessage(result, /^orrery: .*mine/u);
    expect(contents(folder)).toEqual(['mine', 'mine/thesis.txt', 'small.yaml']);
  });

  test('without permission', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'root may write everywhere');
    const folder = temporaryFolder();
    const locked = join(folder, 'locked');
    mkdirSync(locked);
    chmodSync(locked, 0o500);
    const result = await orrery(['run', writeScenario(folder), '--out', join('locked', 'run')], { folder });
    chmodSync(locked, 0o700);
    expectOneMessage(result, /^orrery: .*locked/u);
  });
});

describe('usage', () => {
  test.each([
    [['rnu'], /^orrery: unknown command 'rnu' \(did you mean run\?\)$/mu],
    [['run', 'small.yaml', '--sed', '3'], /^orrery: unknown option '--sed' \(did you mean one of --seed, --set\?\)$/mu],
    [['run', 'small.yaml', '--seed', 'seven'], /a seed is an integer/u],
    [['run', 'small.yaml', '--set', 'training.rouns=3'], /training\.rouns/u],
    [['run', 'small.yaml', '--world', 'tcp'], /The world "tcp" is not built yet/u],
  ])('%j', async (parameters, message) => {
    const folder = temporaryFolder();
    writeScenario(folder);
    const result = await orrery(parameters, { folder });
    expectOneMessage(result, message);
    expect(result.stdout).toMatch(/^verdict=invalid scenario=\S+ seed=1 world=\S+ (?:trace|journal)=- .*\n$/u);
    expect(contents(folder)).toEqual(['small.yaml']);
  });
});
