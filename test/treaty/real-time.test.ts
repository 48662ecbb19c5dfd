/**
 * The treaty in real time: whatever a live world did, folding its journals gives the same commands
 * and the same snapshots, byte for byte.
 */
import { describe, expect, it, vi } from 'vitest';
import { act, compute, defineRole, roleSetup, save, send } from '../../src/actors/define.ts';
import type { RoleDefinition, RoleEvent } from '../../src/actors/define.ts';
import { encodeCommands, foldIncarnation } from '../../src/host/fold.ts';
import type { FoldedStep, Incarnation } from '../../src/host/fold.ts';
import type { NodeSpecification } from '../../src/host/node.ts';
import { toHex } from '../../src/kernel/bytes.ts';
import type { Value } from '../../src/kernel/codec.ts';
import type { Input } from '../../src/kernel/contract.ts';
import type { TaskDefinition } from '../../src/kernel/tasks.ts';
import { jsonToValue, valueToJson } from '../../src/run/folder/json-value.ts';
import { RealTimeWorld } from '../support/real-time-world.ts';
import { identitiesOf } from '../support/signatures.ts';
import { witnesses } from '../support/witness.ts';
import { ringNodes } from './ring.ts';

const hex = ({ commands, snapshot }: FoldedStep): string[] => [toHex(encodeCommands(commands)), toHex(snapshot)];

/** The answers of a journal folded anew. */
const folded = (role: RoleDefinition, life: Incarnation): string[][] => [...foldIncarnation(role, life)].map(hex);

/** The same inputs after they were written to a run folder's journal and read back. */
function throughJson(life: Incarnation): Incarnation {
  const inputs = life.inputs.map((input) => jsonToValue(valueToJson(input as unknown as Value)) as unknown as Input);
  return { ...life, inputs };
}

/** Replaces one input. */
const edited = (life: Incarnation, index: number, change: (input: Input) => Input): Incarnation => ({
  ...life,
  inputs: life.inputs.map((input, at) => (at === index ? change(input) : input)),
});

function expectLivesToFold(world: RealTimeWorld, nodes: readonly NodeSpecification[]): void {
  for (const life of world.lives) {
    const { role } = nodes.find(({ id }) => id === life.node)!;
    const answers = life.answers.map(hex);
    expect(folded(role, life)).toEqual(answers);
    expect(folded(role, throughJson(life))).toEqual(answers);
  }
}

describe('a ring in real time', () => {
  const nodes = ringNodes({ nodes: 4, tokens: 2, laps: 3, repeatAfterUs: 15_000 });

  async function runRing(): Promise<RealTimeWorld> {
    const world = new RealTimeWorld(nodes, { loss: 0.1, delayMsMax: 4 });
    await world.run();
    return world;
  }

  it('comes to its end unchanged, and each journal folds to what its node did', async () => {
    const world = await runRing();
    const records = world.lives.flatMap(({ answers }) => answers.flatMap(({ commands }) => commands));
    const taken = records.filter((command) => command.type === 'record' && command.kind === 'token-taken');
    expect(taken).toHaveLength(2 * 3 * 4);
    expect(world.lives.map(({ incarnation }) => incarnation)).toEqual([0, 0, 0, 0]);
    expectLivesToFold(world, nodes);
  });

  it('does not fold to the same answers once an input was edited', async () => {
    const world = await runRing();
    const life = world.lives.find(({ node }) => node === 'ring-member-01')!;
    const { role } = nodes.find(({ id }) => id === life.node)!;
    const answers = life.answers.map(hex);
    const taking = life.answers.findIndex(({ commands }) => commands.some(({ type }) => type === 'arm'));
    const firstDifference = (change: (input: Input) => Input): number =>
      folded(role, edited(life, taking, change)).findIndex((answer, index) => answer.join() !== answers[index]!.join());
    const editMessage = ({ event, ...stamp }: Input): Input => {
      const message = { ...(event['message'] as object), hop: 99 };
      return { ...stamp, event: { ...event, message } };
    };
    expect(firstDifference(editMessage)).toBe(taking);
    // One other die may give the same delay of the timer in whole microseconds, but not all of these. They
    // differ in the last bits of 53, where bitwise operators, which see 32, would change the others too.
    const { dice } = life.inputs[taking]!;
    const others = [1, 2, 3, 4, 5].map((change) => dice - (dice % 8) + ((dice + change) % 8));
    const otherDice = others.map((other) => firstDifference((input) => ({ ...input, dice: other })));
    expect(otherDice, `the journal's dice ${dice} were replaced by ${others.join(', ')}`).toContain(taking);
  });
});

