/**
 * Folds a stored trace: every node is stepped through its recorded inputs without any world, and must
 * ask for exactly what the trace says that it asked for.
 *
 * It proves of a stored run that its actors depend on nothing but their inputs, and it names the
 * first command that does not follow from them. A step that a fault cut short (the node was stopped
 * by its own record) has fewer commands in the trace; those it has must still be the first ones.
 */
import type { NodeSpecification } from '../host/node.ts';
import { Fold } from '../host/fold.ts';
import { messageEvent } from '../host/received-frames.ts';
import type { StepCommand } from '../host/step.ts';
import { TimerTable } from '../host/timers.ts';
import { firstDifferingPath, valueText } from '../judge/first-difference.ts';
import type { TraceReader, TraceRecord } from '../judge/trace-reader.ts';
import type { Value } from '../kernel/codec.ts';
import type { Input, InputEvent, Message } from '../kernel/contract.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { Finding } from '../judge/verdict.ts';

interface FoldedNode {
  readonly fold: Fold;
  readonly timers: TimerTable;
  /** Commands of the latest step that the trace has not shown yet. */
  expected: Value[];
}

/** The first record that does not follow from the inputs before it; undefined when all do. */
export function firstUnfoldedRecord(reader: TraceReader, specifications: readonly NodeSpecification[]): Finding | undefined {
  const nodes = new Map<string, FoldedNode>();
  for (const { id, role, config, wrapping } of specifications) {
    nodes.set(id, { fold: new Fold(role, id, config, wrapping), timers: new TimerTable(), expected: [] });
  }
  for (const record of reader.records()) {
    const node = nodes.get(record.node);
    if (node === undefined) continue;
    const message = record.kind === 'input' ? stepThrough(node, record) : record.kind === 'commands' ? matches(node, record) : undefined;
    if (message !== undefined) return findingAt(record, message);
  }
  return undefined;
}

function findingAt({ sequence, at, node }: TraceRecord, message: string): Finding {
  return { class: 'nondeterministic', property: '', at, node, event: sequence, message: `record ${sequence}: ${message}`, facts: [] };
}

/** Takes an input; complains when the step before it asked for more than the trace shows. */
function stepThrough(node: FoldedNode, record: TraceRecord): string | undefined {
  const input = inputOf(record);
  const [missing] = node.expected;
  if (missing !== undefined && input.event.type !== 'start') {
    return `the step before this input of ${record.node} also asked for ${valueText(missing)}, which the trace does not have`;
  }
  if (input.event.type === 'start') node.timers.clear();
  node.expected = node.fold.take(input).filter(isTraced).map((command) => recordOf(node.timers, input, command));
  return undefined;
}

/**
 * An input record holds at, mono and dice, and then an event, or from and message, or of a signed frame
 * from, incarnation, signature and message (see worlds/sim/recorder).
 */
function inputOf({ node, value }: TraceRecord): Input {
  const [at, mono, dice, ...rest] = value as [number, number, number, ...Value[]];
  return { at, mono, dice, event: eventOf(node, rest) };
}

function eventOf(to: NodeId, rest: readonly Value[]): InputEvent {
  if (rest.length === 1) return rest[0] as InputEvent;
  const from = rest[0] as NodeId;
  const message = rest.at(-1) as Message;
  if (rest.length === 2) return { type: message.kind, from, message };
  const [incarnation, signature] = rest.slice(1) as [number, string];
  return messageEvent({ from, incarnation, to, message, signature });
}

/** Observations have a chain of their own, and an adversary's acts stand among the hits of faults. */
function isTraced({ type }: StepCommand): boolean {
  return type !== 'record' && type !== 'act';
}

/** A command as the trace holds it (see worlds/sim/recorder). */
function recordOf(timers: TimerTable, input: Input, command: StepCommand): Value {
  if (command.type === 'send') return ['send', command.to, command.message];
  if (command.type === 'arm') {
    const { generation } = timers.arm(command.id, input.mono + command.delayUs, command.event);
    return ['arm', command.id, generation, command.delayUs, command.event];
  }
  return command as unknown as Value;
}

function matches(node: FoldedNode, { value, node: id }: TraceRecord): string | undefined {
  const expected = node.expected.shift();
  if (expected === undefined) return `${id} is said to have asked for ${valueText(value)}, and its inputs ask for nothing more`;
  const path = firstDifferingPath(expected, value);
  if (path === undefined) return undefined;
  return `${id} asks for ${valueText(expected)}, and the trace has ${valueText(value)} (first difference at "${path}")`;
}

