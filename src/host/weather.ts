/** The standing conditions of a run: network, devices, disks and clocks, as data. */
import type { Micros } from '../kernel/time.ts';

/** One-way latency of a link. */
export type Latency =
  | { readonly kind: 'constant'; readonly valueUs: Micros }
  | { readonly kind: 'uniform'; readonly minUs: Micros; readonly maxUs: Micros }
  | { readonly kind: 'exponential'; readonly meanUs: Micros; readonly minUs: Micros }
  | { readonly kind: 'logNormal'; readonly medianUs: Micros; readonly sigma: number }
  | {
      /** A median for each pair of regions; nodes are spread over the regions by keyed rank. */
      readonly kind: 'regions';
      readonly regions: readonly string[];
      /** medianUs[i][j] from region i to region j. */
      readonly medianUs: readonly (readonly Micros[])[];
      readonly sigma: number;
    };

export interface NetworkWeather {
  readonly latency: Latency;
  /** Chance that a transmission is lost: retransmitted on a stream, gone on a datagram. */
  readonly loss: number;
  /** Of each node's ingress and egress, and of each pair. */
  readonly bandwidthBitsPerSecond: number;
  /** Datagrams only. */
  readonly duplicate: number;
  readonly reorder: number;
  readonly corrupt: number;
  readonly mtuBytes: number;
  /** First retransmission time-out of a stream; the k-th waits rto · 2^k. */
  readonly retransmitUs: Micros;
  /** A stream that could not deliver for so long breaks. */
  readonly stallLimitUs: Micros;
  /** Silence after which an end of a connection declares it down. */
  readonly keepAliveUs: Micros;
  /** How long a dial may take. */
  readonly dialTimeoutUs: Micros;
}

export interface DeviceWeather {
  /** Median speed of a node, and how much nodes differ (sigma of a log-normal factor). */
  readonly flopsPerSecond: number;
  readonly sigma: number;
  /** Time that a node needs for one input, whatever it does. */
  readonly serviceUs: Micros;
}

export interface DiskWeather {
  /** Time until a save is acknowledged. */
  readonly saveUs: Micros;
  readonly bytesMax: number;
}

export interface ClockWeather {
  /** Largest offset of a node's wall clock at the start, either way. */
  readonly skewMaxUs: Micros;
  /** Largest rate error, either way. */
  readonly driftMaxPpm: number;
}

export interface Weather {
  readonly network: NetworkWeather;
  readonly device: DeviceWeather;
  readonly disk: DiskWeather;
  readonly clock: ClockWeather;
  /** Time between the starts of two nodes, in id order. */
  readonly startStaggerUs: Micros;
}
