/** The adversaries that come with the house. */
import type { AdversaryDefinition } from './define.ts';
import { equivocation } from './equivocation.ts';
import { forging } from './forging.ts';
import { labelFlip } from './label-flip.ts';
import { silence } from './silence.ts';
import { staleReplay } from './stale-replay.ts';
import { twins } from './twins.ts';

const forgeries: readonly AdversaryDefinition[] = [
  forging({
    name: 'sign-flip',
    about: 'Sends its update turned round, `factor` times as long.',
    readsHonest: false,
    reads: { factor: 1 },
    attack: ({ factor }) => ({ name: 'sign-flip', factor: factor! }),
  }),
  forging({
    name: 'scaling',
    about: 'Sends its update `factor` times as long.',
    readsHonest: false,
    reads: { factor: 10 },
    attack: ({ factor }) => ({ name: 'scaling', factor: factor! }),
  }),
  forging({
    name: 'gaussian',
    about: 'Sends noise in the place of its update.',
    readsHonest: false,
    reads: { deviation: 1 },
    attack: ({ deviation }) => ({ name: 'gaussian', mean: 0, deviation: deviation! }),
  }),
  forging({
    name: 'zero',
    about: 'Sends an update that changes nothing, as a free rider does.',
    readsHonest: false,
    reads: {},
    attack: () => ({ name: 'zero' }),
  }),
  forging({
    name: 'non-finite',
    about: 'Plants what is no number in its update.',
    readsHonest: false,
    reads: { share: 0.01 },
    attack: ({ share }) => ({ name: 'non-finite', share: share! }),
  }),
  forging({
    name: 'ipm',
    about: 'Inner product manipulation: sends the mean of the honest updates turned round, `factor` times as long.',
    readsHonest: true,
    reads: { factor: 100 },
    attack: ({ factor }) => ({ name: 'ipm', tau: factor! }),
  }),
  forging({
    name: 'alie',
    about: 'A little is enough: sends the honest mean moved by as many standard deviations as hide among the honest.',
    readsHonest: true,
    reads: { deviations: null },
    attack: ({ deviations }) => ({ name: 'alie', z: deviations ?? null }),
  }),
];

export const builtinAdversaries: ReadonlyMap<string, AdversaryDefinition> = new Map(
  [...forgeries, staleReplay, labelFlip, equivocation, silence, twins]
    .map((adversary) => [adversary.name, adversary] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);
