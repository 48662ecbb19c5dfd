/**
 * The treaty in the simulator: its journal folds to the commands of its trace and to the snapshots of
 * its checkpoint, directly and through the JSON of a run folder.
 */
import { describe, expect, it } from 'vitest';
import { Fold } from '../../src/host/fold.ts';
import { TraceWriter } from '../../src/judge/trace.ts';
import { recordKinds } from '../../src/judge/trace-format.ts';
import { BlobStore } from '../../src/kernel/blobs.ts';
import { concatBytes, toHex } from '../../src/kernel/bytes.ts';
import { decode, encode } from '../../src/kernel/codec.ts';
import type { Value } from '../../src/kernel/codec.ts';
import type { Input } from '../../src/kernel/contract.ts';
import { inIdOrder } from '../../src/kernel/ids.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import { jsonToValue, valueToJson } from '../../src/run/folder/json-value.ts';
import { firstUnfoldedRecord } from '../../src/run/fold-trace.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import { InlineRunner } from '../../src/worlds/sim/inline-runner.ts';
import { SimWorld } from '../../src/worlds/sim/world.ts';
import { readerOf } from '../support/memory-trace.ts';
import { signerOf } from '../support/signatures.ts';
import { ringNodes } from './ring.ts';
import { wideArea } from '../support/simulate.ts';

const nodes = ringNodes({ nodes: 4, tokens: 2, laps: 3, repeatAfterUs: 200_000 });
const weather = { ...wideArea, network: { ...wideArea.network, loss: 0.1, duplicate: 0.05, reorder: 0.05 } };

interface JournalLine {
  readonly node: NodeId;
  readonly input: Input;
}

interface FinishedRing {
  readonly journal: readonly JournalLine[];
  /** The trace as a run folder would hold it. */
  readonly trace: Uint8Array;
  /** Canonical bytes of the snapshots of the nodes that are still up, in hexadecimal. */
  readonly snapshots: Readonly<Record<NodeId, string>>;
}

function simulateRing(): FinishedRing {
  const journal: JournalLine[] = [];
  const segments: Uint8Array[] = [];
  const blobs = new BlobStore(sha256Node);
  const writer = new TraceWriter({
    header: { scenario: null, seed: 3, nodes: inIdOrder(nodes.map(({ id }) => id)), data: {} },
    sha256: sha256Node,
    onSegment: ({ chain, bytes }) => chain === 'trace' && segments.push(bytes.slice()),
  });
  const world = new SimWorld({
    seed: 3, salt: 0, nodes, weather, faults: [], reseed: [], tasks: new Map(), runner: new InlineRunner(blobs), blobs, pinned: [],
    virtualTimeMaxUs: 600_000_000, eventsMax: 100_000, pure: true, signer: signerOf(3),
    watcher: {
      kinds: recordKinds,
      get sequence() {
        return writer.sequence;
      },
      append: (kind, at, node, first, second) => writer.appendParts(kind as never, at, node, first, second),
      observe: () => {},
      watches: () => false,
      journal: (_, node, input) => journal.push({ node, input }),
    },
  });
  world.begin();
  expect(world.advance(Infinity)).toEqual({ kind: 'done', why: 'concluded' });
  const saved = decode(world.checkpoint()) as unknown as { nodes: { id: NodeId; state: Value }[] };
  writer.finish();
  const snapshots = Object.fromEntries(
    saved.nodes.map(({ id, state }) => [id, snapshotIn(state)] as const)
      .filter(([, snapshot]) => snapshot !== null).map(([id, snapshot]) => [id, toHex(encode(snapshot))]),
  );
  return { journal, trace: concatBytes(writer.fileHead('trace'), ...segments), snapshots };
}

/** The chart's snapshot inside a node of a checkpoint; null when the node is down or has left. */
function snapshotIn(state: Value): Value {
  const { hosted } = state as { hosted: { actor: Value } };
  return hosted.actor;
}

function foldedSnapshots(journal: readonly JournalLine[]): Record<NodeId, string> {
  const folds = new Map(nodes.map(({ id, role, config }) => [id, new Fold(role, id, config)]));
  for (const { node, input } of journal) folds.get(node)!.take(input);
  return Object.fromEntries([...folds].map(([id, fold]) => [id, toHex(fold.snapshot())]));
}

describe('a ring in the simulator', () => {
  it('folds to the snapshots of its checkpoint, also through JSON', () => {
    const { journal, snapshots } = simulateRing();
    expect(Object.keys(snapshots)).toEqual(['ring-member-00', 'ring-member-01', 'ring-member-02']);
    expect(foldedSnapshots(journal)).toMatchObject(snapshots);
    const lines = journal.map((line) => jsonToValue(valueToJson(line as unknown as Value)) as unknown as JournalLine);
    expect(foldedSnapshots(lines)).toEqual(foldedSnapshots(journal));
  });

  it('folds to the commands of its trace', () => {
    const { trace } = simulateRing();
    expect(firstUnfoldedRecord(readerOf(trace), nodes)).toBeUndefined();
  });

  it('no longer folds to its snapshots once an input is missing', () => {
    const { journal, snapshots } = simulateRing();
    const taken = journal.findIndex(({ node, input }) => node in snapshots && input.event.type === 'TokenPassed');
    expect(foldedSnapshots(journal.toSpliced(taken, 1))).not.toMatchObject(snapshots);
  });
});
