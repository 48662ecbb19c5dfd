/**
 * Scenarios with liars: those that ship, and every adversary of the house against two rules of merging.
 *
 * Mostly with the surrogate, where lies are told and counted as with any model; what they do to a model
 * that really learns is measured in adversaries.long.test.ts.
 */
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { builtinAdversaries } from '../../src/actors/adversaries/registry.ts';
import { builtinRoles } from '../../src/actors/registry.ts';
import { execute } from '../../src/run/execute.ts';
import type { Execution } from '../../src/run/execute.ts';
import { loadScenario } from '../../src/run/load.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import { InlineRunner } from '../../src/worlds/sim/inline-runner.ts';
import { breakingScenarioFiles, faithfulScenarioFiles, seedsFrom, verdictOf } from '../support/shipped-scenarios.ts';
import { simulate } from '../support/simulate.ts';
import type { Simulated, Simulation } from '../support/simulate.ts';
import {
  attendances, committeeOfFive, expectOneModelARound, expectPassed, expectPassing, ids, namesIn,
} from '../support/training-stories.ts';
import { wrapped } from '../support/wrapped-nodes.ts';
import { repositoryRoot } from '../tidy/sources.ts';

const gradients = 'scenarios/byzantine-gradients.yaml';

describe('scenarios that break promises on purpose', () => {
  const files = breakingScenarioFiles('scenarios/**/*.yaml');

  test('there is one of twins, and no other test takes it for a faithful one', () => {
    expect(files).toContain('scenarios/twin-aggregator.yaml');
    expect(faithfulScenarioFiles('scenarios/**/*.yaml').filter((file) => files.includes(file))).toEqual([]);
  });

  describe.each(files)('%s', (file) => {
    test.each(seedsFrom(1, 2))('breaks what it says and nothing else with seed %i', async (seed) => {
      expect(await verdictOf(file, seed, 'surrogate')).toMatchObject({ findings: [], verdict: 'pass' });
    });
  });

  test('twins that are not cut apart break nothing, which is not what was said', async () => {
    const set = ['faults=[]', 'training.rounds=4'];
    expect(await verdictOf('scenarios/twin-aggregator.yaml', 1, 'surrogate', { set })).toMatchObject({ verdict: 'fail' });
  });
});

const counts: Simulation['counts'] = { bootstrap: 3, aggregator: 3, worker: 12, client: 1 };
const liars = ['worker-02', 'worker-07', 'worker-08'];
/** All that flips labels needs some. */
const names = [...builtinAdversaries.keys()].filter((name) => name !== 'label-flip');

describe.each([['mean', 0], ['multi-krum', 3]] as const)('against the rule %s', (aggregate, byzantine) => {
  it.each(names)('three liars of twelve that do %s stop nothing', (as) => {
    const training = { rounds: 4, quorum: '50%', aggregate, byzantine };
    const run = simulate({ counts, wrap: wrapped(as, liars, counts), sections: { training }, phrases: ['training finished'] });
    expectPassed(run, counts['client']);
    expectOneModelARound(run, 4);
    expect(run.faultHits['wrap.worker']).toBeGreaterThan(0);
  });
});

test('liars that know the honest are counted by the mean, and Multi-Krum leaves them out of what is learned', () => {
  const error = (aggregate: string, byzantine: number): number => {
    const training = { rounds: 6, aggregate, byzantine };
    const run = expectPassing({ counts, wrap: wrapped('ipm', liars, counts), sections: { training } });
    expect(attendances(run)).toEqual([12, 12, 12, 12, 12, 12]);
    return Number(run.of('round-evaluated').at(-1)!.data['loss']);
  };
  expect(error('multi-krum', 3)).toBeLessThan(error('mean', 0) / 1_000);
});

