import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/kernel/properties.ts';
import { bootstrapsAgree } from '../../../src/protocols/membership/agreement.ts';
import { bootstrapReturned } from '../../../src/protocols/membership/invariants.ts';
import { observed } from '../../support/observations.ts';

/** At so many seconds; observations happen at `sequence` ms. */
const at = (seconds: number) => seconds * 1_000;
const held = (seconds: number, index: number, digest: string, present = 5): Observation =>
  observed(at(seconds), `bootstrap-0${index}`, 'view-held', { present, digest, everyUs: 2_000_000 });
const killed = (seconds: number, index: number) =>
  observed(at(seconds), `bootstrap-0${index}`, 'world-killed', { incarnation: 0, how: 'kill' });

/** Views of one bootstrap every two seconds: from, to, digest. */
const holds = (index: number, from: number, to: number, digest: string): Observation[] =>
  Array.from({ length: (to - from) / 2 + 1 }, (_, step) => held(from + 2 * step + index / 10, index, digest));

/** How a run stands that ends after so many seconds. */
function concluded(endSeconds: number, ...observations: readonly Observation[]) {
  const state = bootstrapsAgree.start();
  const ordered = observations.toSorted((a, b) => a.at - b.at);
  for (const observation of ordered) expect(bootstrapsAgree.observe(state, observation).applies).toBe(false);
  return bootstrapsAgree.observe(state, observed(at(endSeconds), '', 'world-run-ended', { complete: true }));
}

describe('bootstraps agree on who is there', () => {
  const calm = [...holds(0, 2, 20, 'aa'), ...holds(1, 2, 20, 'aa')];

  it('when all hold the same view to the end', () => expect(concluded(21, ...calm).holds).toBe(true));

  it('when they have differed for a moment at the end, as after a departure', () => {
    expect(concluded(29, ...calm, ...holds(0, 22, 28, 'bb'), ...holds(1, 22, 28, 'aa')).holds).toBe(true);
  });

  it('not when they have differed for long at the end, and the verdict says who held what', () => {
    const outcome = concluded(41, ...calm, ...holds(0, 22, 40, 'bb'), ...holds(1, 22, 40, 'aa'));
    expect(outcome).toMatchObject({ applies: true, holds: false, because: 'for 19 s bootstraps have differed on who is present' });
    expect(outcome.facts!.map(({ words }) => words)).toEqual([
      'bootstrap-00 counted 5 nodes as present, digest bb', 'bootstrap-01 counted 5 nodes as present, digest aa',
    ]);
  });

  it('when they differed for long and agree again', () => {
    const parted = [...holds(0, 22, 40, 'bb'), ...holds(1, 22, 40, 'aa')];
    expect(concluded(43, ...calm, ...parted, held(42, 0, 'bb'), held(42.1, 1, 'bb')).holds).toBe(true);
  });

  it('a killed one does not count, from its death to its next view', () => {
    const parted = [...holds(0, 22, 40, 'bb'), killed(21, 1)];
    expect(concluded(41, ...calm, ...parted).holds).toBe(true);
    expect(concluded(61, ...calm, ...parted, ...holds(0, 42, 60, 'bb'), ...holds(1, 42, 60, 'aa')).holds).toBe(false);
  });

  it('nor does one that has been silent for several exchanges', () => {
    expect(concluded(41, ...calm, ...holds(0, 22, 40, 'bb')).holds).toBe(true);
  });

  it('not when there were never two to agree, or nobody to agree on', () => {
    const because = 'no two bootstraps ever counted the same nodes as present';
    expect(concluded(1)).toMatchObject({ holds: false, because });
    expect(concluded(21, ...holds(0, 2, 20, 'aa'))).toMatchObject({ holds: false, because });
    expect(concluded(3, held(2, 0, 'aa', 0), held(2.1, 1, 'aa', 0))).toMatchObject({ holds: false, because });
  });
});

it('a bootstrap returned when one started for the second time', () => {
  const state = bootstrapReturned.start();
  expect(bootstrapReturned.observe(state, observed(1, 'bootstrap-00', 'bootstrap-started')).applies).toBe(false);
  expect(bootstrapReturned.observe(state, observed(2, 'bootstrap-01', 'bootstrap-started')).applies).toBe(false);
  expect(bootstrapReturned.observe(state, observed(3, 'bootstrap-00', 'bootstrap-started'))).toMatchObject({ applies: true, holds: true });
});
