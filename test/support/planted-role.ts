/** Roles that a test plants: one state, one reaction to every input, and the inputs to set it off. */
import { act, defineRole, roleSetup } from '../../src/actors/define.ts';
import type { Effects, RoleDefinition, RoleEvent } from '../../src/actors/define.ts';
import type { Snapshot } from '../../src/host/step.ts';
import { prepareMachine, startStep } from '../../src/host/step.ts';
import type { ValueMap } from '../../src/kernel/codec.ts';
import type { Input, InputEvent, Stamp } from '../../src/kernel/contract.ts';

export const stamp: Stamp = { at: 5_000, mono: 3_000, dice: 123_456_789 };

/** An input at the one moment of these tests. */
export const inputOf = (event: InputEvent): Input => ({ ...stamp, event });

export type PlantedContext = Readonly<Record<string, unknown>>;
export type Reaction = (args: { context: PlantedContext; event: RoleEvent }) => Effects<PlantedContext>;

/** A role around any chart, speaking no protocol unless told so. */
export function roleOf(machine: RoleDefinition['machine'], more: Partial<RoleDefinition> = {}): RoleDefinition {
  return defineRole({ name: 'planted', about: 'Planted by a test.', machine, protocols: [], knows: [], tasks: [], ...more });
}

/** A role that answers every event in the same way. */
export function reactingRole(react: Reaction, context: ValueMap = {}, more: Partial<RoleDefinition> = {}): RoleDefinition {
  const chart = roleSetup<PlantedContext, RoleEvent>().createMachine({
    id: 'planted',
    context,
    on: { '*': { actions: act<PlantedContext, RoleEvent>(react) } },
  });
  return roleOf(chart, more);
}

/** The snapshot after the first step. */
export function startedSnapshot(role: RoleDefinition, config: ValueMap = {}): Snapshot {
  prepareMachine(role.machine);
  return startStep(role, { self: 'planted-00', incarnation: 0, config, ...stamp }).snapshot;
}
