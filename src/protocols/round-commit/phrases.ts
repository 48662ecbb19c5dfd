/** What a scenario of a committee may ask to have happened. */
import type { Observation, Property } from '../../kernel/properties.ts';
import { irrelevant, satisfied } from '../../kernel/properties.ts';

/** A phrase that holds as soon as one observation satisfies `holds`. */
function happened(name: string, watches: readonly string[], holds: (observation: Observation) => boolean = () => true): Property<null> {
  return {
    name,
    kind: 'sometimes',
    watches,
    start: () => null,
    observe: (_, observation) => (holds(observation) ? satisfied : irrelevant),
  };
}

export const leaderElectedAgain: Property<{ term: number }> = {
  name: 'a leader was elected again',
  kind: 'sometimes',
  watches: ['leader-elected'],
  start: () => ({ term: 0 }),
  observe(state, { data }) {
    const term = Number(data['term']);
    const again = state.term !== 0 && state.term !== term;
    state.term = term;
    return again ? satisfied : irrelevant;
  },
};

export const leaderSteppedDown = happened('a leader stepped down', ['leader-stepped-down']);

export const restoredFromDisk = happened('a member restored from its own disk', ['member-restored'], ({ data }) =>
  Number(data['life']) > 0 && Number(data['index']) > 0 && data['returning'] === false);

export const restoredFromPeers = happened('a member restored from its peers', ['member-returned', 'checkpoint-installed']);

export const checkpointInstalled = happened('a member installed a checkpoint', ['checkpoint-installed']);

export const checkpointTaken = happened('the committee took a checkpoint', ['checkpoint-saved']);
