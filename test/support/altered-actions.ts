/**
 * Roles with some of their actions altered: what a test plants in place of an honest one.
 *
 * An altered action may ask what the honest one would do, context and commands, and says what is done
 * instead, so that a planted fault is as long as the fault itself.
 */
import { act, defineRole } from '../../src/actors/define.ts';
import type { Effects, IssuedCommand, RoleAction, RoleDefinition } from '../../src/actors/define.ts';

/** Context and event of an action. */
type Given<Context, Event> = { readonly context: Context; readonly event: Event };

/** The part of an action that `act` makes which says what it does (see src/actors/define.ts). */
type Resolving<Context, Event> = {
  resolve(scope: null, snapshot: object, given: Given<Context, Event>): readonly [object, { commands: readonly IssuedCommand[] }];
};

/** What an honest action does: the whole context after it, and its commands. */
export type Deed<Context> = { readonly context: Context; readonly commands: readonly IssuedCommand[] };

/** What an action does in a situation. */
export function deedOf<Context extends object, Event extends { type: string }>(
  action: RoleAction<Context, Event>,
  given: Given<Context, Event>,
): Deed<Context> {
  const [after, { commands }] = (action as unknown as Resolving<Context, Event>).resolve(null, {}, given);
  const { context = given.context } = after as { context?: Context };
  return { context, commands };
}

/** An action that does what `change` makes of an honest one; `honestly` tells what that would do in any situation. */
export function altered<Context extends object, Event extends { type: string }>(
  honest: RoleAction<Context, Event>,
  change: (honestly: (given: Given<Context, Event>) => Deed<Context>, given: Given<Context, Event>) => Effects<Context>,
): RoleAction<Context, Event> {
  return act<Context, Event>((given) => change((situation) => deedOf(honest, situation), given));
}

/** The role with some of its named actions and guards replaced. */
export function withActions(
  role: RoleDefinition,
  actions: Readonly<Record<string, unknown>>,
  guards: Readonly<Record<string, unknown>> = {},
): RoleDefinition {
  return defineRole({ ...role, machine: role.machine.provide({ actions: actions as never, guards: guards as never }) });
}
