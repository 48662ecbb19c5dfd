/** A role for tests of studies: it does what its section says, to itself and to its process. */
import * as Schema from 'effect/Schema';
import { act, defineRole, record, roleSetup } from '../../../src/actors/define.ts';
import { satisfied } from '../../../src/kernel/properties.ts';
import type { Property } from '../../../src/kernel/properties.ts';
import { defineProtocol } from '../../../src/protocols/define.ts';
import { withDefault } from '../../../src/protocols/quantities.ts';

const deeds = ['none', 'throw', 'die', 'hang', 'memory'] as const;
type Deed = (typeof deeds)[number];

const ticked: Property<null> = {
  name: 'a clock ticked', kind: 'sometimes', watches: ['tick'], start: () => null, observe: () => satisfied,
};

const mischiefProtocol = defineProtocol({
  name: 'mischief', about: 'Ticks, and does mischief.', version: 1, transport: 'stream', tolerates: { crash: 'all', byzantine: 'all' },
  messages: [],
  records: { tick: 'a clock ticked' },
  section: {
    key: 'mischief',
    about: 'What the role does to its process.',
    schema: Schema.Struct({
      deed: withDefault(Schema.Literals(deeds), 'none'),
      ticks: withDefault(Schema.Int, 3),
      /** Read by nobody. */
      colour: withDefault(Schema.String, 'red'),
    }),
  },
  invariants: [], phrases: [ticked],
  measures: [{ name: 'last-tick', about: 'The number of the last tick.', unit: 'ticks', kind: 'tick', field: 'number' }],
});

function doDeed(deed: Deed): void {
  if (deed === 'throw') throw new Error('mischief was asked for');
  if (deed === 'die') process.kill(process.pid, 'SIGKILL');
  // Waits for what nobody will ever say, without taking the processor from other tests.
  if (deed === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  if (deed === 'memory') {
    const held: number[][] = [];
    for (;;) held.push(Array.from<number>({ length: 1_000_000 }).fill(0.5));
  }
}

type Context = { readonly ticks: number; readonly number: number; readonly deed: Deed };

const tick = act<Context, { type: string }>(({ context }) => {
  doDeed(context.deed);
  return { context: { number: context.number + 1 }, commands: [record('tick', { number: context.number + 1 })] };
});

export default defineRole({
  name: 'mischief',
  about: 'Ticks until it is done.',
  protocols: [mischiefProtocol], knows: [], tasks: [], concludes: true,
  machine: roleSetup<Context, { type: string }>()
    .extend({ guards: { enough: ({ context }) => context.number >= context.ticks }, delays: { second: 1_000 } })
    .createMachine({
      context: ({ input }) => {
        const { deed, ticks } = input.config['mischief'] as { deed: Deed; ticks: number };
        return { deed, ticks, number: 0 };
      },
      initial: 'ticking',
      states: {
        ticking: { after: { second: [{ guard: 'enough', target: 'done' }, { target: 'ticking', reenter: true, actions: tick }] } },
        done: { type: 'final' },
      },
    }),
});
