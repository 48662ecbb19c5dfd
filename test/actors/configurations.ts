/** Configurations for actors that are stepped by hand: the bowl, a small committee, and few nodes. */
import { BlobStore } from '../../src/kernel/blobs.ts';
import type { ValueMap } from '../../src/kernel/codec.ts';
import { makeNodeId } from '../../src/kernel/ids.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import { publicKeysOf } from '../support/signatures.ts';
import { configure } from '../support/simulate.ts';
import type { Simulation } from '../support/simulate.ts';

/** What a node is configured with, whatever its role; `sections` stand as a scenario would write them. */
export function configurationWith(sections: Simulation['sections'] = {}, workers = 3, aggregators = 3): ValueMap {
  const counts = { bootstrap: 2, aggregator: aggregators, worker: workers, client: 2 };
  const prepared = configure({ counts, sections }, new BlobStore(sha256Node));
  const ids = (role: keyof typeof counts) => Array.from({ length: counts[role] }, (_, index) => makeNodeId(role, index));
  const known = { bootstrap: ids('bootstrap'), aggregator: ids('aggregator') };
  return { ...prepared, counts, known, publicKeys: publicKeysOf(ids('worker')) };
}

export const emptyDisk = { type: 'restored', records: {}, damaged: [] } as const;
