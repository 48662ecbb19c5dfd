/** What waits in the simulator's queue: plain data, so that a checkpoint can hold it. */
import type { Frame } from '../../host/frames.ts';
import type { InputEvent } from '../../kernel/contract.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';

export interface FrameEvent {
  readonly kind: 'frame';
  readonly frame: Frame;
  /** The connection that carries it; −1 for a datagram or a node's word to itself. */
  readonly connection: number;
  /** Its place among the frames of this direction of the connection. */
  readonly order: number;
  /** Whether the receiver's ingress has already been charged. */
  readonly admitted: boolean;
}

export type SimEvent =
  | FrameEvent
  | { readonly kind: 'start'; readonly node: NodeId }
  | { readonly kind: 'timer'; readonly node: NodeId; readonly incarnation: number; readonly id: string; readonly generation: number; readonly arming: number; readonly cause: number }
  | { readonly kind: 'computed'; readonly node: NodeId; readonly incarnation: number; readonly task: string; readonly key: string }
  | { readonly kind: 'saved'; readonly node: NodeId; readonly incarnation: number; readonly revision: number; readonly key: string; readonly ticket: string; readonly failed: string }
  | { readonly kind: 'connect'; readonly a: NodeId; readonly b: NodeId; readonly attempt: number; readonly last: boolean }
  | { readonly kind: 'viewDown'; readonly node: NodeId; readonly peer: NodeId; readonly connection: number; readonly reason: string }
  | { readonly kind: 'keepAlive'; readonly node: NodeId; readonly peer: NodeId; readonly connection: number; readonly cutSince: number }
  | { readonly kind: 'faultBegin'; readonly fault: string }
  | { readonly kind: 'faultEnd'; readonly fault: string }
  | { readonly kind: 'reseed'; readonly salt: number }
  | { readonly kind: 'wake'; readonly node: NodeId };

/** An input that a node has yet to handle. */
export type Pending =
  | { readonly kind: 'message'; readonly frame: Frame }
  | { readonly kind: 'timer'; readonly id: string; readonly generation: number; readonly drawKey: DrawKey; readonly cause: number }
  | { readonly kind: 'host'; readonly event: InputEvent; readonly drawKey: DrawKey };
