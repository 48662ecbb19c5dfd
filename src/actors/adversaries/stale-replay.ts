/** Stale replay: sends the update of an earlier round again, as a free rider does that saves its work. */
import type { BlobRef } from '../../kernel/blobs.ts';
import { defineAdversary } from './define.ts';
import { isTrained, trainingOf, updateOf, withUpdate } from './lying.ts';
import type { Training } from './lying.ts';

type Memory = {
  readonly lag: number;
  /** The training that its worker asked for last; null before the first. */
  readonly training: Training | null;
  /** Its own updates of the last rounds, oldest first. */
  readonly past: readonly { readonly round: number; readonly update: BlobRef }[];
};

export const staleReplay = defineAdversary<Memory>({
  name: 'stale-replay',
  about: 'Sends its update of `lag` rounds ago again; in the first rounds it has none, and is honest.',
  roles: ['worker'],
  tap: 'own',
  overhears: [],
  copies: 1,
  reads: { lag: 1 },
  start: ({ options }) => ({ lag: options.lag ?? 1, training: null, past: [] }),
  speak(memory, command) {
    const training = trainingOf(command);
    return training === undefined ? undefined : { memory: { ...memory, training } };
  },
  hear(memory, { copy, event }) {
    const { lag, training } = memory;
    if (training === null || !isTrained(event, training)) return undefined;
    const { round } = training;
    const past = [...memory.past, { round, update: updateOf(event) }].filter((one) => one.round >= round - lag);
    const [oldest] = past;
    if (oldest === undefined || oldest.round > round - lag) return { memory: { ...memory, past } };
    return {
      memory: { ...memory, past },
      give: [{ copy, event: withUpdate(event, oldest.update) }],
      say: [{ type: 'act', what: 'sent an old update' }],
    };
  },
});
