/**
 * A table of nodes as a plain value: rows in id order, and where each node stands among them.
 *
 * Whatever decides anything walks the rows; `place` is only looked up, never walked, because the key
 * order of an object does not survive a checkpoint. Replacing a row costs one copy of an array, which
 * is why heartbeats of many nodes stay cheap.
 */
import { compareNodeIds } from '../kernel/ids.ts';
import type { NodeId } from '../kernel/ids.ts';

export type Row = { readonly node: NodeId };

export interface Roster<R extends Row> {
  readonly rows: readonly R[];
  readonly place: { readonly [node: NodeId]: number };
}

/** A roster of some rows, one a node, in any order. */
export function rosterOf<R extends Row>(rows: readonly R[]): Roster<R> {
  const ordered = [...rows].sort((a, b) => compareNodeIds(a.node, b.node));
  return { rows: ordered, place: Object.fromEntries(ordered.map(({ node }, index) => [node, index])) };
}

export function rowOf<R extends Row>(roster: Roster<R>, node: NodeId): R | undefined {
  const index = Object.hasOwn(roster.place, node) ? roster.place[node] : undefined;
  return index === undefined ? undefined : roster.rows[index];
}

/** The roster with this row in the place of its node's, or added. */
export function withRow<R extends Row>(roster: Roster<R>, row: R): Roster<R> {
  if (!Object.hasOwn(roster.place, row.node)) return rosterOf([...roster.rows, row]);
  const rows = roster.rows.slice();
  rows[roster.place[row.node]!] = row;
  return { rows, place: roster.place };
}

export function withoutRow<R extends Row>(roster: Roster<R>, node: NodeId): Roster<R> {
  return rosterOf(roster.rows.filter((row) => row.node !== node));
}

/** The roster with every row changed; nodes stay as they are. */
export function mapRows<R extends Row>(roster: Roster<R>, change: (row: R) => R): Roster<R> {
  return { rows: roster.rows.map(change), place: roster.place };
}
