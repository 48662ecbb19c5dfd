/** Stale replay: sends the update of an earlier round again, as a free rider does that saves its work. */
import type { BlobRef } from '../../kernel/blobs.ts';
import { defineAdversary } from './define.ts';
import { isTrained, trainingOf, updateOf, withUpdate } from './lying.ts';

type Memory = {
  readonly lag: number;
  readonly round: number;
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
  start: ({ options }) => ({ lag: options.lag ?? 1, round: 0, past: [] }),
  speak(memory, command) {
    const training = trainingOf(command);
    return training === undefined ? undefined : { memory: { ...memory, round: training.round } };
  },
  hear(memory, { copy, event }) {
    if (!isTrained(event)) return undefined;
    const { round, lag } = memory;
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
