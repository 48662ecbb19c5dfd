/**
 * Selectors: from `{worker: 5}` to the nodes that are meant.
 *
 * A number draws that many nodes, by rank under a keyed hash of (seed, salt, fault, node), so that
 * removing a node re-picks no other. A range selects by index, `all` everybody of a role, a region
 * everybody who lives there. Any other word is a state, which only the instant of the fault can
 * resolve.
 */
import type { Selection } from '../../host/faults.ts';
import { childKey, drawWord, purposes } from '../../kernel/draws.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import { compareNodeIds, inIdOrder, parseNodeId } from '../../kernel/ids.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { regionKey, regionOf } from '../../worlds/sim/latency.ts';
import type { OfRoleWords, SelectorKeys, WhoWords } from './fault-words.ts';
import type { KeyPath } from './problems.ts';
import { allNodes, reportUnknown } from './resolve-context.ts';
import type { ResolveContext } from './resolve-context.ts';

export interface SelectorPlace {
  readonly path: KeyPath;
  /** What the draw is keyed by: the fault's id, and the side where a fault has several selectors. */
  readonly drawName: string;
  /** Nodes that are taken already and not drawn again. */
  readonly taken: ReadonlySet<NodeId>;
}

const rangePattern = /^(\d+)\.\.(\d+)$/u;
const nobody: Selection = { kind: 'nodes', nodes: [] };

/** The selection that a selector means; a selector that matches nothing is reported. */
export function resolveSelector(words: WhoWords, place: SelectorPlace, context: ResolveContext): Selection {
  if (words === 'all') return { kind: 'nodes', nodes: allNodes(context) };
  if (words === 'rest') return { kind: 'nodes', nodes: allNodes(context).filter((node) => !place.taken.has(node)) };
  const state = stateSelection(words, place.path, context);
  if (state !== undefined) return state;
  const nodes = new Set<NodeId>();
  for (const [key, value] of Object.entries(words)) {
    const path = [...place.path, key];
    for (const node of selectedBy(key, value, { ...place, path }, context)) nodes.add(node);
  }
  if (Object.keys(words).length === 0) {
    context.report(place.path, 'selects nobody: expected {role: …}, {id: …}, {ids: […]}, {region: …} or all');
  }
  return { kind: 'nodes', nodes: inIdOrder(nodes) };
}

/** Keys of a selector that are no roles. */
const otherKeys: ReadonlySet<string> = new Set(['id', 'ids', 'region']);

function selectedBy(key: string, value: unknown, place: SelectorPlace, context: ResolveContext): readonly NodeId[] {
  if (key === 'region') return inRegion(value as string, place.path, context);
  if (!otherKeys.has(key)) return ofRole(key, value as OfRoleWords, place, context);
  return named([value as string | readonly string[]].flat(), place.path, context);
}

/** Everybody in a region of the latency table: a zone that fails as a whole. */
function inRegion(region: string, path: KeyPath, context: ResolveContext): readonly NodeId[] {
  const { latency, key } = context;
  if (latency.kind !== 'regions') {
    context.report(path, 'selects by region, and the network has none: network.latency.regions names them');
    return [];
  }
  if (!latency.regions.includes(region)) {
    reportUnknown(context, path, 'region', region, latency.regions);
    return [];
  }
  const nodes = allNodes(context).filter((node) => latency.regions[regionOf(latency, regionKey(key, node))] === region);
  if (nodes.length === 0) context.report(path, `matches nothing: no node lives in ${region} with this seed`);
  return nodes;
}

/** A selection by state, which must stand alone. */
function stateSelection(words: SelectorKeys, path: KeyPath, context: ResolveContext): Selection | undefined {
  const byState = Object.entries(words).find(([key, value]) => !otherKeys.has(key) && isState(value));
  if (byState === undefined) return undefined;
  const [role, state] = byState as [string, string];
  if (Object.keys(words).length > 1) context.report([...path, role], `a selection by state ("${state}") stands alone`);
  if (rolesNodes(role, [...path, role], context).length === 0) return nobody;
  const states = statesOf(role, context);
  if (!states.has(state)) {
    reportUnknown(context, [...path, role], `state or tag of role ${role}`, state, states);
    return nobody;
  }
  return { kind: 'state', role, state };
}

