/**
 * How long a commit takes: from the last update that is in a round until every living member knows
 * that the round is closed. Virtual time, read from what the members recorded.
 */
import type { Observation } from '../../src/kernel/properties.ts';
import type { Micros } from '../../src/kernel/time.ts';

type Named = { readonly worker: string; readonly update: string };
type Proposal = { readonly round: number; readonly updates: readonly Named[] };

/**
 * One delay for each round of a run in which `members` live from beginning to end. The last round has
 * none where the run ended before all members had heard of it; throws when an earlier one has none.
 */
export function commitDelays(observations: readonly Observation[], members: number): readonly Micros[] {
  const ofKind = (wanted: string): Observation[] => observations.filter(({ kind }) => kind === wanted);
  const counted = ofKind('update-counted');
  const closings = ofKind('round-closed');
  const proposals = ofKind('round-proposed');
  return proposals.flatMap((proposal) => {
    const { round } = proposal.data as Proposal;
    const times = closings.filter(({ data }) => data['round'] === round).map(({ at }) => at);
    if (times.length === members) return [Math.max(...times) - lastUpdateUs(proposal, counted)];
    if (proposal === proposals.at(-1)) return [];
    throw new Error(`round ${round} was closed by ${times.length} of ${members} members`);
  });
}

/** When the last of the updates that a proposal names reached the member that counted it. */
function lastUpdateUs(proposal: Observation, counted: readonly Observation[]): Micros {
  const { round, updates } = proposal.data as Proposal;
  const named = new Set(updates.map(nameOf));
  const times = counted
    .filter(({ at, data }) => at <= proposal.at && data['round'] === round && named.has(nameOf(data as Named)))
    .map(({ at }) => at);
  if (times.length !== named.size) throw new Error(`round ${round} names ${named.size} updates, and ${times.length} were counted`);
  return Math.max(...times);
}

const nameOf = ({ worker, update }: Named): string => `${worker} ${update}`;
