/** Each measure of the house on a run that is written down by hand. */
import { describe, expect, it } from 'vitest';
import { builtinRoles } from '../../../src/actors/registry.ts';
import type { ValueMap } from '../../../src/kernel/codec.ts';
import type { Observation } from '../../../src/kernel/properties.ts';
import { createRegistry } from '../../../src/run/registry.ts';
import { figureName } from '../../../src/run/study/measures/define.ts';
import { studyMeasures } from '../../../src/run/study/measures/registry.ts';

const registry = createRegistry(builtinRoles);

/** One observation, with how much had been sent and delivered by then. */
interface Moment {
  readonly atSeconds: number;
  readonly kind: string;
  readonly data: ValueMap;
  readonly honest?: boolean;
  readonly bytes?: number;
  readonly messages?: number;
}

const closed = (atSeconds: number, round: number, bytes = 0, messages = 0): Moment =>
  ({ atSeconds, kind: 'round-closed', data: { round }, bytes, messages });
const evaluated = (atSeconds: number, round: number, accuracy: number): Moment =>
  ({ atSeconds, kind: 'round-evaluated', data: { round, accuracy } });

const story: readonly Moment[] = [
  { atSeconds: 1, kind: 'leader-elected', data: { term: 1 } },
  { atSeconds: 2, kind: 'round-opened', data: { round: 1 }, bytes: 1_000, messages: 10 },
  closed(4, 1, 3_000, 40),
  closed(4.5, 1, 9_000, 90),
  evaluated(4.6, 1, 0.5),
  { atSeconds: 5, kind: 'world-killed', data: { incarnation: 1 } },
  closed(5.5, 1, 9_500, 95),
  { atSeconds: 6, kind: 'leader-elected', data: { term: 1 } },
  { atSeconds: 7, kind: 'leader-elected', data: { term: 2 }, honest: false },
  { atSeconds: 7.25, kind: 'leader-elected', data: { term: 2 } },
  closed(8, 2, 11_000, 110),
  evaluated(8.5, 2, 0.91),
  { ...evaluated(8.6, 1, 0.99), honest: false },
  evaluated(9, 3, 0.95),
  closed(12, 3, 31_000, 190),
];

function measured(name: string, parameters: ValueMap = {}, moments: readonly Moment[] = story): number | null {
  const watch = studyMeasures(registry).get(name)!.start(parameters, registry);
  for (const { atSeconds, kind, data, honest = true, bytes = 0, messages = 0 } of moments) {
    const who = { node: 'aggregator-00', role: 'aggregator', honest };
    const observation: Observation = { sequence: 0, at: atSeconds * 1_000_000, ...who, kind, data };
    const bytesByKind = new Map([['A', bytes - 1], ['B', 1]]);
    const counters = { inputs: 0, messages, bytesByKind, rejected: new Map(), faultHits: new Map() };
    watch.observe?.(observation, counters);
  }
  const outcome = { rounds: 3, measures: { accuracy: 0.95 }, modelHash: null, modelFile: null };
  return watch.end({ outcome, rejected: { late: 3, unknown: 1 }, virtualUs: 12_500_000, events: 700, messages: 200 }, true);
}

describe('measures', () => {
  it('of roles are their last values', () => {
    expect(measured('accuracy')).toBe(0.95);
    expect(measured('loss')).toBeNull();
    expect(studyMeasures(registry).get('accuracy')).toMatchObject({ unit: 'share', isShare: false });
  });

  it('of rounds begin with the first opening and count each closed round once, when it is first known', () => {
    expect(measured('rounds')).toBe(3);
    expect(measured('seconds-a-round')).toBeCloseTo(10 / 3, 12);
    expect(measured('bytes-a-round')).toBe(10_000);
    expect(measured('messages-a-round')).toBe(60);
    expect(measured('bytes-a-round', {}, story.slice(0, 2))).toBeNull();
  });

  it('of thresholds take the first honest round that reaches them', () => {
    expect(measured('rounds-to', { of: 'accuracy', atLeast: 0.9 })).toBe(2);
    expect(measured('rounds-to', { of: 'accuracy', atMost: 0.5 })).toBe(1);
    expect(measured('rounds-to', { of: 'accuracy', atLeast: 0.96 })).toBeNull();
    expect(measured('seconds-to', { of: 'accuracy', atLeast: 0.9 })).toBe(8.5);
    expect(measured('reached', { of: 'accuracy', atLeast: 0.9 })).toBe(1);
    expect(measured('reached', { of: 'accuracy', atLeast: 0.96 })).toBe(0);
  });

  it('of recovery go from the first death to what was not known before', () => {
    expect(measured('seconds-to-leader')).toBe(2.25);
    expect(measured('seconds-to-round')).toBe(3);
    expect(measured('seconds-to-round', {}, story.slice(0, 5))).toBeNull();
    expect(measured('seconds-to-round', {}, story.slice(0, 7))).toBeNull();
  });

  it('of counts leave adversaries out', () => {
    expect(measured('count', { of: 'leader-elected' })).toBe(3);
    expect(measured('rejected')).toBe(4);
    expect(measured('virtual-seconds')).toBe(12.5);
    expect([measured('events'), measured('messages'), measured('passed')]).toEqual([700, 200, 1]);
  });

  it('refuse what they cannot watch, with the nearest right word', () => {
    const refusal = (name: string, parameters: ValueMap) => studyMeasures(registry).get(name)!.refuse!(parameters, registry);
    const misspelt = { message: 'no measure "acuracy" is told round by round', nearest: 'accuracy' };
    expect(refusal('rounds-to', { of: 'acuracy', atLeast: 1 })).toEqual(misspelt);
    expect(refusal('rounds-to', { of: 'accuracy' })).toEqual({ message: 'expected exactly one of atLeast and atMost' });
    expect(refusal('rounds-to', { of: 'accuracy', atLeast: 0.9 })).toBeUndefined();
    expect(refusal('count', { of: 'leader-elect' })).toEqual({ message: 'no role records "leader-elect"', nearest: 'leader-elected' });
  });

  it('have one name for one question', () => {
    const of = (parameters: ValueMap) => figureName({ measure: 'rounds-to', parameters });
    expect(of({ of: 'accuracy', atLeast: 0.9 })).toBe(of({ atLeast: 0.9, of: 'accuracy' }));
    expect(of({ of: 'accuracy', atLeast: 0.9 })).not.toBe(of({ of: 'accuracy', atLeast: 0.8 }));
    expect(figureName({ measure: 'accuracy', parameters: {} })).toBe('accuracy');
  });
});
