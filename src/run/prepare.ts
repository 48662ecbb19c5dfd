/**
 * From a resolved scenario to nodes that can start: sections prepared, configurations handed out.
 *
 * Pure. A node is configured with the sections of the protocols that it speaks and of its role, with
 * the addresses and public keys of the roles that it knows, and with how many nodes each role has.
 */
import { builtinAdversaries } from '../actors/adversaries/registry.ts';
import type { RoleDefinition } from '../actors/define.ts';
import type { NodeSpecification } from '../host/node.ts';
import { present } from '../kernel/assert.ts';
import type { BlobStore, Sha256 } from '../kernel/blobs.ts';
import { toHex } from '../kernel/bytes.ts';
import type { Value, ValueMap } from '../kernel/codec.ts';
import { makeNodeId } from '../kernel/ids.ts';
import type { NodeId } from '../kernel/ids.ts';
import { SectionRefused } from '../protocols/define.ts';
import type { Registry } from './registry.ts';
import type { ResolvedScenario } from './resolved.ts';

/** What a scenario needs from outside before it can start. */
export interface Supplies {
  /** Bytes of the data files that its sections ask for, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly gunzip: (bytes: Uint8Array) => Uint8Array;
  readonly sha256: Sha256;
  /** The Ed25519 public key of a node, 32 bytes; asked only for nodes whose keys some role knows. */
  readonly publicKeyOf: (node: NodeId) => Uint8Array;
}

export interface Prepared {
  readonly specifications: readonly NodeSpecification[];
  /** Sections as actors see them, blobs by reference. */
  readonly sections: Readonly<Record<string, ValueMap>>;
  /** Digests of the data files, for the trace header. */
  readonly data: ValueMap;
  /** Values whose blobs must stay, whatever actors forget. */
  readonly pinned: readonly Value[];
}

/** Prepares every section and node. Throws `SectionRefused`, with a path of the scenario, for what cannot be served. */
export function prepare(scenario: ResolvedScenario, registry: Registry, supplies: Supplies, blobs: BlobStore): Prepared {
  const counts: Record<string, number> = {};
  const ids: Record<string, readonly NodeId[]> = {};
  for (const [role, indices] of Object.entries(scenario.nodes)) {
    counts[role] = indices.length;
    ids[role] = indices.map((index) => makeNodeId(role, index));
  }
  const sections: Record<string, ValueMap> = {};
  for (const [key, section] of Object.entries(scenario.sections)) {
    const definition = present(registry.sections.get(key), `the section "${key}"`);
    const { files, gunzip } = supplies;
    const input = { files, counts, gunzip, write: (bytes: Uint8Array) => blobs.put(bytes) };
    sections[key] = underKey(key, () => definition.prepare?.(section, input) ?? section);
  }
  const specifications = Object.entries(ids).flatMap(([name, nodes]) => {
    const role = present(registry.roles.get(name), `the role "${name}"`);
    const config = configurationOf(role, sections, counts, ids);
    if (role.knowsKeysOf !== undefined) config['publicKeys'] = keysOf(role.knowsKeysOf, ids, supplies.publicKeyOf);
    return nodes.map((id) => ({ id, role, config, ...wrappingOf(id, name, scenario, nodes) }));
  });
  const data: Record<string, string> = {};
  for (const [name, bytes] of supplies.files) data[name] = toHex(supplies.sha256(bytes));
  return { specifications, sections, data, pinned: Object.values(sections) };
}

/** What makes an adversary of a node, if anything does. */
function wrappingOf(
  node: NodeId,
  role: string,
  { wrap }: ResolvedScenario,
  nodes: readonly NodeId[],
): Pick<NodeSpecification, 'wrapping'> {
  const ofRole = wrap.filter((one) => one.role === role);
  const own = ofRole.find((one) => one.nodes.includes(node));
  if (own === undefined) return {};
  const { id, as, options, nodes: liars } = own;
  const honest = nodes.filter((other) => !ofRole.some((one) => one.nodes.includes(other)));
  const definition = present(builtinAdversaries.get(as), `the adversary "${as}"`);
  return { wrapping: { id, definition, options, liars, honest } };
}

/** A section names its own keys; in the scenario they stand under the section's. */
function underKey<T>(key: string, prepareSection: () => T): T {
  try {
    return prepareSection();
  } catch (error) {
    if (error instanceof SectionRefused) throw new SectionRefused(error.message, [key, ...error.path]);
    throw error;
  }
}

function configurationOf(
  role: RoleDefinition,
  sections: Readonly<Record<string, ValueMap>>,
  counts: Readonly<Record<string, number>>,
  ids: Readonly<Record<string, readonly NodeId[]>>,
): Record<string, Value> {
  const config: Record<string, Value> = { counts };
  const known: Record<string, readonly NodeId[]> = {};
  for (const name of role.knows) known[name] = ids[name] ?? [];
  config['known'] = known;
  for (const owner of [...role.protocols, role]) {
    const key = owner.section?.key;
    if (key !== undefined) config[key] = present(sections[key], `the section "${key}"`);
  }
  return config;
}

/** Public keys in hexadecimal, by node. */
function keysOf(
  roles: readonly string[],
  ids: Readonly<Record<string, readonly NodeId[]>>,
  publicKeyOf: Supplies['publicKeyOf'],
): ValueMap {
  const nodes = roles.flatMap((role) => ids[role] ?? []);
  return Object.fromEntries(nodes.map((node) => [node, toHex(publicKeyOf(node))]));
}
