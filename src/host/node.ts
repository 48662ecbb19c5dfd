/**
 * One hosted node: the fold of its inputs, and its commands handed to the ports.
 *
 * The host stamps nothing itself and waits for nothing: a world gives it an input, it steps the
 * chart once and passes the commands on in order. State is snapshot, timers and occurrence counts;
 * records live in the world's store, and an incarnation is one life between two crashes.
 */
import type { Wrapping } from '../actors/adversaries/define.ts';
import type { RoleDefinition } from '../actors/define.ts';
import { assert, present } from '../kernel/assert.ts';
import { signatureBytes } from '../crypto/identity.ts';
import { blobBytesIn, forEachBlobRef } from '../kernel/blobs.ts';
import { fromHex, toHex } from '../kernel/bytes.ts';
import { encode } from '../kernel/codec.ts';
import type { Value, ValueMap } from '../kernel/codec.ts';
import type { Input, InputEvent, SendCommand, Stamp } from '../kernel/contract.ts';
import type { DrawKey } from '../kernel/draws.ts';
import type { NodeId } from '../kernel/ids.ts';
import { limits } from '../kernel/limits.ts';
import { bytesToSign, isSignatureText } from '../protocols/signed-frames.ts';
import { actorOf, chartsOf, isFinished, valuesOf } from './actor.ts';
import type { Actor, ActorState, ActorStep } from './actor.ts';
import { Destinations } from './destinations.ts';
import { envelopeBytes } from './frames.ts';
import type { Frame } from './frames.ts';
import { assertInline } from './inline-values.ts';
import type { HostPorts } from './ports.ts';
import { stepTwice } from './purity.ts';
import type { ReceivedFrame } from './received-frames.ts';
import type { Snapshot, StepCommand } from './step.ts';
import { TimerTable } from './timers.ts';
import { Vocabulary } from './vocabulary.ts';

export interface NodeSpecification {
  readonly id: NodeId;
  readonly role: RoleDefinition;
  readonly config: ValueMap;
  /** Makes an adversary of the node. */
  readonly wrapping?: Wrapping;
}

export class HostedNode {
  readonly id: NodeId;
  readonly role: RoleDefinition;
  readonly config: ValueMap;
  readonly wrapping: Wrapping | undefined;
  readonly timers = new TimerTable();
  readonly #actor: Actor;
  readonly #ports: HostPorts;
  readonly #vocabulary: Vocabulary;
  readonly #destinations: Destinations;
  readonly #pure: boolean;
  #incarnation = -1;
  #state: ActorState | undefined;

  /** With `pure` each input is stepped twice and the answers are compared. */
  constructor(specification: NodeSpecification, ports: HostPorts, root: DrawKey, pure = false) {
    this.id = specification.id;
    this.role = specification.role;
    this.config = specification.config;
    this.wrapping = specification.wrapping;
    this.#actor = actorOf(this.role, this.wrapping);
    this.#ports = ports;
    this.#vocabulary = new Vocabulary(specification.role);
    this.#destinations = new Destinations(specification.id, root);
    this.#pure = pure;
  }

  /** Counts the node's lives from 0; −1 before the first. */
  get incarnation(): number {
    return this.#incarnation;
  }

  get running(): boolean {
    return this.#state !== undefined;
  }

  /** Whether what it says of itself may be believed: nobody has made an adversary of it. */
  get honest(): boolean {
    return this.wrapping === undefined;
  }

  /** Whether its chart, or every copy of it, has reached a final state. */
  get finished(): boolean {
    return this.#state !== undefined && isFinished(this.#state);
  }

  /** Its charts as they stand: one, or those of an adversary's copies; none while it is down. */
  get charts(): readonly Snapshot[] {
    return this.#state === undefined ? [] : chartsOf(this.#state);
  }

  /** What it holds in memory. */
  get values(): readonly Value[] {
    return this.#state === undefined ? [] : valuesOf(this.#state);
  }

  reseed(root: DrawKey): void {
    this.#destinations.reseed(root);
  }

