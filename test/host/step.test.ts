import { describe, expect, it } from 'vitest';
import { log, sendTo, setup, spawnChild, fromCallback } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { act, raise, record, roleSetup, send } from '../../src/actors/define.ts';
import type { RoleEvent } from '../../src/actors/define.ts';
import { persistSnapshot, reviveSnapshot, startStep, step } from '../../src/host/step.ts';
import { InvariantViolation } from '../../src/kernel/assert.ts';
import { encode } from '../../src/kernel/codec.ts';
import { limits } from '../../src/kernel/limits.ts';
import { inputOf, reactingRole, roleOf, stamp, startedSnapshot } from '../support/planted-role.ts';

type Context = { readonly count: number };
type Event = RoleEvent<{ kind: 'Go' } & Record<string, never>, { readonly type: 'again' }>;

const go = inputOf({ type: 'Go' });
const retryTimer = 'xstate.after.retry.waiter.waiting';

/** idle → waiting (with a timer) → idle, with an action of each kind on the way. */
const waiter = roleSetup<Context, Event>()
  .extend({ delays: { retry: ({ context }) => 1.5 + context.count } })
  .createMachine({
    id: 'waiter',
    context: { count: 0 },
    initial: 'idle',
    states: {
      idle: {
        on: {
          Go: {
            target: 'waiting',
            actions: [
              act(({ context }) => ({ context: { count: context.count + 1 }, commands: [record('one', {}), record('two', {})] })),
              raise(() => ({ type: 'again' })),
            ],
          },
        },
      },
      waiting: {
        entry: act<Context, Event>(({ context }) => ({ commands: [record('entered', { count: context.count })] })),
        on: { again: { actions: act(({ event }) => ({ commands: [record('again', { at: event.at, dice: event.dice })] })) }, Go: 'idle' },
        after: { retry: { target: 'waiting', reenter: true } },
      },
    },
  });

const waiterRole = roleOf(waiter);

describe('what xstate 5.33.3 hands to a host', () => {
  interface RawAction {
    readonly type: string;
    readonly params?: unknown;
  }

  /** Steps a chart as host/step does and keeps the actions as they are. */
  function rawActions(machine: AnyStateMachine, events: readonly { type: string }[]): RawAction[][] {
    let actions: RawAction[] = [];
    const scope = {
      self: { id: 'x', sessionId: 'x', send: () => {} }, id: 'x', sessionId: 'x', logger: () => {}, defer: () => {}, emit: () => {},
      stopChild: () => {}, system: { _sendInspectionEvent: () => {} },
      actionExecutor: ({ type, params }: RawAction) => actions.push({ type, params }),
    } as never;
    let snapshot = machine.getInitialSnapshot(scope, { ...stamp });
    return events.map((event) => {
      actions = [];
      snapshot = machine.transition(snapshot, { ...stamp, ...event }, scope) as typeof snapshot;
      return actions;
    });
  }

  const timerRaise = (delay: number) => ({ type: 'xstate.raise', params: { event: { type: retryTimer }, id: retryTimer, delay } });
  const entered = { type: 'orrery.act', params: { commands: [record('entered', { count: 1 })] } };

  it('keeps its shapes and their order', () => {
    const again = { type: 'again', ...stamp };
    expect(rawActions(waiter, [{ type: 'Go' }, { type: retryTimer }, { type: 'Go' }])).toEqual([
      [
        { type: 'orrery.act', params: { commands: [record('one', {}), record('two', {})] } },
        { type: 'xstate.raise', params: { event: again, id: undefined, delay: undefined } },
        entered,
        timerRaise(2.5),
        { type: 'orrery.act', params: { commands: [record('again', { at: stamp.at, dice: stamp.dice })] } },
      ],
      [{ type: 'xstate.cancel', params: { sendId: retryTimer } }, entered, timerRaise(2.5)],
      [{ type: 'xstate.cancel', params: { sendId: retryTimer } }],
    ]);
  });
});

