import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResolvedScenario } from '../../../src/run/resolved.ts';
import { toYaml } from '../../../src/run/scenario/write.ts';
import { baseText, resolved } from './reading.ts';
import { registry } from './roles.ts';

/** Words of a duration, of a chance, of nodes: as people write them. */
const duration = fc.tuple(fc.nat({ max: 999 }), fc.constantFrom('us', 'ms', 's')).map(([n, unit]) => `${n}${unit}`);
const chance = fc.nat({ max: 10_000 }).map((n) => `${n / 100}%`);
const nodes = fc.constantFrom(
  'all',
  '{ worker: 5 }',
  '{ worker: 3..7, client: 1 }',
  '{ worker: all }',
  '{ id: client-01 }',
  '{ aggregator: leader }',
);
const moment = fc.oneof(
  duration,
  fc.integer({ min: 1, max: 20 }).map((round) => `round ${round}`),
  fc.tuple(fc.integer({ min: 1, max: 20 }), duration).map(([round, offset]) => `round ${round} + ${offset}`),
  duration.map((after) => `{ record: update-counted, where: { worker: worker-03, late: true, round: 3 }, after: ${after} }`),
);
const effect = fc.oneof(
  nodes.map((who) => `kill: ${who}`),
  fc.tuple(nodes, duration).map(([who, span]) => `powerOff: ${who}, restart: ${span}`),
  nodes.map((who) => `restart: ${who}`),
  fc.tuple(nodes, duration).map(([who, span]) => `pause: ${who}, for: ${span}`),
  fc
    .tuple(nodes, fc.double({ min: 0.1, max: 100, noNaN: true }))
    .map(([who, factor]) => `slow: { nodes: ${who}, factor: ${factor} }`),
  fc
    .tuple(nodes, duration, fc.integer({ min: -500, max: 500 }))
    .map(([who, span, ppm]) => `clock: { nodes: ${who}, jump: -${span}, drift: ${ppm}ppm }`),
  fc.tuple(nodes, chance).map(([who, rot]) => `disk: { nodes: ${who}, bitRot: ${rot}, stall: true, lyingSync: false }`),
  fc.constant('partition: [{ worker: 0..9 }, { worker: 4 }, rest]'),
  fc.tuple(nodes, nodes, duration).map(([from, to, span]) => `gate: { from: ${from}, to: ${to} }, for: ${span}`),
  fc.tuple(nodes, nodes, chance, duration).map(([from, to, loss, delay]) => {
    const rest = 'messages: [Submit], bandwidth: 3 Mbit/s, hold: true';
    return `link: { from: ${from}, to: ${to}, loss: ${loss}, delay: ${delay}, ${rest} }`;
  }),
  fc.constantFrom(
    'frame: { identity: "worker-00#0>aggregator-00 Submit round=3 /0", verdict: drop }',
    'frame: { identity: "aggregator-00#1>worker-99 Accept round=20 /7", verdict: delay, delay: 3ms }',
  ),
);
const latency = fc.oneof(
  duration,
  fc
    .tuple(duration, fc.double({ min: 0, max: 3, noNaN: true }))
    .map(([median, sigma]) => `{ logNormal: { median: ${median}, sigma: ${sigma} } }`),
  duration.map((mean) => `{ exponential: { mean: ${mean}, min: 1ms } }`),
  duration.map((span) => `{ regions: { names: [eu, us], median: [[1ms, ${span}], [${span}, 1ms]], sigma: 0.2 } }`),
);
const scenarioText = fc
  .record({ faults: fc.array(fc.tuple(moment, effect), { maxLength: 6 }), latency, loss: chance, quorum: chance, stagger: duration })
  .map(({ faults, latency: delay, loss, quorum, stagger }) => {
    const lines = faults.map(([at, words], index) => `  - { id: fault-${index}, at: ${at}, ${words}, drawn: ${index % 2 === 1} }`);
    return [
      'name: generated',
      'nodes: { aggregator: 1, worker: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 23, 40, 99], client: 2, bootstrap: 0 }',
      `training: { quorum: ${quorum}, model: bowl }`,
      `network: { profile: lan, latency: ${delay}, loss: ${loss} }`,
      `start: { stagger: ${stagger} }`,
      'limits: { virtualTime: 24h }',
      'reseed: { at: 3s, salt: 4 }',
      faults.length === 0 ? 'faults: []' : `faults:\n${lines.join('\n')}`,
      'expect:',
      '  - sometimes: a round closed without full attendance',
      '  - eventually: { accuracy: "< 5%", within: 30s }',
      '  - breaks: one model per round',
    ].join('\n');
  });

const again = (scenario: ResolvedScenario): ResolvedScenario => resolved(toYaml(scenario, registry));

describe('scenario.resolved.yaml', () => {
  it('resolves to the same scenario again, whatever was written', () => {
    fc.assert(
      fc.property(scenarioText, fc.nat(), (text, seed) => {
        const scenario = resolved(text, [], { seed });
        expect(again(scenario)).toEqual(scenario);
      }),
      { numRuns: 60 },
    );
  });

  it('is a fixed point', () => {
    const text = toYaml(resolved(baseText), registry);
    expect(toYaml(resolved(text), registry)).toBe(text);
  });

  it('includes the selections and writes the units', () => {
    const text = toYaml(resolved(baseText), registry);
    expect(text).toMatch(/kill:\n +ids:\n(?: +- worker-\d\d\n){5}/u);
    expect(text).toContain('loss: 0.5%\n');
    expect(text).toContain('roundTimeout: 4s\n');
    expect(text).toContain('bandwidth: 100 Mbit/s\n');
  });
});