describe('witnesses in real time', () => {
  it('get proofs under keys that chance made, believe them, and fold to what they did', async () => {
    const nodes = witnesses(3, identitiesOf(1));
    const world = new RealTimeWorld(nodes, { loss: 0, delayMsMax: 4 });
    await world.run();
    const commands = world.lives.flatMap(({ answers }) => answers.flatMap((answer) => answer.commands));
    expect(commands.some((command) => command.type === 'record' && command.kind === 'pledge-shown')).toBe(true);
    expect(world.rejected).toEqual([]);
    expectLivesToFold(world, nodes);
  });
});

describe('a node that computes, saves and starts again', () => {
  const double: TaskDefinition = {
    name: 'test/double',
    version: 1,
    work: () => 1,
    small: () => true,
    run: (input) => ({ doubled: (input as { number: number }).number * 2 }),
  };

  interface Kept {
    readonly number: number;
  }

  /** Doubles what it finds in its store, saves it, and is done in the life in which it finds 4. */
  const chart = roleSetup<Kept, RoleEvent>()
    .extend({ guards: { isFour: ({ context }) => context.number === 4 } })
    .createMachine({
      id: 'doubler',
      context: { number: 0 },
      initial: 'starting',
      states: {
        starting: {
          on: {
            restored: {
              target: 'looking',
              actions: act<Kept, RoleEvent>(({ event }) => {
                const { records } = event as unknown as { records: { number?: number } };
                return { context: { number: records.number ?? 1 } };
              }),
            },
          },
        },
        looking: { always: [{ guard: 'isFour', target: 'done' }, { target: 'doubling' }] },
        doubling: {
          entry: act<Kept, RoleEvent>(({ context }) => ({ commands: [compute('test/double', 'only', { number: context.number })] })),
          on: {
            computed: {
              target: 'saving',
              actions: act<Kept, RoleEvent>(({ event }) => {
                const { doubled } = (event as unknown as { result: { doubled: number } }).result;
                return { context: { number: doubled }, commands: [save('number', doubled)] };
              }),
            },
          },
        },
        saving: { on: { saved: 'kept' } },
        kept: {},
        done: { type: 'final' },
      },
    });

  const doubler = defineRole({
    name: 'doubler', about: 'Doubles a number in each life.', machine: chart, protocols: [], knows: [], tasks: [double], concludes: true,
  });

  it('finds in each life what the one before saved, and all its lives fold', async () => {
    const nodes = [{ id: 'doubler-00', role: doubler, config: {} }];
    const world = new RealTimeWorld(nodes, { loss: 0, delayMsMax: 2 });
    const ended = world.run();
    for (const lives of [1, 2]) {
      await vi.waitFor(() => expect(world.lives.filter(({ inputs }) => inputs.at(-1)?.event.type === 'saved')).toHaveLength(lives), 60_000);
      world.restart('doubler-00');
    }
    await ended;
    const restored = world.lives.map(({ inputs }) => inputs[1]!.event['records']);
    expect(restored).toEqual([{}, { number: 2 }, { number: 4 }]);
    expectLivesToFold(world, nodes);
  });

  it('ends with the error of a role that invents a message', async () => {
    const inventor = defineRole({
      ...doubler,
      name: 'inventor',
      machine: roleSetup<object, RoleEvent>().createMachine({
        context: {},
        entry: act<object, RoleEvent>(() => ({ commands: [send('inventor-00', { kind: 'NeverDefined' })] })),
      }),
    });
    const world = new RealTimeWorld([{ id: 'inventor-00', role: inventor, config: {} }], { loss: 0, delayMsMax: 1 });
    await expect(world.run()).rejects.toThrow('role inventor sent a NeverDefined, which none of its protocols has');
  });
});
