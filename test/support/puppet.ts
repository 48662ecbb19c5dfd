/**
 * A role that does as its configuration says: tests of the simulator write scripts instead of charts.
 *
 * A script is a list of steps for each incarnation, each some milliseconds after the one before, and
 * each a list of commands. Reactions answer an event of a kind with commands. A puppet speaks one
 * protocol over streams, a second one over streams, and one over datagrams, and decides nothing.
 */
import * as Schema from 'effect/Schema';
import { act, defineRole, roleSetup } from '../../src/actors/define.ts';
import type { IssuedCommand, RoleDefinition } from '../../src/actors/define.ts';
import type { ValueMap } from '../../src/kernel/codec.ts';
import type { StartInput, Stamp } from '../../src/kernel/contract.ts';
import type { TaskDefinition } from '../../src/kernel/tasks.ts';
import { TaskRefused } from '../../src/kernel/tasks.ts';
import { CountSchema, defineMessage, defineProtocol } from '../../src/protocols/define.ts';

export interface Step {
  readonly afterMs: number;
  readonly commands: readonly IssuedCommand[];
  /** Whether the puppet is done after this step and leaves. */
  readonly finish?: boolean;
}

/** What one puppet does. */
export interface Part {
  /** Steps of each incarnation, from 0. */
  readonly lives?: readonly (readonly Step[])[];
  /** Commands at every event of a type. */
  readonly reactions?: Readonly<Record<string, readonly IssuedCommand[]>>;
}

/** What a word says; a long text goes in pieces, since a value above 1 KiB would have to be a blob. */
type Text = string | readonly string[];
const fields = { number: CountSchema, text: Schema.Union([Schema.String, Schema.Array(Schema.String)]) };
const inPieces = (text: Text): Text => (typeof text === 'string' && text.length > 1_000 ? text.match(/.{1,1000}/gsu)! : text);

function protocol(name: string, transport: 'stream' | 'datagram', kind: string) {
  return defineProtocol({
    name, about: 'A word of a puppet.', version: 1, transport, tolerates: { crash: 'all', byzantine: 'all' },
    messages: [defineMessage(kind, fields, ['number'])], records: {}, invariants: [], phrases: [], measures: [],
  });
}

export const protocols = [protocol('talk', 'stream', 'Said'), protocol('song', 'stream', 'Sang'), protocol('post', 'datagram', 'Posted')];

/** A task whose input says how long it takes and what comes out. */
export const doubling: TaskDefinition = {
  name: 'test/double',
  version: 1,
  work: (input) => (input as { work: number }).work,
  small: () => true,
  run: (input) => {
    const { value } = input as { value: number };
    if (value < 0) throw new TaskRefused('a negative number is not doubled');
    return value * 2;
  },
};

interface PuppetContext {
  readonly steps: readonly Step[];
  readonly reactions: Readonly<Record<string, readonly IssuedCommand[]>>;
  readonly next: number;
}

type PuppetEvent = Stamp & { readonly type: string };

const perform = act<PuppetContext, PuppetEvent>(({ context }) => ({
  context: { next: context.next + 1 },
  commands: context.steps[context.next]!.commands,
}));

const react = act<PuppetContext, PuppetEvent>(({ context, event }) => ({ commands: context.reactions[event.type] ?? [] }));

function firstContext({ config, incarnation }: StartInput): PuppetContext {
  const { lives = [], reactions = {} } = config['part'] as unknown as Part;
  return { steps: lives[incarnation] ?? [], reactions, next: 0 };
}

const machine = roleSetup<PuppetContext, PuppetEvent>()
  .extend({
    guards: {
      scriptIsOver: ({ context }) => context.next >= context.steps.length,
      stepFinishes: ({ context }) => context.steps[context.next]!.finish === true,
    },
    delays: { nextStep: ({ context }) => context.steps[context.next]!.afterMs },
  })
  .createMachine({
    id: 'puppet',
    context: ({ input }) => firstContext(input),
    initial: 'choosing',
    on: { '*': { actions: react } },
    states: {
      choosing: { always: [{ guard: 'scriptIsOver', target: 'resting' }, { target: 'acting' }] },
      acting: {
        after: { nextStep: [{ guard: 'stepFinishes', target: 'done', actions: perform }, { target: 'choosing', actions: perform }] },
      },
      resting: { tags: 'idle' },
      done: { type: 'final' },
    },
  });

const shared = { machine, protocols, knows: [], tasks: [doubling] };

export const puppet: RoleDefinition = defineRole({ ...shared, name: 'puppet', about: 'Does as it is told.' });

/** A puppet whose end ends the run. */
export const leadingPuppet: RoleDefinition = defineRole({
  ...shared, name: 'lead', about: 'Ends the run when it is done.', concludes: true,
});

/** A word of a puppet. */
export interface Word {
  readonly [field: string]: Text | number;
  readonly kind: string;
  readonly number: number;
  readonly text: Text;
}

export const said = (number: number, text: Text = ''): Word => ({ kind: 'Said', number, text: inPieces(text) });
export const sang = (number: number, text: Text = ''): Word => ({ kind: 'Sang', number, text: inPieces(text) });
export const posted = (number: number, text: Text = ''): Word => ({ kind: 'Posted', number, text: inPieces(text) });

/** A part as configuration. */
export const configOf = (part: Part): ValueMap => ({ part: JSON.parse(JSON.stringify(part)) as ValueMap });

/** One step that sends numbered words of one kind to a peer. */
export function words(afterMs: number, to: string, numbers: readonly number[], word: (number: number) => Word = said): Step {
  return { afterMs, commands: numbers.map((number) => ({ type: 'send', to, message: word(number) })) };
}

/** Steps that send one word each, `everyMs` apart. */
export function speech(to: string, numbers: readonly number[], everyMs: number, word?: (number: number) => Word): Step[] {
  return numbers.map((number) => words(everyMs, to, [number], word));
}

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
