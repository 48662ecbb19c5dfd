/**
 * The identity of every input of a run, put together from its trace alone.
 *
 * A frame's is read from the command that sent it, in the step that the trace names as the input's
 * cause; a timer's from the command that armed it; those of saves, tasks and links from their place
 * in their node's life. Nothing here asks the simulator for a key, so a counter hidden in it shows.
 */
import type { Value } from '../../src/kernel/codec.ts';
import type { Message } from '../../src/kernel/contract.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import { declaredKey } from '../../src/protocols/define.ts';
import type { MessageDefinition, ProtocolDefinition } from '../../src/protocols/define.ts';
import type { Commanded, Given, SimulatedRun } from './sim-world.ts';

/** One input, named as it would be in any run that has it. */
export interface IdentifiedInput {
  readonly identity: string;
  /** `message`, `timer`, or what the host said: `saved`, `computed`, `linkUp`, `start`… */
  readonly sort: string;
  readonly dice: number;
  /** True time from the sending to the arrival of a message. */
  readonly travelUs?: number;
}

interface SentFrame {
  readonly identity: string;
  readonly atUs: number;
}

/** Walks a trace in its order and names what it meets. */
class IdentityReader {
  readonly #definitions = new Map<string, MessageDefinition>();
  readonly #incarnations = new Map<NodeId, number>();
  /** The input that each node handled last: its commands follow it. */
  readonly #steps = new Map<NodeId, number>();
  readonly #uses = new Map<string, number>();
  /** What one step sent to one receiver, by step, receiver, kind and declared key. */
  readonly #frames = new Map<string, SentFrame>();
  /** The latest generation of each timer, by node and event. */
  readonly #generations = new Map<string, number>();

  constructor(protocols: readonly ProtocolDefinition[]) {
    for (const { messages } of protocols) for (const message of messages) this.#definitions.set(message.kind, message);
  }

  /** Kind and declared key of a message. */
  #wordOf(message: Message): string {
    return `${message.kind} ${declaredKey(this.#definitions.get(message.kind)!, message)}`;
  }

  /** Counts one more use of a name, from 0. */
  #use(name: string): number {
    const use = this.#uses.get(name) ?? 0;
    this.#uses.set(name, use + 1);
    return use;
  }

  command({ node, atUs, command }: Commanded): void {
    if (!Array.isArray(command)) return;
    const [type, ...rest] = command as readonly Value[];
    if (type === 'arm') {
      const [, generation, , event] = rest as [string, number, number, string];
      this.#generations.set(`${node} ${event}`, generation);
    } else if (type === 'send') {
      const [to, message] = rest as [NodeId, Message];
      const word = this.#wordOf(message);
      const tuple = `${node}#${this.#incarnations.get(node)}>${to} ${word}`;
      const place = `${this.#steps.get(node)} ${to} ${word}`;
      if (this.#frames.has(place)) throw new Error(`one step sent ${tuple} twice, which arrivals cannot be told from`);
      this.#frames.set(place, { identity: `${tuple} /${this.#use(tuple)}`, atUs });
    }
  }

  input(given: Given, cause: number | null | undefined): IdentifiedInput {
    const { node, input: { event, dice }, sequence, type } = given;
    if (type === 'start') this.#incarnations.set(node, event['incarnation'] as number);
    this.#steps.set(node, sequence);
    const life = `${node}#${this.#incarnations.get(node)}`;
    if ('message' in event) return this.#arrival(given, cause);
    const generation = this.#generations.get(`${node} ${type}`);
    if (generation !== undefined) return { identity: `${life} timer ${type} ${generation}`, sort: 'timer', dice };
    const { task, key, ticket, peer } = event as Partial<Record<string, Value>>;
    const what = [life, type, task, key, ticket, peer].join(' ');
    return { identity: `${what} /${this.#use(what)}`, sort: type, dice };
  }

  #arrival({ node, input: { event, dice }, atUs }: Given, cause: number | null | undefined): IdentifiedInput {
    const frame = this.#frames.get(`${cause} ${node} ${this.#wordOf(event['message'] as Message)}`);
    if (frame === undefined) throw new Error(`no step of the trace sent what ${node} was given at ${atUs} µs`);
    return { identity: frame.identity, sort: 'message', dice, travelUs: atUs - frame.atUs };
  }
}

/** Every input of a run that speaks these protocols, by its identity. Throws when two inputs have one. */
export function identifiedInputs(run: SimulatedRun, protocols: readonly ProtocolDefinition[]): Map<string, IdentifiedInput> {
  const reader = new IdentityReader(protocols);
  const found = new Map<string, IdentifiedInput>();
  const commands = run.commands[Symbol.iterator]();
  let next = commands.next();
  for (const given of run.given) {
    for (; next.done !== true && next.value.sequence < given.sequence; next = commands.next()) reader.command(next.value);
    const identified = reader.input(given, run.causes.get(given.sequence));
    if (found.has(identified.identity)) throw new Error(`two inputs are ${identified.identity}`);
    found.set(identified.identity, identified);
  }
  return found;
}
