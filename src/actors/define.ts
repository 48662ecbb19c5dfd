/**
 * How a role is written.
 *
 * A role is one xstate chart that speaks only through the helpers below: `act` changes context and
 * issues commands, `raise` puts a stamped event into the same step. invoke, spawn, sendTo and
 * xstate's own raise are not used (tidy holds this), because they reach for things that a fold does
 * not have.
 */
import { raise as xstateRaise, setup } from 'xstate';
import type { ActionFunction, AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { assert } from '../kernel/assert.ts';
import type { Value, ValueMap } from '../kernel/codec.ts';
import type {
  ComputeCommand, HostEvent, Message, RecordCommand, RejectCommand, SaveCommand, SendCommand, Stamp, StartInput,
} from '../kernel/contract.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { Property } from '../kernel/properties.ts';
import type { TaskDefinition } from '../kernel/tasks.ts';
import type { Measure, ProtocolDefinition, SectionDefinition } from '../protocols/define.ts';
import type { SignedFrame } from '../protocols/signed-frames.ts';

export interface RoleDefinition {
  readonly name: string;
  readonly about: string;
  readonly machine: AnyStateMachine;
  /** Protocols that it speaks; their sections become its configuration, under their keys. */
  readonly protocols: readonly ProtocolDefinition[];
  /** Roles whose addresses stand in its configuration, as `config.known[role]`. */
  readonly knows: readonly string[];
  /** Roles whose public keys stand in its configuration, as `config.publicKeys[node]`: 64 hexadecimal digits. */
  readonly knowsKeysOf?: readonly string[];
  readonly tasks: readonly TaskDefinition[];
  /** Whether a run is over once every living node of this role has reached a final state. */
  readonly concludes?: boolean;
  /** What a scenario may set for this role alone. */
  readonly section?: SectionDefinition;
  /** Observation kinds of its own. */
  readonly records?: Readonly<Record<string, string>>;
  readonly invariants?: readonly Property[];
  readonly phrases?: readonly Property[];
  readonly measures?: readonly Measure[];
}

/** What an action may issue. Timers come from the chart's `after`, never from here. */
export type IssuedCommand = SendCommand | ComputeCommand | SaveCommand | RecordCommand | RejectCommand;

/** The events of a role: its messages by kind, what the host says, and what it raises itself. */
export type RoleEvent<Messages extends Message = Message, Raised extends { type: string } = never> =
  | (Messages extends Message ? MessageEvent<Messages> : never)
  | (Stamp & HostEvent)
  | (Raised extends never ? never : Stamp & Raised);

/** A message that arrived, under the type of its kind. */
type MessageEvent<Received extends Message> = Stamp & {
  readonly type: Received['kind'];
  readonly from: NodeId;
  readonly message: Received;
  /** The frame as proof for others, where the kind is a signed one (protocols/signed-frames). */
  readonly signed?: SignedFrame;
};

/** What an action returns: changes of the context, and commands in the order they are carried out. */
export interface Effects<Context> {
  readonly context?: Partial<Context>;
  readonly commands?: readonly IssuedCommand[];
}

/** An action of a chart, in the one form that roles use. */
export type RoleAction<Context extends object, Event extends { type: string }> = ActionFunction<
  Context, Event, Event, undefined, never, never, never, never, IssuedCommand
>;

/** Types for `setup`, so that a chart's context, events and delays are checked. */
export function roleSetup<Context extends object, Event extends { type: string }>() {
  return setup({
    types: {
      context: {} as Context,
      events: {} as Event,
      input: {} as StartInput,
      emitted: {} as IssuedCommand,
    },
  });
}

/** The type of the action that `act` makes; host/step carries out the commands in its `params`. */
export const actType = 'orrery.act';

/**
 * An action from a pure function of context and event. On entry of the initial state the event is
 * xstate's own init event, which carries the start input and no message.
 *
 * It has the form of xstate 5.33.3's built-in actions (assign, emit): a function with a `type`, a
 * `resolve` that gives [snapshot, params, further actions], and an `execute`. xstate's own
 * enqueueActions builds an action object for each change and command and derives the state value
 * anew; without it a step of the ring's member takes 8.6 µs instead of 10.5. test/host/step.test.ts
 * holds the form.
 */
export function act<Context extends object, Event extends { type: string }>(
  decide: (args: { context: Context; event: Event }) => Effects<Context>,
): RoleAction<Context, Event> {
  const resolve = (_scope: unknown, snapshot: AnyMachineSnapshot, args: { context: Context; event: Event }) => {
    const { context, commands } = decide({ context: args.context, event: args.event });
    // Only the context changes, so the state value and its tags may be shared with the new snapshot.
    const next = context === undefined ? snapshot : { ...snapshot, context: { ...args.context, ...context } };
    return [next, { commands: commands ?? noCommands }, undefined];
  };
  const neverCalled = () => assert(false, 'xstate resolves this action and never calls it');
  return Object.assign(neverCalled, { type: actType, resolve, execute }) as unknown as RoleAction<Context, Event>;
}

const noCommands: readonly IssuedCommand[] = [];

/** Emits the commands where a chart runs in xstate's own interpreter, such as its inspector. */
function execute(
  scope: { defer(later: () => void): void; emit(command: IssuedCommand): void },
  { commands }: { commands: readonly IssuedCommand[] },
): void {
  for (const command of commands) scope.defer(() => scope.emit(command));
}

/** Raises an event within the same step, stamped like the event that caused it. */
export function raise<Context extends object, Event extends { type: string }>(
  make: (args: { context: Context; event: Event }) => { readonly type: Event['type'] },
): RoleAction<Context, Event> {
  const action = xstateRaise<Context, Event, Event, undefined, never, never>(({ context, event }) => {
    const { at, mono, dice } = stampOf(event);
    return { ...make({ context, event }), at, mono, dice } as unknown as Event;
  });
  return action as RoleAction<Context, Event>;
}

/** The stamp of any event, the init event included. */
export function stampOf(event: unknown): Stamp {
  const source = event as Partial<Stamp> & { input?: Stamp };
  const stamp = source.input ?? source;
  assert(stamp.at !== undefined && stamp.mono !== undefined && stamp.dice !== undefined, 'an event without a stamp reached an actor');
  return stamp as Stamp;
}

export const send = (to: NodeId, message: Message): SendCommand => ({ type: 'send', to, message });
export const compute = (task: string, key: string, input: Value): ComputeCommand => ({ type: 'compute', task, key, input });
export const save = (key: string, value: Value, ticket = ''): SaveCommand => ({ type: 'save', key, value, ticket });
export const record = (kind: string, data: ValueMap): RecordCommand => ({ type: 'record', kind, data });
export const reject = (reason: string, data: ValueMap = {}): RejectCommand => ({ type: 'reject', reason, data });

const roleNamePattern = /^[a-z][a-z0-9]*(?:-[a-z][a-z0-9]*)*$/u;

/** Checks a role once, where it is defined: names, and that no two protocols share a message kind. */
export function defineRole(definition: RoleDefinition): RoleDefinition {
  assert(roleNamePattern.test(definition.name), `role "${definition.name}" is not in lower-case with dashes`);
  const kinds = definition.protocols.flatMap((protocol) => protocol.messages.map((message) => message.kind));
  assert(new Set(kinds).size === kinds.length, `role ${definition.name} speaks two protocols with one message kind`);
  return Object.freeze(definition);
}
