import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TaskRefused } from '../../../src/kernel/tasks.ts';
import { attacks } from '../../../src/ml/attacks/attack.ts';
import type { Attack } from '../../../src/ml/attacks/attack.ts';
import { forgeUpdate } from '../../../src/ml/attacks/forge.ts';
import type { Knowledge } from '../../../src/ml/attacks/forge.ts';
import { coordinateMax, isMergeable, UpdateRefused } from '../../../src/ml/merging/merge.ts';
import { expectNear, honestFive } from '../rules/known-vectors.ts';

const own = Float32Array.of(1, -2, 0.5);
const everything: Knowledge = {
  dimensions: 3, own, honest: honestFive, workers: 50, liars: 10, seed: 1, worker: 'worker-03', round: 4,
};
const forge = (attack: Attack, change: Partial<Knowledge> = {}): Float32Array => forgeUpdate(attack, { ...everything, ...change });

describe('of its own update', () => {
  test('a liar sends the opposite, or many times as much', () => {
    expect(forge({ name: 'sign-flip', factor: 2 })).toEqual(Float32Array.of(-2, 4, -1));
    expect(forge({ name: 'scaling', factor: 10 })).toEqual(Float32Array.of(10, -20, 5));
    expect(own).toEqual(Float32Array.of(1, -2, 0.5));
  });

  test('nothing at all', () => {
    expect(forge({ name: 'zero' })).toEqual(new Float32Array(3));
  });
});

describe('of the honest updates', () => {
  test('inner product manipulation turns the mean round', () => {
    expectNear(forge({ name: 'ipm', tau: 2 }), [-2, -4, -6]);
    expectNear(forge({ name: 'ipm', tau: 0.1 }), [-0.1, -0.2, -0.3]);
  });

  test('a little is enough moves it by z deviations', () => {
    expectNear(forge({ name: 'alie', z: -1.5 }), [1.237170825, 2.237170825, 3.237170825]);
    expectNear(forge({ name: 'alie', z: 1.5 }), [2 - 1.237170825, 4 - 2.237170825, 6 - 3.237170825]);
  });

  test('with the z that hides 10 liars among 50 unless one is named', () => {
    expect(forge({ name: 'alie', z: null })).toEqual(forge({ name: 'alie', z: 0.25334710314 }));
    expect(forge({ name: 'alie', z: null }, { liars: 20 })).not.toEqual(forge({ name: 'alie', z: null }));
  });
});

describe('chance', () => {
  const drawn: readonly Attack[] = [{ name: 'gaussian', mean: 0, deviation: 1 }, { name: 'non-finite', share: 0.5 }];

  test.each(drawn)('of $name belongs to seed, worker and round, and to nothing else', (attack) => {
    const bits = (change: Partial<Knowledge> = {}): Uint8Array => {
      const dimensions = 64;
      return new Uint8Array(forge(attack, { dimensions, own: new Float32Array(dimensions), ...change }).buffer);
    };
    expect(bits()).toEqual(bits({ honest: [], workers: 7, liars: 1 }));
    for (const change of [{ seed: 2 }, { worker: 'worker-04' }, { round: 5 }]) expect(bits(change)).not.toEqual(bits());
  });
});

describe('what a merge would refuse', () => {
  const wild = Float32Array.of(63, -63, 63);
  const strong: readonly Attack[] = [
    { name: 'sign-flip', factor: 1e6 }, { name: 'scaling', factor: 1e6 }, { name: 'gaussian', mean: 0, deviation: 1e6 },
    { name: 'ipm', tau: 1e6 }, { name: 'alie', z: 100 },
  ];

  test.each(strong)('is not sent by $name, which wants to be counted', (attack) => {
    const forged = forge(attack, { own: wild, honest: [wild, Float32Array.of(-62, 62, 0)] });
    expect(forged.every(isMergeable)).toBe(true);
    expect(forged.some((coordinate) => Math.abs(coordinate) === Math.fround(coordinateMax - 2 ** -18))).toBe(true);
  });

  test('is sent on purpose by non-finite', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.double({ min: 0, max: 1, noNaN: true }), (dimensions, share) => {
        const forged = forge({ name: 'non-finite', share }, { dimensions, own: new Float32Array(dimensions).fill(0.5) });
        expect(forged.every(isMergeable)).toBe(false);
      }),
    );
  });
});

describe('what is missing is refused in words', () => {
  const cases: readonly (readonly [Attack, Partial<Knowledge>, string])[] = [
    [{ name: 'sign-flip', factor: 1 }, { own: null }, 'sign-flip needs the own update of worker-03, and there is none'],
    [{ name: 'scaling', factor: 1 }, { own: null }, 'scaling needs the own update'],
    [{ name: 'non-finite', share: 1 }, { own: null }, 'non-finite needs the own update'],
    [{ name: 'ipm', tau: 1 }, { honest: [] }, 'ipm needs honest updates, 1 at least, and knows 0'],
    [{ name: 'alie', z: 1 }, { honest: [own] }, 'alie needs honest updates, 2 at least, and knows 1'],
    [{ name: 'alie', z: null }, { liars: 26 }, 'no z hides 26 liars among 50 workers'],
  ];

  test.each(cases)('%o', (attack, change, words) => {
    expect(() => forge(attack, change)).toThrow(TaskRefused);
    expect(() => forge(attack, change)).toThrow(words);
  });

  test('an update that no merge accepts, by name', () => {
    const bad = Float32Array.of(0, NaN, 0);
    expect(() => forge({ name: 'sign-flip', factor: 1 }, { own: bad })).toThrow(UpdateRefused);
    expect(() => forge({ name: 'ipm', tau: 1 }, { honest: [own, bad] })).toThrow('honest worker 2: coordinate 1 is NaN');
  });

  const forged = attacks.flatMap(({ usual, needs }) => (usual === null ? [] : [{ usual, needs }]));
  const enoughFor = (needs: { own: boolean; honest: boolean }) => ({ own: needs.own ? own : null, honest: needs.honest ? honestFive : [] });

  test.each(forged)('$usual.name is content with what the table says that it needs', ({ usual, needs }) => {
    expect(forge(usual, enoughFor(needs)).length).toBe(3);
  });

  test.each(forged.filter(({ needs }) => needs.own || needs.honest))('$usual.name needs it', ({ usual }) => {
    expect(() => forge(usual, { own: null, honest: [] })).toThrow(TaskRefused);
  });
});
