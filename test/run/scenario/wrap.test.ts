/** `wrap`: who lies and how, in the words of a scenario, and what is wrong with such words. */
import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { builtinRoles } from '../../../src/actors/registry.ts';
import { createRegistry } from '../../../src/run/registry.ts';
import type { ResolvedScenario, Wrap } from '../../../src/run/resolved.ts';
import { toYaml } from '../../../src/run/scenario/write.ts';
import { problemsOf, resolved } from './reading.ts';

const registry = createRegistry(builtinRoles);

/** A scenario of the roles of the house with these lines under `wrap`. */
const withWrap = (wrap: string, more = ''): string => `name: liars
nodes: { bootstrap: 3, aggregator: 3, worker: 40, client: 2 }
training: { model: softmax, rounds: 4 }
wrap:
  ${wrap}
${more}expect:
  - sometimes: a round closed without full attendance
`;
const breaking = (text: string): string => `${text}  - breaks: one model per round\n`;

const scenarioOf = (text: string, seed = 1, overrides: readonly string[] = []): ResolvedScenario =>
  resolved(text, overrides, { seed }, registry);
const wrapsOf = (wrap: string, seed = 1): readonly Wrap[] => scenarioOf(withWrap(wrap), seed).wrap;
const problems = (text: string, overrides: readonly string[] = []): readonly string[] => problemsOf(text, overrides, registry);

describe('whom a wrapping means', () => {
  it.each([
    ['a range', 'who: 3..5', ['worker-03', 'worker-04', 'worker-05']],
    ['ids, in their order', 'ids: [worker-17, worker-02]', ['worker-02', 'worker-17']],
    ['an id that is said twice', 'ids: [worker-17, worker-17]', ['worker-17']],
    ['nobody', 'count: 0', []],
  ])('%s', (_, who, nodes) => {
    const expected = { id: 'wrap.worker', role: 'worker', as: 'silence', nodes, options: {} };
    expect(wrapsOf(`worker: { as: silence, ${who} }`)).toEqual([expected]);
  });

  it('everybody', () => {
    expect(wrapsOf('worker: { as: silence, who: all }')[0]!.nodes).toHaveLength(40);
  });

  it('a number, drawn: fewer liars are some of more, with each seed others, and however they lie', () => {
    const drawn = (count: number, seed: number, as = 'ipm') => wrapsOf(`worker: { as: ${as}, count: ${count} }`, seed)[0]!.nodes;
    fc.assert(fc.property(fc.nat(1_000), fc.nat(40), fc.nat(40), (seed, one, other) => {
      const [few, many] = [Math.min(one, other), Math.max(one, other)];
      const more = drawn(many, seed);
      expect(more).toEqual([...more].sort());
      expect(new Set(more).size).toBe(many);
      expect(more).toEqual(expect.arrayContaining([...drawn(few, seed)]));
      expect(drawn(many, seed, 'zero')).toEqual(more);
    }), { numRuns: 12 });
    expect(drawn(10, 1)).not.toEqual(drawn(10, 2));
  });

  it('several kinds: each of its own number, and nobody twice', () => {
    const wraps = wrapsOf('worker: [{ as: ipm, count: 5 }, { as: zero, count: 30 }, { as: scaling, count: 5, factor: 7 }]');
    expect(wraps.map(({ id, as, options }) => [id, as, options])).toEqual([
      ['wrap.worker', 'ipm', { factor: 100, patience: 1_000_000 }], ['wrap.worker.2', 'zero', {}],
      ['wrap.worker.3', 'scaling', { factor: 7 }],
    ]);
    expect(new Set(wraps.flatMap(({ nodes }) => nodes)).size).toBe(40);
  });

  it('nodes of several roles', () => {
    const text = breaking(withWrap('worker: { as: zero, count: 1 }\n  aggregator: { as: twins, ids: [aggregator-02] }'));
    const expected = [['wrap.aggregator', 'aggregator'], ['wrap.worker', 'worker']];
    expect(scenarioOf(text).wrap.map(({ id, role }) => [id, role])).toEqual(expected);
  });
});

