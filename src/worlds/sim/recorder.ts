/**
 * Writes down what happens: trace records, observations, journal lines, causes, counts.
 *
 * It turns inputs, commands, fates and hits into canonical bytes and hands them to the watcher that
 * the run gave. A message is encoded once, when it is sent; its bytes are spliced into the records
 * of its sending and its arrival.
 */
import type { Frame } from '../../host/frames.ts';
import { frameIdentityText } from '../../host/frames.ts';
import type { StepCommand } from '../../host/step.ts';
import { concatBytes } from '../../kernel/bytes.ts';
import { encode } from '../../kernel/codec.ts';
import type { Value, ValueMap } from '../../kernel/codec.ts';
import type { Input } from '../../kernel/contract.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Observation } from '../../kernel/properties.ts';
import type { Micros } from '../../kernel/time.ts';
import type { SignedFrame } from '../../protocols/signed-frames.ts';
import { RecordBytes } from './record-bytes.ts';

/** Kinds of trace records, as the trace format numbers them. */
export interface TraceKinds {
  readonly input: number;
  readonly commands: number;
  readonly frameFate: number;
  readonly faultHit: number;
  readonly observation: number;
}

/** Whoever watches a world: a judge, a folder, a test. None of it acts back on the world. */
export interface Watcher {
  readonly kinds: TraceKinds;
  /** The number that the next trace record gets. */
  readonly sequence: number;
  append(kind: number, at: Micros, node: number, first: Uint8Array, second: Uint8Array): void;
  observe(observation: Observation): void;
  /** Whether anybody looks at observations of this kind. */
  watches(kind: string): boolean;
  journal?(sequence: number, node: NodeId, input: Input): void;
  /** Notes which step caused an input, for failure reports; null when none did. */
  cause?(sequence: number, at: Micros, node: NodeId, event: string, cause: number | null): void;
}

export interface Counters {
  /** Inputs given to actors. */
  inputs: number;
  /** Messages among them. */
  messages: number;
  /** Bytes that links were charged, by message kind. */
  readonly bytesByKind: Map<string, number>;
  readonly rejected: Map<string, number>;
  readonly faultHits: Map<string, number>;
}

const nothing = new Uint8Array(0);

export class Recorder {
  readonly #watcher: Watcher;
  readonly #indexOf: ReadonlyMap<NodeId, number>;
  readonly #roleOf: ReadonlyMap<NodeId, string>;
  readonly #now: () => Micros;
  readonly counters: Counters = { inputs: 0, messages: 0, bytesByKind: new Map(), rejected: new Map(), faultHits: new Map() };
  /** The trace number of the latest input: what its step does is caused by it. */
  #lastInput = 0;
  /** The begin of the record at hand: reused, since the watcher copies what it is given. */
  readonly #head = new RecordBytes();

  constructor(watcher: Watcher, nodes: readonly { id: NodeId; role: string }[], now: () => Micros) {
    this.#watcher = watcher;
    this.#indexOf = new Map(nodes.map(({ id }, index) => [id, index]));
    this.#roleOf = new Map(nodes.map(({ id, role }) => [id, role]));
    this.#now = now;
  }

  get lastInput(): number {
    return this.#lastInput;
  }

  /** Whether anybody looks at observations of a kind. */
  watches(kind: string): boolean {
    return this.#watcher.watches(kind);
  }

