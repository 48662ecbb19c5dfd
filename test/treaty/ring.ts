/** The nodes of a small ring, as a scenario would resolve them. */
import { ringMember, ringStarter } from '../../examples/ring/ring.ts';
import type { RoleDefinition } from '../../src/actors/define.ts';
import type { NodeSpecification } from '../../src/host/node.ts';
import { makeNodeId } from '../../src/kernel/ids.ts';
import type { Micros } from '../../src/kernel/time.ts';

export interface Ring {
  /** Nodes of the ring, the starter included. */
  readonly nodes: number;
  readonly tokens: number;
  readonly laps: number;
  readonly repeatAfterUs: Micros;
}

/** The specifications of a ring; a planted role may stand in for the honest member. */
export function ringNodes({ nodes, tokens, laps, repeatAfterUs }: Ring, member: RoleDefinition = ringMember): NodeSpecification[] {
  const starter = makeNodeId('ring-starter', 0);
  const members = Array.from({ length: nodes - 1 }, (_, index) => makeNodeId('ring-member', index));
  const config = {
    ring: { tokens, laps, repeatAfter: repeatAfterUs },
    known: { 'ring-starter': [starter], 'ring-member': members },
  };
  return [{ id: starter, role: ringStarter, config }, ...members.map((id) => ({ id, role: member, config }))];
}