describe('the options of an adversary', () => {
  it('have its defaults, and their units', () => {
    expect(wrapsOf('worker: { as: alie, count: 1 }')[0]!.options).toEqual({ deviations: null, patience: 1_000_000 });
    const [given] = wrapsOf('worker: { as: alie, count: 1, deviations: 1.5, patience: 20ms }');
    expect(given!.options).toEqual({ deviations: 1.5, patience: 20_000 });
    expect(wrapsOf('worker: { as: stale-replay, count: 1, lag: 3 }')[0]!.options).toEqual({ lag: 3 });
  });

  it('may be set from the command line, in a list by their place', () => {
    const set = ['wrap.worker.as=scaling', 'wrap.worker.factor=3'];
    const { wrap } = scenarioOf(withWrap('worker: { as: zero, count: 2 }'), 1, set);
    expect(wrap).toMatchObject([{ as: 'scaling', options: { factor: 3 } }]);
    const list = withWrap('worker: [{ as: zero, count: 2 }, { as: ipm, count: 2 }]');
    expect(scenarioOf(list, 1, ['wrap.worker.1.as=silence']).wrap.map(({ as }) => as)).toEqual(['zero', 'silence']);
  });
});

describe('scenario.resolved.yaml', () => {
  it.each([
    ['one kind', 'worker: { as: ipm, count: 10, factor: 2, patience: 10ms }'],
    ['several', 'worker: [{ as: ipm, count: 3 }, { as: alie, who: 30..32 }, { as: stale-replay, ids: [worker-05], lag: 2 }]'],
    ['nobody', 'worker: { as: zero, count: 0 }'],
    ['twins with sides', 'aggregator: { as: twins, ids: [aggregator-02], sides: [[aggregator-00], [aggregator-01, worker-01]] }'],
    ['twins without', 'aggregator: { as: twins, count: 1 }'],
    ['nothing', 'worker: []'],
  ])('says who lies by name, and resolves to the same again: %s', (_, wrap) => {
    const scenario = scenarioOf(breaking(withWrap(wrap)), 7);
    const text = toYaml(scenario, registry);
    expect(scenarioOf(text, 8)).toEqual(scenario);
    expect(text).not.toMatch(/who:|count: [1-9]/u);
  });
});