describe('a step', () => {
  it('gives commands in the order of the chart: actions, entry, timer, and what was raised', () => {
    const { commands } = step(waiterRole, 'planted-00', startedSnapshot(waiterRole), go);
    expect(commands).toEqual([
      record('one', {}),
      record('two', {}),
      record('entered', { count: 1 }),
      { type: 'arm', id: retryTimer, delayUs: 2_500, event: retryTimer },
      record('again', { at: stamp.at, dice: stamp.dice }),
    ]);
  });

  it('cancels before it arms anew, and cancels on leaving', () => {
    const waiting = step(waiterRole, 'planted-00', startedSnapshot(waiterRole), go).snapshot;
    const fired = step(waiterRole, 'planted-00', waiting, inputOf({ type: retryTimer }));
    expect(fired.commands.map(({ type }) => type)).toEqual(['cancel', 'record', 'arm']);
    expect(fired.commands[0]).toEqual({ type: 'cancel', id: retryTimer });
    expect(step(waiterRole, 'planted-00', waiting, go).commands).toEqual([{ type: 'cancel', id: retryTimer }]);
  });

  it('answers an event that the chart does not await with the same snapshot and no command', () => {
    const before = startedSnapshot(waiterRole);
    const { snapshot, commands } = step(waiterRole, 'planted-00', before, inputOf({ type: 'NobodyAwaitsThis' }));
    expect(snapshot).toBe(before);
    expect(commands).toEqual([]);
  });

  it('gives the entry actions of the first state the start input', () => {
    const role = roleOf(roleSetup<{ self: string }, RoleEvent>().createMachine({
      context: ({ input }) => ({ self: input.self }),
      entry: act<{ self: string }, RoleEvent>(({ context }) => ({ commands: [record('born', { self: context.self })] })),
    }));
    const { commands } = startStep(role, { self: 'planted-07', incarnation: 0, config: {}, ...stamp });
    expect(commands).toEqual([record('born', { self: 'planted-07' })]);
  });

  it('takes nothing more after a final state', () => {
    const role = roleOf(setup({}).createMachine({ initial: 'done', states: { done: { type: 'final' } } }));
    const done = startedSnapshot(role);
    expect(done.status).toBe('done');
    expect(step(role, 'planted-00', done, go)).toEqual({ snapshot: done, commands: [] });
  });

  it('goes on from a persisted snapshot as from the original', () => {
    const waiting = step(waiterRole, 'planted-00', startedSnapshot(waiterRole), go).snapshot;
    const persisted = persistSnapshot(waiterRole, waiting);
    const revived = reviveSnapshot(waiterRole, persisted);
    expect(encode(persistSnapshot(waiterRole, revived))).toEqual(encode(persisted));
    for (const type of [retryTimer, 'Go']) {
      const [one, other] = [waiting, revived].map((snapshot) => step(waiterRole, 'planted-00', snapshot, inputOf({ type })));
      expect(other!.commands).toEqual(one!.commands);
      expect(encode(persistSnapshot(waiterRole, other!.snapshot))).toEqual(encode(persistSnapshot(waiterRole, one!.snapshot)));
    }
  });
});

