/**
 * The treaty between an actor and its world.
 *
 * An actor is a fold: (snapshot, Input) → (snapshot, Command[]). It holds no clock, no generator,
 * no promise and no socket; whatever it learns is an event, whatever it wants done is a command,
 * and both are plain data. The simulator, the explorer and the live worlds differ only in who
 * carries the commands out.
 */
import type { Value, ValueMap } from './codec.ts';
import type { Dice } from './draws.ts';
import type { NodeId } from './ids.ts';
import type { Micros } from './time.ts';

/** What a host stamps on every input. */
export interface Stamp {
  /** The node's wall clock in µs since the run's epoch: skew, drift and jumps show here. */
  readonly at: Micros;
  /** µs since this incarnation started; drift shows, jumps do not. Timers count this. */
  readonly mono: Micros;
  /** Chance, to be read only through choose, uniform and expand of kernel/draws. */
  readonly dice: Dice;
}

/** A message of a protocol: a plain object whose `kind` names its schema. */
export type Message = { readonly kind: string } & ValueMap;

/**
 * What a host tells an actor by itself. Beside it an actor learns messages, as events of the type of
 * their kind with `from` and `message`, and its own timers.
 */
export type HostEvent =
  | { readonly type: 'restored'; readonly records: ValueMap; readonly damaged: readonly string[] }
  | { readonly type: 'saved'; readonly key: string; readonly ticket: string }
  | { readonly type: 'saveFailed'; readonly key: string; readonly ticket: string; readonly reason: string }
  | { readonly type: 'computed'; readonly task: string; readonly key: string; readonly result: Value }
  | { readonly type: 'computeFailed'; readonly task: string; readonly key: string; readonly reason: string }
  | { readonly type: 'linkUp'; readonly peer: NodeId }
  | { readonly type: 'linkDown'; readonly peer: NodeId; readonly reason: string }
  | { readonly type: 'sendRefused'; readonly to: NodeId; readonly kind: string; readonly reason: string };

/** One input of the fold. `start` opens an incarnation; timers carry the chart's own event type. */
export interface Input extends Stamp {
  readonly event: InputEvent;
}

export type InputEvent = { readonly type: string } & ValueMap;

/** What a role is given when an incarnation starts. */
export interface StartInput extends Stamp {
  readonly self: NodeId;
  readonly incarnation: number;
  /** The node's configuration, decoded by the schemas of its role and protocols. */
  readonly config: ValueMap;
}

/** Everything that an actor can ask for. */
export type Command =
  | SendCommand
  | ArmCommand
  | CancelCommand
  | ComputeCommand
  | SaveCommand
  | RecordCommand
  | RejectCommand;

/** Sends a message; the link gives no answer, and a broken one loses what was in flight. */
export interface SendCommand {
  readonly type: 'send';
  readonly to: NodeId;
  readonly message: Message;
}

/** Arms a timer of the chart; arming an id again replaces it and raises its generation. */
export interface ArmCommand {
  readonly type: 'arm';
  readonly id: string;
  readonly generation: number;
  readonly delayUs: Micros;
  /** The event type that the chart awaits when the timer fires. */
  readonly event: string;
}

export interface CancelCommand {
  readonly type: 'cancel';
  readonly id: string;
}

/** Runs a named task over its inputs; answered by `computed` or `computeFailed`, same task and key. */
export interface ComputeCommand {
  readonly type: 'compute';
  readonly task: string;
  /** Names this use of the task: round, attempt. Two uses under way may not share a key. */
  readonly key: string;
  readonly input: Value;
}

/** Stores a record durably; null removes it. Answered by `saved` or `saveFailed`, same ticket. */
export interface SaveCommand {
  readonly type: 'save';
  readonly key: string;
  readonly value: Value;
  readonly ticket: string;
}

/** An observation for judges and people; nothing in the world depends on it. */
export interface RecordCommand {
  readonly type: 'record';
  readonly kind: string;
  readonly data: ValueMap;
}

/** An operating error: something from outside was refused. Counted by reason. */
export interface RejectCommand {
  readonly type: 'reject';
  readonly reason: string;
  readonly data: ValueMap;
}
