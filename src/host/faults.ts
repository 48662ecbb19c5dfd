/**
 * Faults as data: when something happens, to whom, and what.
 *
 * A scenario's words are resolved into these records once; simulator and live worlds carry out the
 * same records. A fault is a small rule with a verdict: on a frame, on a node, or on a disk.
 */
import type { ValueMap } from '../kernel/codec.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { Micros } from '../kernel/time.ts';

/** When a fault begins. A record trigger fires on the first match by an honest node. */
export type Trigger =
  | { readonly kind: 'time'; readonly atUs: Micros }
  | {
      readonly kind: 'record';
      readonly record: string;
      /** Fields of the record's data that must be equal. */
      readonly where: ValueMap;
      readonly offsetUs: Micros;
    };

/**
 * Whom a fault concerns. Drawn and indexed selections are resolved to ids beforehand; a selection
 * by state is made at the instant of the fault: nodes of `role` whose chart is in a state, or has a
 * tag, of that name.
 */
export type Selection =
  | { readonly kind: 'nodes'; readonly nodes: readonly NodeId[] }
  | { readonly kind: 'state'; readonly role: string; readonly state: string };

/** A chance is a probability in [0, 1]. */
export interface LinkFault {
  /** Extra loss; on a stream it delays by retransmission, on a datagram the frame is gone. */
  readonly loss?: number;
  /** Added one-way latency. */
  readonly delayUs?: Micros;
  /** Frames wait until the fault ends, the connection stays up. */
  readonly hold?: boolean;
  /** Chance a frame breaks its connection. */
  readonly break?: number;
  /** Chance a frame's content is changed above the secure channel; receivers must reject it. */
  readonly tamper?: number;
  /** Datagrams only. */
  readonly duplicate?: number;
  readonly corrupt?: number;
  readonly reorder?: number;
  /** Replaces the links' bandwidth, in bits per second. */
  readonly bandwidthBitsPerSecond?: number;
}

export interface DiskFault {
  /** A crash may tear the last unacknowledged save: its key comes back damaged. */
  readonly tornWrites?: boolean;
  /** Chance for each record to come back damaged at a restart. */
  readonly bitRot?: number;
  /** Saves fail with `diskFull`. */
  readonly full?: boolean;
  /** Acknowledged saves may be lost in a crash, and are counted. */
  readonly lyingSync?: boolean;
  /** A crash keeps any subset of the unacknowledged saves instead of a prefix. */
  readonly reorder?: boolean;
  /** Multiplies the time of each save. */
  readonly slowFactor?: number;
  /** Saves wait until the fault ends. */
  readonly stall?: boolean;
}

export interface ClockFault {
  /** Moves the wall clock at once; timers do not move. May be negative. */
  readonly jumpUs?: number;
  /** Rate error in parts per million while the fault lasts. */
  readonly driftPpm?: number;
}

export type FaultEffect =
  | { readonly kind: 'kill'; readonly who: Selection; readonly restartAfterUs?: Micros }
  | { readonly kind: 'powerOff'; readonly who: Selection; readonly restartAfterUs?: Micros }
  | { readonly kind: 'restart'; readonly who: Selection }
  | { readonly kind: 'pause'; readonly who: Selection; readonly forUs: Micros }
  | { readonly kind: 'slow'; readonly who: Selection; readonly factor: number; readonly forUs?: Micros }
  | { readonly kind: 'clock'; readonly who: Selection; readonly clock: ClockFault; readonly forUs?: Micros }
  | { readonly kind: 'disk'; readonly who: Selection; readonly disk: DiskFault; readonly forUs?: Micros }
  | { readonly kind: 'partition'; readonly sides: readonly Selection[]; readonly forUs?: Micros }
  | { readonly kind: 'gate'; readonly from: Selection; readonly to: Selection; readonly forUs?: Micros }
  | {
      readonly kind: 'link';
      readonly from: Selection;
      readonly to: Selection;
      readonly link: LinkFault;
      readonly messages?: readonly string[];
      readonly forUs?: Micros;
    }
  | {
      /**
       * One named frame (see frameIdentityText), whatever rules and chance say of it: `pass` brings
       * it over once and unaltered. A partition still stops it, and so do frames held before it.
       */
      readonly kind: 'frame';
      readonly frame: string;
      readonly verdict: 'pass' | 'drop' | 'delay';
      readonly delayUs?: Micros;
    };

export interface Fault {
  readonly id: string;
  readonly trigger: Trigger;
  readonly effect: FaultEffect;
  /** Drawn by chaos rather than written by hand: its hits are judged over a whole hunt. */
  readonly drawn: boolean;
}

/** Changes the salt of every draw whose subject is created from `atUs` on. */
export interface Reseed {
  readonly atUs: Micros;
  readonly salt: number;
}

/** What a rule makes of one frame; host/rules says which of several wins. */
export type FrameVerdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'delay'; readonly delayUs: Micros }
  | { readonly kind: 'hold' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'corrupt' }
  | { readonly kind: 'tamper' }
  | { readonly kind: 'break' };