  /** Opens an incarnation and takes the first step. */
  start(stamp: Stamp): void {
    this.#incarnation += 1;
    this.timers.clear();
    this.#destinations.begin(this.#incarnation);
    const event: InputEvent = { type: 'start', incarnation: this.#incarnation };
    const sequence = this.#ports.observer.input(this.id, { ...stamp, event }, undefined);
    const { at, mono, dice } = stamp;
    const input = { self: this.id, incarnation: this.#incarnation, config: this.config, at, mono, dice };
    const result = this.#take(event.type, undefined, () => this.#actor.start(input));
    this.#state = result.state;
    this.#carry(result.commands, stamp, sequence);
  }

  /** Ends the incarnation: whatever was in memory is gone. */
  stop(): void {
    this.#state = undefined;
    this.timers.clear();
  }

  /** Gives one input to the actor and passes its commands on. */
  handle(input: Input, messageBytes?: Uint8Array): void {
    const before = this.#state;
    assert(before !== undefined, () => `${this.id} was given ${input.event.type} while it was down`);
    const sequence = this.#ports.observer.input(this.id, input, messageBytes);
    const result = this.#take(input.event.type, before, () => this.#actor.step(this.id, before, input));
    this.#state = result.state;
    this.#carry(result.commands, input, sequence);
  }

  #take(event: string, before: ActorState | undefined, take: () => ActorStep): ActorStep {
    if (!this.#pure) return take();
    return stepTwice({ actor: this.#actor, role: this.role, node: this.id, event }, before, take);
  }

  /** Why a frame from outside is refused; undefined when its message may be given to the actor. */
  refusalOf(frame: ReceivedFrame): string | undefined {
    const { message, signature } = frame;
    // A signature comes first: what was changed on its way may look like anything, and is only this.
    if (signature !== undefined && !this.#isSigned(frame, signature)) return 'badSignature';
    const refusal = this.#vocabulary.refusalOf(message.kind, message);
    if (refusal !== undefined) return refusal;
    if (this.#vocabulary.isSigned(message.kind) !== (signature !== undefined)) return 'badSignature';
    let missing = false;
    forEachBlobRef(message, (ref) => {
      missing ||= !this.#ports.blobs.has(ref);
    });
    return missing ? 'missingBlob' : undefined;
  }

  /** Whether a frame is signed, byte for byte as it came, by whom it says it is from. */
  #isSigned(frame: ReceivedFrame, signature: string): boolean {
    if (!isSignatureText(signature)) return false;
    return this.#ports.signer.verify(frame.from, bytesToSign(frame, frame.bytes), fromHex(signature));
  }

  #carry(commands: readonly StepCommand[], stamp: Stamp, sequence: number): void {
    for (const command of commands) {
      if (!this.#carryOne(command, stamp, sequence)) return;
    }
  }

  /** Carries one command out; false when the node was stopped by a fault that it triggered. */
  #carryOne(command: StepCommand, stamp: Stamp, sequence: number): boolean {
    const { observer, store, compute, timers } = this.#ports;
    switch (command.type) {
      case 'send':
        this.#send(command, sequence);
        return true;
      case 'arm': {
        const timer = this.timers.arm(command.id, stamp.mono + command.delayUs, command.event);
        observer.command(this.id, command, timer.generation, undefined);
        timers.arm(this.id, timer, command.delayUs);
        return true;
      }
      case 'cancel':
        observer.command(this.id, command, 0, undefined);
        this.timers.cancel(command.id);
        return true;
      case 'compute':
        assertInline(command.input, () => `the input of the task ${command.task} of ${this.id}`);
        observer.command(this.id, command, 0, undefined);
        compute.compute(this.id, command);
        return true;
      case 'save':
        observer.command(this.id, command, 0, undefined);
        store.save(this.id, command);
        return true;
      case 'record':
        return observer.record(this.id, command);
      case 'act':
        observer.acted(this.id, present(this.wrapping, 'the wrapping of a node that lies').id, command.what);
        return true;
      case 'reject':
        observer.command(this.id, command, 0, undefined);
        observer.reject(this.id, command);
        return true;
    }
  }

  #send(command: SendCommand, sequence: number): void {
    const frame = this.#frameOf(command, sequence);
    this.#ports.observer.command(this.id, command, 0, frame);
    if (frame.bytes.length > limits.frameBytesMax) this.#ports.transport.refuse(frame, 'tooLarge');
    else this.#ports.transport.send(frame);
  }

  #frameOf({ to, message }: SendCommand, sequence: number): Frame {
    const word = this.#vocabulary.spoken(message);
    const key = this.#vocabulary.keyOf(word, message);
    const { occurrence, drawKey } = this.#destinations.use(to, message.kind, key);
    const bytes = encode(message);
    if (bytes.length > limits.inlineValueBytesMax) assertInline(message, () => `the ${message.kind} that ${this.id} sent`);
    const frame: Frame = {
      from: this.id,
      incarnation: this.#incarnation,
      to,
      kind: message.kind,
      key,
      occurrence,
      drawKey,
      protocol: word.protocol.name,
      transport: word.protocol.transport,
      message,
      bytes,
      sizeBytes: bytes.length + blobBytesIn(message) + envelopeBytes,
      cause: sequence,
    };
    return word.definition.signed ? this.#signed(frame) : frame;
  }

  #signed(frame: Frame): Frame {
    const signature = toHex(this.#ports.signer.sign(this.id, bytesToSign(frame, frame.bytes)));
    return { ...frame, signature, sizeBytes: frame.sizeBytes + signatureBytes };
  }

  /** Everything that makes the node what it is, as a plain value. */
  save(): Value {
    return {
      incarnation: this.#incarnation,
      actor: this.#state === undefined ? null : this.#actor.persist(this.#state),
      timers: this.timers.save(),
      occurrences: this.#destinations.save(),
    };
  }

  load(saved: Value): void {
    const state = saved as unknown as { incarnation: number; actor: Value; timers: Value; occurrences: Value };
    this.#incarnation = state.incarnation;
    this.#state = state.actor === null ? undefined : this.#actor.revive(state.actor);
    this.timers.load(state.timers);
    this.#destinations.load(state.incarnation, state.occurrences);
  }
}
