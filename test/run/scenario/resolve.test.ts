import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seedKey } from '../../../src/kernel/draws.ts';
import { houseKeys } from '../../../src/run/registry.ts';
import { rankedByHash } from '../../../src/run/scenario/selectors.ts';
import { scenarioJsonSchema } from '../../../src/run/scenario/json-schema.ts';
import { baseText, resolved, withFault } from './reading.ts';
import { registry } from './roles.ts';

const effectOf = (fault: string): unknown => resolved(withFault(fault)).faults[0]!.effect;

describe('a resolved scenario', () => {
  it('is what kill-five-workers says', () => {
    const text = readFileSync(new URL('../../../scenarios/kill-five-workers.yaml', import.meta.url), 'utf8');
    const scenario = resolved(text);
    expect(scenario).toMatchObject({ name: 'kill-five-workers', seed: 1, salt: 0, world: 'sim' });
    expect(Object.entries(scenario.nodes).map(([role, indices]) => `${role} ${indices.length}`)).toEqual([
      'aggregator 5',
      'bootstrap 3',
      'client 2',
      'worker 40',
    ]);
    expect(scenario.sections['training']).toEqual({
      dataset: 'digits',
      model: 'mlp',
      rounds: 20,
      quorum: 0.7,
      roundTimeout: 4_000_000,
      aggregate: 'mean',
    });
    expect(scenario.weather.network).toMatchObject({
      latency: { kind: 'logNormal', medianUs: 40_000, sigma: 0.4 },
      loss: 0.005,
      bandwidthBitsPerSecond: 100_000_000,
    });
    expect(scenario.faults[0]!.trigger).toEqual({ kind: 'record', record: 'round-opened', where: { round: 5 }, offsetUs: 0 });
    expect(scenario.expect).toEqual([
      { kind: 'always', phrase: 'one model per round' },
      { kind: 'sometimes', phrase: 'a round closed without full attendance' },
      { kind: 'eventually', measure: 'accuracy', comparison: '>=', bound: 0.9, withinRounds: 20 },
    ]);
  });

  it('takes the seed from the file, then from the flag, else 1', () => {
    expect(resolved(baseText).seed).toBe(1);
    expect(resolved(baseText, [], { seed: 7 }).seed).toBe(7);
    expect(resolved(`seed: 3\n${baseText}`, [], { seed: 7 }).seed).toBe(3);
  });

  it('selects a region as a whole, and another node more changes nobody\'s region', () => {
    const regions = 'latency: { regions: { names: [eu, us], median: [[10ms, 90ms], [90ms, 12ms]], sigma: 0.1 } }';
    const text = withFault('{ id: blackout, at: round 5, kill: { region: eu } }').replace('loss: 0.5%', regions);
    const blackout = (words: string): readonly string[] => {
      const { effect } = resolved(words).faults[0]!;
      return effect.kind === 'kill' && effect.who.kind === 'nodes' ? effect.who.nodes : [];
    };
    const inEurope = blackout(text);
    const inAmerica = blackout(text.replace('region: eu', 'region: us'));
    expect([...inEurope, ...inAmerica]).toHaveLength(46);
    expect(inEurope.length).toBeGreaterThan(10);
    const withOneMore = blackout(text.replace('worker: 40', 'worker: 41'));
    expect(withOneMore.filter((node) => node !== 'worker-40')).toEqual(inEurope);
  });

  it('has defaults for sections that are left out', () => {
    const scenario = resolved(baseText.replace(/training: .*\n/u, ''));
    expect(scenario.sections['training']).toMatchObject({ rounds: 20, quorum: 0.7 });
  });

  it('reads every latency', () => {
    const latency = (words: string): unknown => resolved(baseText.replace('loss: 0.5%', `latency: ${words}`)).weather.network.latency;
    expect(latency('5ms')).toEqual({ kind: 'constant', valueUs: 5_000 });
    expect(latency('{ constant: 5ms }')).toEqual({ kind: 'constant', valueUs: 5_000 });
    expect(latency('{ uniform: { min: 1ms, max: 2ms } }')).toEqual({ kind: 'uniform', minUs: 1_000, maxUs: 2_000 });
    expect(latency('{ exponential: { mean: 9ms } }')).toEqual({ kind: 'exponential', meanUs: 9_000, minUs: 0 });
    expect(latency('{ regions: { names: [eu, us], median: [[1ms, 40ms], [40ms, 1ms]], sigma: 0.2 } }')).toEqual({
      kind: 'regions',
      regions: ['eu', 'us'],
      medianUs: [
        [1_000, 40_000],
        [40_000, 1_000],
      ],
      sigma: 0.2,
    });
  });

  it('reads every trigger', () => {
    const trigger = (at: string): unknown => resolved(withFault(`{ id: a, at: ${at}, kill: all }`)).faults[0]!.trigger;
    expect(trigger('12s')).toEqual({ kind: 'time', atUs: 12_000_000 });
    expect(trigger('round 5 + 200ms')).toMatchObject({ where: { round: 5 }, offsetUs: 200_000 });
    expect(trigger('{ record: update-counted, where: { worker: worker-03 }, after: 10ms }')).toEqual({
      kind: 'record',
      record: 'update-counted',
      where: { worker: 'worker-03' },
      offsetUs: 10_000,
    });
  });

  it('reads every effect', () => {
    const two = { kind: 'nodes', nodes: ['worker-03', 'worker-04'] };
    expect(effectOf('{ id: a, at: 1s, powerOff: { worker: 3..4 }, restart: 2s }')).toEqual({
      kind: 'powerOff',
      who: two,
      restartAfterUs: 2_000_000,
    });
    expect(effectOf('{ id: a, at: 1s, restart: { ids: [worker-04, worker-03] } }')).toEqual({ kind: 'restart', who: two });
    expect(effectOf('{ id: a, at: 1s, pause: { worker: 3..4 }, for: 1s }')).toEqual({ kind: 'pause', who: two, forUs: 1_000_000 });
    expect(effectOf('{ id: a, at: 1s, slow: { nodes: { worker: 3..4 }, factor: 10 } }')).toEqual({ kind: 'slow', who: two, factor: 10 });
    expect(effectOf('{ id: a, at: 1s, clock: { nodes: { worker: 3..4 }, jump: -5s } }')).toMatchObject({ clock: { jumpUs: -5_000_000 } });
    expect(effectOf('{ id: a, at: 1s, disk: { nodes: { worker: 3..4 }, bitRot: 1%, full: true } }')).toMatchObject({
      disk: { bitRot: 0.01, full: true },
    });
    expect(effectOf('{ id: a, at: 1s, kill: { aggregator: leader } }')).toMatchObject({
      who: { kind: 'state', role: 'aggregator', state: 'leader' },
    });
    expect(effectOf('{ id: a, at: 1s, gate: { from: { id: worker-03 }, to: { aggregator: all } } }')).toEqual({
      kind: 'gate',
      from: { kind: 'nodes', nodes: ['worker-03'] },
      to: { kind: 'nodes', nodes: ['aggregator-00'] },
    });
    expect(effectOf('{ id: a, at: 1s, link: { from: all, to: all, delay: 1ms, loss: 5%, messages: [Submit] }, for: 2s }')).toMatchObject({
      link: { delayUs: 1_000, loss: 0.05 },
      messages: ['Submit'],
      forUs: 2_000_000,
    });
    const identity = 'worker-03#0>aggregator-00 Submit round=5 /0';
    const dropped = effectOf(`{ id: a, frame: { identity: "${identity}", verdict: drop } }`);
    expect(dropped).toEqual({ kind: 'frame', frame: identity, verdict: 'drop' });
  });

  it('gives the rest to a side of a partition', () => {
    const text = withFault('{ id: a, at: 1s, partition: [rest, { worker: 0..29 }, { worker: 5 }] }');
    const { sides } = resolved(text).faults[0]!.effect as unknown as { sides: { nodes: string[] }[] };
    expect(sides.map(({ nodes }) => nodes.length)).toEqual([11, 30, 5]);
    expect(new Set(sides.flatMap(({ nodes }) => nodes)).size).toBe(46);
  });

  it('keeps gaps of the nodes that are left', () => {
    const scenario = resolved(baseText.replace('worker: 40', 'worker: [17, 3]').replace('worker: 5', 'worker: all'));
    expect(scenario.nodes['worker']).toEqual([3, 17]);
    expect(scenario.faults[0]!.effect).toMatchObject({ who: { nodes: ['worker-03', 'worker-17'] } });
  });
});

describe('drawn selections', () => {
  const ids = Array.from({ length: 40 }, (_, index) => `worker-${String(index).padStart(2, '0')}`);

  it('differ between seeds and between faults', () => {
    const selection = (id: string, seed: number): unknown =>
      resolved(withFault(`{ id: ${id}, at: 1s, kill: { worker: 5 } }`), [], { seed }).faults[0]!.effect;
    expect(selection('a', 1)).toEqual(selection('a', 1));
    expect(selection('a', 1)).not.toEqual(selection('a', 2));
    expect(selection('a', 1)).not.toEqual(selection('b', 1));
  });

  it('removing a node re-picks no other', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 39 }), (seed, removed) => {
        const key = seedKey(seed, 0);
        const whole = rankedByHash(ids, key);
        const fewer = rankedByHash(ids.filter((_, index) => index !== removed), key);
        expect(fewer).toEqual(whole.filter((id) => id !== ids[removed]));
      }),
    );
  });
});

it('sections may take none of the keys of the house', () => {
  const { properties } = scenarioJsonSchema(registry) as { properties: Record<string, unknown> };
  const keys = Object.keys(properties).filter((key) => !registry.sections.has(key));
  expect(keys.sort()).toEqual([...houseKeys].sort());
});
