/**
 * Steps an input twice and compares: an actor is a fold, so both answers must be the same.
 *
 * A counter outside the snapshot, a cache that shows, a context that was changed in place: none of
 * them trips a wire, and all of them make runs differ. This check finds them at the first step that
 * they touch, for twice the price; `--twice` and `run --pure` switch it on.
 */
import type { RoleDefinition } from '../actors/define.ts';
import { InvariantViolation } from '../kernel/assert.ts';
import { equalBytes } from '../kernel/bytes.ts';
import { encode } from '../kernel/codec.ts';
import type { Value } from '../kernel/codec.ts';
import type { Actor, ActorState, ActorStep } from './actor.ts';

function fingerprint(actor: Actor, { state, commands }: ActorStep): Uint8Array {
  return encode([actor.persist(state), commands as unknown as Value]);
}

/** Who takes the step, for what has to be said about it. */
export interface PuritySubject {
  readonly actor: Actor;
  readonly role: Pick<RoleDefinition, 'name'>;
  readonly node: string;
  readonly event: string;
}

/** The result of `take`, after it has given the same result again. `before` must stay as it is. */
export function stepTwice(
  { actor, role, node, event }: PuritySubject,
  before: ActorState | undefined,
  take: () => ActorStep,
): ActorStep {
  const untouched = before === undefined ? undefined : encode(actor.persist(before));
  const first = take();
  const firstPrint = fingerprint(actor, first);
  const fail = (api: string, what: string): never => {
    throw new InvariantViolation(`${what} (node ${node}, role ${role.name}, event ${event})`, { node, role: role.name, event, api });
  };
  if (untouched !== undefined && !equalBytes(untouched, encode(actor.persist(before!)))) {
    fail('context changed in place', 'a step changed the snapshot that it was given instead of making a new one');
  }
  if (!equalBytes(firstPrint, fingerprint(actor, take()))) {
    const what = 'one input gave two answers: the role keeps state outside its snapshot, such as a module-level variable';
    fail('state outside the snapshot', what);
  }
  return first;
}
