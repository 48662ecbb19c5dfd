/** Configurations for actors that are stepped by hand: the bowl, and few nodes. */
import { BlobStore } from '../../src/kernel/blobs.ts';
import type { ValueMap } from '../../src/kernel/codec.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import { configure } from '../support/simulate.ts';
import type { Simulation } from '../support/simulate.ts';

/** What a node is configured with; `sections` stand as a scenario would write them. */
export function configurationWith(sections: Simulation['sections'] = {}, workers = 3): ValueMap {
  const counts = { bootstrap: 2, aggregator: 1, worker: workers, client: 2 };
  const prepared = configure({ counts, sections }, new BlobStore(sha256Node));
  return { ...prepared, counts, known: { bootstrap: ['bootstrap-00', 'bootstrap-01'] } };
}

export const emptyDisk = { type: 'restored', records: {}, damaged: [] } as const;
