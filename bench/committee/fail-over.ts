/**
 * How long a committee is without a leader whose leader died, and without a round: from the kill to
 * the next election, and to the first member that knows of the next closed round. Virtual time.
 */
import type { Observation } from '../../src/kernel/properties.ts';
import type { Micros } from '../../src/kernel/time.ts';

export interface FailOver {
  readonly electedUs: Micros;
  readonly closedUs: Micros;
}

/** Of a run in which one node is killed while it leads. Throws when the node killed is not the one that led. */
export function failOver(observations: readonly Observation[]): FailOver {
  const killed = first(observations, 'world-killed');
  const leader = observations.findLast(({ kind, at }) => kind === 'leader-elected' && at <= killed.at);
  if (leader?.node !== killed.node) throw new Error(`${killed.node} was killed while ${leader?.node ?? 'nobody'} led`);
  const after = observations.filter(({ at }) => at > killed.at);
  const known = new Set(observations.filter(({ kind, at }) => kind === 'round-closed' && at <= killed.at).map(roundOf));
  const closed = first(after.filter((observation) => !known.has(roundOf(observation))), 'round-closed');
  return { electedUs: first(after, 'leader-elected').at - killed.at, closedUs: closed.at - killed.at };
}

const roundOf = ({ data }: Observation): unknown => data['round'];

function first(observations: readonly Observation[], wanted: string): Observation {
  const found = observations.find(({ kind }) => kind === wanted);
  if (found === undefined) throw new Error(`nothing recorded ${wanted}`);
  return found;
}
