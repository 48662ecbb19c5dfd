/** Adversaries in a simulation that is given as data, as `wrap` makes them in a scenario. */
import type { OptionValues } from '../../src/actors/adversaries/options.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import { parseNodeId } from '../../src/kernel/ids.ts';
import { adversaryOf } from './stepped-liar.ts';
import type { Simulation } from './simulate.ts';
import { ids } from './training-stories.ts';

/** Some nodes of one role that lie in one way; `counts` says how many nodes of that role there are. */
export function wrapped(
  as: string,
  liars: readonly NodeId[],
  counts: Simulation['counts'],
  options: OptionValues = {},
): NonNullable<Simulation['wrap']> {
  const definition = adversaryOf(as);
  const { role } = parseNodeId(liars[0]!)!;
  const honest = ids(role, counts[role] ?? 0).filter((id) => !liars.includes(id));
  const wrapping = { id: `wrap.${role}`, definition, options: { ...definition.reads, ...options }, liars, honest };
  return Object.fromEntries(liars.map((id) => [id, wrapping]));
}
