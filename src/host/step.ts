/**
 * One step of one actor: the only caller of xstate.
 *
 * `machine.transition(snapshot, event, scope)` is pure and public (ActorLogic); the package-level
 * `transition()` rebuilds an actor at each call, which costs some 26 µs more a step (measured, see
 * docs/PERFORMANCE.md). The scope is reused, because a fold needs no identity of its own.
 *
 * xstate's actions become commands: those of `act` and `emit` as they stand, a delayed raise arms a
 * timer, cancel cancels it. An undelayed raise has already happened inside the step.
 */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { assert, InvariantViolation } from '../kernel/assert.ts';
import type { Value } from '../kernel/codec.ts';
import type { Input, StartInput } from '../kernel/contract.ts';
import { limits } from '../kernel/limits.ts';
import { fromMs } from '../kernel/time.ts';
import type { AdversaryCommand } from '../actors/adversaries/define.ts';
import { actType } from '../actors/define.ts';
import type { IssuedCommand, RoleDefinition } from '../actors/define.ts';
import { placeOfThrown, wordsOfThrown } from './thrown-words.ts';
import type { FrameChoice } from './thrown-words.ts';
import { guarded } from './tripwires.ts';
import type { StepSubject } from './tripwires.ts';

export type Snapshot = AnyMachineSnapshot;

/** What a step asks for, in order: what a chart may, or an adversary. The host turns `arm` into a command with a generation. */
export type StepCommand = AdversaryCommand;

export interface StepResult {
  readonly snapshot: Snapshot;
  readonly commands: readonly StepCommand[];
}

interface ExecutableAction {
  readonly type: string;
  readonly params?: {
    readonly event?: { readonly type: string };
    readonly id?: string;
    readonly delay?: number;
    readonly sendId?: string;
    readonly commands?: readonly IssuedCommand[];
  };
}

let collected: StepCommand[] = [];

function collect(action: ExecutableAction): void {
  const { params } = action;
  if (action.type === actType) {
    for (const command of params!.commands!) collected.push(command);
  } else if (action.type === 'xstate.emit') {
    collected.push(params!.event as unknown as IssuedCommand);
  } else if (action.type === 'xstate.raise') {
    if (params!.delay === undefined) return;
    assert(params!.id !== undefined, 'a delayed raise has no id to be cancelled by');
    collected.push({ type: 'arm', id: params!.id, delayUs: fromMs(params!.delay), event: params!.event!.type });
  } else if (action.type === 'xstate.cancel') {
    collected.push({ type: 'cancel', id: params!.sendId! });
  } else {
    throw new InvariantViolation(`a chart used the action "${action.type}", which no host carries out; use act()`);
  }
  const { commandsPerStepMax } = limits;
  assert(collected.length <= commandsPerStepMax, () => `one step issued more than ${commandsPerStepMax} commands`);
}

const actorReference = {
  id: 'actor',
  sessionId: 'actor',
  send: () => {},
  _parent: undefined,
  /** xstate asks an actor for its system only to start a child in it. */
  get system(): never {
    throw new InvariantViolation('a chart started another actor by invoke or spawn, which no host carries out; use compute()');
  },
};
const scope = {
  self: actorReference,
  id: 'actor',
  sessionId: 'actor',
  logger: () => {},
  defer: () => {},
  emit: () => {},
  stopChild: () => {},
  actionExecutor: collect,
  system: { _sendInspectionEvent: () => {} },
} as unknown as Parameters<AnyStateMachine['transition']>[2];

/** Sets the bound on microsteps, past which xstate itself ends a cycle of `always`. */
export function prepareMachine(machine: AnyStateMachine): void {
  (machine.options as { maxIterations?: number }).maxIterations = limits.microstepsPerStepMax;
}

const subject: StepSubject = { node: '', role: '', event: '' };

/** This module's path as stacks have it; a bundle without an address of its own has none. */
const ownPath = (import.meta.url ?? '').replace(/^file:\/\//u, '');
/** The folder of Orrery's sources, whose frames say nothing about the error of a user's role. */
const ownFolder = ownPath.replace(/host\/[^/]*$/u, '');

/** A role's own lines: those above the step that are neither of Orrery nor of a package. */
const linesOfRole: FrameChoice = {
  admits: (file) => (ownFolder === '' || !file.includes(ownFolder)) && !file.includes('/node_modules/'),
  until: ownPath,
};

/**
 * Whatever a step throws names who was at work. An error of the role's own says its kind, its message
 * and the role's first line on the stack; the error itself is the cause.
 */
function named(error: unknown): unknown {
  const violation = error instanceof InvariantViolation;
  if (violation && 'node' in error.context) return error;
  const { node, role, event } = subject;
  const words = violation ? error.message : wordsOfThrown(error);
  const place = violation ? '' : placeOfThrown(error, linesOfRole);
  const context = { node, role, event };
  return new InvariantViolation(`${words} (node ${node}, role ${role}, event ${event})${place}`, context, { cause: error });
}

function takeGuarded(run: () => Snapshot): Snapshot {
  try {
    return guarded(subject, run);
  } catch (error) {
    throw named(error);
  }
}

function take(run: () => Snapshot): StepResult {
  collected = [];
  const snapshot = takeGuarded(run);
  if (snapshot.status === 'error') throw named((snapshot as { error?: unknown }).error);
  const commands = collected;
  collected = [];
  return { snapshot, commands };
}

/** The first step of an incarnation: enters the initial states. */
export function startStep(role: RoleDefinition, input: StartInput): StepResult {
  subject.node = input.self;
  subject.role = role.name;
  subject.event = 'start';
  return take(() => role.machine.getInitialSnapshot(scope as never, input) as Snapshot);
}

/** Folds one input. An event that the chart does not await gives the same snapshot and no command. */
export function step(role: RoleDefinition, node: string, snapshot: Snapshot, input: Input): StepResult {
  subject.node = node;
  subject.role = role.name;
  subject.event = input.event.type;
  if (snapshot.status !== 'active') return { snapshot, commands: [] };
  const event = { ...input.event, at: input.at, mono: input.mono, dice: input.dice };
  return take(() => role.machine.transition(snapshot, event, scope as never) as Snapshot);
}

/** A snapshot as a plain value, without fields that are undefined. */
export function persistSnapshot(role: RoleDefinition, snapshot: Snapshot): Value {
  const persisted = role.machine.getPersistedSnapshot(snapshot) as unknown as Record<string, Value | undefined>;
  const plain: Record<string, Value> = {};
  for (const [key, value] of Object.entries(persisted)) {
    if (value !== undefined) plain[key] = value;
  }
  return plain;
}

/** The snapshot of a persisted value; its next steps are those of the original. */
export function reviveSnapshot(role: RoleDefinition, persisted: Value): Snapshot {
  return role.machine.restoreSnapshot(persisted as never, scope as never) as Snapshot;
}
