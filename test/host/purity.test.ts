import { describe, expect, it } from 'vitest';
import { record } from '../../src/actors/define.ts';
import { actorOf } from '../../src/host/actor.ts';
import type { ActorStep } from '../../src/host/actor.ts';
import { stepTwice } from '../../src/host/purity.ts';
import { InvariantViolation } from '../../src/kernel/assert.ts';
import { inputOf, reactingRole, stamp, startedSnapshot } from '../support/planted-role.ts';
import type { Reaction } from '../support/planted-role.ts';
import type { ValueMap } from '../../src/kernel/codec.ts';

/** Steps a planted role twice over one input. */
function tryTwice(react: Reaction, context: ValueMap = {}) {
  const role = reactingRole(react, context, { name: 'keeper' });
  const before = startedSnapshot(role);
  const actor = actorOf(role, undefined);
  return stepTwice({ actor, role, node: 'keeper-01', event: 'Go' }, before, () => actor.step('keeper-01', before, inputOf({ type: 'Go' })));
}

function violationOf(react: Reaction, context?: ValueMap): InvariantViolation {
  try {
    tryTwice(react, context);
  } catch (error) {
    if (error instanceof InvariantViolation) return error;
    throw error;
  }
  throw new Error('nothing was found');
}

/** A counter that outlives every step, as a role's module might have one. */
let counterOfTheModule = 0;

describe('a role that is no fold', () => {
  const names = { node: 'keeper-01', role: 'keeper', event: 'Go' };

  it('is found when it counts in a variable of its module', () => {
    const violation = violationOf(() => ({ commands: [record('counted', { count: (counterOfTheModule += 1) })] }));
    expect(violation.context).toEqual({ ...names, api: 'state outside the snapshot' });
    expect(violation.message).toContain('(node keeper-01, role keeper, event Go)');
  });

  it('is found when the count shows in its context alone', () => {
    const violation = violationOf(() => ({ context: { count: (counterOfTheModule += 1) } }));
    expect(violation.context['api']).toBe('state outside the snapshot');
  });

  it('is found when it changes its context in place', () => {
    const violation = violationOf(({ context }) => {
      (context['list'] as number[]).push(1);
      return {};
    }, { list: [] });
    expect(violation.context).toEqual({ ...names, api: 'context changed in place' });
  });
});

describe('a role that is a fold', () => {
  it('passes, and its step counts once', () => {
    const { state, commands }: ActorStep = tryTwice(({ context }) => {
      const count = (context['count'] as number) + 1;
      return { context: { count }, commands: [record('counted', { count })] };
    }, { count: 0 });
    expect((state as { context?: unknown }).context).toEqual({ count: 1 });
    expect(commands).toEqual([record('counted', { count: 1 })]);
  });

  it('passes in its first step, which has no snapshot before it', () => {
    const role = reactingRole(() => ({}));
    const start = { self: 'planted-00', incarnation: 0, config: {}, ...stamp };
    const actor = actorOf(role, undefined);
    const subject = { actor, role, node: 'planted-00', event: 'start' };
    expect(stepTwice(subject, undefined, () => actor.start(start)).commands).toEqual([]);
  });
});
