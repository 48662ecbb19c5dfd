/** What is wrong with a study is told by line and column, with the nearest right word. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seedsOf, seedsText } from '../../../src/run/study/seeds.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { planOf, plannedStudy, smallStudy, writeStudy } from './studies.ts';

/** The messages about a study that differs from a right one, without the folder's path. */
async function messagesOf(changes: object, request: Parameters<typeof plannedStudy>[1] = {}): Promise<string[]> {
  const folder = temporaryFolder();
  const planned = await plannedStudy(writeStudy(folder, { ...smallStudy, ...changes }), request);
  return 'messages' in planned ? planned.messages.map((message) => message.replaceAll(`${folder}/`, '')) : [];
}

const axis = (values: unknown[], path = 'mischief.ticks') => ({ axes: { ticks: { path, values } } });

const chart = (words: object) => ({ charts: [{ chart: 'study-lines', x: 'ticks', y: 'last-tick', ...words }] });
const hugeAxes = {
  ticks: { path: 'mischief.ticks', values: many(200) },
  seconds: { path: 'mischief.seconds', values: many(200) },
};

/** What is wrong, the study's difference from a right one, and what is said of it. */
const wrongStudies: readonly (readonly [what: string, changes: object, message: RegExp])[] = [
  ['an unknown key', { messures: [] }, /^study\.yaml:13:1: messures: unknown key "messures"; did you mean "measures"\?$/u],
  [
    'an axis whose path names nothing', axis([1], 'mischief.tick'),
    /^study\.yaml:8:9: mischief\.tick: unknown key "tick"; did you mean "ticks"\?$/u,
  ],
  [
    'an axis through nothing', axis([1], 'name.first'),
    /^study\.yaml:8:9: name\.first: there is nothing under a plain value to set "first" in$/u,
  ],
  ['an axis without values', axis([]), /^study\.yaml:7:5: axes\.ticks\.values: has no values, so nothing would run$/u],
  ['a value twice', axis([1, 1]), /axes\.ticks\.values\.1: the value "1" stands here twice$/u],
  [
    'a value without a path', { axes: { ticks: { values: [1] } } },
    /axes\.ticks\.values\.0: is a plain value, and the axis has no path to put it at$/u,
  ],
  ['no axis', { axes: {} }, /axes: has no axis: expected at least one/u],
  ['an axis called as a column', { axes: { mean: { path: 'mischief.ticks', values: [1] } } }, /"mean" is a column of every table/u],
  ['a value of the wrong kind', axis(['many']), /^study\.yaml:8:9: mischief\.ticks: expected a number, got "many"$/u],
  ['an unknown measure', { measures: ['last-tack'] }, /measures\.0: unknown measure "last-tack"; did you mean "last-tick"\?$/u],
  ['a measure that lacks what it needs', { measures: [{ measure: 'count' }] }, /measures\.0\.with\.of: is missing$/u],
  [
    'a count of what nobody records', { measures: [{ measure: 'count', with: { of: 'tock' } }] },
    /no role records "tock"; did you mean "tick"\?$/u,
  ],
  ['two measures of one name', { measures: ['events', 'events'] }, /two measures are called "events" in the table/u],
  ['a chart of no axis', chart({ x: 'tick' }), /charts\.0\.x: "tick" is no axis of this study: expected ticks; did you mean "ticks"\?$/u],
  ['a chart of no measure', chart({ y: 'ticks' }), /charts\.0\.y: "ticks" is no measure of this study/u],
  ['a heat chart without its measure', chart({ chart: 'study-heat', y: 'ticks' }), /charts\.0: a study-heat needs a "colour"$/u],
  ['an unknown chart', chart({ chart: 'study-line' }), /charts\.0\.chart: unknown chart "study-line".*did you mean "study-lines"\?$/u],
  ['a scenario that is not there', { scenario: './missing.yaml' }, /^missing\.yaml: does not exist$/u],
  ['seeds that end before they begin', { seeds: '5..1' }, /seeds: the range 5\.\.1 ends before it begins$/u],
  [
    'a form of seeds that is none', { seeds: 'some' },
    /seeds: expected a seed, a range such as 1\.\.5, or a list of seeds, got "some"$/u,
  ],
  ['more cells than may be', { axes: hugeAxes }, /axes: 200 × 200 values make 40000 cells; a study has at most 10000$/u],
  ['more runs than may be', { seeds: '1..60000' }, /seeds: 2 cells × 60000 seeds make 120000 runs; a study has at most 100000$/u],
];