describe('what a step refuses', () => {
  const childless = fromCallback(() => {});
  it.each([
    ['log', setup({}).createMachine({ entry: log('hello') })],
    ['a custom action', setup({ actions: { shout: () => {} } }).createMachine({ entry: 'shout' })],
    ['an inline action', setup({}).createMachine({ entry: () => {} })],
    ['sendTo', setup({}).createMachine({ entry: sendTo(({ self }) => self, { type: 'Go' }) })],
    ['spawn', setup({ actors: { childless } }).createMachine({ entry: spawnChild('childless') })],
    ['invoke', setup({ actors: { childless } }).createMachine({ invoke: { src: 'childless' } })],
  ])('%s', (_, machine) => {
    expect(() => startedSnapshot(roleOf(machine as unknown as AnyStateMachine))).toThrow('which no host carries out; use');
  });

  it('a cycle of always, past the bound on microsteps', () => {
    const role = roleOf(setup({}).createMachine({
      initial: 'left',
      states: { left: { always: 'right' }, right: { always: 'left' } },
    }));
    const message = expect.stringContaining(`more than ${limits.microstepsPerStepMax} microsteps`) as string;
    const context = { node: 'planted-00', role: 'planted', event: 'start' };
    expect(() => startedSnapshot(role)).toThrow(expect.objectContaining({ name: 'InvariantViolation', message, context }));
  });

  it('more commands than one step may issue', () => {
    const flood = (count: number) => reactingRole(() => ({ commands: Array.from({ length: count }, () => record('flood', {})) }));
    const most = flood(limits.commandsPerStepMax);
    expect(step(most, 'planted-00', startedSnapshot(most), go).commands).toHaveLength(limits.commandsPerStepMax);
    const tooMany = flood(limits.commandsPerStepMax + 1);
    expect(() => step(tooMany, 'planted-00', startedSnapshot(tooMany), go)).toThrow(`more than ${limits.commandsPerStepMax} commands`);
  });

  it.each([NaN, Infinity, -1])('a delay of %s ms', (delay) => {
    const role = roleOf(setup({ delays: { odd: () => delay } }).createMachine({
      initial: 'waiting', states: { waiting: { after: { odd: 'over' } }, over: {} },
    }));
    expect(() => startedSnapshot(role)).toThrow('cannot be counted in microseconds');
  });
});

describe('errors of a role', () => {
  const context = { node: 'planted-00', role: 'planted', event: 'Go' };
  const thrownBy = (throws: () => never): unknown => {
    const role = reactingRole(throws);
    const before = startedSnapshot(role);
    try {
      return step(role, 'planted-00', before, go);
    } catch (error) {
      return error;
    }
  };

  it('name node, role, event and the line of the role, and keep the error as their cause', () => {
    const bug = new TypeError('a bug\nof the role');
    const error = thrownBy(() => { throw bug; }) as InvariantViolation;
    expect(error).toBeInstanceOf(InvariantViolation);
    const words = /^TypeError: a bug of the role \(node planted-00, role planted, event Go\) at step\.test\.ts:\d+:\d+$/u;
    expect(error.message).toMatch(words);
    expect([error.context, error.cause]).toEqual([context, bug]);
  });

  it('are told whatever was thrown, and without a line where the role has none on the stack', () => {
    const error = thrownBy(() => { throw Object('not even an error'); }) as InvariantViolation;
    expect(error.message).toBe('thrown: not even an error (node planted-00, role planted, event Go)');
    const bare = Object.assign(new RangeError('bare'), { stack: undefined });
    expect((thrownBy(() => { throw bare; }) as Error).message).toBe('RangeError: bare (node planted-00, role planted, event Go)');
  });

  it('pass out of a guard with the names of its state and event besides', () => {
    const chart = setup({ guards: { broken: () => { throw new Error('a bug of the guard'); } } }).createMachine({
      id: 'guarded', initial: 'here', states: { here: { on: { Go: { guard: 'broken', target: 'there' } } }, there: {} },
    });
    const role = roleOf(chart as unknown as AnyStateMachine);
    expect(() => step(role, 'planted-00', startedSnapshot(role), go)).toThrow(/Go.*here[\s\S]*a bug of the guard/u);
  });

  it('leave nothing behind for the next step', () => {
    const role = reactingRole(({ event }) => {
      if (event.type === 'linkDown') throw new Error('half way');
      return { commands: [send('planted-01', { kind: 'Hello' })] };
    });
    const before = startedSnapshot(role);
    expect(() => step(role, 'planted-00', before, inputOf({ type: 'linkDown' }))).toThrow('half way');
    expect(step(role, 'planted-00', before, go).commands).toEqual([send('planted-01', { kind: 'Hello' })]);
  });
});
