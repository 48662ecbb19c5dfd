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

export interface TimerEvent {
  readonly kind: 'timer';
  readonly node: NodeId;
  readonly incarnation: number;
  readonly id: string;
  readonly generation: number;
  /** How often the timer id had been queued; only its latest firing counts. */
  readonly arming: number;
  readonly cause: number;
}

export interface SavedEvent {
  readonly kind: 'saved';
  readonly node: NodeId;
  readonly incarnation: number;
  readonly revision: number;
  readonly key: string;
  readonly ticket: string;
  /** Why the save failed; empty when it did not. */
  readonly failed: string;
}

/** An end of a connection learns that it is gone. */
export interface ViewDownEvent {
  readonly kind: 'viewDown';
  readonly node: NodeId;
  readonly peer: NodeId;
  readonly connection: number;
  readonly reason: string;
  /** Whether the news comes over the network, which a cut stops, or from the node's own host. */
  readonly remote: boolean;
  /** Whether it has waited behind the frames before it at the receiver's ingress. */
  readonly admitted: boolean;
}

export type SimEvent =
  | FrameEvent
  /** Opens the incarnation of that number, unless something else has opened it before. */
  | { readonly kind: 'start'; readonly node: NodeId; readonly incarnation: number }
  | TimerEvent
  | { readonly kind: 'computed'; readonly node: NodeId; readonly incarnation: number; readonly task: string; readonly key: string }
  | SavedEvent
  | { readonly kind: 'connect'; readonly a: NodeId; readonly b: NodeId; readonly attempt: number; readonly last: boolean }
  | ViewDownEvent
  /** What stalled in a cut on its way between the two is retransmitted. */
  | { readonly kind: 'resume'; readonly from: NodeId; readonly to: NodeId; readonly connection: number }
  /** A sender has retransmitted one frame for as long as a stream may stall. */
  | { readonly kind: 'giveUp'; readonly from: NodeId; readonly to: NodeId; readonly connection: number; readonly order: number }
  | { readonly kind: 'keepAlive'; readonly node: NodeId; readonly peer: NodeId; readonly connection: number; readonly cutSince: number }
  | { readonly kind: 'faultBegin'; readonly fault: string }
  | { readonly kind: 'faultEnd'; readonly fault: string }
  | { readonly kind: 'reseed'; readonly salt: number }
  | { readonly kind: 'wake'; readonly node: NodeId; readonly incarnation: number }
  /** An adversary's tap has heard a frame. */
  | { readonly kind: 'overheard'; readonly node: NodeId; readonly event: InputEvent };

/** An input that a node has yet to handle. */
export type Pending =
  | { readonly kind: 'message'; readonly frame: Frame }
  | { readonly kind: 'timer'; readonly id: string; readonly generation: number; readonly drawKey: DrawKey; readonly cause: number }
  | { readonly kind: 'host'; readonly event: InputEvent; readonly drawKey: DrawKey };
