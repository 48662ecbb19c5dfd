/**
 * Follows every frame of a run from its sending to its end, from the trace alone.
 *
 * A frame's identity (host/frames) is counted anew from the commands; an arrival does not tell its
 * occurrence, so it ends the oldest frame of its sender, receiver, kind and declared key that is still
 * on the way. Frames that a fate ended are taken out by their identity. The delay of a frame is the
 * time from its sending until its receiver's actor was given it, mailbox included.
 */
import { signatureBytes } from '../../crypto/identity.ts';
import { envelopeBytes, frameIdentityText } from '../../host/frames.ts';
import type { TraceRecord } from '../../judge/trace-reader.ts';
import { blobBytesIn } from '../../kernel/blobs.ts';
import { encode } from '../../kernel/codec.ts';
import type { Value, ValueMap } from '../../kernel/codec.ts';
import type { Micros } from '../../kernel/time.ts';
import type { MessageDefinition } from '../../protocols/define.ts';
import { isMap } from './reading.ts';
import type { RunReader } from './reading.ts';

/** Fates after which a frame still goes on; any other one ends it. */
const passingFates: ReadonlySet<string> = new Set(['retransmitted', 'stalled', 'held', 'altered', 'reordered', 'duplicated']);

/** What is told of each frame. */
export interface FrameWitness {
  sent(kind: string, at: Micros, bytes: number): void;
  arrived(kind: string, delayUs: Micros): void;
  /** It will not arrive. */
  ended(kind: string): void;
}

interface OnTheWay {
  readonly kind: string;
  readonly at: Micros;
  readonly identity: string;
  ended: boolean;
}

export class FrameLedger implements RunReader {
  readonly #definitions: ReadonlyMap<string, MessageDefinition>;
  readonly #witness: FrameWitness;
  readonly #incarnations = new Map<string, number>();
  readonly #occurrences = new Map<string, number>();
  readonly #byIdentity = new Map<string, OnTheWay>();
  readonly #queues = new Map<string, OnTheWay[]>();

  constructor(definitions: ReadonlyMap<string, MessageDefinition>, witness: FrameWitness) {
    this.#definitions = definitions;
    this.#witness = witness;
  }

  record({ kind, at, node, value }: TraceRecord): void {
    if (!Array.isArray(value)) return;
    const parts = value as readonly Value[];
    if (kind === 'commands' && parts[0] === 'send') this.#sent(node, at, String(parts[1]), parts[2]);
    else if (kind === 'frameFate') this.#fate(String(parts[0]), String(parts[1]));
    else if (kind === 'input' && parts.length === 4) this.#given(node, parts[3]);
    else if (kind === 'input') this.#arrived(String(parts[3]), node, at, parts.at(-1));
  }

  #sent(from: string, at: Micros, to: string, message: Value | undefined): void {
    if (!isMap(message)) return;
    const kind = String(message['kind']);
    const key = this.#keyOf(kind, message);
    const incarnation = this.#incarnations.get(from) ?? 0;
    const group = frameIdentityText({ from, incarnation, to, kind, key, occurrence: 0 });
    const occurrence = this.#occurrences.get(group) ?? 0;
    this.#occurrences.set(group, occurrence + 1);
    const identity = frameIdentityText({ from, incarnation, to, kind, key, occurrence });
    const frame: OnTheWay = { kind, at, identity, ended: false };
    this.#byIdentity.set(identity, frame);
    const path = pathOf(from, to, kind, key);
    const queue = this.#queues.get(path);
    if (queue === undefined) this.#queues.set(path, [frame]);
    else queue.push(frame);
    const signature = this.#definitions.get(kind)?.signed === true ? signatureBytes : 0;
    this.#witness.sent(kind, at, encode(message).length + blobBytesIn(message) + envelopeBytes + signature);
  }

  #keyOf(kind: string, message: ValueMap): string {
    const fields = this.#definitions.get(kind)?.key ?? [];
    return fields.map((field) => `${field}=${String(message[field])}`).join(' ');
  }

  #given(node: string, event: Value | undefined): void {
    if (isMap(event) && event['type'] === 'start') this.#incarnations.set(node, Number(event['incarnation']));
  }

  #arrived(from: string, to: string, at: Micros, message: Value | undefined): void {
    if (!isMap(message)) return;
    const kind = String(message['kind']);
    const queue = this.#queues.get(pathOf(from, to, kind, this.#keyOf(kind, message)));
    let frame = queue?.shift();
    while (frame?.ended === true) frame = queue!.shift();
    if (frame === undefined) return; // A second copy, or a frame whose content was changed on its way.
    this.#byIdentity.delete(frame.identity);
    this.#witness.arrived(kind, at - frame.at);
  }

  #fate(fate: string, identity: string): void {
    if (passingFates.has(fate)) return;
    const frame = this.#byIdentity.get(identity);
    if (frame === undefined) return;
    this.#byIdentity.delete(identity);
    frame.ended = true;
    this.#witness.ended(frame.kind);
  }
}

function pathOf(from: string, to: string, kind: string, key: string): string {
  return `${from}>${to} ${kind} ${key}`;
}