describe('one scenario with liars', () => {
  const small = ['nodes.worker=12', 'nodes.aggregator=3', 'nodes.bootstrap=1', 'training.rounds=2'];

  test.each(['alie', 'stale-replay'])('of %s gives one trace, also when each input is stepped twice', async (as) => {
    const within = ['expect.2.eventually.within=2 rounds', 'expect.2.eventually.accuracy=">= 0"'];
    const set = [...small, ...within, `wrap.worker.as=${as}`, 'training.byzantine=3', 'wrap.worker.count=3'];
    const plain = await verdictOf(gradients, 2, 'surrogate', { set });
    const pure = await verdictOf(gradients, 2, 'surrogate', { set, pure: true });
    expect(pure).toMatchObject({ verdict: 'pass', findings: [] });
    expect([pure.trace, pure.modelHash]).toEqual([plain.trace, plain.modelHash]);
  });

  /** The shipped scenario with the surrogate, without a thread. */
  async function executed(...set: readonly string[]): Promise<Execution> {
    const expectation = 'expect=[{ sometimes: a round closed without full attendance }]';
    const overrides = [...small, 'training.model=bowl', 'training.byzantine=3', expectation, ...set];
    const loaded = await loadScenario({ file: join(repositoryRoot, gradients), overrides, builtinRoles });
    if (loaded.kind === 'refused') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
    return execute(loaded.scenario, loaded.registry, {
      files: new Map(), gunzip: (bytes) => bytes, sha256: sha256Node, runnerFor: (blobs) => new InlineRunner(blobs),
      wallSeconds: () => 0, yieldTurn: () => Promise.resolve(), signal: new AbortController().signal, onProgress: () => {}, pure: false,
    });
  }

  test('but of none is the scenario without `wrap`, record by record', async () => {
    const none = await executed('wrap.worker.count=0');
    const without = await executed('wrap={}');
    const some = await executed('wrap.worker.count=1');
    expect(none.traceWithoutHeader).toBe(without.traceWithoutHeader);
    expect(none.events).toBe(without.events);
    expect(some.traceWithoutHeader).not.toBe(without.traceWithoutHeader);
  });
});

test('ten workers of twenty that sign two digests are all proved and removed, and the others go on', () => {
  const twenty = { ...committeeOfFive, worker: 20 };
  const ten = ids('worker', 20).filter((_, index) => index % 2 === 1);
  const run = expectPassing({
    counts: twenty, wrap: wrapped('equivocation', ten, twenty), sections: { training: { rounds: 8, quorum: '50%' } },
    phrases: ['training finished', 'an equivocation was proved'],
  });
  expect(namesIn(run, 'equivocation-proved', 'worker')).toEqual(ten);
  expect(namesIn(run, 'worker-removed', 'worker')).toEqual(ten);
  expect(namesIn(run, 'worker-removed', 'reason')).toEqual(['equivocation']);
  expect(attendances(run).at(-1)).toBe(10);
});

describe('silence', () => {
  const quiet = { roundTimeout: 4, joinTimeout: 10 };
  const training = { rounds: 4, roundTimeout: `${quiet.roundTimeout}s`, joinTimeout: `${quiet.joinTimeout}s` };
  const run: Simulated = expectPassing({
    wrap: wrapped('silence', liars, committeeOfFive), sections: { training },
    phrases: ['training finished', 'a round was overdue', 'a round closed without full attendance'],
  });

  it('is waited for until the time of a round is over, and no longer', () => {
    const leader = run.of('round-proposed')[0]!.node;
    const momentOf = (kind: string, round: number): number =>
      run.of(kind).find(({ node, data }) => node === leader && data['round'] === round)!.at / 1e6;
    for (const round of [1, 2, 3, 4]) {
      const seconds = momentOf('round-closed', round) - momentOf('round-opened', round);
      // Workers that have just joined are given as long as joining may take.
      const limit = round === 1 ? quiet.joinTimeout : quiet.roundTimeout;
      expect(seconds).toBeGreaterThan(limit);
      expect(seconds).toBeLessThan(limit + 0.5);
    }
  });

  it('is no reason to suspect who says that it lives', () => {
    expect(attendances(run)).toEqual([9, 9, 9, 9]);
    expect([run.of('worker-suspected'), run.of('worker-removed')]).toEqual([[], []]);
  });
});
