/**
 * Names of nodes, and the one order in which they are ever iterated.
 *
 * A node is `role-NN`: its role, a dash, its index from 00 with at least two digits. Ids order by
 * role name and then by number, so worker-100 comes after worker-20. Nothing here depends on the
 * locale.
 */
import { assert } from './assert.ts';

export type NodeId = string;

const pattern = /^([a-z][a-z0-9]*(?:-[a-z][a-z0-9]*)*)-(\d{2,6})$/u;

export function makeNodeId(role: string, index: number): NodeId {
  const id = `${role}-${String(index).padStart(2, '0')}`;
  assert(pattern.test(id), `"${id}" is not a node id: role-NN expected`);
  return id;
}

export interface NodeIdParts {
  readonly role: string;
  readonly index: number;
}

/** Splits a node id; undefined when the text is none. */
export function parseNodeId(id: string): NodeIdParts | undefined {
  const match = pattern.exec(id);
  return match === null ? undefined : { role: match[1]!, index: Number(match[2]) };
}

/** Compares strings by UTF-16 code unit: the same everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The total order of nodes. */
export function compareNodeIds(a: NodeId, b: NodeId): number {
  // Of ids of one length the order of the text is that of role and number: `-` comes before digits,
  // and digits before the letters with which each part of a role begins.
  if (a.length === b.length) return compareText(a, b);
  const left = parseNodeId(a);
  const right = parseNodeId(b);
  if (left === undefined || right === undefined) return compareText(a, b);
  return compareText(left.role, right.role) || left.index - right.index || compareText(a, b);
}

/** A sorted copy in id order. */
export function inIdOrder(ids: Iterable<NodeId>): NodeId[] {
  return [...ids].sort(compareNodeIds);
}