describe('a study that cannot be', () => {
  it.each(wrongStudies)('%s', async (_, changes, message) => {
    const messages = await messagesOf(changes);
    expect(messages.join('\n')).toMatch(message);
    expect(messages).toHaveLength(1);
  });

  it('names the first cell in which alone something is wrong', async () => {
    const values = [1, { label: 'two', set: { 'nodes.mischief': -1 } }];
    const messages = await messagesOf(axis(values));
    expect(messages).toEqual([expect.stringMatching(/nodes\.mischief: .* \(in the cell ticks=two\)$/u)]);
  });

  it('has no small grid, or one with labels that are none', async () => {
    expect(await messagesOf({}, { grid: 'small' })).toEqual([expect.stringMatching(/has no small grid/u)]);
    const small = (axes: object) => messagesOf({ small: { axes } }, { grid: 'small' });
    const noAxis = /small\.axes\.tick: "tick" is no axis of this study; did you mean "ticks"\?$/u;
    expect(await small({ tick: [1] })).toEqual([expect.stringMatching(noAxis)]);
    expect(await small({ ticks: [3] })).toEqual([expect.stringMatching(/small\.axes\.ticks\.0: "3" is no label of this axis/u)]);
  });

  it('is no study file at all', async () => {
    const folder = temporaryFolder();
    const of = async (file: string) => ((await plannedStudy(file)) as { messages: string[] }).messages[0];
    expect(await of(join(folder, 'none.yaml'))).toMatch(/none\.yaml: does not exist$/u);
    expect(await of(folder)).toMatch(/: is a folder, and a study file was expected$/u);
    writeFileSync(join(folder, 'list.yaml'), '- 1\n');
    expect(await of(join(folder, 'list.yaml'))).toMatch(/list\.yaml:1:1: expected keys and values/u);
  });
});

describe('a study that can be', () => {
  it('has a run for each cell and seed, the last axis moving fastest, each with a key of its own', async () => {
    const axes = {
      ticks: { path: 'mischief.ticks', values: [1, 2] },
      tone: {
        values: [
          { label: 'red', set: { mischief: { colour: 'red' } } },
          { label: 'blue', set: { 'mischief.colour': 'blue' } },
        ],
      },
    };
    const plan = await planOf(writeStudy(temporaryFolder(), { ...smallStudy, axes, seeds: [3, 5] }));
    expect(plan.runs.map(({ cell, seed }) => [cell.labels['ticks'], cell.labels['tone'], seed])).toEqual([
      [1, 'red', 3], [1, 'red', 5], [1, 'blue', 3], [1, 'blue', 5], [2, 'red', 3], [2, 'red', 5], [2, 'blue', 3], [2, 'blue', 5],
    ]);
    expect(plan.runs[3]!.scenario.sections['mischief']).toMatchObject({ ticks: 1, colour: 'blue' });
    expect(plan.runs.map(({ scenario }) => scenario.seed)).toEqual([3, 5, 3, 5, 3, 5, 3, 5]);
    expect(new Set(plan.runs.map(({ key }) => JSON.stringify(key))).size).toBe(8);
    expect(plan.measures.map(({ column }) => column)).toEqual(['last-tick', 'passed']);
  });

  it('takes flags and the small grid in the place of what it says', async () => {
    const small = { set: { 'mischief.colour': 'blue' }, axes: { ticks: [2] }, seeds: 9 };
    const file = writeStudy(temporaryFolder(), { ...smallStudy, small, alsoSeeded: ['mischief.ticks'] });
    const shrunk = await planOf(file, { grid: 'small' });
    const sections = shrunk.runs.map(({ scenario }) => [scenario.seed, scenario.sections['mischief']]);
    expect(sections).toEqual([[9, { deed: 'none', ticks: 9, colour: 'blue' }]]);
    const asked = await planOf(file, { seeds: '1..2', overrides: ['axes.ticks.values=[7]', 'name=other'] });
    expect(asked).toMatchObject({ name: 'other', seeds: [1, 2] });
    expect(asked.cells.map(({ labels }) => labels)).toEqual([{ ticks: 7 }]);
  });
});

it('seeds are read and written', () => {
  expect([seedsOf(5), seedsOf('2..4'), seedsOf([7, 1])]).toEqual([[5], [2, 3, 4], [7, 1]]);
  expect([seedsOf([]), seedsOf([1, 2, 1])]).toEqual(['there is no seed in it, so nothing would run', 'the seed 1 stands here twice']);
  expect([seedsText([5]), seedsText([2, 3, 4]), seedsText([7, 1])]).toEqual(['5', '2..4', '7, 1']);
});

function many(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
