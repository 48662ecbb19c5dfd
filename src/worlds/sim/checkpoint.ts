/**
 * The whole world as canonical bytes, and back.
 *
 * Every part turns itself into a plain value; this file only says which parts there are and in
 * which order they come back. Chance comes before the nodes, whose frames draw from it, and blobs
 * before everything that names them.
 */
import { assert } from '../../kernel/assert.ts';
import type { BlobStore } from '../../kernel/blobs.ts';
import { decode, encode } from '../../kernel/codec.ts';
import type { Value } from '../../kernel/codec.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Chance } from './chance.ts';
import type { SimNode } from './sim-node.ts';

/** Something that is a plain value at any moment between two events. */
interface Saved {
  save(): Value;
  load(saved: Value): void;
}

export interface WorldParts {
  readonly blobs: BlobStore;
  readonly chance: Chance;
  readonly nodes: ReadonlyMap<NodeId, SimNode>;
  /** All other parts, by name. */
  readonly rest: Readonly<Record<string, Saved>>;
}

/** Canonical bytes of everything. */
export function checkpointOf({ blobs, chance, nodes, rest }: WorldParts): Uint8Array {
  return encode({
    blobs: blobs.save(),
    chance: chance.save(),
    nodes: [...nodes.values()].map((node) => ({ id: node.id, state: node.save() })),
    rest: Object.fromEntries(Object.entries(rest).map(([name, part]) => [name, part.save()])),
  });
}

/** Puts a checkpoint into a world that was built with the same options. */
export function restoreCheckpoint({ blobs, chance, nodes, rest }: WorldParts, bytes: Uint8Array): void {
  const value = decode(bytes);
  assert(value !== undefined, 'a checkpoint is not canonical');
  const state = value as unknown as { blobs: Value; chance: Value; nodes: { id: NodeId; state: Value }[]; rest: Record<string, Value> };
  blobs.load(state.blobs);
  chance.load(state.chance);
  assert(state.nodes.length === nodes.size, 'a checkpoint has other nodes than the world');
  for (const { id, state: saved } of state.nodes) {
    const node = nodes.get(id);
    assert(node !== undefined, `a checkpoint names ${id}, which this world does not have`);
    node.load(saved);
    node.hosted.reseed(chance.root);
  }
  for (const [name, part] of Object.entries(rest)) part.load(state.rest[name]!);
}
