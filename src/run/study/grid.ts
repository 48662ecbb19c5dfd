/**
 * The grid of a study: every combination of one value from each axis.
 *
 * Pure. A cell is named by the labels of its values; what it does to the scenario are its changes.
 */
import type { Change } from '../scenario/overrides.ts';

/** What stands for a value in tables and charts. */
export type Label = string | number;

export interface AxisValue {
  readonly label: Label;
  readonly changes: readonly Change[];
}

export interface Axis {
  readonly name: string;
  /** What readers are shown; the name where the file gives none. */
  readonly title: string;
  readonly values: readonly AxisValue[];
}

/** One combination of values. */
export interface Cell {
  /** Place in the order of the table, from 0; the last axis moves fastest. */
  readonly index: number;
  /** The label of each axis, by its name. */
  readonly labels: Readonly<Record<string, Label>>;
  readonly changes: readonly Change[];
}

/** How many cells axes make. */
export function cellCount(axes: readonly Axis[]): number {
  return axes.reduce((product, { values }) => product * values.length, 1);
}

/** All cells, the last axis moving fastest. */
export function cellsOf(axes: readonly Axis[]): Cell[] {
  let cells: Omit<Cell, 'index'>[] = [{ labels: {}, changes: [] }];
  for (const { name, values } of axes) {
    cells = cells.flatMap(({ labels, changes }) =>
      values.map((value) => ({ labels: { ...labels, [name]: value.label }, changes: [...changes, ...value.changes] })),
    );
  }
  return cells.map((cell, index) => ({ index, ...cell }));
}

/** `rule=krum liars=8`, for messages and paths to paste. */
export function cellText({ labels }: Pick<Cell, 'labels'>): string {
  return Object.entries(labels).map(([axis, label]) => `${axis}=${label}`).join(' ');
}

/** Cells that differ in one axis alone, as groups in the order of the table. */
export function groupsAlong(axis: string, cells: readonly Cell[]): Cell[][] {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = JSON.stringify(Object.entries(cell.labels).filter(([name]) => name !== axis));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cell]);
    else group.push(cell);
  }
  return [...groups.values()];
}