describe('words that are wrong', () => {
  it('the base itself is right', () => expect(problems(withWrap('worker: { as: zero, count: 10 }'))).toEqual([]));

  const atWorker = /^base\.yaml:5:\d+: wrap\.worker/u;
  it.each([
    [
      'an unknown adversary', 'worker: { as: sing-flip, count: 1 }',
      'wrap.worker.as: unknown word "sing-flip"', 'did you mean "sign-flip"?',
    ],
    [
      'an option that means nothing', 'worker: { as: zero, count: 1, factor: 2 }',
      'wrap.worker.factor: means nothing for zero, which reads no option',
    ],
    [
      'an option of another', 'worker: { as: ipm, count: 1, lag: 2 }',
      'wrap.worker.lag: means nothing for ipm, which reads factor, patience',
    ],
    ['an unknown option', 'worker: { as: ipm, count: 1, facter: 2 }', 'unknown key "facter"', 'did you mean "factor"?'],
    [
      'an option out of range', 'worker: { as: scaling, count: 1, factor: -1 }',
      'wrap.worker.factor: expected a value between 0 and 1000000',
    ],
    ['an option without its unit', 'worker: { as: ipm, count: 1, patience: 3 }', 'wrap.worker.patience: 3 has no unit'],
    [
      'a state', 'worker: { as: zero, who: training }',
      'wrap.worker.who: "training" is a state; whom an adversary wraps is decided before the run',
    ],
    ['a word that is no state', 'worker: { as: zero, who: sleepy }', 'unknown state or tag of role worker "sleepy"'],
    [
      'two of count, who and ids', 'worker: { as: zero, count: 1, who: all }',
      'wrap.worker: expected exactly one of count, who and ids',
    ],
    ['none of them', 'worker: { as: zero }', 'wrap.worker: expected exactly one of count, who and ids'],
    [
      'a node twice', 'worker: [{ as: zero, who: 1..3 }, { as: ipm, ids: [worker-02] }]',
      'wrap.worker.1: worker-02 is wrapped twice',
    ],
    ['too many', 'worker: { as: zero, count: 41 }', 'wrap.worker.count: asks for 41 nodes of role worker, and there are only 40'],
    [
      'too many together', 'worker: [{ as: zero, who: 0..37 }, { as: ipm, count: 3 }]',
      'asks for 3 nodes of role worker, and there are only 2',
    ],
    ['a range of nobody', 'worker: { as: zero, who: 50..60 }', 'no worker has an index in 50..60'],
    ['an unknown node', 'worker: { as: zero, ids: [worker-40] }', 'unknown node "worker-40"'],
    ['an empty list', 'worker: { as: zero, ids: [] }', 'the list is empty'],
    ['a number that is not whole', 'worker: { as: zero, count: 1.5 }', 'wrap.worker.count: expected an integer, got 1.5'],
    [
      'a node of another role', 'worker: { as: zero, ids: [client-00] }',
      'wrap.worker.ids: client-00 is no node of role worker',
    ],
    ['no adversary at all', 'worker: { count: 3 }', 'wrap.worker.as: is missing'],
  ])('%s', (_, wrap, message, nearest = '') => {
    const found = problems(withWrap(wrap));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(atWorker);
    expect(found[0]).toContain(message);
    expect(found[0]).toContain(nearest);
  });

  it('an unknown role', () => {
    expect(problems(withWrap('wroker: { as: zero, count: 1 }'))).toEqual([
      'base.yaml:5:3: wrap.wroker: unknown role "wroker"; did you mean "worker"?',
    ]);
  });

  it('a role that the adversary does not wrap', () => {
    expect(problems(breaking(withWrap('client: { as: sign-flip, count: 1 }')))).toEqual([
      expect.stringMatching(/^base\.yaml:5:\d+: wrap\.client\.as: sign-flip wraps nodes of role worker, not of role client$/u),
    ]);
  });

  it('label flipping where there are no labels', () => {
    const text = withWrap('worker: { as: label-flip, count: 1 }').replace('softmax', 'bowl');
    expect(problems(text)).toEqual([expect.stringMatching(/wrap\.worker\.as: the bowl has no labels to flip/u)]);
    expect(problems(text, ['training.model=mlp'])).toEqual([]);
  });

  it('nodes on the sides of twins that there are not', () => {
    const sides = 'sides: [[aggregator-00, worker-04], [aggregator-1, agregator-01]]';
    const found = problems(breaking(withWrap(`aggregator: { as: twins, count: 1, ${sides} }`)));
    expect(found.map((line) => line.replace(/^base\.yaml:5:\d+: /u, ''))).toEqual([
      'wrap.aggregator.sides.1.0: unknown node "aggregator-1" in this scenario; did you mean "aggregator-01"?',
      'wrap.aggregator.sides.1.1: unknown node "agregator-01" in this scenario; did you mean "aggregator-01"?',
    ]);
  });

  it('a role that may not lie, unless the scenario says what that breaks; nobody lies where nobody is wrapped', () => {
    const text = withWrap('aggregator: { as: twins, count: 1 }');
    expect(problems(text)).toEqual([expect.stringMatching(
      /^base\.yaml:5:\d+: wrap\.aggregator: \S+ tolerates no aggregator that lies \(.+\): say under expect what this breaks, such as /u,
    )]);
    expect(problems(breaking(text))).toEqual([]);
    expect(problems(text, ['wrap.aggregator.count=0'])).toEqual([]);
  });

  it('a flag that names no adversary', () => {
    expect(problems(withWrap('worker: { as: zero, count: 1 }'), ['wrap.worker.as=sign_flip'])).toEqual([
      expect.stringMatching(/^--set wrap\.worker\.as=sign_flip: .*unknown word "sign_flip".*did you mean "sign-flip"\?$/u),
    ]);
  });
});
