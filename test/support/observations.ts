/** Short ways to say what was observed. */
import type { ValueMap } from '../../src/kernel/codec.ts';
import { parseNodeId } from '../../src/kernel/ids.ts';
import type { Observation } from '../../src/kernel/properties.ts';

/** An observation at event `sequence`, which happens at `sequence` ms. */
export function observed(sequence: number, node: string, kind: string, data: ValueMap = {}, honest = true): Observation {
  const role = parseNodeId(node)?.role ?? '';
  return { sequence, at: sequence * 1_000, node, role, honest, kind, data };
}
