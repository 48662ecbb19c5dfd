/**
 * What a host asks of its world. Simulator and live worlds implement the same ports; an actor never
 * sees them.
 */
import type { ComputeCommand, Input, RejectCommand, RecordCommand, SaveCommand } from '../kernel/contract.ts';
import type { BlobRef } from '../kernel/blobs.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { Micros } from '../kernel/time.ts';
import type { Frame } from './frames.ts';
import type { StepCommand } from './step.ts';
import type { Timer } from './timers.ts';

/** Carries frames. A frame that the transport will not take comes back as `sendRefused`. */
export interface TransportPort {
  send(frame: Frame): void;
  /** Tells the sending actor, as an input of its own, why its frame was not taken. */
  refuse(frame: Frame, reason: string): void;
}

/** Wakes a node when a timer is due on its monotonic clock. */
export interface TimerPort {
  arm(node: NodeId, timer: Timer, delayUs: Micros): void;
}

/** Keeps keyed records; acknowledges in order. */
export interface StorePort {
  save(node: NodeId, command: SaveCommand): void;
}

/** Runs tasks; answers in virtual or real time. */
export interface ComputePort {
  compute(node: NodeId, command: ComputeCommand): void;
}

/** Looks at what nodes say. */
export interface ObserverPort {
  /** Returns false when the observation triggered a fault that stopped this very node. */
  record(node: NodeId, command: RecordCommand): boolean;
  reject(node: NodeId, command: RejectCommand): void;
  /** An adversary lied; `wrapping` is the id of what made it one. */
  acted(node: NodeId, wrapping: string, what: string): void;
  /** Each input as it is given to the actor; `bytes` are those of a message, if it is one. */
  input(node: NodeId, input: Input, bytes: Uint8Array | undefined): number;
  /** Each command but `record`, as it leaves; `frame` is that of a send. */
  command(node: NodeId, command: StepCommand, generation: number, frame: Frame | undefined): void;
}

export interface BlobPort {
  has(ref: BlobRef): boolean;
}

/** Signs with the keys of the nodes that it hosts, and knows the public keys of all. */
export interface SignerPort {
  /** The Ed25519 signature of a hosted node over some bytes: 64 bytes, the same for the same bytes. */
  sign(node: NodeId, bytes: Uint8Array): Uint8Array;
  /** Whether 64 bytes are the signature of a node over some bytes; false for a node without a known key. */
  verify(node: NodeId, bytes: Uint8Array, signature: Uint8Array): boolean;
}

export interface HostPorts {
  readonly transport: TransportPort;
  readonly timers: TimerPort;
  readonly store: StorePort;
  readonly compute: ComputePort;
  readonly observer: ObserverPort;
  readonly blobs: BlobPort;
  readonly signer: SignerPort;
}
