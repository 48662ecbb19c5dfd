/** One-way latency of a frame, from one uniform. */
import { childKey, drawUniform, drawWord, exponential, logNormal, purposes } from '../../kernel/draws.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import type { Latency } from '../../host/weather.ts';

/** Draws the latency of whatever `key` identifies, at least 1 µs. */
export function drawLatency(latency: Latency, key: DrawKey, region: (node: NodeId) => number, from: NodeId, to: NodeId): Micros {
  const u = drawUniform(key, purposes.latency);
  return Math.max(1, Math.round(sample(latency, u, region, from, to)));
}

function sample(latency: Latency, u: number, region: (node: NodeId) => number, from: NodeId, to: NodeId): number {
  switch (latency.kind) {
    case 'constant':
      return latency.valueUs;
    case 'uniform':
      return latency.minUs + u * (latency.maxUs - latency.minUs);
    case 'exponential':
      return latency.minUs + exponential(u, latency.meanUs - latency.minUs);
    case 'logNormal':
      return logNormal(u, latency.medianUs, latency.sigma);
    case 'regions':
      return logNormal(u, latency.medianUs[region(from)]![region(to)]!, latency.sigma);
  }
}

/** Where the draw of a node's region begins; `root` is the key of the run's seed and first salt. */
export function regionKey(root: DrawKey, node: NodeId): DrawKey {
  return childKey(root, `${node} region`);
}

/** A node's region: drawn from its own name, so that another node's absence moves nobody. */
export function regionOf(latency: Latency, standing: DrawKey): number {
  return latency.kind === 'regions' ? drawWord(standing, purposes.rank) % latency.regions.length : 0;
}
