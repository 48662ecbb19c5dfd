/**
 * The role of the workload `timers`: a clock that is wound again before its alarm rings, mostly.
 *
 * Every step leaves its state and enters it again, which cancels two timers and arms three. It sends
 * nothing, so a run of it is the price of timers alone.
 */
import { act, defineRole, record, roleSetup } from '../src/actors/define.ts';
import type { RoleEvent } from '../src/actors/define.ts';
import { uniform } from '../src/kernel/draws.ts';
import { satisfied } from '../src/kernel/properties.ts';
import type { Property } from '../src/kernel/properties.ts';

interface AlarmContext {
  readonly wound: number;
  readonly rung: number;
}

const anAlarmRang: Property<null> = {
  name: 'an alarm rang',
  kind: 'sometimes',
  watches: ['alarm-rang'],
  start: () => null,
  observe: () => satisfied,
};

const wind = act<AlarmContext, RoleEvent>(({ context }) => ({ context: { wound: context.wound + 1 } }));

const ring = act<AlarmContext, RoleEvent>(({ context }) => ({
  context: { rung: context.rung + 1 },
  commands: [record('alarm-rang', { times: context.rung + 1 })],
}));

const machine = roleSetup<AlarmContext, RoleEvent>()
  .extend({
    delays: {
      windAgain: ({ event }) => 20 + 200 * uniform(event.dice, 'wind'),
      alarm: 210,
      battery: 1_000,
    },
  })
  .createMachine({
    id: 'alarm-clock',
    context: { wound: 0, rung: 0 },
    initial: 'off',
    states: {
      off: { on: { restored: 'ticking' } },
      ticking: {
        after: {
          windAgain: { target: 'ticking', reenter: true, actions: wind },
          alarm: { target: 'ticking', reenter: true, actions: ring },
          battery: 'off',
        },
      },
    },
  });

export default defineRole({
  name: 'alarm-clock',
  about: 'Arms three timers a step and cancels two.',
  machine,
  protocols: [],
  knows: [],
  tasks: [],
  records: { 'alarm-rang': 'a clock was not wound in time' },
  phrases: [anAlarmRang],
});