function isState(value: unknown): value is string {
  return typeof value === 'string' && value !== 'all' && !/^\d/u.test(value);
}

/** What is read of a state of a chart. */
interface StateNode {
  readonly key: string;
  readonly tags: readonly string[];
  readonly states: object;
}

/** Names of states and tags of a role's chart, nested ones too. */
function statesOf(role: string, context: ResolveContext): Set<string> {
  const names = new Set<string>();
  const visit = (node: StateNode, top: boolean): void => {
    if (!top) names.add(node.key);
    for (const tag of node.tags) names.add(tag);
    for (const child of Object.values(node.states)) visit(child as StateNode, false);
  };
  const machine = context.vocabulary.roles.get(role)?.machine;
  if (machine !== undefined) visit(machine.root, true);
  return names;
}

function rolesNodes(role: string, path: KeyPath, context: ResolveContext): readonly NodeId[] {
  const nodes = context.nodes.get(role) ?? [];
  if (nodes.length === 0) context.report(path, `matches nothing: this scenario has no node of role ${role}`);
  return nodes;
}

function ofRole(role: string, value: OfRoleWords, place: SelectorPlace, context: ResolveContext): readonly NodeId[] {
  const nodes = rolesNodes(role, place.path, context);
  if (nodes.length === 0) return [];
  if (value === 'all') return nodes;
  if (typeof value === 'number') return drawn(role, value, nodes, place, context);
  const range = rangePattern.exec(value);
  if (range === null) {
    context.report(place.path, `"${value}" is no range: expected a number, a range such as 3..7, all, or a state`);
    return [];
  }
  const [first, last] = [Number(range[1]), Number(range[2])];
  const matched = nodes.filter((node) => isWithin(node, first, last));
  if (matched.length === 0) {
    const there = `${nodes[0]} to ${nodes.at(-1)}`;
    context.report(place.path, `matches nothing: no ${role} has an index in ${value} (there are ${there})`);
  }
  return matched;
}

function isWithin(node: NodeId, first: number, last: number): boolean {
  const index = parseNodeId(node)?.index ?? -1;
  return index >= first && index <= last;
}

function drawn(
  role: string,
  count: number,
  nodes: readonly NodeId[],
  place: SelectorPlace,
  context: ResolveContext,
): readonly NodeId[] {
  const free = nodes.filter((node) => !place.taken.has(node));
  if (count > free.length) {
    context.report(place.path, `asks for ${count} nodes of role ${role}, and there are only ${free.length}`);
    return [];
  }
  return rankedByHash(free, childKey(context.key, `select ${place.drawName}`)).slice(0, count);
}

/** Nodes by the rank of a keyed hash of their ids; each node's rank is its own. */
export function rankedByHash(nodes: readonly NodeId[], key: DrawKey): NodeId[] {
  const rank = new Map(nodes.map((node) => [node, drawWord(childKey(key, node), purposes.rank)]));
  return [...nodes].sort((a, b) => rank.get(a)! - rank.get(b)! || compareNodeIds(a, b));
}

function named(ids: readonly string[], path: KeyPath, context: ResolveContext): readonly NodeId[] {
  const everybody = new Set(allNodes(context));
  if (ids.length === 0) context.report(path, 'matches nothing: the list is empty');
  for (const id of ids) if (!everybody.has(id)) reportUnknown(context, path, 'node', id, everybody);
  return ids.filter((id) => everybody.has(id));
}

/** The words of a selection that is resolved. */
export function selectorWordsOf(selection: Selection): WhoWords {
  return selection.kind === 'state' ? { [selection.role]: selection.state } : { ids: selection.nodes };
}
