/** Bounds: past each of them a run ends with a name for it, or counts what it refused. */
import { setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { act, defineRole, roleSetup } from '../../../src/actors/define.ts';
import type { RoleDefinition } from '../../../src/actors/define.ts';
import { TimerTable } from '../../../src/host/timers.ts';
import { InvariantViolation } from '../../../src/kernel/assert.ts';
import { limits } from '../../../src/kernel/limits.ts';
import { speech, upTo } from '../../support/puppet.ts';
import type { Part } from '../../support/puppet.ts';
import { simulated, SimulatedRun } from '../../support/sim-world.ts';
import type { Setting } from '../../support/sim-world.ts';

const first = 'puppet-00';

function roleOf(machine: RoleDefinition['machine']): RoleDefinition {
  return defineRole({ name: 'odd', about: 'Goes too far.', machine, protocols: [], knows: [], tasks: [] });
}

/** The violation that a run ends with; anything else that it may end with is thrown. */
function violationOf(setting: Setting): InvariantViolation {
  try {
    simulated(setting);
  } catch (error) {
    if (error instanceof InvariantViolation) return error;
    throw error;
  }
  throw new Error('the run ended without a violation');
}

const odd = (machine: RoleDefinition['machine']): Setting => ({ others: [{ id: 'odd-00', role: roleOf(machine), config: {} }] });

describe('a limit', () => {
  test('on events ends the run there', () => {
    const run = new SimulatedRun({ parts: { [first]: { lives: [speech('puppet-01', upTo(100), 10)] }, 'puppet-01': {} }, eventsMax: 50 });
    run.world.begin();
    expect(run.finish()).toEqual({ kind: 'done', why: 'events' });
    expect(run.world.counters.inputs).toBe(50);
  });

  test('on virtual time ends the run there, and a quiet world ends before', () => {
    const setting: Setting = { parts: { [first]: { lives: [speech('puppet-01', upTo(100), 1_000)] }, 'puppet-01': {} } };
    const late = new SimulatedRun({ ...setting, virtualTimeMaxUs: 5_500_000 });
    late.world.begin();
    expect(late.finish()).toEqual({ kind: 'done', why: 'virtualTime' });
    expect(late.world.now).toBe(5_500_000);
    const quiet = new SimulatedRun({ ...setting, virtualTimeMaxUs: 3_600_000_000 });
    quiet.world.begin();
    expect(quiet.finish()).toEqual({ kind: 'done', why: 'quiet' });
  });

  test('on microsteps names node, role and event of a cycle of `always`', () => {
    const machine = setup({}).createMachine({
      initial: 'waiting',
      states: {
        waiting: { on: { restored: 'here' } },
        here: { always: 'there' },
        there: { always: 'here' },
      },
    });
    const violation = violationOf(odd(machine));
    expect(violation.context).toMatchObject({ node: 'odd-00', role: 'odd', event: 'restored' });
  });

  test('on commands of one step names node, role and event', () => {
    const drops = upTo(limits.commandsPerStepMax + 1).map(() => ({ type: 'record' as const, kind: 'drop', data: {} }));
    const flood = act(() => ({ commands: drops }));
    const machine = roleSetup<object, { type: string }>().createMachine({ on: { restored: { actions: flood as never } } });
    const violation = violationOf(odd(machine));
    expect(violation.message).toContain(String(limits.commandsPerStepMax));
    expect(violation.context).toMatchObject({ node: 'odd-00', role: 'odd', event: 'restored' });
  });

  test('on timers of one node is a violation', () => {
    const timers = new TimerTable();
    for (const index of upTo(limits.timersPerNodeMax)) timers.arm(`timer-${index}`, 1_000, 'due');
    timers.arm('timer-0', 2_000, 'due'); // arming one again takes no more room
    expect(() => timers.arm('one-more', 1_000, 'due')).toThrow(InvariantViolation);
  });

  test('on tasks of one node names the node', () => {
    const input = { work: 1_000, value: 1 };
    const commands = upTo(limits.tasksPerNodeMax + 1).map((index) => ({
      type: 'compute' as const, task: 'test/double', key: `k${index}`, input,
    }));
    const part: Part = { lives: [[{ afterMs: 1, commands }]] };
    expect(violationOf({ parts: { [first]: part } }).message).toContain(first);
  });

  test('on records: one that is too large belongs into a blob', () => {
    const part: Part = { lives: [[{ afterMs: 1, commands: [{ type: 'save', key: 'big', value: 'x'.repeat(2_000), ticket: '' }] }]] };
    expect(violationOf({ parts: { [first]: part } }).message).toContain('name a blob instead');
  });
});