  #append(kind: number, node: NodeId, first: Uint8Array, second: Uint8Array): void {
    this.#watcher.append(kind, this.#now(), this.#indexOf.get(node) ?? 0xffff_ffff, first, second);
  }

  /** An input as it is given to its actor. Returns its number. */
  input(node: NodeId, input: Input, bytes: Uint8Array | undefined, cause: number | null): number {
    const sequence = this.#watcher.sequence;
    const { at, mono, dice, event } = input;
    this.counters.inputs += 1;
    if (bytes === undefined) {
      this.#append(this.#watcher.kinds.input, node, this.#head.begin(4).number(at).number(mono).number(dice).end(), encode(event));
    } else {
      this.counters.messages += 1;
      this.#append(this.#watcher.kinds.input, node, this.#messageHead(input), bytes);
    }
    this.#lastInput = sequence;
    this.#watcher.journal?.(sequence, node, input);
    this.#watcher.cause?.(sequence, this.#now(), node, event.type, cause);
    return sequence;
  }

  /** What stands before a message in the record of its arrival. A signed one has its incarnation and signature there. */
  #messageHead({ at, mono, dice, event }: Input): Uint8Array {
    const from = event['from'] as NodeId;
    const signed = event['signed'] as SignedFrame | undefined;
    if (signed === undefined) return this.#head.begin(5).number(at).number(mono).number(dice).text(from).end();
    const head = this.#head.begin(7).number(at).number(mono).number(dice).text(from).number(signed.incarnation).end();
    // A signature never comes again, so it has no place among the texts that are kept encoded.
    return concatBytes(head, encode(signed.signature));
  }

  /** A command as it leaves; `record` has a chain of its own. */
  command(node: NodeId, command: StepCommand, generation: number, frame: Frame | undefined): void {
    const { commands } = this.#watcher.kinds;
    if (frame !== undefined) {
      const { bytesByKind } = this.counters;
      bytesByKind.set(frame.kind, (bytesByKind.get(frame.kind) ?? 0) + frame.sizeBytes);
      this.#append(commands, node, this.#head.begin(3).text('send').text(frame.to).end(), frame.bytes);
    } else if (command.type === 'arm') {
      const { id, delayUs, event } = command;
      this.#append(commands, node, this.#head.begin(5).text('arm').text(id).number(generation).number(delayUs).text(event).end(), nothing);
    } else {
      this.#append(commands, node, encode(command as unknown as Value), nothing);
    }
  }

  /** What became of a frame that did not simply arrive. */
  fate(frame: Frame, fate: string): void {
    this.#append(this.#watcher.kinds.frameFate, frame.to, encode([fate, frameIdentityText(frame)]), nothing);
    this.#observeIfWatched(frame.from, 'world-frame-fate', { fate, frame: frameIdentityText(frame) });
  }

  reject(node: NodeId, reason: string): void {
    const { rejected } = this.counters;
    rejected.set(reason, (rejected.get(reason) ?? 0) + 1);
    this.#observeIfWatched(node, 'world-rejected', { reason });
  }

  hit(fault: string, what: string, node: NodeId): void {
    const { faultHits } = this.counters;
    faultHits.set(fault, (faultHits.get(fault) ?? 0) + 1);
    this.#append(this.#watcher.kinds.faultHit, node, encode([fault, what]), nothing);
    this.#observeIfWatched(node, 'world-fault-hit', { fault, what });
  }

  #observeIfWatched(node: NodeId, kind: string, data: ValueMap): void {
    if (this.#watcher.watches(kind)) this.observe(node, kind, data, true);
  }

  /** An observation by a node or, for kinds that begin with `world-`, by the world about a node. */
  observe(node: NodeId, kind: string, data: ValueMap, honest: boolean): void {
    this.#append(this.#watcher.kinds.observation, node, this.#head.begin(2).text(kind).end(), encode(data));
    const sequence = this.#lastInput;
    const role = this.#roleOf.get(node) ?? '';
    this.#watcher.observe({ sequence, at: this.#now(), node, role, honest, kind, data });
  }

  save(): Value {
    const table = (map: ReadonlyMap<string, number>): Value => [...map].map(([name, count]) => ({ name, count }));
    const { inputs, messages, bytesByKind, rejected, faultHits } = this.counters;
    return {
      inputs, messages, bytesByKind: table(bytesByKind), rejected: table(rejected), faultHits: table(faultHits), lastInput: this.#lastInput,
    };
  }

  load(saved: Value): void {
    type Table = { name: string; count: number }[];
    const state = saved as unknown as Record<'inputs' | 'messages' | 'lastInput', number> &
      Record<'bytesByKind' | 'rejected' | 'faultHits', Table>;
    this.counters.inputs = state.inputs;
    this.counters.messages = state.messages;
    for (const table of ['bytesByKind', 'rejected', 'faultHits'] as const) {
      this.counters[table].clear();
      for (const { name, count } of state[table]) this.counters[table].set(name, count);
    }
    this.#lastInput = state.lastInput;
  }
}
