import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { assign, createActor, emit, enqueueActions, setup } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { act, compute, defineRole, record, reject, roleSetup, save, send, stampOf } from '../../src/actors/define.ts';
import type { IssuedCommand, RoleEvent } from '../../src/actors/define.ts';
import { persistSnapshot, step } from '../../src/host/step.ts';
import { encode } from '../../src/kernel/codec.ts';
import { defineMessage, defineProtocol } from '../../src/protocols/define.ts';
import { inputOf, roleOf, stamp, startedSnapshot } from '../support/planted-role.ts';

type Sum = { readonly sum: number; readonly last: number };
type Numbered = RoleEvent & { readonly number: number };

/** Adds numbers: by `act`, and by what xstate offers for the same. */
const decide = ({ context, event }: { context: Sum; event: Numbered }) => {
  if (event.number < 0) return {};
  const commands = event.number % 2 === 0 ? [record('even', { number: event.number }), record('told', {})] : [];
  return { context: { sum: context.sum + event.number, last: event.number }, commands };
};
const states = (actions: unknown) => ({
  id: 'adder', context: { sum: 0, last: 0 }, initial: 'low',
  states: {
    low: { on: { add: { actions } }, always: { guard: 'isHigh', target: 'high' } },
    high: { entry: actions, on: { add: { actions } }, tags: ['high'] },
  },
});
const guards = { isHigh: ({ context }: { context: Sum }) => context.sum > 20 };
const byAct = roleOf(setup({ guards } as never).createMachine(states(act<Sum, Numbered>(decide)) as never) as unknown as AnyStateMachine);
const byXstate = roleOf(setup({ guards } as never).createMachine(states(enqueueActions(({ context, event, enqueue }) => {
  const effects = decide({ context, event } as never);
  if (effects.context !== undefined) enqueue(assign(effects.context));
  for (const command of effects.commands ?? []) enqueue(emit(command as never));
})) as never) as unknown as AnyStateMachine);

describe('act', () => {
  it('does what assign and emit of xstate do', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: -3, max: 9 }), { maxLength: 12 }), (numbers) => {
      let [one, other] = [startedSnapshot(byAct), startedSnapshot(byXstate)];
      for (const number of numbers) {
        const input = inputOf({ type: 'add', number });
        const [left, right] = [step(byAct, 'planted-00', one, input), step(byXstate, 'planted-00', other, input)];
        expect(left.commands).toEqual(right.commands);
        expect(encode(persistSnapshot(byAct, left.snapshot))).toEqual(encode(persistSnapshot(byXstate, right.snapshot)));
        expect([...left.snapshot.tags]).toEqual([...right.snapshot.tags]);
        [one, other] = [left.snapshot, right.snapshot];
      }
    }));
  });

  it('leaves the context of the snapshot before as it was', () => {
    const before = startedSnapshot(byAct);
    step(byAct, 'planted-00', before, inputOf({ type: 'add', number: 4 }));
    expect(before.context).toEqual({ sum: 0, last: 0 });
  });

  it('emits its commands where the chart runs in the interpreter of xstate', () => {
    const actor = createActor(byAct.machine, { input: {} });
    const emitted: unknown[] = [];
    actor.on('*', (command) => emitted.push(command));
    actor.start();
    actor.send({ type: 'add', number: 2, ...stamp });
    actor.stop();
    expect(emitted).toEqual([record('even', { number: 2 }), record('told', {})]);
  });
});

describe('commands', () => {
  it.each<[IssuedCommand, object]>([
    [send('worker-00', { kind: 'Hello' }), { type: 'send', to: 'worker-00', message: { kind: 'Hello' } }],
    [compute('ml/train', 'round 1', {}), { type: 'compute', task: 'ml/train', key: 'round 1', input: {} }],
    [save('round', 3), { type: 'save', key: 'round', value: 3, ticket: '' }],
    [record('seen', {}), { type: 'record', kind: 'seen', data: {} }],
    [reject('tooLate'), { type: 'reject', reason: 'tooLate', data: {} }],
  ])('are plain data: %o', (command, data) => {
    expect(command).toEqual(data);
  });
});

describe('the stamp of an event', () => {
  it('is on the event, or on the input of the first one', () => {
    expect(stampOf({ type: 'Go', ...stamp })).toMatchObject(stamp);
    expect(stampOf({ type: 'xstate.init', input: { self: 'worker-00', ...stamp } })).toMatchObject(stamp);
  });

  it('is missed at once', () => {
    expect(() => stampOf({ type: 'Go', at: 1, mono: 1 })).toThrow('an event without a stamp');
  });
});

describe('a role', () => {
  const machine = roleSetup<object, RoleEvent>().createMachine({ context: {} });
  const speaking = (name: string) => defineProtocol({
    name, about: '', version: 1, transport: 'stream', tolerates: { crash: '', byzantine: '' },
    messages: [defineMessage('Hello', {})], records: {}, invariants: [], phrases: [], measures: [],
  });

  it.each(['Worker', 'worker_one', '-worker', 'worker-', '7up', ''])('is not called "%s"', (name) => {
    expect(() => roleOf(machine, { name })).toThrow('is not in lower-case with dashes');
  });

  it('speaks no two protocols with one message kind', () => {
    expect(() => roleOf(machine, { protocols: [speaking('one'), speaking('two')] })).toThrow('two protocols with one message kind');
    expect(roleOf(machine, { protocols: [speaking('one')] }).protocols).toHaveLength(1);
  });

  it('cannot be changed once it is defined', () => {
    expect(Object.isFrozen(defineRole(roleOf(machine)))).toBe(true);
  });
});
